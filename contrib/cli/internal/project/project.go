// Package project writes new programs of dewar: what dewar new leaves behind.
//
// The files are templates below files/: those of common are written for every program, those of memory or table beside
// them, as there is a database or not. Their delimiters are <% and %>, since the templates of the program have {{ and }}.
package project

import (
	"cmp"
	"crypto/rand"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"text/template"
)

//go:embed all:files
var files embed.FS

// What a new go.mod asks for. The versions are those that this repository is tested with.
const (
	goVersion     = "1.26.0"
	sqliteVersion = "v1.61.1"
	pgxVersion    = "v5.13.0"
)

// Database says where the users of a new program are kept.
type Database string

// The databases that there are. The zero Database is None.
const (
	None     Database = "none"     // in memory
	SQLite   Database = "sqlite"   // in a file
	Postgres Database = "postgres" // in PostgreSQL
)

// Options say what is written.
type Options struct {
	// Name is the name of the program, in its pages, its binary, its systemd units; see [CheckName]. It is required.
	Name string
	// Module is the path of the module. The default is Name.
	Module string
	// Database is where users are kept. The default is None.
	Database Database
	// Replace is a folder with a checkout of dewar that go.mod refers to, absolute or relative to the new folder. The
	// default, none, has the go command look for the published module.
	Replace string
}

// Write makes the folder dir with a new program in it. The folder above it must be there; dir itself may be there if it is
// empty but for .git, as a fresh clone is. Nothing is written over: everything is written into a folder beside dir, and
// gets its place when it is complete, so that after an error there is nothing of it. The program has no go.sum yet; go mod
// tidy makes it. Write fails if an option is wrong, and says what to change.
func Write(dir string, o Options) (err error) {
	o.Module, o.Database = cmp.Or(o.Module, o.Name), cmp.Or(o.Database, None)
	if err := CheckName(o.Name); err != nil { // of which the path of the module may be made
		return err
	}
	if err := errors.Join(CheckModule(o.Module), checkDatabase(o.Database)); err != nil {
		return err
	}
	dir, err = filepath.Abs(dir)
	if err != nil {
		return err
	}
	if err := checkFolder(dir); err != nil {
		return err
	}
	stage, err := os.MkdirTemp(filepath.Dir(dir), "."+o.Name+"-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(stage))
		}
	}()
	if err := writeFiles(stage, o); err != nil {
		return err
	}
	return settle(stage, dir)
}

// checkFolder finds out early whether dir can be made.
func checkFolder(dir string) error {
	parent := filepath.Dir(dir)
	if info, err := os.Stat(parent); err != nil || !info.IsDir() {
		return fmt.Errorf("there is no folder %s; make it first", parent)
	}
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("%s is there and no folder that can be read; choose another name", dir)
	}
	for _, entry := range entries {
		if entry.Name() != ".git" {
			return fmt.Errorf("the folder %s has %q in it; choose another name, or a folder that is empty", dir, entry.Name())
		}
	}
	return nil
}

// settle gives the finished folder its place: its name, or, where there is a folder of that name, its files one by one.
func settle(stage, dir string) error {
	if err := os.Chmod(stage, 0o755); err != nil {
		return err
	}
	if _, err := os.Lstat(dir); errors.Is(err, fs.ErrNotExist) {
		return os.Rename(stage, dir)
	}
	entries, err := os.ReadDir(stage)
	if err != nil {
		return err
	}
	for i, entry := range entries {
		if err := move(entry.Name(), stage, dir); err != nil {
			return errors.Join(err, moveBack(entries[:i], stage, dir))
		}
	}
	return os.Remove(stage)
}

// move moves an entry from one folder to another that has none of that name.
func move(name, from, to string) error {
	if _, err := os.Lstat(filepath.Join(to, name)); !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s appeared in %s; choose another name, or an empty folder", name, to)
	}
	return os.Rename(filepath.Join(from, name), filepath.Join(to, name))
}

func moveBack(entries []fs.DirEntry, stage, dir string) (err error) {
	for _, entry := range entries {
		err = errors.Join(err, os.Rename(filepath.Join(dir, entry.Name()), filepath.Join(stage, entry.Name())))
	}
	return err
}

// writeFiles writes every file of a program below dir.
func writeFiles(dir string, o Options) error {
	v, err := newValues(o)
	if err != nil {
		return err
	}
	for _, set := range v.sets() {
		root := "files/" + set
		err := fs.WalkDir(files, root, func(name string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			return v.write(name, filepath.Join(dir, filepath.FromSlash(v.target(strings.TrimPrefix(name, root+"/")))))
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// values are what the templates know.
type values struct {
	Options
	Title         string // the name for people
	Table         bool   // users are in a table
	DatabaseKey   string // the setting that says where the database is
	SecretKey     string // for this machine
	Go            string
	GoImage       string
	SQLiteVersion string
	PgxVersion    string
}

func newValues(o Options) (*values, error) {
	key := make([]byte, 32)
	if _, err := rand.Read(key); err != nil {
		return nil, err
	}
	v := &values{
		Options:       o,
		Title:         title(o.Name),
		Table:         o.Database != None,
		SecretKey:     hex.EncodeToString(key),
		Go:            goVersion,
		GoImage:       strings.TrimSuffix(goVersion, ".0"),
		SQLiteVersion: sqliteVersion,
		PgxVersion:    pgxVersion,
	}
	v.Replace = filepath.ToSlash(v.Replace)
	switch o.Database {
	case SQLite:
		v.DatabaseKey = "DATABASE"
	case Postgres:
		v.DatabaseKey = "DATABASE_URL"
	}
	return v, nil
}

// title makes "Book shop" of book-shop.
func title(name string) string {
	words := strings.NewReplacer("-", " ", "_", " ").Replace(name)
	return strings.ToUpper(words[:1]) + words[1:]
}

// sets are the folders below files/ that make up the program.
func (v *values) sets() []string {
	if v.Table {
		return []string{"common", "table"}
	}
	return []string{"common", "memory"}
}

// target is the name that a template is written under.
func (v *values) target(name string) string {
	return strings.ReplaceAll(strings.TrimSuffix(name, ".tmpl"), "NAME", v.Name)
}

// write writes one file. The file of secrets is for its owner alone.
func (v *values) write(name, target string) error {
	text, err := fs.ReadFile(files, name)
	if err != nil {
		return err
	}
	t, err := template.New(path.Base(name)).Delims("<%", "%>").Option("missingkey=error").Funcs(template.FuncMap{
		"arg":       v.arg,
		"modString": modString,
	}).Parse(string(text))
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
		return err
	}
	mode := fs.FileMode(0o644)
	if filepath.Base(target) == ".env" {
		mode = 0o600
	}
	file, err := os.OpenFile(target, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	return errors.Join(t.Execute(file, v), file.Close())
}

// arg is how a statement of SQL names its n-th value.
func (v *values) arg(n int) string {
	if v.Database == Postgres {
		return fmt.Sprintf("$%d", n)
	}
	return "?"
}
