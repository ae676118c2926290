package storesiege

import (
	"cmp"
	"context"
	"encoding/json"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/sessionstore"
)

// The keys that the application itself has in a session. The counter and the cart are changed by Session.Change, all others
// are set.
const (
	uidKey     = "uid"
	adminKey   = "admin"
	counterKey = "counter"
	cartKey    = "cart"
)

// page stands in every body that a handler has made, and in no error page.
const page = "a page that only a handler makes"

// An app is the application under siege: each handler opens the session, looks at all that it holds, perhaps waits at a
// gate, changes it, and answers with what it saw.
type app struct {
	*dewar.App
	sessions *sessionstore.SessionInterface
	gates    gates
	slow     slowLog
	ahead    atomic.Int64 // how far the clock has been moved, a time.Duration
}

// An answer is what a handler says.
type answer struct {
	UID     string            `json:"uid"`     // whose session it was when it was opened
	Saw     map[string]string `json:"saw"`     // its values then, as JSON, without flashes
	Flashes []string          `json:"flashes"` // its messages then
	Ended   int               `json:"ended"`   // how many sessions endall has ended
	Page    string            `json:"page"`
}

// newApp returns an app that keeps its sessions in store.
func newApp(p plan, store sessionstore.Store) (*app, error) {
	a := &app{App: dewar.New("siege", dewar.RootPath(os.TempDir()))}
	a.Logger = slog.New(slog.NewJSONHandler(os.Stderr, nil))
	a.sessions = &sessionstore.SessionInterface{
		Store: store, Deadline: p.Deadline,
		Owner: func(s *dewar.Session) string { return s.String(uidKey) },
		Clock: func() time.Time { return time.Now().Add(time.Duration(a.ahead.Load())) },
	}
	a.SessionInterface = a.sessions
	for key, value := range map[string]any{"SECRET_KEY": p.SecretKey, "DRAIN_DELAY": 0} {
		if err := a.Config.Set(key, value); err != nil {
			return nil, err
		}
	}
	a.Use(a.slow.measure)
	a.Post("/do/{what}", a.do)
	a.Get("/admin", admin)
	a.Get("/ping", func(c *dewar.Context) error { return c.Text("pong") })
	a.Post("/gates/{name}", a.openGate)
	a.Post("/clock", a.moveClock)
	a.Get("/slow", func(c *dewar.Context) error { return c.JSON(a.slow.take()) })
	return a, a.Build()
}

// do does one thing to the session.
func (a *app) do(c *dewar.Context) error {
	what, q := c.Params().String("what"), c.Query()
	if what == "endall" {
		n, err := a.sessions.EndAll(c, q.String("uid"))
		if err != nil {
			return dewar.Abort(http.StatusServiceUnavailable)
		}
		return c.JSON(answer{UID: q.String("uid"), Ended: n, Page: page})
	}
	said := look(c)
	if err := a.gates.pass(c, q.String("gate")); err != nil {
		return err
	}
	act(c, what)
	said.Page = page + strings.Repeat(".", q.Int("pad"))
	return c.JSON(said)
}

// look opens the session and returns what it holds.
func look(c *dewar.Context) answer {
	s := c.Session()
	said := answer{UID: s.String(uidKey), Saw: map[string]string{}}
	for key, value := range s.All() {
		if key == "_flashes" {
			said.Flashes = messages(value)
			continue
		}
		text, err := json.Marshal(value)
		if err != nil {
			text = []byte(err.Error())
		}
		said.Saw[key] = string(text)
	}
	return said
}

func messages(list any) (messages []string) {
	items, _ := list.([]any)
	for _, item := range items {
		if pair, ok := item.(dewar.Tuple); ok && len(pair) == 2 {
			messages = append(messages, pair[1].(string))
		}
	}
	return messages
}

// act changes the session.
func act(c *dewar.Context, what string) {
	s, q := c.Session(), c.Query()
	key, value := q.String("key"), q.String("value")
	switch what {
	case "login":
		s.Renew()
		s.Set(uidKey, q.String("uid"))
		s.Set(adminKey, q.Bool("admin"))
		for _, key := range q.Strings("keys") {
			s.Set(key, "at login")
		}
	case "set":
		s.Set(key, value)
	case "delete":
		s.Delete(key)
	case "clear":
		s.Clear()
	case "destroy":
		s.Destroy()
	case "renew":
		s.Renew()
	case "flash":
		c.Flash(value)
	case "take":
		c.FlashedMessages()
	case "add":
		s.Change(counterKey, func(old any) any { return number(old) + 1 })
	case "cart":
		s.Change(cartKey, func(old any) any { return with(old, value) })
	}
}

