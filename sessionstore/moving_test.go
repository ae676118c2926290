package sessionstore_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/dewartest"
	"github.com/dewar-go/dewar/flaskcookie"
	"github.com/dewar-go/dewar/sessionstore"
)

// cookieKinds are the backends that keep sessions in cookies.
var cookieKinds = map[string]func() dewar.SessionInterface{
	"dewar's cookie": func() dewar.SessionInterface { return &dewar.SecureCookieSessionInterface{} },
	"Flask's cookie": func() dewar.SessionInterface { return &flaskcookie.SessionInterface{} },
}

// fromCookie returns a site that moves sessions out of cookies, and a visitor of it who still has such a cookie with values.
func fromCookie(t testing.TB, from dewar.SessionInterface, values dewar.Map, change ...func(i *sessionstore.SessionInterface)) (*site, *visitor) {
	t.Helper()
	before := newSite(t, nil)
	before.SessionInterface = from
	v := before.visitor()
	v.session(func(s *dewar.Session) { s.Update(values) })
	after := newSite(t, nil, change...)
	after.SessionInterface = &sessionstore.Moving{From: from, To: after.i}
	v.site = after
	return after, v
}

func TestMovingBringsCookieSessionsIntoTheStore(t *testing.T) {
	t.Parallel()
	for name, from := range cookieKinds {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, v := fromCookie(t, from(), dewar.Map{"user_id": 42, "_permanent": true})
			old := v.twin()
			v.want(map[string]any{"user_id": int64(42), "_permanent": true})
			if got := w.store.took(); got != "load create create" {
				t.Errorf("moving took the calls %q", got)
			}
			if parts := strings.Split(v.cookie, "."); len(parts) != 3 || len(parts[0]) != 22 || v.cookie == old.cookie {
				t.Errorf("got cookie %q", v.cookie)
			}
			v.want(map[string]any{"user_id": int64(42), "_permanent": true})
			if got := w.store.took(); got != "load" {
				t.Errorf("the next request took the calls %q", got)
			}
			v.session(func(s *dewar.Session) {
				if s.IsNew() || s.Modified() || s.ID() != v.cookie[:22] {
					t.Errorf("new %t, modified %t, id %q", s.IsNew(), s.Modified(), s.ID())
				}
				s.Set("later", 1)
			})
			old.want(map[string]any{"user_id": int64(42), "later": int64(1), "_permanent": true})
			if old.cookie != v.cookie {
				t.Error("a late request with the old cookie has not sent the new one")
			}
			if w.count("moved") != 1 || w.store.len() != 2 {
				t.Errorf("moved %d sessions, %d records", w.count("moved"), w.store.len())
			}
		})
	}
}

func TestMovingKeepsMessages(t *testing.T) {
	t.Parallel()
	from := &dewar.SecureCookieSessionInterface{}
	before := newSite(t, nil)
	before.SessionInterface = from
	v := before.visitor()
	v.do(func(c *dewar.Context) error { c.Flash("one"); c.Flash("two", "warning"); return nil })
	after := newSite(t, nil)
	after.SessionInterface = &sessionstore.Moving{From: from, To: after.i}
	v.site = after
	var got []dewar.Flash
	for range 2 {
		v.do(func(c *dewar.Context) error { got = append(got, c.FlashedMessages()...); return nil })
	}
	if len(got) != 2 || got[0].Message != "one" || got[1].Category != "warning" {
		t.Errorf("got %v", got)
	}
}

func TestMovingAsksTheStoreNothingForOthers(t *testing.T) {
	t.Parallel()
	w, _ := fromCookie(t, &dewar.SecureCookieSessionInterface{}, dewar.Map{"a": 1})
	for _, cookie := range []string{"", "x", "forged.forged.forged", strings.Repeat("A", 88), strings.Repeat("A", 22) + "." + strings.Repeat("A", 43) + "." + strings.Repeat("A", 22)} {
		v := w.visitor()
		v.cookie = cookie
		v.want(map[string]any{})
	}
	if got := w.store.took(); got != "" {
		t.Errorf("took the calls %q", got)
	}
	v := w.visitor()
	v.session(func(s *dewar.Session) { s.Set("a", 1) })
	if got := w.store.took(); got != "create" {
		t.Errorf("a new session took the calls %q", got)
	}
}

