package flasksession_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/contrib/flasksession"
	"github.com/dewar-go/dewar/internal/servers"
)

// A site is an App with sessions of Flask-Session behind a real listener, and its Redis.
type site struct {
	*testing.T
	app    *dewar.App
	url    string
	redis  *redis.Client
	prefix string
	log    *lockedBuffer
	asked  atomic.Int64 // commands that reached Redis for the App
	hold   func()       // called by /hold while the session is open
}

// A lockedBuffer is a log.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}
func (l *lockedBuffer) String() string { l.mu.Lock(); defer l.mu.Unlock(); return l.b.String() }

// A counting hook counts the commands.
type counting struct{ n *atomic.Int64 }

func (h counting) DialHook(next redis.DialHook) redis.DialHook { return next }
func (h counting) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error { h.n.Add(1); return next(ctx, cmd) }
}
func (h counting) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error { h.n.Add(1); return next(ctx, cmds) }
}

func connect(t *testing.T, address string) *redis.Client {
	t.Helper()
	options, err := redis.ParseURL(address)
	if err != nil {
		t.Fatal(err)
	}
	client := redis.NewClient(options)
	t.Cleanup(func() { _ = client.Close() })
	return client
}

// newSite serves an App on the Redis at address, with keys of its own.
func newSite(t *testing.T, address string, i *flasksession.SessionInterface, config dewar.Map) *site {
	t.Helper()
	s := &site{T: t, redis: connect(t, address), prefix: "test:" + strings.ReplaceAll(t.Name(), "/", ":") + ":", log: &lockedBuffer{}, hold: func() {}}
	client := connect(t, address)
	client.AddHook(counting{&s.asked})
	i.Client = client
	if i.Deadline == 0 {
		i.Deadline = 20 * time.Second // for a machine that is busy
	}
	s.app = dewar.New("site")
	s.app.SessionInterface = i
	s.app.Logger = slog.New(slog.NewTextHandler(s.log, &slog.HandlerOptions{Level: slog.LevelInfo}))
	if prefix, ok := config["SESSION_KEY_PREFIX"].(string); ok {
		s.prefix = prefix
	}
	if err := errors.Join(s.app.Config.FromMapping(dewar.Map{"TESTING": true, "SESSION_KEY_PREFIX": s.prefix}), s.app.Config.FromMapping(config)); err != nil {
		t.Fatal(err)
	}
	s.routes()
	server := httptest.NewServer(s.app)
	t.Cleanup(server.Close)
	s.url = server.URL
	return s
}

func (s *site) routes() {
	do := func(path string, f func(c *dewar.Context)) {
		s.app.Get(path, func(c *dewar.Context) error { f(c); return c.Text("ok") })
	}
	do("/nothing", func(c *dewar.Context) {})
	do("/set", func(c *dewar.Context) {
		for key, values := range c.Request.URL.Query() {
			c.Session().Set(key, values[0])
		}
	})
	do("/delete", func(c *dewar.Context) { c.Session().Delete(c.Query().String("key")) })
	do("/login", func(c *dewar.Context) { c.Session().Clear(); c.Session().Renew(); c.Session().Set("user_id", 42) })
	do("/renew", func(c *dewar.Context) { c.Session().Renew() })
	do("/clear", func(c *dewar.Context) { c.Session().Clear() })
	do("/destroy", func(c *dewar.Context) { c.Session().Destroy() })
	do("/destroy-and-set", func(c *dewar.Context) { c.Session().Destroy(); c.Session().Set("bye", true) })
	do("/passing", func(c *dewar.Context) { c.Session().SetPermanent(false); c.Session().Set("a", 1) })
	do("/count", func(c *dewar.Context) {
		c.Session().Change("n", func(old any) any { n, _ := old.(int64); return n + 1 })
	})
	do("/hold", func(c *dewar.Context) {
		key := c.Query().String("key")
		c.Session().Set(key, "held")
		if c.Query().Has("renew") {
			c.Session().Renew()
		}
		s.hold()
	})
	do("/inside", func(c *dewar.Context) {
		c.Session().Map("cart")["17"] = 9
		c.Session().Map("visit")["n"] = 2
	})
	s.app.Get("/read", func(c *dewar.Context) error {
		data, err := dewar.Stored(c.Session()).MarshalBinary()
		if err != nil {
			return err
		}
		return c.Text(string(data))
	})
}

