package flasktest_test

import (
	"fmt"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/dewartest"
)

func TestSessionTransactions(t *testing.T) { // test_session_transactions
	t.Parallel()
	app := newApp(t)
	app.Get("/", func(c *dewar.Context) error { return c.JSON(c.Session().Get("foo")) })
	client := dewartest.New(t, app)
	client.Session(func(s *dewar.Session) {
		if s.Len() != 0 {
			t.Errorf("a new client has %d values in its session", s.Len())
		}
		s.Set("foo", []any{42})
		if s.Len() != 1 {
			t.Errorf("%d values after one was set", s.Len())
		}
	})
	if got := strings.TrimSpace(client.Get("/").Want(200).Text()); got != "[42]" {
		t.Errorf("the view has %q, want [42]", got)
	}
	client.Session(func(s *dewar.Session) {
		if got := s.Get("foo"); s.Len() != 1 || !reflect.DeepEqual(got, []any{int64(42)}) {
			t.Errorf("got %d values with %v, want [42] alone", s.Len(), got)
		}
	})
}

// A stoppedT is a test that is ended by what it tests.
type stoppedT struct {
	testing.TB
	message string
}

func (s *stoppedT) Fatalf(format string, args ...any) {
	s.message = fmt.Sprintf(format, args...)
	runtime.Goexit()
}

func TestSessionTransactionsNoNullSessions(t *testing.T) { // test_session_transactions_no_null_sessions
	t.Parallel()
	app := configured(t, dewar.Map{"SECRET_KEY": nil})
	stopped := &stoppedT{TB: t}
	done := make(chan struct{})
	go func() {
		defer close(done)
		dewartest.New(stopped, app).Session(func(*dewar.Session) { t.Error("a session was opened without a SECRET_KEY") })
	}()
	<-done
	if !strings.Contains(stopped.message, "has no sessions because SECRET_KEY is not set") {
		t.Errorf("the test ended with %q, want the reason why there is no session", stopped.message)
	}
}

// TestSessionTransactionNeedsCookies: no client of dewartest is without cookies, so a session can always be edited. It
// is the cookies that hold it.
func TestSessionTransactionNeedsCookies(t *testing.T) { // test_session_transaction_needs_cookies
	t.Parallel()
	app := newApp(t)
	tellUser(app)
	client := dewartest.New(t, app)
	client.Session(func(s *dewar.Session) { s.Set("user", "ann") })
	client.Get("/who").Want(200, "ann")
	client.ClearCookies()
	client.Session(func(s *dewar.Session) {
		if s.Has("user") {
			t.Error("the session outlived its cookie")
		}
	})
	if got := client.Get("/who").Want(200).Text(); got != "" {
		t.Errorf("the view has %q, want no user", got)
	}
}