func TestMovingLosesNothingOfParallelRequests(t *testing.T) {
	t.Parallel()
	for round := range rounds(5, 200) {
		w, v := fromCookie(t, &dewar.SecureCookieSessionInterface{}, dewar.Map{"user_id": 42})
		cookies := make([]string, 64)
		var wg sync.WaitGroup
		for i := range cookies {
			twin := v.twin()
			wg.Go(func() {
				twin.session(func(s *dewar.Session) { s.Set(fmt.Sprint("k", i), i) })
				cookies[i] = twin.cookie
			})
		}
		wg.Wait()
		v.cookie = cookies[0]
		got := v.values()
		for i, cookie := range cookies {
			if cookie != cookies[0] || got[fmt.Sprint("k", i)] != int64(i) {
				t.Fatalf("round %d: request %d has another session, or its key is lost: %v", round, i, got)
			}
		}
		if len(got) != 65 || w.store.len() != 2 {
			t.Errorf("got %d values, %d records", len(got), w.store.len())
		}
	}
}

func TestMovedAndEndedSessionsStayEnded(t *testing.T) {
	t.Parallel()
	for name, from := range cookieKinds {
		w, v := fromCookie(t, from(), dewar.Map{"user_id": 42})
		old, late := v.twin(), v.twin()
		// A request that has opened the session before it is ended.
		rec := late.do(func(c *dewar.Context) error {
			c.Session().Set("late", 1)
			v.session(func(s *dewar.Session) { s.Destroy() })
			return nil
		})
		if rec.Code != http.StatusConflict {
			t.Errorf("%s: a late save is answered %d, want 409", name, rec.Code)
		}
		if v.cookie != "" {
			t.Errorf("%s: got cookie %q", name, v.cookie)
		}
		for range 2 { // and one that comes after that
			old.want(map[string]any{})
		}
		if got := w.store.len(); got != 1 {
			t.Errorf("%s: got %d records, want that of the old cookie", name, got)
		}
		fresh := old.twin()
		fresh.session(func(s *dewar.Session) { s.Set("other", 1) })
		fresh.want(map[string]any{"other": int64(1)})
		old.want(map[string]any{})
	}
}

func TestRenewClosesTheOldCookie(t *testing.T) {
	t.Parallel()
	now := time.Now()
	w, v := fromCookie(t, &dewar.SecureCookieSessionInterface{}, dewar.Map{"user_id": 42},
		func(i *sessionstore.SessionInterface) { i.Clock = func() time.Time { return now } })
	old := v.twin()
	v.session(func(s *dewar.Session) { s.Renew() })
	before := old.cookie
	old.want(map[string]any{})
	if rec := old.do(func(c *dewar.Context) error { c.Session().Set("late", 1); return nil }); rec.Code != http.StatusConflict || old.cookie != before {
		t.Errorf("a late write with the old cookie is answered %d, cookie %q", rec.Code, old.cookie)
	}
	now = now.Add(11 * time.Second)
	old.want(map[string]any{})
	v.want(map[string]any{"user_id": int64(42)})
	_ = w
}

// TestAMoveThatComesTooLateRevivesNothing stops a request on its way into the store until another one has moved the session and
// ended it.
func TestAMoveThatComesTooLateRevivesNothing(t *testing.T) {
	t.Parallel()
	for stop, what := range []string{"session", "marker"} {
		w, v := fromCookie(t, &dewar.SecureCookieSessionInterface{}, dewar.Map{"user_id": 42})
		late := v.twin()
		entered, leave := make(chan bool), make(chan bool)
		var creates atomic.Int32
		w.store.failWith(func(_ context.Context, call string, _ sessionstore.Handle) error {
			if call == "create" && creates.Add(1) == int32(stop+1) {
				entered <- true
				<-leave
			}
			return nil
		})
		done := make(chan map[string]any)
		go func() { done <- late.values() }()
		<-entered
		v.session(func(s *dewar.Session) { s.Destroy() })
		close(leave)
		if got := <-done; len(got) != 0 {
			t.Errorf("stopped before the %s: got %v", what, got)
		}
		late.want(map[string]any{})
		if got := w.store.len(); got != 1 {
			t.Errorf("stopped before the %s: got %d records", what, got)
		}
	}
}