// A browser keeps its cookies.
type browser struct {
	*site
	client *http.Client
}

func (s *site) browser() *browser {
	jar, _ := cookiejar.New(nil)
	return &browser{s, &http.Client{Jar: jar, Timeout: 30 * time.Second}}
}

// ask returns the status and the text of an answer.
func (b *browser) ask(path string) (int, string) {
	b.Helper()
	res, err := b.client.Get(b.url + path)
	if err != nil {
		b.Error(err)
		return 0, ""
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		b.Error(err)
	}
	return res.StatusCode, string(body)
}

// get returns the text of an answer that must be a 200.
func (b *browser) get(path string) string {
	b.Helper()
	status, body := b.ask(path)
	if status != 200 {
		b.Errorf("%s: got %d %s\n%s", path, status, body, b.log)
	}
	return body
}

func (b *browser) cookie() string {
	u, _ := url.Parse(b.url)
	for _, cookie := range b.client.Jar.Cookies(u) {
		if cookie.Name == "session" {
			return cookie.Value
		}
	}
	return ""
}

func (b *browser) setCookie(value string) {
	u, _ := url.Parse(b.url)
	b.client.Jar.SetCookies(u, []*http.Cookie{{Name: "session", Value: value, Path: "/"}})
}

// keys are the keys of the site in Redis, without the prefix.
func (s *site) keys() []string {
	s.Helper()
	keys, err := s.redis.Keys(s.Context(), s.prefix+"*").Result()
	if err != nil {
		s.Fatal(err)
	}
	for i := range keys {
		keys[i] = strings.TrimPrefix(keys[i], s.prefix)
	}
	slices.Sort(keys)
	return keys
}

func (s *site) put(id string, data []byte, life time.Duration) {
	s.Helper()
	if err := s.redis.Set(s.Context(), s.prefix+id, data, life).Err(); err != nil {
		s.Fatal(err)
	}
}

func (s *site) blob(id string) string {
	s.Helper()
	data, err := s.redis.Get(s.Context(), s.prefix+id).Result()
	if err != nil && !errors.Is(err, redis.Nil) {
		s.Fatal(err)
	}
	return data
}

// wait polls until there is something to see.
func wait(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); !ok(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited 10 s in vain for %s", what)
		}
	}
}

// TestOnRedis has the tests that do a Redis no harm share one.
func TestOnRedis(t *testing.T) {
	t.Parallel()
	address := servers.RedisURL(t)
	for name, test := range map[string]func(t *testing.T, address string){
		"recorded sessions are served":             testRecordedSessionsAreServed,
		"a session lives as in Flask-Session":      testLife,
		"a visitor costs nothing":                  testVisitor,
		"what is no id never reaches Redis":        testForeignIDs,
		"unknown ids are not adopted":              testUnknownIDs,
		"parallel requests keep each other's keys": testParallelKeys,
		"counters count":                           testCounters,
		"ended sessions stay ended":                testEnded,
		"of two renewals one wins":                 testRenewals,
		"an open request survives no renewal":      testRenewedMeanwhile,
		"pickles are left alone":                   testPickles,
		"pickles can be given up":                  testPicklesGivenUp,
		"what is read lives on":                    testTouch,
		"cookies of the browser session":           testNotPermanent,
		"what was set after Destroy":               testDestroyAndSet,
		"old keys sign anew":                       testOldKeys,
		"the other writer's format is kept":        testFormats,
	} {
		t.Run(name, func(t *testing.T) { t.Parallel(); test(t, address) })
	}
}

