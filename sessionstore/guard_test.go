package sessionstore_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/sessionstore"
)

// hang is a store that does not answer.
func hang(ctx context.Context, _ string, _ sessionstore.Handle) error {
	<-ctx.Done()
	return ctx.Err()
}

// always fails every call.
func always(err error) func(context.Context, string, sessionstore.Handle) error {
	return func(context.Context, string, sessionstore.Handle) error { return err }
}

// only fails one kind of call.
func only(kind string, f func(context.Context, string, sessionstore.Handle) error) func(context.Context, string, sessionstore.Handle) error {
	return func(ctx context.Context, call string, h sessionstore.Handle) error {
		if call != kind {
			return nil
		}
		return f(ctx, call, h)
	}
}

func TestADeadStoreIsA503WithinTheDeadline(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		fails  func(context.Context, string, sessionstore.Handle) error
		within time.Duration
	}{
		{"loading hangs", only("load", hang), time.Second},
		{"saving hangs", only("update", hang), time.Second},
		{"loading is refused", only("load", always(&net.OpError{Op: "dial", Err: errors.New("refused")})), 0},
		{"saving is refused", only("update", always(fmt.Errorf("%w: no connection", sessionstore.ErrUnavailable))), 0},
		{"an error of any kind", only("load", always(errors.New("a failure of the test"))), 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := newSite(t, nil)
				v := w.visitor()
				v.session(set("a", 1))
				w.store.failWith(tt.fails)
				begin := time.Now()
				rec := v.do(func(c *dewar.Context) error {
					c.Session().Set("b", 2)
					if c.Session().Has("a") && tt.name[:4] == "load" {
						t.Error("the session was opened")
					}
					return nil
				})
				if took := time.Since(begin); rec.Code != 503 || took != tt.within || rec.Header().Get("Retry-After") != "1" {
					t.Errorf("got %d after %s, headers %v; want a 503 with Retry-After after %s", rec.Code, took, rec.Header(), tt.within)
				}
				if strings.Contains(rec.Body.String(), "page") || len(cookies(rec)) > 0 {
					t.Errorf("got body %q and cookies %q, want nothing of the page", rec.Body, cookies(rec))
				}
				w.store.failWith(nil)
				v.want(map[string]any{"a": int64(1)})
			})
		})
	}
}

func TestOpeningAndSavingShareTheDeadline(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		opens  time.Duration
		within time.Duration
	}{
		{"opened at once", 0, time.Second},
		{"opened late", 600 * time.Millisecond, time.Second},
		{"opened at the last moment", 999 * time.Millisecond, 1199 * time.Millisecond},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := newSite(t, nil)
				v := w.visitor()
				v.session(set("a", 1))
				w.store.failWith(func(ctx context.Context, call string, h sessionstore.Handle) error {
					if call == "load" {
						time.Sleep(tt.opens)
						return nil
					}
					return hang(ctx, call, h)
				})
				begin := time.Now()
				rec := v.do(change(set("b", 2)))
				if took := time.Since(begin); rec.Code != 503 || took != tt.within {
					t.Errorf("got %d after %s, want a 503 after %s", rec.Code, took, tt.within)
				}
			})
		})
	}
}

func TestASickStoreDoesNotTouchPagesWithoutASession(t *testing.T) {
	t.Parallel()
	w := newSite(t, nil)
	v := w.visitor()
	v.session(set("a", 1))
	w.store.failWith(always(io.EOF))
	if rec := v.do(func(*dewar.Context) error { return nil }); rec.Code != 200 {
		t.Errorf("got %d", rec.Code)
	}
}

// storm sends n requests at once and returns how many of each status came back.
func storm(v *visitor, n int, f func(s *dewar.Session)) map[int]int {
	var mu sync.Mutex
	codes := map[int]int{}
	var wait sync.WaitGroup
	for range n {
		wait.Go(func() {
			rec := v.twin().do(change(f))
			mu.Lock()
			defer mu.Unlock()
			codes[rec.Code]++
		})
	}
	wait.Wait()
	return codes
}