func number(v any) int64 {
	switch v := v.(type) {
	case int64:
		return v
	case int:
		return int64(v)
	}
	return 0
}

// with returns a cart that has one more of an item.
func with(old any, item string) any {
	cart := dewar.Map{}
	if old, ok := old.(dewar.Map); ok {
		maps.Copy(cart, old)
	}
	cart[item] = number(cart[item]) + 1
	return cart
}

// admin is the page behind the guard.
func admin(c *dewar.Context) error {
	if !c.Session().Bool(adminKey) {
		return dewar.Abort(http.StatusForbidden)
	}
	return c.JSON(answer{UID: c.Session().String(uidKey), Page: page})
}

// moveClock moves the clock that sessions live by.
func (a *app) moveClock(c *dewar.Context) error {
	a.ahead.Store(int64(c.Query().Duration("ahead")))
	return c.NoContent()
}

// openGate waits until so many requests stand at a gate, and opens it if it is asked to.
func (a *app) openGate(c *dewar.Context) error {
	name := c.Params().String("name")
	gate := a.gates.of(name)
	for range c.Query().Int("arrived") {
		select {
		case <-gate.arrivals:
		case <-c.Done():
			return c.Err()
		}
	}
	if c.Query().Bool("open") {
		close(gate.open)
		a.gates.named.Delete(name) // those who are to pass have arrived
	}
	return c.NoContent()
}

// gates hold requests back between opening their session and saving it. The zero value has none.
type gates struct{ named sync.Map } // of *gate

type gate struct{ arrivals, open chan struct{} }

func (g *gates) of(name string) *gate {
	found, _ := g.named.LoadOrStore(name, &gate{make(chan struct{}, 1000), make(chan struct{})})
	return found.(*gate)
}

// pass waits until a gate is open. An empty name is none.
func (g *gates) pass(ctx context.Context, name string) error {
	if name == "" {
		return nil
	}
	gate := g.of(name)
	gate.arrivals <- struct{}{}
	select {
	case <-gate.open:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// A slowLog keeps the answers that took longest, measured inside the process.
type slowLog struct {
	mu   sync.Mutex
	took []took
}

// took is how long an answer took.
type took struct {
	What  string        `json:"what"`
	Began time.Time     `json:"began"`
	Took  time.Duration `json:"took"`
}

// kept is how many answers a slowLog keeps.
const kept = 20

func (l *slowLog) measure(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		next.ServeHTTP(w, r)
		if r.URL.Query().Get("gate") == "" && !strings.HasPrefix(r.URL.Path, "/gates/") {
			l.add(took{r.Method + " " + r.URL.Path, began, time.Since(began)})
		}
	})
}

func (l *slowLog) add(t took) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.took) == kept && t.Took <= l.took[kept-1].Took {
		return
	}
	l.took = append(l.took, t)
	slices.SortFunc(l.took, func(a, b took) int { return cmp.Compare(b.Took, a.Took) })
	l.took = l.took[:min(kept, len(l.took))]
}

// take returns the slowest answers since it was called last, the slowest first.
func (l *slowLog) take() []took {
	l.mu.Lock()
	defer l.mu.Unlock()
	list := l.took
	l.took = nil
	return list
}

// serve serves p in this process until its standard input ends, which is when the test goes. Writing to a full disk is an
// error and no signal.
func serve(p plan) error {
	ignoreFullDisks()
	store, closeStore, err := p.store()
	if err != nil {
		return err
	}
	defer closeStore()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var addrs []string
	served := make(chan error)
	for range p.Listeners {
		a, err := newApp(p, store)
		if err != nil {
			return err
		}
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return err
		}
		addrs = append(addrs, l.Addr().String())
		go func() { served <- a.Serve(ctx, l) }()
	}
	if err := json.NewEncoder(os.Stdout).Encode(addrs); err != nil {
		return err
	}
	_, _ = os.Stdin.Read(make([]byte, 1)) // until it ends
	cancel()
	for range p.Listeners {
		err = cmp.Or(err, <-served)
	}
	return err
}