func testRecordedSessionsAreServed(t *testing.T, address string) {
	for _, r := range load(t).Sessions {
		t.Run(r.Name+" "+r.Format, func(t *testing.T) {
			config := r.config()
			delete(config, "SESSION_KEY_PREFIX")
			s := newSite(t, address, &flasksession.SessionInterface{}, config)
			id := strings.Split(r.Key, ":")[1]
			s.put(id, r.blob(t), time.Duration(r.TTL)*time.Second)
			b := s.browser()
			b.setCookie(r.Cookie)
			if got := b.get("/read"); len(r.Values) > 2 && !strings.Contains(got, ",") {
				t.Errorf("read %s", got)
			}
			if s.blob(id) != string(r.blob(t)) {
				t.Error("reading has changed the session")
			}
			b.get("/set?added=1")
			next, err := flasksession.Parse([]byte(s.blob(id)))
			if err != nil {
				t.Fatal(err)
			}
			before, _ := flasksession.Parse(r.blob(t))
			after := next.Raw()
			for key, raw := range before.Raw() {
				if after[key] != raw {
					t.Errorf("%q: got %x, want %x", key, after[key], raw)
				}
			}
			if len(after) != len(before.Raw())+1 || after["added"] == "" {
				t.Errorf("got %q", slices.Sorted(maps.Keys(after)))
			}
			if got := s.redis.TTL(t.Context(), s.prefix+id).Val(); got > time.Duration(r.TTL)*time.Second || got < time.Duration(r.TTL-10)*time.Second {
				t.Errorf("lives for %v, want %d s", got, r.TTL)
			}
			if got := b.cookie(); got != r.Cookie {
				t.Errorf("got cookie %q, want %q", got, r.Cookie)
			}
		})
	}
}

// testLife takes the way that is recorded of Flask-Session.
func testLife(t *testing.T, address string) {
	s := newSite(t, address, &flasksession.SessionInterface{}, nil)
	b := s.browser()
	id := ""
	for _, step := range load(t).Life {
		path := map[string]string{"/set/login": "/set?user_id=42", "/regenerate": "/renew"}[step.Path]
		if path == "" {
			path = step.Path
		}
		res, err := b.client.Get(b.url + path)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		got, want := res.Header.Get("Set-Cookie"), step.SetCookie
		if (got == "") != (want == "") || attributes(got) != attributes(want) {
			t.Errorf("%s: got cookie %q, want one as %q", step.Path, got, want)
		}
		if len(s.keys()) != len(step.Keys) {
			t.Errorf("%s: got keys %q, want %d", step.Path, s.keys(), len(step.Keys))
		}
		if keys := s.keys(); len(keys) == 1 {
			if keys[0] != b.cookie() || len(keys[0]) != 43 {
				t.Errorf("%s: got key %q for cookie %q", step.Path, keys[0], b.cookie())
			}
			if (keys[0] != id) != (path == "/renew" || path == "/set?user_id=42") {
				t.Errorf("%s: got id %q after %q", step.Path, keys[0], id)
			}
			id = keys[0]
		}
		if res.Header.Get("Vary") != step.Vary {
			t.Errorf("%s: got Vary %q, want %q", step.Path, res.Header.Get("Vary"), step.Vary)
		}
	}
}

// attributes returns what a cookie says beside its value, whose length counts, and the numbers of its dates.
func attributes(line string) string {
	cookie, err := http.ParseSetCookie(line)
	if err != nil {
		return ""
	}
	return fmt.Sprint(len(cookie.Value), cookie.Path, cookie.Domain, cookie.Secure, cookie.Value == "" || cookie.HttpOnly, cookie.Expires.IsZero(), cookie.Expires.After(time.Now()))
}

func testVisitor(t *testing.T, address string) {
	s := newSite(t, address, &flasksession.SessionInterface{}, nil)
	b := s.browser()
	for _, path := range []string{"/nothing", "/read", "/delete?key=a", "/clear", "/destroy"} {
		b.get(path)
	}
	if b.cookie() != "" || len(s.keys()) != 0 || s.asked.Load() != 0 {
		t.Errorf("got cookie %q, keys %q, %d commands", b.cookie(), s.keys(), s.asked.Load())
	}
	b.get("/set?a=1")
	b.get("/set?a=2") // the connection is made and the script is loaded by now
	asked := s.asked.Load()
	b.get("/nothing")
	if got := s.asked.Load() - asked; got != 0 {
		t.Errorf("an untouched session took %d commands", got)
	}
	b.get("/read")
	if got := s.asked.Load() - asked; got != 1 {
		t.Errorf("a session that was read took %d commands, want 1", got)
	}
	b.get("/set?a=3")
	if got := s.asked.Load() - asked; got != 3 {
		t.Errorf("reading, and then reading and writing, took %d commands, want 3", got)
	}
	b.get("/delete?key=a")
	if b.cookie() != "" || len(s.keys()) != 0 {
		t.Errorf("an emptied session: got cookie %q, keys %q", b.cookie(), s.keys())
	}
}