// TestMovingWithASickStore has each call of the store fail once, before or after it was done.
func TestMovingWithASickStore(t *testing.T) {
	t.Parallel()
	down := fmt.Errorf("%w: down", sessionstore.ErrUnavailable)
	for fails := range 3 {
		w, v := fromCookie(t, &dewar.SecureCookieSessionInterface{}, dewar.Map{"user_id": 42})
		var calls atomic.Int32
		w.store.failWith(func(context.Context, string, sessionstore.Handle) error {
			if int(calls.Add(1)) == fails+1 {
				return down
			}
			return nil
		})
		before := v.cookie
		if rec := v.do(func(c *dewar.Context) error { c.Session().Get("user_id"); return nil }); rec.Code != 503 || v.cookie != before {
			t.Errorf("call %d fails: got %d, cookie changed %t", fails, rec.Code, v.cookie != before)
		}
		v.want(map[string]any{"user_id": int64(42)})
	}
}

// A doubting store says of the marker that it cannot tell whether it was kept.
type doubting struct {
	*table
	creates atomic.Int32
}

func (d *doubting) Create(ctx context.Context, h sessionstore.Handle, r sessionstore.Record) error {
	err := d.table.Create(ctx, h, r)
	if d.creates.Add(1) == 2 {
		return sessionstore.ErrUnavailable
	}
	return err
}

func TestMovingWhenTheStoreCannotTell(t *testing.T) {
	t.Parallel()
	_, v := fromCookie(t, &dewar.SecureCookieSessionInterface{}, dewar.Map{"user_id": 42},
		func(i *sessionstore.SessionInterface) { i.Store = &doubting{table: i.Store.(*table)} })
	if rec := v.do(func(c *dewar.Context) error { c.Session(); return nil }); rec.Code != 503 {
		t.Errorf("got %d", rec.Code)
	}
	v.want(map[string]any{"user_id": int64(42)})
}

func TestMovedSessionsHaveAnOwner(t *testing.T) {
	t.Parallel()
	w, v := fromCookie(t, &dewar.SecureCookieSessionInterface{}, dewar.Map{"user_id": 42},
		func(i *sessionstore.SessionInterface) {
			i.Owner = func(s *dewar.Session) string { return s.String("user_id") }
			i.CheckOwner = true
		})
	old := v.twin()
	v.want(map[string]any{"user_id": int64(42)})
	if list, err := w.i.Sessions(t.Context(), "42"); err != nil || len(list) != 1 || list[0].ID != v.cookie[:22] {
		t.Errorf("got %v, %v", list, err)
	}
	if n, err := w.i.EndAll(t.Context(), "42"); n != 1 || err != nil {
		t.Errorf("ended %d, %v", n, err)
	}
	old.want(map[string]any{})
	v.want(map[string]any{})
}

func TestMovingKeepsWhatItCannotRead(t *testing.T) {
	t.Parallel()
	w, v := fromCookie(t, &dewar.SecureCookieSessionInterface{}, dewar.Map{"text": strings.Repeat("x", 300)})
	if err := w.Config.Set("MAX_COOKIE_SIZE", 300); err != nil {
		t.Fatal(err)
	}
	before := v.cookie
	v.want(map[string]any{})
	if rec := v.do(func(c *dewar.Context) error { c.Session().Set("a", 1); return nil }); rec.Code != 503 || v.cookie != before {
		t.Errorf("got %d, cookie changed %t", rec.Code, v.cookie != before)
	}
	v.session(func(s *dewar.Session) { s.Clear(); s.Set("a", 1) })
	v.want(map[string]any{"a": int64(1)})
}

// TestMovingAgainstAModel has requests with one old cookie set keys and end the session at random.
func TestMovingAgainstAModel(t *testing.T) {
	t.Parallel()
	for round := range rounds(150, 10000) {
		random := rand.New(rand.NewPCG(7, uint64(round)))
		_, v := fromCookie(t, &dewar.SecureCookieSessionInterface{}, dewar.Map{"user_id": 42})
		old := v.twin()
		ends := random.IntN(3) == 0
		var ended atomic.Bool
		var kept sync.Map
		var wg sync.WaitGroup
		for i := range 8 {
			twin := old.twin()
			end := ends && random.IntN(4) == 0
			wg.Go(func() {
				after := ended.Load()
				rec := twin.do(func(c *dewar.Context) error {
					s := c.Session()
					if after && s.Has("user_id") {
						t.Errorf("round %d: a request that began after the end sees the session", round)
					}
					if end {
						s.Destroy()
						return nil
					}
					s.Set(fmt.Sprint("k", i), i)
					return nil
				})
				switch {
				case rec.Code == 200 && end:
					ended.Store(true)
				case rec.Code == 200:
					kept.Store(i, twin.cookie)
				case rec.Code != http.StatusConflict || !ends:
					t.Errorf("round %d: got %d", round, rec.Code)
				}
			})
		}
		wg.Wait()
		got := old.values()
		if ended.Load() && len(got) != 0 {
			t.Fatalf("round %d: the session is back: %v", round, got)
		}
		kept.Range(func(i, _ any) bool {
			if !ended.Load() && got[fmt.Sprint("k", i)] != int64(i.(int)) {
				t.Errorf("round %d: k%d is lost", round, i)
			}
			return true
		})
	}
}