func TestTheBreakerSparesASickStore(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newSite(t, nil)
		v := w.visitor()
		v.session(set("a", 1))
		w.store.failWith(hang)
		if codes := storm(v, 20, read); codes[503] != 20 || w.count("opened") != 1 {
			t.Errorf("got %v and %d openings, want twenty 503 and one opening", codes, w.count("opened"))
		}
		w.store.took()
		begin := time.Now()
		for range 100 { // for ten seconds
			if rec := v.do(change(read)); rec.Code != 503 {
				t.Errorf("got %d", rec.Code)
			}
			time.Sleep(100 * time.Millisecond)
		}
		probes := len(strings.Fields(w.store.took()))
		if took := time.Since(begin); probes < 5 || probes > 10*int(took/time.Second) {
			t.Errorf("the store was asked %d times in %s, want now and then", probes, took)
		}
		w.store.failWith(nil)
		begin = time.Now()
		for v.do(change(read)).Code != 200 {
			time.Sleep(10 * time.Millisecond)
		}
		if took := time.Since(begin); took > time.Second || w.count("closed") != 1 {
			t.Errorf("recovered after %s with %d closings, want one within a second", took, w.count("closed"))
		}
		if codes := storm(v, 100, set("b", 2)); codes[200] != 100 {
			t.Errorf("got %v after recovery", codes)
		}
	})
}

func TestCallsFromBeforeARecoveryDoNotOpenTheBreaker(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newSite(t, nil)
		v := w.visitor()
		v.session(set("a", 1))
		w.store.failWith(hang)
		var late sync.WaitGroup
		late.Go(func() {
			if codes := storm(v, 20, read); codes[503] != 20 {
				t.Errorf("got %v", codes)
			}
		})
		time.Sleep(500 * time.Millisecond)
		w.store.failWith(nil)
		v.want(map[string]any{"a": int64(1)})
		late.Wait()
		if w.count("opened") != 0 {
			t.Error("the breaker has opened")
		}
		v.want(map[string]any{"a": int64(1)})
	})
}

func TestTheBreakerClosesForAStoreThatIsSlowButInTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newSite(t, nil, func(i *sessionstore.SessionInterface) { i.Deadline = 4 * time.Second })
		v := w.visitor()
		v.session(set("a", 1))
		w.store.failWith(always(io.EOF))
		storm(v, 5, read)
		w.store.failWith(func(context.Context, string, sessionstore.Handle) error { time.Sleep(time.Second); return nil })
		for range 5 {
			time.Sleep(time.Second)
			v.do(change(read))
		}
		if rec := v.do(change(read)); rec.Code != 200 || w.count("closed") != 1 {
			t.Errorf("got %d and %d closings for a store that answers in a quarter of the deadline", rec.Code, w.count("closed"))
		}
	})
}

func TestAStoreThatPanicsHoldsNothingUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newSite(t, nil, func(i *sessionstore.SessionInterface) { i.MaxWaiting = 2 })
		v := w.visitor()
		v.session(set("a", 1))
		panics := func(context.Context, string, sessionstore.Handle) error { panic("a bug of the test's store") }
		w.store.failWith(panics)
		for range 3 { // more than may wait
			v.do(change(read))
		}
		w.store.failWith(nil)
		v.want(map[string]any{"a": int64(1)})
		w.store.failWith(always(io.EOF))
		storm(v, 2, read)
		storm(v, 2, read)
		storm(v, 2, read)
		time.Sleep(time.Second)
		w.store.failWith(panics)
		v.do(change(read)) // the probe
		w.store.failWith(nil)
		time.Sleep(time.Second)
		v.want(map[string]any{"a": int64(1)})
	})
}

func TestOnlyOneProbeIsMadeAtATime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newSite(t, nil)
		v := w.visitor()
		v.session(set("a", 1))
		w.store.failWith(hang)
		storm(v, 5, read)
		time.Sleep(time.Second)
		w.store.took()
		begin := time.Now()
		if codes := storm(v, 50, read); codes[503] != 50 {
			t.Errorf("got %v", codes)
		}
		if calls := w.store.took(); calls != "load" || time.Since(begin) > 500*time.Millisecond {
			t.Errorf("got calls %q after %s, want one probe that waits half a second at most", calls, time.Since(begin))
		}
	})
}