func testForeignIDs(t *testing.T, address string) {
	s := newSite(t, address, &flasksession.SessionInterface{}, nil)
	for _, value := range []string{"x", strings.Repeat("A", 42), strings.Repeat("A", 44), strings.Repeat("A", 42) + "*", "../../etc", "session:a", strings.Repeat("A", 4000), "a.b.c"} {
		b := s.browser()
		b.setCookie(value)
		if got := b.get("/read"); got != "{}" {
			t.Errorf("%.50q: got %s", value, got)
		}
	}
	if s.asked.Load() != 0 {
		t.Errorf("Redis was asked %d times", s.asked.Load())
	}
}

func testUnknownIDs(t *testing.T, address string) {
	s := newSite(t, address, &flasksession.SessionInterface{}, nil)
	b := s.browser()
	planted := strings.Repeat("A", 43)
	b.setCookie(planted)
	b.get("/set?a=1")
	if keys := s.keys(); len(keys) != 1 || keys[0] == planted || b.cookie() != keys[0] {
		t.Errorf("got keys %q, cookie %q", keys, b.cookie())
	}
	s.put(planted, nil, time.Minute) // Flask-Session takes empty text for nothing
	b.setCookie(planted)
	b.get("/set?a=1")
	if b.cookie() == planted || s.blob(planted) != "" {
		t.Error("an empty key was adopted")
	}
}

// together runs f n times at once.
func together(n int, f func(i int)) {
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { f(i) })
	}
	wg.Wait()
}

func testParallelKeys(t *testing.T, address string) {
	for _, format := range []string{"msgpack", "json"} {
		s := newSite(t, address, &flasksession.SessionInterface{}, dewar.Map{"SESSION_SERIALIZATION_FORMAT": format})
		b := s.browser()
		b.get("/set?first=1")
		together(64, func(i int) { b.get(fmt.Sprintf("/set?k%d=%d", i, i)) })
		got := b.get("/read")
		for i := range 64 {
			if !strings.Contains(got, fmt.Sprintf(`"k%d":"%d"`, i, i)) {
				t.Errorf("%s: k%d is lost", format, i)
			}
		}
	}
}

func testCounters(t *testing.T, address string) {
	s := newSite(t, address, &flasksession.SessionInterface{}, nil)
	b := s.browser()
	b.get("/set?first=1")
	together(64, func(int) { b.get("/count") })
	if got := b.get("/read"); !strings.Contains(got, `"n":64`) {
		t.Errorf("got %s", got)
	}
}

// held begins a request, waits until its view holds, does f, and returns the status of the request.
func (b *browser) held(query string, f func()) int {
	b.Helper()
	entered, leave := make(chan bool), make(chan bool)
	b.hold = func() { entered <- true; <-leave }
	status := make(chan int)
	other := b.site.browser()
	other.setCookie(b.cookie())
	go func() { code, _ := other.ask("/hold?" + query); status <- code }()
	<-entered
	f()
	close(leave)
	return <-status
}

func testEnded(t *testing.T, address string) {
	s := newSite(t, address, &flasksession.SessionInterface{}, nil)
	for _, end := range []string{"/destroy", "/clear"} {
		b := s.browser()
		b.get("/set?a=1")
		if got := b.held("key=late", func() { b.get(end) }); got != http.StatusConflict {
			t.Errorf("%s: a later save is answered %d, want 409", end, got)
		}
		if keys := s.keys(); len(keys) != 0 {
			t.Errorf("%s: got keys %q", end, keys)
		}
	}
}

