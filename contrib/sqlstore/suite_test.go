package sqlstore_test

import (
	"errors"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/contrib/sqlstore"
	"github.com/dewar-go/dewar/dewartest"
	"github.com/dewar-go/dewar/sessionstore"
)

// Two stores of one table are taken for two processes.
func TestStoreIsAsOthers(t *testing.T) {
	onEach(t, func(t *testing.T, d database) {
		table := freshName()
		dewartest.TestStore(t, func(t testing.TB) sessionstore.Store { return d.storeNamed(t, table) })
	})
}

func TestSessionsAreAsOnAnyServer(t *testing.T) {
	onEach(t, func(t *testing.T, d database) {
		table := freshName()
		dewartest.TestSessionInterface(t, dewartest.SessionBackend{Open: func(t testing.TB) dewar.SessionInterface {
			return &sessionstore.SessionInterface{Store: d.storeNamed(t, table), Deadline: 10 * time.Second} // however busy the machine is
		}})
	})
}

// What is in the table may have been written by hand.
func TestARowThatIsNoRecordIsUnreadable(t *testing.T) {
	onEach(t, func(t *testing.T, d database) {
		s := d.store(t)
		wrong := []string{`data = '[1]'`, `data = '{"a":1}'`, `data = '"text"'`}
		switch d.dialect {
		case sqlstore.PostgreSQL:
			wrong = append(wrong, `secret = 'short'`, `previous = 'short'`)
		case sqlstore.SQLite:
			wrong = append(wrong, `secret = 'short'`, `data = 'no JSON'`, `seen = 'yesterday'`, `owner = NULL`)
		}
		for _, column := range wrong {
			h := newSession(t, s)
			if _, err := s.DB.ExecContext(soon(t), "UPDATE "+s.Table+" SET "+column+" WHERE handle = '"+h.String()+"'"); err != nil {
				t.Logf("the database refuses %s: %v", column, err)
				continue
			}
			if r, err := s.Load(soon(t), h); !errors.Is(err, sessionstore.ErrUnreadable) {
				t.Errorf("%s: loaded %v with error %v, want ErrUnreadable", column, r, err)
			}
			if err := s.Delete(soon(t), h); err != nil {
				t.Errorf("%s: delete: %v", column, err)
			}
		}
	})
}