func TestWhatDoesNotOpenTheBreaker(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		err  error
	}{
		{"a missing session", sessionstore.ErrNotFound},
		{"an unreadable one", sessionstore.ErrUnreadable},
		{"a refused value", errors.New("the value is refused")},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := newSite(t, nil)
			v := w.visitor()
			v.session(set("a", 1))
			w.store.failWith(always(tt.err))
			storm(v, 20, read)
			w.store.failWith(nil)
			if v.want(map[string]any{"a": int64(1)}); w.count("opened") != 0 {
				t.Error("the breaker has opened")
			}
		})
	}
	t.Run("clients that leave", func(t *testing.T) {
		t.Parallel()
		w := newSite(t, nil)
		v := w.visitor()
		v.session(set("a", 1))
		var asked atomic.Int32
		w.store.failWith(func(ctx context.Context, call string, h sessionstore.Handle) error {
			asked.Add(1)
			return hang(ctx, call, h)
		})
		for n := range 20 {
			ctx, cancel := context.WithCancel(t.Context())
			go func() {
				for int(asked.Load()) <= n {
					time.Sleep(time.Millisecond)
				}
				cancel()
			}()
			r, _ := http.NewRequestWithContext(context.WithValue(ctx, viewKey{}, change(read)), "GET", "/", nil)
			r.Host, r.RemoteAddr = "localhost", "127.0.0.1:1"
			v.twin().send(r)
		}
		if w.count("opened") != 0 {
			t.Error("the breaker has opened")
		}
	})
}

// split is a table of two nodes.
type split struct{ *table }

func (split) Node(h sessionstore.Handle) string { return fmt.Sprint(h[0] % 2) }
func (split) OwnerNode(string) string           { return "0" }

func TestEachNodeHasABreakerOfItsOwn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newSite(t, nil)
		w.i.Store = split{w.store}
		visitors := map[string]*visitor{}
		for len(visitors) < 2 {
			v := w.visitor()
			v.session(set("a", 1))
			h, err := sessionstore.ParseHandle(v.cookie[:22])
			if err != nil {
				t.Fatal(err)
			}
			visitors[split{}.Node(h)] = v
		}
		w.store.failWith(func(ctx context.Context, call string, h sessionstore.Handle) error {
			if (split{}).Node(h) == "1" {
				return hang(ctx, call, h)
			}
			return nil
		})
		storm(visitors["1"], 10, read)
		if codes := storm(visitors["0"], 10, read); codes[200] != 10 {
			t.Errorf("the healthy node: got %v", codes)
		}
		if rec := visitors["1"].do(change(read)); rec.Code != 503 {
			t.Errorf("the sick node: got %d", rec.Code)
		}
	})
}

func TestABoundedNumberWaits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newSite(t, nil, func(i *sessionstore.SessionInterface) { i.MaxWaiting = 3 })
		v := w.visitor()
		v.session(set("a", 1))
		w.store.failWith(func(ctx context.Context, _ string, _ sessionstore.Handle) error {
			time.Sleep(900 * time.Millisecond)
			return nil
		})
		if codes := storm(v, 10, read); codes[200] != 3 || codes[503] != 7 || w.count("refused") != 7 {
			t.Errorf("got %v and %d refused, want three served and seven refused", codes, w.count("refused"))
		}
		if codes := storm(v, 3, read); codes[200] != 3 {
			t.Errorf("afterwards: got %v", codes)
		}
	})
}

func TestAClientThatLeavesDoesNotUndoALogout(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]func(s *dewar.Session){
		"destroy": (*dewar.Session).Destroy, "set": set("b", 2), "renew": (*dewar.Session).Renew,
	} {
		w := newSite(t, nil)
		v := w.visitor()
		v.session(set("a", 1))
		w.store.took()
		ctx, cancel := context.WithCancel(t.Context())
		r, _ := http.NewRequestWithContext(context.WithValue(ctx, viewKey{}, change(func(s *dewar.Session) { f(s); cancel() })), "GET", "/", nil)
		r.Host, r.RemoteAddr = "localhost", "127.0.0.1:1"
		v.twin().send(r)
		if calls := w.store.took(); calls != map[string]string{"destroy": "load delete", "set": "load update", "renew": "load update"}[name] {
			t.Errorf("%s: got calls %q", name, calls)
		}
	}
}

func TestEveryCallIsObserved(t *testing.T) {
	t.Parallel()
	w := newSite(t, nil)
	v := w.visitor()
	v.session(set("a", 1))
	v.session(set("a", 2))
	v.session((*dewar.Session).Destroy)
	for name, want := range map[string]int{"create": 1, "load": 2, "update": 1, "delete": 1} {
		if got := w.count(name); got != want {
			t.Errorf("%s: observed %d, want %d", name, got, want)
		}
	}
}