func testRenewals(t *testing.T, address string) {
	s := newSite(t, address, &flasksession.SessionInterface{}, nil)
	b := s.browser()
	b.get("/set?a=1")
	status := b.held("key=late&renew=1", func() { b.get("/renew") })
	if status != http.StatusConflict || len(s.keys()) != 1 || s.keys()[0] != b.cookie() {
		t.Errorf("got %d, keys %q, cookie %q", status, s.keys(), b.cookie())
	}
}

func testRenewedMeanwhile(t *testing.T, address string) {
	s := newSite(t, address, &flasksession.SessionInterface{}, nil)
	b := s.browser()
	b.get("/set?a=1")
	old := b.cookie()
	// A change that comes first is in the renewed session.
	if got := b.held("key=late&renew=1", func() { b.get("/set?b=2") }); got != 200 {
		t.Errorf("a renewal after a change is answered %d", got)
	}
	keys := s.keys()
	if len(keys) != 1 || keys[0] == old {
		t.Fatalf("got keys %q", keys)
	}
	b.setCookie(keys[0])
	if got := b.get("/read"); !strings.Contains(got, `"b":"2"`) || !strings.Contains(got, `"late":"held"`) {
		t.Errorf("got %s", got)
	}
	// One that comes after it has nowhere to go.
	if got := b.held("key=late", func() { b.get("/login") }); got != http.StatusConflict {
		t.Errorf("a change after a renewal is answered %d, want 409", got)
	}
	if got := b.get("/read"); got != `{"_permanent":true,"user_id":42}` {
		t.Errorf("got %s", got)
	}
}

// unreadable are blobs that are no sessions.
func unreadable(t *testing.T) map[string][]byte {
	t.Helper()
	blobs := map[string][]byte{"garbage": []byte("hello")}
	for _, p := range load(t).Pickles {
		blobs[p.Name] = fromBase64(t, p.Blob)
	}
	return blobs
}

func testPickles(t *testing.T, address string) {
	for name, data := range unreadable(t) {
		var told []error
		s := newSite(t, address, &flasksession.SessionInterface{Unreadable: func(_ *dewar.Context, err error) { told = append(told, err) }}, nil)
		id := strings.Repeat("A", 43)
		s.put(id, data, time.Hour)
		b := s.browser()
		b.setCookie(id)
		if got := b.get("/read"); got != "{}" {
			t.Errorf("%s: got %s", name, got)
		}
		for _, path := range []string{"/set?a=1", "/renew", "/count"} {
			if status, _ := b.ask(path); status != http.StatusServiceUnavailable {
				t.Errorf("%s: %s is answered %d, want 503", name, path, status)
			}
		}
		if s.blob(id) != string(data) || len(s.keys()) != 1 || b.cookie() != id {
			t.Errorf("%s: the session has changed: keys %q, cookie %q", name, s.keys(), b.cookie())
		}
		if len(told) != 4 || errors.Is(told[0], flasksession.ErrPickle) != (data[0] == 0x80) || !strings.Contains(s.log.String(), "session cannot be read") {
			t.Errorf("%s: told %v, logged %s", name, told, s.log)
		}
		s.redis.Del(t.Context(), s.prefix+id)
	}
}

func testPicklesGivenUp(t *testing.T, address string) {
	id := strings.Repeat("A", 43)
	for path, kept := range map[string]bool{"/login": true, "/clear": false, "/destroy": false, "/destroy-and-set": true} {
		s := newSite(t, address, &flasksession.SessionInterface{}, nil)
		s.put(id, unreadable(t)["protocol 4"], time.Hour)
		b := s.browser()
		b.setCookie(id)
		b.get(path)
		if keys := s.keys(); len(keys) == 1 != kept || slices.Contains(keys, id) || b.cookie() == id || (b.cookie() != "") != kept {
			t.Errorf("%s: got keys %q, cookie %q", path, keys, b.cookie())
		}
		if !strings.Contains(s.log.String(), "session that cannot be read is deleted") {
			t.Errorf("%s: logged %s", path, s.log)
		}
		for _, key := range s.keys() {
			s.redis.Del(t.Context(), s.prefix+key)
		}
	}
}