// A shelf is a backend on a server whose cookies are unsigned names.
type shelf struct {
	mu       sync.Mutex
	sessions map[string]dewar.Map
	opened   int
	refuse   error
	broken   error
}

func (x *shelf) MayOpen(c *dewar.Context) (bool, error) {
	return strings.HasPrefix(dewar.SessionCookieValue(c), "name-"), x.refuse
}

func (x *shelf) OpenSession(c *dewar.Context) (*dewar.Session, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.opened++
	values, ok := x.sessions[dewar.SessionCookieValue(c)]
	s := dewar.NewSession()
	if ok {
		filled := dewar.NewSession()
		filled.Update(values)
		encoded, _ := dewar.Stored(filled).Values()
		dewar.Stored(s).Restore(encoded)
	}
	return s, nil
}

func (x *shelf) SaveSession(*dewar.Context, *dewar.Session) error { return errors.New("not used") }

func (x *shelf) Moved(c *dewar.Context, _ *dewar.Session) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.broken == nil {
		delete(x.sessions, dewar.SessionCookieValue(c))
	}
	return x.broken
}

func fromShelf(t *testing.T) (*shelf, *site, *visitor) {
	t.Helper()
	x := &shelf{sessions: map[string]dewar.Map{"name-1": {"user_id": 42}}}
	w := newSite(t, nil)
	w.SessionInterface = &sessionstore.Moving{From: x, To: w.i}
	v := w.visitor()
	v.cookie = "name-1"
	return x, w, v
}

func TestMovingTakesSessionsFromAnotherServer(t *testing.T) {
	t.Parallel()
	x, w, v := fromShelf(t)
	old := v.twin()
	v.session(func(s *dewar.Session) { s.Set("a", 1) })
	if len(x.sessions) != 0 || w.store.len() != 2 {
		t.Errorf("left %v, %d records", x.sessions, w.store.len())
	}
	old.want(map[string]any{"user_id": int64(42), "a": int64(1)}) // though From has it no more
	v.session(func(s *dewar.Session) { s.Destroy() })
	x.sessions["name-1"] = dewar.Map{"user_id": 42} // the old application writes what it has read before
	late := w.visitor()
	late.cookie = "name-1"
	late.want(map[string]any{})
}

func TestMovingAsksBeforeItLooksUpUnsignedNames(t *testing.T) {
	t.Parallel()
	x, w, v := fromShelf(t)
	other := w.visitor()
	other.cookie = "other-1"
	other.want(map[string]any{})
	x.refuse = &dewar.HTTPError{Code: http.StatusTooManyRequests}
	if rec := v.do(func(c *dewar.Context) error { c.Session(); return nil }); rec.Code != http.StatusTooManyRequests {
		t.Errorf("got %d", rec.Code)
	}
	if x.opened != 0 || w.store.took() != "" {
		t.Errorf("From was asked %d times", x.opened)
	}
}

func TestMovingSaysWhatItCouldNotRemove(t *testing.T) {
	t.Parallel()
	x, w, v := fromShelf(t)
	x.broken = errors.New("broken")
	v.want(map[string]any{"user_id": int64(42)})
	if !strings.Contains(w.logs.String(), "could not be removed") {
		t.Errorf("logged %s", w.logs)
	}
}

