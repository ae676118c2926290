package sessionstore_test

import (
	"context"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/sessionstore"
)

// A table is the simplest Store. It counts its calls, and what fails, if set, is asked before each.
type table struct {
	mu      sync.Mutex
	records map[sessionstore.Handle]sessionstore.Record
	claimed map[string]map[sessionstore.Handle]time.Time
	marks   map[string]int64
	calls   []string
	fails   func(ctx context.Context, call string, h sessionstore.Handle) error
}

func newTable() *table {
	return &table{records: map[sessionstore.Handle]sessionstore.Record{}, claimed: map[string]map[sessionstore.Handle]time.Time{}, marks: map[string]int64{}}
}

func (s *table) begin(ctx context.Context, call string, h sessionstore.Handle) error {
	s.mu.Lock()
	s.calls = append(s.calls, call)
	fails := s.fails
	s.mu.Unlock()
	if fails != nil {
		if err := fails(ctx, call, h); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// took returns the calls since it was last asked.
func (s *table) took() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	calls := strings.Join(s.calls, " ")
	s.calls = nil
	return calls
}

func (s *table) failWith(fails func(ctx context.Context, call string, h sessionstore.Handle) error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fails = fails
}

func (s *table) len() int { s.mu.Lock(); defer s.mu.Unlock(); return len(s.records) }

// only returns the one record.
func (s *table) only(t *testing.T) (sessionstore.Handle, sessionstore.Record) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.records) != 1 {
		t.Fatalf("got %d records, want 1", len(s.records))
	}
	for h, r := range s.records {
		return h, r
	}
	panic("unreachable")
}

func (s *table) Load(ctx context.Context, h sessionstore.Handle) (sessionstore.Record, error) {
	if err := s.begin(ctx, "load", h); err != nil {
		return sessionstore.Record{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	r, ok := s.records[h]
	if !ok {
		return r, sessionstore.ErrNotFound
	}
	return r.Clone(), nil
}

func (s *table) Create(ctx context.Context, h sessionstore.Handle, r sessionstore.Record) error {
	if err := s.begin(ctx, "create", h); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if old, ok := s.records[h]; ok && !old.Expired(r.Created) {
		return sessionstore.ErrExists
	}
	s.records[h] = r.Clone()
	return nil
}

func (s *table) Update(ctx context.Context, h sessionstore.Handle, d sessionstore.Delta) error {
	if err := s.begin(ctx, "update", h); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	r, ok := s.records[h]
	if !ok {
		return sessionstore.ErrNotFound
	}
	if err := r.Apply(d); err != nil {
		return err
	}
	s.records[h] = r
	return nil
}

func (s *table) Delete(ctx context.Context, h sessionstore.Handle) error {
	if err := s.begin(ctx, "delete", h); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.records, h)
	return nil
}

func (s *table) Claim(ctx context.Context, owner string, h sessionstore.Handle, at, _ time.Time) error {
	if err := s.begin(ctx, "claim", h); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.claimed[owner] == nil {
		s.claimed[owner] = map[sessionstore.Handle]time.Time{}
	}
	s.claimed[owner][h] = at
	return nil
}

func (s *table) Release(ctx context.Context, owner string, h sessionstore.Handle) error {
	if err := s.begin(ctx, "release", h); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.claimed[owner], h)
	return nil
}

func (s *table) Claims(ctx context.Context, owner string) (claims []sessionstore.Claim, err error) {
	if err := s.begin(ctx, "claims", sessionstore.Handle{}); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for h, at := range s.claimed[owner] {
		claims = append(claims, sessionstore.Claim{Handle: h, At: at})
	}
	return claims, nil
}