func testTouch(t *testing.T, address string) {
	for _, tt := range []struct {
		name          string
		config        dewar.Map
		left, atLeast time.Duration
	}{
		{"after long", nil, time.Hour, 30 * 24 * time.Hour},
		{"soon after", dewar.Map{"PERMANENT_SESSION_LIFETIME": time.Hour}, 59 * time.Minute, 0},
		{"a short one, after long", dewar.Map{"PERMANENT_SESSION_LIFETIME": time.Hour}, 50 * time.Minute, 59 * time.Minute},
		{"without SESSION_REFRESH_EACH_REQUEST", dewar.Map{"SESSION_REFRESH_EACH_REQUEST": false}, time.Hour, 0},
		{"not permanent", dewar.Map{"SESSION_PERMANENT": false}, time.Hour, 30 * 24 * time.Hour},
	} {
		s := newSite(t, address, &flasksession.SessionInterface{}, tt.config)
		b := s.browser()
		b.get("/set?a=1")
		id := b.cookie()
		s.redis.Expire(t.Context(), s.prefix+id, tt.left)
		b.get("/read")
		got := s.redis.TTL(t.Context(), s.prefix+id).Val()
		if got < tt.atLeast || tt.atLeast == 0 && got > tt.left {
			t.Errorf("%s: lives for %v", tt.name, got)
		}
		s.redis.Del(t.Context(), s.prefix+id)
	}
}

func testNotPermanent(t *testing.T, address string) {
	for _, tt := range []struct {
		name      string
		permanent any
		path      string
		expires   bool
		blob      string
	}{
		{"by default", nil, "/set?a=1", true, "\x82\xaa_permanent\xc3\xa1a\xa11"},
		{"SESSION_PERMANENT off", false, "/set?a=1", false, "\x81\xa1a\xa11"},
		{"SetPermanent", nil, "/passing", false, "\x82\xaa_permanent\xc2\xa1a\x01"},
	} {
		config := dewar.Map{}
		if tt.permanent != nil {
			config["SESSION_PERMANENT"] = tt.permanent
		}
		s := newSite(t, address, &flasksession.SessionInterface{}, config)
		b := s.browser()
		res, err := b.client.Get(b.url + tt.path)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		if got := res.Header.Get("Set-Cookie"); strings.Contains(got, "Expires") != tt.expires {
			t.Errorf("%s: got %q", tt.name, got)
		}
		if got := s.blob(b.cookie()); got != tt.blob {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.blob)
		}
	}
}

func testDestroyAndSet(t *testing.T, address string) {
	s := newSite(t, address, &flasksession.SessionInterface{}, nil)
	b := s.browser()
	b.get("/set?a=1")
	old := b.cookie()
	b.get("/destroy-and-set")
	if keys := s.keys(); len(keys) != 1 || keys[0] == old || keys[0] != b.cookie() {
		t.Errorf("got keys %q, cookie %q", keys, b.cookie())
	}
	if got := b.get("/read"); got != `{"_permanent":true,"bye":true}` {
		t.Errorf("got %s", got)
	}
}

func testOldKeys(t *testing.T, address string) {
	before := newSite(t, address, &flasksession.SessionInterface{}, dewar.Map{"SESSION_USE_SIGNER": true, "SECRET_KEY": "the old key of the tests, long enough"})
	b := before.browser()
	b.get("/set?a=1")
	after := newSite(t, address, &flasksession.SessionInterface{}, dewar.Map{"SESSION_USE_SIGNER": true, "SECRET_KEY": "the new key of the tests, long enough",
		"SECRET_KEY_FALLBACKS": []string{"the old key of the tests, long enough"}, "SESSION_REFRESH_EACH_REQUEST": false})
	old := b.cookie()
	b.site = after
	b.setCookie(old)
	if got := b.get("/read"); !strings.Contains(got, `"a":"1"`) || b.cookie() == old {
		t.Errorf("got %s, cookie %q", got, b.cookie())
	}
	if old[:43] != b.cookie()[:43] {
		t.Error("the id has changed")
	}
}

