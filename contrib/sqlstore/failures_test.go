package sqlstore_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/dewar-go/dewar/contrib/sqlstore"
	"github.com/dewar-go/dewar/internal/servers"
	"github.com/dewar-go/dewar/sessionstore"
)

// A trigger fails the first three updates as the server itself would.
func TestErrorsOfTheServer(t *testing.T) {
	var nothing error
	unnamed := errors.New("any other error")
	postgres := database{sqlstore.PostgreSQL, servers.PostgresURL(t)}
	mariadb := database{sqlstore.MySQL, servers.MySQLURL(t)}
	for _, tt := range []struct {
		name string
		d    database
		code string
		want error
	}{
		{"a serialization failure is tried again", postgres, "40001", nothing},
		{"a deadlock is tried again", postgres, "40P01", nothing},
		{"disk full", postgres, "53100", sessionstore.ErrUnavailable},
		{"out of memory", postgres, "53200", sessionstore.ErrUnavailable},
		{"too many connections", postgres, "53300", sessionstore.ErrUnavailable},
		{"shutdown", postgres, "57P01", sessionstore.ErrUnavailable},
		{"starting", postgres, "57P03", sessionstore.ErrUnavailable},
		{"statement_timeout", postgres, "57014", sessionstore.ErrUnavailable},
		{"lock_timeout", postgres, "55P03", sessionstore.ErrUnavailable},
		{"read-only", postgres, "25006", sessionstore.ErrUnavailable},
		{"an error of the disk", postgres, "58030", sessionstore.ErrUnavailable},
		{"a broken connection", postgres, "08006", sessionstore.ErrUnavailable},
		{"a limit of the program", postgres, "54000", sessionstore.ErrTooLarge},
		{"a check of the application's", postgres, "23514", unnamed},

		{"a deadlock is tried again", mariadb, "1213", nothing},
		{"a lock wait timeout is tried again", mariadb, "1205", nothing},
		{"a record that has changed is tried again", mariadb, "1020", nothing},
		{"disk full", mariadb, "1021", sessionstore.ErrUnavailable},
		{"table full", mariadb, "1114", sessionstore.ErrUnavailable},
		{"too many connections", mariadb, "1040", sessionstore.ErrUnavailable},
		{"shutdown", mariadb, "1053", sessionstore.ErrUnavailable},
		{"read-only", mariadb, "1290", sessionstore.ErrUnavailable},
		{"not yet a part of the cluster", mariadb, "1047", sessionstore.ErrUnavailable},
		{"a query that was killed", mariadb, "1317", sessionstore.ErrUnavailable},
		{"max_allowed_packet", mariadb, "1153", sessionstore.ErrTooLarge},
		{"an error of the application's", mariadb, "1644", unnamed},
	} {
		t.Run(tt.d.dialect.String()+" "+tt.code+" "+tt.name, func(t *testing.T) {
			s := tt.d.store(t)
			h := newSession(t, s)
			failUpdates(t, s, tt.code)
			err := s.Update(soon(t), h, sessionstore.Delta{At: time.Now(), Set: map[string]string{"a": "1"}})
			switch {
			case tt.want == unnamed:
				if err == nil || errors.Is(err, sessionstore.ErrUnavailable) || errors.Is(err, sessionstore.ErrTooLarge) {
					t.Errorf("got %v, want an error of no kind", err)
				}
			case !errors.Is(err, tt.want):
				t.Errorf("got %v, want %v", err, tt.want)
			}
			if r, loadErr := s.Load(soon(t), h); loadErr != nil || len(r.Values) > 0 != (err == nil) {
				t.Errorf("there are %d values after the error %v (load: %v)", len(r.Values), err, loadErr)
			}
		})
	}
}

// failUpdates has the next three updates of the table fail with a code.
func failUpdates(t *testing.T, s *sqlstore.Store, code string) {
	t.Helper()
	statements := []string{
		"CREATE SEQUENCE " + s.Table + "_n",
		"CREATE FUNCTION " + s.Table + "_fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF nextval('" + s.Table + "_n') <= 3 THEN RAISE EXCEPTION 'as a test wants' USING ERRCODE = TG_ARGV[0]; END IF; RETURN NEW; END $$",
		"CREATE TRIGGER fail BEFORE UPDATE ON " + s.Table + " FOR EACH ROW EXECUTE FUNCTION " + s.Table + "_fail('" + code + "')",
	}
	undo := []string{"DROP TRIGGER fail ON " + s.Table, "DROP FUNCTION " + s.Table + "_fail", "DROP SEQUENCE " + s.Table + "_n"}
	if s.Dialect == sqlstore.MySQL {
		statements[1] = "CREATE TRIGGER " + s.Table + "_fail BEFORE UPDATE ON " + s.Table + " FOR EACH ROW IF NEXTVAL(" + s.Table + "_n) <= 3 THEN SIGNAL SQLSTATE '45000' SET MYSQL_ERRNO = " + code + ", MESSAGE_TEXT = 'as a test wants'; END IF"
		statements, undo = statements[:2], undo[2:]
	}
	for _, statement := range statements {
		if _, err := s.DB.ExecContext(soon(t), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
	t.Cleanup(func() {
		for _, statement := range undo {
			if _, err := s.DB.Exec(statement); err != nil {
				t.Errorf("%s: %v", statement, err)
			}
		}
	})
}

// In serializable transactions PostgreSQL refuses most updates that meet others.
func TestSerializationFailuresLoseNothing(t *testing.T) {
	d := database{sqlstore.PostgreSQL, with(servers.PostgresURL(t), "default_transaction_isolation=serializable")}
	s := d.store(t)
	h := newSession(t, s)
	var all sync.WaitGroup
	for n := range 32 {
		all.Go(func() {
			if err := s.Update(soon(t), h, sessionstore.Delta{At: time.Now(), Set: map[string]string{fmt.Sprint(n): "1"}}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if r, err := s.Load(soon(t), h); err != nil || len(r.Values) != 32 {
		t.Errorf("%d keys are there (error %v), want 32", len(r.Values), err)
	}
}
