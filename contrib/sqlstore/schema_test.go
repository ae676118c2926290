package sqlstore_test

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dewar-go/dewar/contrib/sqlstore"
	"github.com/dewar-go/dewar/sessionstore"
)

func TestAMissingTableIsNamedWithItsCure(t *testing.T) {
	onEach(t, func(t *testing.T, d database) {
		s := &sqlstore.Store{DB: d.open(t), Dialect: d.dialect, Table: freshName()}
		now := time.Now()
		calls := map[string]func() error{
			"Load": func() error { _, err := s.Load(soon(t), newHandle()); return err },
			"Create": func() error {
				return s.Create(soon(t), newHandle(), sessionstore.Record{Created: now, Seen: now, Idle: time.Hour})
			},
			"Update": func() error { return s.Update(soon(t), newHandle(), sessionstore.Delta{At: now}) },
			"Delete": func() error { return s.Delete(soon(t), newHandle()) },
			"Claims": func() error { _, err := s.Claims(soon(t), "ada"); return err },
			"Mark":   func() error { _, err := s.Mark(soon(t), "ada"); return err },
			"Raise":  func() error { _, err := s.RaiseMark(soon(t), "ada", now); return err },
			"Sweep":  func() error { _, err := s.Sweep(soon(t), now, 10); return err },
			"Count":  func() error { _, err := s.Count(soon(t)); return err },
		}
		for name, call := range calls {
			err := call()
			if err == nil || !strings.Contains(err.Error(), "CreateSchema") || errors.Is(err, sessionstore.ErrUnavailable) || errors.Is(err, sessionstore.ErrNotFound) {
				t.Errorf("%s: %v, want an error that names CreateSchema", name, err)
			}
		}
	})
}

func TestManyMayCreateTheSchemaAtOnce(t *testing.T) {
	onEach(t, func(t *testing.T, d database) {
		for range 5 {
			table := freshName()
			var all sync.WaitGroup
			for range 8 {
				all.Go(func() {
					s := &sqlstore.Store{DB: d.open(t), Dialect: d.dialect, Table: table}
					if err := s.CreateSchema(soon(t)); err != nil {
						t.Errorf("CreateSchema: %v", err)
					}
				})
			}
			all.Wait()
			h := newSession(t, d.storeNamed(t, table))
			if _, err := d.storeNamed(t, table).Load(soon(t), h); err != nil {
				t.Errorf("after CreateSchema again: %v", err)
			}
		}
	})
}

func TestSchemaMayBeRunByHand(t *testing.T) {
	onEach(t, func(t *testing.T, d database) {
		db := d.open(t)
		s := &sqlstore.Store{DB: db, Dialect: d.dialect, Table: freshName()}
		text, err := s.Schema()
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			for statement := range strings.SplitSeq(text, ";") {
				if strings.TrimSpace(statement) == "" {
					continue
				}
				if _, err := db.ExecContext(soon(t), statement); err != nil {
					t.Fatalf("%s: %v", statement, err)
				}
			}
		}
		d.storeNamed(t, s.Table) // drops it afterwards
		newSession(t, s)
	})
}

func TestFieldsAreChecked(t *testing.T) {
	d := database{sqlstore.SQLite, sqliteDSN(t.TempDir() + "/app.db")}
	db := d.open(t)
	for _, tt := range []struct {
		name  string
		store *sqlstore.Store
		want  string
	}{
		{"no database", &sqlstore.Store{Dialect: sqlstore.SQLite}, "no DB"},
		{"no dialect", &sqlstore.Store{DB: db}, "sqlstore.PostgreSQL"},
		{"SQL in a name", &sqlstore.Store{DB: db, Dialect: sqlstore.SQLite, Table: `sessions"; DROP TABLE users; --`}, "no name of a table"},
		{"an empty schema", &sqlstore.Store{DB: db, Dialect: sqlstore.SQLite, Table: ".sessions"}, "no name of a table"},
		{"a long name", &sqlstore.Store{DB: db, Dialect: sqlstore.SQLite, Table: strings.Repeat("x", 41)}, "40 letters"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, loadErr := tt.store.Load(soon(t), newHandle())
			_, schemaErr := tt.store.Schema()
			for _, err := range []error{loadErr, schemaErr, tt.store.CreateSchema(soon(t))} {
				if err == nil || !strings.Contains(err.Error(), tt.want) {
					t.Errorf("got %v, want an error with %q", err, tt.want)
				}
			}
		})
	}
	for _, name := range []string{"sessions", "Order", "main.web_sessions", "_1"} {
		s := &sqlstore.Store{DB: db, Dialect: sqlstore.SQLite, Table: name}
		if err := s.CreateSchema(soon(t)); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		newSession(t, s)
	}
}

func TestATableMayHaveASchema(t *testing.T) {
	onEach(t, func(t *testing.T, d database) {
		schema := freshName()
		if d.dialect == sqlstore.SQLite {
			schema = "main"
		} else {
			db := d.open(t)
			if _, err := db.ExecContext(soon(t), "CREATE SCHEMA "+schema); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _, _ = d.open(t).Exec("DROP SCHEMA " + schema) })
		}
		s := d.storeNamed(t, schema+".order")
		h := newSession(t, s)
		if err := s.Update(soon(t), h, sessionstore.Delta{At: time.Now(), Set: map[string]string{"a": "1"}}); err != nil {
			t.Error(err)
		}
		if n, err := s.Sweep(soon(t), time.Now().Add(2*time.Hour), 10); n != 1 || err != nil {
			t.Errorf("swept %d (error %v), want 1", n, err)
		}
		if mark, err := s.RaiseMark(soon(t), "ada", time.Now()); mark == 0 || err != nil {
			t.Errorf("mark %d (error %v)", mark, err)
		}
	})
}