// testFormats has a session of one format served by an App with the other.
func testFormats(t *testing.T, address string) {
	for format, data := range map[string]string{"json": "\x81\xa1a\x01", "msgpack": `{"a":1}`} {
		s := newSite(t, address, &flasksession.SessionInterface{}, dewar.Map{"SESSION_SERIALIZATION_FORMAT": format})
		id := strings.Repeat("A", 43)
		s.put(id, []byte(data), time.Hour)
		b := s.browser()
		b.setCookie(id)
		b.get("/set?b=2")
		if got := s.blob(id); got != "\x82\xa1a\x01\xa1b\xa12" && got != `{"a":1,"b":"2"}` {
			t.Errorf("got %q", got)
		}
		if got := s.blob(id); got[0] == '{' != (data[0] == '{') {
			t.Errorf("%q became %q", data, got)
		}
		s.redis.Del(t.Context(), s.prefix+id)
	}
}

func TestASickRedisIsAnError(t *testing.T) {
	t.Parallel()
	server := servers.Redis{}.Start(t)
	s := newSite(t, server.URL(), &flasksession.SessionInterface{Deadline: 300 * time.Millisecond}, nil)
	b := s.browser()
	b.get("/set?a=1")
	old := b.cookie()
	check := func(what string) {
		t.Helper()
		for _, path := range []string{"/read", "/set?a=2", "/login", "/destroy"} {
			begin := time.Now()
			status, body := b.ask(path)
			if took := time.Since(begin); status != 503 || took > 2*time.Second || strings.Contains(body, "{}") {
				t.Errorf("%s: %s is answered %d %q after %v", what, path, status, body, took)
			}
		}
		if b.cookie() != old {
			t.Errorf("%s: got cookie %q", what, b.cookie())
		}
	}
	server.Pause()
	check("paused")
	server.Resume()
	server.Ready()
	if got := b.get("/read"); !strings.Contains(got, `"a":"1"`) {
		t.Errorf("got %s", got)
	}
	server.Kill()
	check("killed")
}

func TestACancelledRequestIsSaved(t *testing.T) {
	t.Parallel()
	s := newSite(t, servers.RedisURL(t), &flasksession.SessionInterface{}, nil)
	b := s.browser()
	b.get("/set?a=1")
	entered, leave := make(chan bool), make(chan bool)
	s.hold = func() { entered <- true; <-leave }
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(conn, "GET /hold?key=late HTTP/1.1\r\nHost: x\r\nCookie: session=%s\r\n\r\n", b.cookie())
	<-entered
	_ = conn.Close()
	close(leave)
	wait(t, "the change of a client that left", func() bool { return strings.Contains(s.blob(b.cookie()), "held") })
}

func TestConfigIsChecked(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		config dewar.Map
		client redis.UniversalClient
		want   string
	}{
		{"no client", nil, nil, "no Client"},
		{"format", dewar.Map{"SESSION_SERIALIZATION_FORMAT": "pickle"}, &redis.Client{}, `"msgpack" or "json"`},
		{"length", dewar.Map{"SESSION_ID_LENGTH": 8}, &redis.Client{}, "SESSION_ID_LENGTH is 8"},
		{"signer without a key", dewar.Map{"SESSION_USE_SIGNER": true}, &redis.Client{}, "needs a SECRET_KEY"},
		{"encrypted", dewar.Map{"SESSION_COOKIE_ENCRYPT": true}, &redis.Client{}, "unset SESSION_COOKIE_ENCRYPT"},
		{"absolute", dewar.Map{"SESSION_ABSOLUTE_LIFETIME": time.Hour}, &redis.Client{}, "unset SESSION_ABSOLUTE_LIFETIME"},
		{"short", dewar.Map{"PERMANENT_SESSION_LIFETIME": time.Millisecond}, &redis.Client{}, "one second or more"},
	} {
		app := dewar.New("checked")
		app.SessionInterface = &flasksession.SessionInterface{Client: tt.client}
		if err := errors.Join(app.Config.Set("TESTING", true), app.Config.FromMapping(tt.config)); err != nil {
			t.Fatal(err)
		}
		if err := app.Build(); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want %q", tt.name, err, tt.want)
		}
	}
}