func TestMovingChecksItsFields(t *testing.T) {
	t.Parallel()
	store := &sessionstore.SessionInterface{Store: newTable()}
	cookies := &dewar.SecureCookieSessionInterface{}
	for _, tt := range []struct {
		name string
		i    dewar.SessionInterface
		want string
	}{
		{"no From", &sessionstore.Moving{To: store}, "needs From and To"},
		{"no To", &sessionstore.Moving{From: cookies}, "needs From and To"},
		{"no Store", &sessionstore.Moving{From: cookies, To: &sessionstore.SessionInterface{}}, "no Store"},
		{"From objects", &sessionstore.Moving{From: &flaskcookie.SessionInterface{}, To: store}, "SESSION_ABSOLUTE_LIFETIME"},
		{"back without To", &sessionstore.MovingBack{From: store}, "needs From and To"},
		{"back without From", &sessionstore.MovingBack{To: cookies}, "needs From and To"},
		{"back, To objects", &sessionstore.MovingBack{From: store, To: &flaskcookie.SessionInterface{}}, "SESSION_ABSOLUTE_LIFETIME"},
	} {
		w := newSite(t, dewar.Map{"SESSION_ABSOLUTE_LIFETIME": time.Hour})
		w.SessionInterface = tt.i
		if err := w.Build(); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want %q", tt.name, err, tt.want)
		}
	}
}

// toCookie returns a site that moves sessions out of the store, and a visitor of it who has one there.
func toCookie(t testing.TB, to dewar.SessionInterface, values dewar.Map, change ...func(i *sessionstore.SessionInterface)) (*site, *visitor) {
	t.Helper()
	before := newSite(t, nil, change...)
	v := before.visitor()
	v.session(func(s *dewar.Session) { s.Update(values) })
	after := newSite(t, nil)
	after.store, after.i = before.store, before.i
	after.SessionInterface = &sessionstore.MovingBack{From: before.i, To: to}
	v.site = after
	before.store.took()
	return after, v
}

func TestMovingBackPutsSessionsIntoCookies(t *testing.T) {
	t.Parallel()
	for name, to := range cookieKinds {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, v := toCookie(t, to(), dewar.Map{"user_id": 42, "_permanent": true})
			v.want(map[string]any{"user_id": int64(42), "_permanent": true})
			if got := w.store.took(); got != "load update release" && got != "load update" {
				t.Errorf("moving took the calls %q", got)
			}
			if _, r := w.store.only(t); len(r.Values) != 0 || r.Idle > 10*time.Second {
				t.Errorf("left %v", r)
			}
			v.session(func(s *dewar.Session) { s.Set("later", 1) })
			if got := w.store.took(); got != "" {
				t.Errorf("a session in a cookie took the calls %q", got)
			}
			alone := newSite(t, nil)
			alone.SessionInterface = to()
			v.site = alone
			v.want(map[string]any{"user_id": int64(42), "later": int64(1), "_permanent": true})
		})
	}
}

func TestMovingBackRefusesLateRequests(t *testing.T) {
	t.Parallel()
	w, v := toCookie(t, &dewar.SecureCookieSessionInterface{}, dewar.Map{"user_id": 42})
	late, reading, writing := v.twin(), v.twin(), v.twin()
	old := v.cookie
	rec := writing.do(func(c *dewar.Context) error {
		c.Session().Set("late", 1)
		reading.do(func(c *dewar.Context) error {
			if !c.Session().Has("user_id") {
				t.Error("a request that came before has no session")
			}
			v.session(func(s *dewar.Session) { s.Set("first", 1) })
			return nil
		})
		return nil
	})
	if rec.Code != http.StatusConflict || writing.cookie != old || reading.cookie != old {
		t.Errorf("a late write is answered %d; cookies changed %t, %t", rec.Code, writing.cookie != old, reading.cookie != old)
	}
	late.want(map[string]any{})
	if rec := late.do(func(c *dewar.Context) error { c.Session().Set("late", 1); return nil }); rec.Code != http.StatusConflict || late.cookie != old {
		t.Errorf("a later write is answered %d", rec.Code)
	}
	v.want(map[string]any{"user_id": int64(42), "first": int64(1)})
	_ = w
}

func TestMovingBackAndLogout(t *testing.T) {
	t.Parallel()
	w, v := toCookie(t, &dewar.SecureCookieSessionInterface{}, dewar.Map{"user_id": 42})
	reading := v.twin()
	old := v.cookie
	reading.do(func(c *dewar.Context) error {
		c.Session().Get("user_id")
		v.session(func(s *dewar.Session) { s.Destroy() })
		return nil
	})
	if v.cookie != "" || reading.cookie != old || w.store.len() != 0 {
		t.Errorf("after a logout: cookies %q and changed %t, %d records", v.cookie, reading.cookie != old, w.store.len())
	}
}

