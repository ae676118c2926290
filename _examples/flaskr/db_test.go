package main

import (
	"bytes"
	"database/sql"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/dewar-go/dewar/dewartest"
	sqlite3 "modernc.org/sqlite/lib"
)

func mustOpen(t *testing.T, path string) *sql.DB {
	t.Helper()
	db, err := openDatabase(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func TestOpenDatabase_KeepsWhatIsThere(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "flaskr.sqlite")
	db := mustOpen(t, path)
	mustExec(t, db, testData)
	db.Close()
	if got := count(t, mustOpen(t, path), "SELECT count(*) FROM post"); got != 1 {
		t.Errorf("posts after the second start: got %d, want 1", got)
	}
}

func TestOpenDatabase_AwkwardNames(t *testing.T) {
	t.Parallel()
	names := []string{"a blog.sqlite", "100% #1.sqlite", "ü&=+;.sqlite"}
	if runtime.GOOS != "windows" {
		names = append(names, "what?.sqlite", `back\slash.sqlite`)
	}
	for _, name := range names {
		path := filepath.Join(t.TempDir(), name)
		mustOpen(t, path)
		if _, err := os.Stat(path); err != nil {
			t.Errorf("database %q: %v", name, err)
		}
	}
}

func TestOpenDatabase_ChecksForeignKeys(t *testing.T) {
	t.Parallel()
	db := mustOpen(t, filepath.Join(t.TempDir(), "flaskr.sqlite"))
	_, err := db.Exec("INSERT INTO post (author_id, title, body) VALUES (7, 'a', 'b')")
	if !sqliteCode(err, sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY) {
		t.Errorf("a post without an author: got %v, want a foreign key error", err)
	}
}

func TestOpenDatabase_NoFolder(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "missing", "flaskr.sqlite")
	for name, open := range map[string]func() error{
		"open":  func() error { _, err := openDatabase(path); return err },
		"reset": func() error { _, err := resetDatabase(path); return err },
	} {
		if err := open(); err == nil || errors.Is(err, errBroken) || !strings.Contains(err.Error(), "make sure that its folder is there") {
			t.Errorf("%s: got %v, want an error that tells to make the folder", name, err)
		}
	}
}

// brokenFiles are contents of files that no blog can be kept in.
func brokenFiles(t *testing.T) map[string][]byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "flaskr.sqlite")
	db := mustOpen(t, path)
	mustExec(t, db, testData)
	db.Close()
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	const firstPage = 4096 // it says which tables there are
	scribbled := append(bytes.Clone(whole[:firstPage]), bytes.Repeat([]byte("x"), len(whole)-firstPage)...)
	foreignPath := filepath.Join(t.TempDir(), "foreign.sqlite")
	foreign, err := connect(foreignPath)
	if err != nil {
		t.Fatal(err)
	}
	mustExec(t, foreign, "CREATE TABLE user (name TEXT)")
	foreign.Close()
	other, err := os.ReadFile(foreignPath)
	if err != nil {
		t.Fatal(err)
	}
	return map[string][]byte{
		"text":                       []byte("this is no database\n" + strings.Repeat("at all ", 200)),
		"cut off":                    whole[:len(whole)/2],
		"scribbled over":             scribbled,
		"database of something else": other,
	}
}

func TestOpenDatabase_BrokenFile(t *testing.T) {
	t.Parallel()
	for name, content := range brokenFiles(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "flaskr.sqlite")
			if err := os.WriteFile(path, content, 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := openDatabase(path)
			if !errors.Is(err, errBroken) {
				t.Fatalf("error: got %v, want errBroken", err)
			}
			for _, want := range []string{path, "run it with init-db"} {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("error: got %q, want %q in it", err, want)
				}
			}
			if got, err := os.ReadFile(path); err != nil || string(got) != string(content) {
				t.Errorf("the broken file was changed (%v)", err)
			}
		})
	}
}

func TestResetDatabase_KeepsBrokenFileAside(t *testing.T) {
	t.Parallel()
	for name, content := range brokenFiles(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "flaskr.sqlite")
			for _, suffix := range []string{".broken-1", ".broken-2"} {
				if err := os.WriteFile(path, content, 0o600); err != nil {
					t.Fatal(err)
				}
				kept, err := resetDatabase(path)
				if err != nil || kept != path+suffix {
					t.Fatalf("got (%q, %v), want (%q, nil)", kept, err, path+suffix)
				}
				if got, err := os.ReadFile(kept); err != nil || string(got) != string(content) {
					t.Errorf("%s is not what was there (%v)", kept, err)
				}
			}
			if got := count(t, mustOpen(t, path), "SELECT count(*) FROM user"); got != 0 {
				t.Errorf("users: got %d, want 0", got)
			}
		})
	}
}

func TestResetDatabase_UnderARunningBlog(t *testing.T) {
	t.Parallel()
	app, db := newBlog(t)
	client := loggedIn(t, app, "test")
	client.Get("/").Want(200, "test title", "Log Out")
	kept, err := resetDatabase(app.Config.String("DATABASE"))
	if err != nil || kept != "" {
		t.Fatalf("got (%q, %v), want nothing kept and no error", kept, err)
	}
	if got := count(t, db, "SELECT count(*) FROM user"); got != 0 {
		t.Errorf("users: got %d, want 0", got)
	}
	res := client.Get("/").Want(200, "No posts yet.", "Log In")
	wantNot(t, res, "Log Out")
}

func TestDatabaseFailure(t *testing.T) {
	t.Parallel()
	app, db := newBlog(t)
	client := dewartest.New(t, app)
	db.Close()
	res := client.Get("/").Want(http.StatusInternalServerError)
	if res.Err == nil {
		t.Error("the error of the database was not reported")
	}
	wantNot(t, res, "database is closed")
}