func (s *table) Mark(ctx context.Context, owner string) (int64, error) {
	if err := s.begin(ctx, "mark", sessionstore.Handle{}); err != nil {
		return 0, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.marks[owner], nil
}

func (s *table) RaiseMark(ctx context.Context, owner string, _ time.Time) (int64, error) {
	if err := s.begin(ctx, "raise", sessionstore.Handle{}); err != nil {
		return 0, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.marks[owner]++
	return s.marks[owner], nil
}

// A site is an App whose sessions are in a table. Its one view does what the request brings along.
type site struct {
	*dewar.App
	t     testing.TB
	store *table
	i     *sessionstore.SessionInterface
	logs  *logs

	mu     sync.Mutex
	events []sessionstore.Event
}

// viewKey is under which a request brings its view along.
type viewKey struct{}

func newSite(t testing.TB, config dewar.Map, change ...func(i *sessionstore.SessionInterface)) *site {
	t.Helper()
	w := &site{App: dewar.New("site", dewar.RootPath(t.TempDir())), t: t, store: newTable(), logs: &logs{}}
	w.Logger = slog.New(slog.NewTextHandler(w.logs, nil))
	w.i = &sessionstore.SessionInterface{Store: w.store, Observe: w.observe}
	for _, f := range change {
		f(w.i)
	}
	w.SessionInterface = w.i
	all := dewar.Map{"SECRET_KEY": "a key for tests of sessionstore", "TESTING": true}
	maps.Copy(all, config)
	if err := w.Config.FromMapping(all); err != nil {
		t.Fatal(err)
	}
	w.Get("/", func(c *dewar.Context) error {
		if view, ok := c.Value(viewKey{}).(func(c *dewar.Context) error); ok {
			if err := view(c); err != nil {
				return err
			}
		}
		_, err := io.WriteString(c.Response, "page")
		return err
	})
	return w
}

func (w *site) observe(e sessionstore.Event) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.events = append(w.events, e)
}

// count returns how many events of a name there were.
func (w *site) count(name string) (n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, e := range w.events {
		if e.Name == name {
			n++
		}
	}
	return n
}

// A visitor is a browser: it keeps the cookie.
type visitor struct {
	site   *site
	cookie string
}

func (w *site) visitor() *visitor { return &visitor{site: w} }

// twin is the same browser in a second request at the same time.
func (v *visitor) twin() *visitor { return &visitor{v.site, v.cookie} }

// do sends a request whose view is f, and keeps the cookie that comes back.
func (v *visitor) do(f func(c *dewar.Context) error) *httptest.ResponseRecorder {
	r := httptest.NewRequest("GET", "/", nil)
	return v.send(r.WithContext(context.WithValue(r.Context(), viewKey{}, f)))
}

func (v *visitor) send(r *http.Request) *httptest.ResponseRecorder {
	if v.cookie != "" {
		r.AddCookie(&http.Cookie{Name: "session", Value: v.cookie})
	}
	rec := httptest.NewRecorder()
	v.site.ServeHTTP(rec, r)
	for _, cookie := range rec.Result().Cookies() {
		if cookie.Name == "session" {
			v.cookie = cookie.Value
			if cookie.MaxAge < 0 {
				v.cookie = ""
			}
		}
	}
	return rec
}

// session does f with the session, and wants a 200.
func (v *visitor) session(f func(s *dewar.Session)) *httptest.ResponseRecorder {
	v.site.t.Helper()
	rec := v.do(func(c *dewar.Context) error { f(c.Session()); return nil })
	if rec.Code != http.StatusOK {
		v.site.t.Fatalf("got %d %s, want 200; log: %s", rec.Code, rec.Body, v.site.logs)
	}
	return rec
}

// values returns what the visitor has.
func (v *visitor) values() map[string]any {
	v.site.t.Helper()
	got := map[string]any{}
	v.session(func(s *dewar.Session) {
		for key, value := range s.All() {
			got[key] = value
		}
	})
	return got
}

func (v *visitor) want(want map[string]any) {
	v.site.t.Helper()
	if got := v.values(); !maps.EqualFunc(got, want, func(x, y any) bool { return x == y }) {
		v.site.t.Errorf("got %v, want %v", got, want)
	}
}

// logs is what was logged.
type logs struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *logs) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logs) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

var _ io.Writer = (*logs)(nil)