func TestMovingBackLeavesWhatIsTooLarge(t *testing.T) {
	t.Parallel()
	w, v := toCookie(t, &dewar.SecureCookieSessionInterface{}, nil)
	large := make([]byte, 5000)
	for i := range large {
		large[i] = byte(rand.IntN(256))
	}
	before := newSite(t, nil)
	before.store, before.i = w.store, w.i
	before.SessionInterface = w.i
	v.site = before
	v.session(func(s *dewar.Session) { s.Set("large", large) })
	v.site = w
	old := v.cookie
	v.session(func(s *dewar.Session) { s.Set("a", 1) })
	if v.cookie != old || !strings.Contains(w.logs.String(), "session stays in the store") {
		t.Errorf("cookie changed %t; logged %s", v.cookie != old, w.logs)
	}
	v.session(func(s *dewar.Session) {
		if s.Int("a") != 1 || len(s.Get("large").([]byte)) != 5000 {
			t.Error("the session is not whole")
		}
	})
	// A change that makes it too large, while another request moves it.
	small := v.twin()
	rec := v.do(func(c *dewar.Context) error {
		c.Session().Set("b", 1)
		small.session(func(s *dewar.Session) { s.Delete("large") })
		return nil
	})
	if rec.Code != http.StatusConflict {
		t.Errorf("a change of a session that has moved is answered %d", rec.Code)
	}
	small.want(map[string]any{"a": int64(1)})
}

func TestMovingBackWithASickStore(t *testing.T) {
	t.Parallel()
	w, v := toCookie(t, &dewar.SecureCookieSessionInterface{}, dewar.Map{"user_id": 42})
	for _, call := range []string{"load", "update"} {
		w.store.failWith(func(_ context.Context, name string, _ sessionstore.Handle) error {
			if name == call {
				return sessionstore.ErrUnavailable
			}
			return nil
		})
		old := v.cookie
		if rec := v.do(func(c *dewar.Context) error { c.Session(); return nil }); rec.Code != 503 || v.cookie != old {
			t.Errorf("%s fails: got %d, cookie changed %t", call, rec.Code, v.cookie != old)
		}
	}
	w.store.failWith(nil)
	v.want(map[string]any{"user_id": int64(42)})
}

// A mute does what it is asked to, and then fails to tell so.
type mute struct{ *table }

func (m mute) Update(ctx context.Context, h sessionstore.Handle, d sessionstore.Delta) error {
	if err := m.table.Update(ctx, h, d); err != nil {
		return err
	}
	return sessionstore.ErrUnavailable
}

func TestMovingBackLosesNothingWithALostAnswer(t *testing.T) {
	t.Parallel()
	w, v := toCookie(t, &dewar.SecureCookieSessionInterface{}, dewar.Map{"user_id": 42})
	w.i.Store = mute{w.store}
	v.session(func(s *dewar.Session) { s.Set("a", 1) })
	w.i.Store = w.store
	v.want(map[string]any{"user_id": int64(42), "a": int64(1)})
}

// TestTheSuiteOfMoving has the suite look at sessions that begin while others move.
func TestTheSuiteOfMoving(t *testing.T) {
	t.Parallel()
	store := sessionstore.NewMemory()
	dewartest.TestSessionInterface(t, dewartest.SessionBackend{
		Open: func(testing.TB) dewar.SessionInterface {
			return &sessionstore.Moving{From: &dewar.SecureCookieSessionInterface{}, To: &sessionstore.SessionInterface{Store: store}}
		},
		Sessions: func() int { n, _ := store.Count(context.Background()); return n },
	})
}

func ExampleMoving() {
	app := dewar.New("shop")
	app.SessionInterface = &sessionstore.Moving{
		From: &dewar.SecureCookieSessionInterface{}, // as it was until today
		To:   &sessionstore.SessionInterface{Store: sessionstore.NewMemory()},
	}
}

func ExampleLeaving() {
	app := dewar.New("shop")
	var old sessionstore.Leaving // the backend of before, which can say which cookies are its own
	app.SessionInterface = &sessionstore.Moving{From: old, To: &sessionstore.SessionInterface{Store: sessionstore.NewMemory()}}
}

func ExampleMovingBack() {
	app := dewar.New("shop")
	app.SessionInterface = &sessionstore.MovingBack{
		From: &sessionstore.SessionInterface{Store: sessionstore.NewMemory()},
		To:   &dewar.SecureCookieSessionInterface{},
	}
}
