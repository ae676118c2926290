package scaling_test

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/bench/scaling"
	"github.com/dewar-go/dewar/sessionstore"
)

// records is a Store in memory that does what the contract says and nothing else. While it is down it answers nothing.
type records struct {
	mu   sync.Mutex
	kept map[sessionstore.Handle]sessionstore.Record
	down bool
}

func (s *records) with(ctx context.Context, f func() error) error {
	s.mu.Lock()
	down := s.down
	s.mu.Unlock()
	if down {
		<-ctx.Done()
		return context.Cause(ctx)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return f()
}

func (s *records) setDown(down bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.down = down
}

func (s *records) Load(ctx context.Context, h sessionstore.Handle) (r sessionstore.Record, err error) {
	err = s.with(ctx, func() error {
		var ok bool
		if r, ok = s.kept[h]; !ok {
			return sessionstore.ErrNotFound
		}
		return nil
	})
	return r, err
}

func (s *records) Create(ctx context.Context, h sessionstore.Handle, r sessionstore.Record) error {
	return s.with(ctx, func() error {
		s.kept[h] = r
		return nil
	})
}

func (s *records) Update(ctx context.Context, h sessionstore.Handle, d sessionstore.Delta) error {
	return s.with(ctx, func() error {
		r, ok := s.kept[h]
		if !ok {
			return sessionstore.ErrNotFound
		}
		err := r.Apply(d)
		s.kept[h] = r
		return err
	})
}

func (s *records) Delete(ctx context.Context, h sessionstore.Handle) error {
	return s.with(ctx, func() error {
		delete(s.kept, h)
		return nil
	})
}

// site is a Site with a real SessionInterface behind it.
type site struct {
	t      *testing.T
	app    *dewar.App
	store  *records
	now    time.Time
	cookie *http.Cookie
	calls  [4]int
}

func newSite(t *testing.T, w scaling.Workload) *site {
	s := &site{t: t, store: &records{kept: map[sessionstore.Handle]sessionstore.Record{}}}
	kinds := map[string]scaling.Kind{"create": scaling.Create, "load": scaling.Load, "update": scaling.Update, "delete": scaling.Delete}
	s.app = newApp(t, &sessionstore.SessionInterface{Store: s.store, TouchAfter: w.Touch, Clock: func() time.Time { return s.now },
		Observe: func(e sessionstore.Event) {
			kind, ok := kinds[e.Name]
			if !ok {
				t.Errorf("unexpected event %+v", e)
			}
			s.calls[kind]++
		}})
	if err := s.app.Config.Set("PERMANENT_SESSION_LIFETIME", w.Idle); err != nil {
		t.Fatal(err)
	}
	return s
}

// newApp returns an App with views that begin, read, change and destroy a session.
func newApp(t *testing.T, sessions dewar.SessionInterface) *dewar.App {
	app := dewar.New("scaling", dewar.RootPath(t.TempDir()))
	app.SessionInterface, app.Logger = sessions, slog.New(slog.DiscardHandler)
	if err := app.Config.Set("SECRET_KEY", "a secret for simulations that is long"); err != nil {
		t.Fatal(err)
	}
	app.Get("/begin", func(c *dewar.Context) error {
		c.Session().Set("n", 1)
		return c.Text("begun")
	})
	app.Get("/read", func(c *dewar.Context) error {
		if !c.Session().Has("n") {
			return c.Text("nobody")
		}
		return c.Text("read")
	})
	app.Get("/change", func(c *dewar.Context) error {
		if !c.Session().Has("n") {
			return c.Text("nobody")
		}
		c.Session().Set("n", c.Session().Int("n")+1)
		return c.Text("changed")
	})
	app.Get("/leave", func(c *dewar.Context) error {
		c.Session().Destroy()
		return c.Text("left")
	})
	return app
}

func (s *site) get(at float64, path string) string {
	s.now = scaling.Clock(at)
	r := httptest.NewRequest("GET", path, nil)
	if s.cookie != nil {
		r.AddCookie(s.cookie)
	}
	rec := httptest.NewRecorder()
	s.app.ServeHTTP(rec, r)
	for _, c := range rec.Result().Cookies() {
		s.cookie = c
	}
	if rec.Code != 200 {
		s.t.Fatalf("%s at %v: %d %s", path, s.now, rec.Code, rec.Body)
	}
	return rec.Body.String()
}

func (s *site) Begin(at float64) {
	s.cookie = nil
	clear(s.store.kept)
	s.get(at, "/begin")
}

func (s *site) Visit(at float64, change bool) bool {
	if change {
		return s.get(at, "/change") == "changed"
	}
	return s.get(at, "/read") == "read"
}

func (s *site) Leave(at float64) { s.get(at, "/leave") }

func (s *site) Ends() float64 {
	for _, r := range s.store.kept {
		return float64(r.Expires().UnixMilli()) / 1000
	}
	return 0
}

// TestSimulatedSessionsLiveLikeRealOnes has the same visitors visit a plain site of the simulation and a real SessionInterface: they make the
// very same calls of the store.
func TestSimulatedSessionsLiveLikeRealOnes(t *testing.T) {
	t.Parallel()
	for _, w := range scaling.Workloads() {
		t.Run(w.Name, func(t *testing.T) {
			t.Parallel()
			visitors := 30_000 / int(w.Life().Requests)
			var simulated [4]int
			for n := range visitors {
				scaling.Live(w, visitor(n), scaling.NewSite(w, func(_ float64, k scaling.Kind) { simulated[k]++ }), 0)
			}
			s := newSite(t, w)
			for n := range visitors {
				scaling.Live(w, visitor(n), s, 0)
			}
			if s.calls != simulated || simulated[scaling.Delete] == 0 {
				t.Errorf("create, load, update, delete: real sessions made %v calls, simulated ones %v", s.calls, simulated)
			}
			t.Log(s.calls)
		})
	}
}

func visitor(n int) *rand.Rand { return rand.New(rand.NewPCG(uint64(n), 3)) }
