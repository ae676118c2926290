package flasksession_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/contrib/flasksession"
	"github.com/dewar-go/dewar/internal/servers"
	"github.com/dewar-go/dewar/sessionstore"
)

// takeover returns a site that takes the sessions of Flask-Session over into a Memory.
func takeover(t *testing.T, address string, take *flasksession.Takeover, config dewar.Map) (*site, *sessionstore.Memory) {
	t.Helper()
	take.From = &flasksession.SessionInterface{}
	if take.Until.IsZero() {
		take.Until = time.Now().Add(time.Hour)
	}
	all := dewar.Map{"SECRET_KEY": "a key for the tests of takeovers"}
	for key, value := range config {
		all[key] = value
	}
	s := newSite(t, address, take.From, all)
	store := sessionstore.NewMemory()
	s.app.SessionInterface = &sessionstore.Moving{From: take, To: &sessionstore.SessionInterface{Store: store}}
	return s, store
}

// records returns how many records the store has.
func records(t *testing.T, store *sessionstore.Memory) int {
	t.Helper()
	n, err := store.Count(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestTakeover(t *testing.T) {
	t.Parallel()
	address := servers.RedisURL(t)
	for name, test := range map[string]func(t *testing.T, address string){
		"recorded sessions are taken over":   testRecordedTakeover,
		"parallel requests share one":        testParallelTakeover,
		"ended sessions stay ended":          testEndedTakeover,
		"made-up ids are limited":            testRate,
		"it ends at its date":                testUntil,
		"signed ids are not limited":         testSignedTakeover,
		"pickles are left alone":             testPickleTakeover,
		"what Flask wrote meanwhile is told": testWrittenMeanwhile,
	} {
		t.Run(name, func(t *testing.T) { t.Parallel(); test(t, address) })
	}
}

func testRecordedTakeover(t *testing.T, address string) {
	for _, r := range load(t).Sessions {
		t.Run(r.Name+" "+r.Format, func(t *testing.T) {
			config := r.config()
			delete(config, "SESSION_KEY_PREFIX")
			s, store := takeover(t, address, &flasksession.Takeover{}, config)
			s.put(strings.Split(r.Key, ":")[1], r.blob(t), time.Hour)
			b := s.browser()
			b.setCookie(r.Cookie)
			blob, _ := flasksession.Parse(r.blob(t))
			values, _, _ := blob.Tagged()
			got := b.get("/read")
			for key, value := range values {
				if key != "_flashes" && key != "clé" && !strings.Contains(got, fmt.Sprintf("%q:%s", key, value)) {
					t.Errorf("%q is not in %s", key, got)
				}
			}
			if len(s.keys()) != 0 || records(t, store) != 2 || len(b.cookie()) != 89 {
				t.Errorf("got keys %q, %d records, cookie %q", s.keys(), records(t, store), b.cookie())
			}
			asked := s.asked.Load()
			if again := b.get("/read"); again != got || s.asked.Load() != asked {
				t.Errorf("got %s, then %s", got, again)
			}
		})
	}
}

// left puts a session into Redis as Flask-Session does, and returns a browser that has its cookie.
func left(s *site) *browser {
	id := strings.Repeat("A", 43)
	s.put(id, []byte("\x82\xaa_permanent\xc3\xa7user_id\x2a"), time.Hour)
	b := s.browser()
	b.setCookie(id)
	return b
}

func testParallelTakeover(t *testing.T, address string) {
	s, store := takeover(t, address, &flasksession.Takeover{}, nil)
	first := left(s)
	old := first.cookie()
	cookies := make([]string, 64)
	together(len(cookies), func(i int) {
		b := s.browser()
		b.setCookie(old)
		b.get(fmt.Sprintf("/set?k%d=%d", i, i))
		cookies[i] = b.cookie()
	})
	first.setCookie(cookies[0])
	got := first.get("/read")
	for i, cookie := range cookies {
		if cookie != cookies[0] || !strings.Contains(got, fmt.Sprintf(`"k%d":"%d"`, i, i)) {
			t.Errorf("request %d has another session, or its key is lost", i)
		}
	}
	if !strings.Contains(got, `"user_id":42`) || len(s.keys()) != 0 || records(t, store) != 2 {
		t.Errorf("got %s, keys %q, %d records", got, s.keys(), records(t, store))
	}
}

func testEndedTakeover(t *testing.T, address string) {
	s, _ := takeover(t, address, &flasksession.Takeover{}, nil)
	b := left(s)
	old := b.cookie()
	b.get("/destroy")
	if b.cookie() != "" || len(s.keys()) != 0 {
		t.Errorf("got cookie %q, keys %q", b.cookie(), s.keys())
	}
	late := left(s) // Flask writes what it had read before
	if late.cookie() != old {
		t.Fatal("another id")
	}
	if got := late.get("/read"); got != "{}" {
		t.Errorf("got %s after a logout", got)
	}
}

func testRate(t *testing.T, address string) {
	now := time.Now()
	var clock atomic.Pointer[time.Time]
	clock.Store(&now)
	s, _ := takeover(t, address, &flasksession.Takeover{Rate: 10, Clock: func() time.Time { return *clock.Load() }}, nil)
	refused, read := 0, 0
	try := func(n int) {
		refused, read = 0, 0
		for i := range n {
			b := s.browser()
			b.setCookie(fmt.Sprintf("%043d", i*4)[:42] + "A")
			switch status, body := b.ask("/read"); {
			case status == http.StatusTooManyRequests:
				refused++
			case status == 200 && body == "{}":
				read++
			default:
				t.Errorf("got %d %s", status, body)
			}
		}
	}
	try(30)
	if read != 10 || refused != 20 {
		t.Errorf("%d ids were looked up, %d refused", read, refused)
	}
	later := now.Add(500 * time.Millisecond)
	clock.Store(&later)
	try(30)
	if read != 5 || refused != 25 {
		t.Errorf("half a second later %d ids were looked up, %d refused", read, refused)
	}
	later = later.Add(time.Minute)
	clock.Store(&later)
	for range 30 { // sessions that are there do not count
		b := left(s)
		s.redis.Set(t.Context(), s.prefix+newID(t, b), []byte("\x81\xa7user_id\x2a"), time.Minute)
		if got := b.get("/read"); !strings.Contains(got, "user_id") {
			t.Errorf("got %s", got)
		}
	}
	if got := s.browser().get("/read"); got != "{}" { // one without a cookie is never refused
		t.Errorf("got %s", got)
	}
}

var ids atomic.Int64

// newID gives the browser another id.
func newID(t *testing.T, b *browser) string {
	t.Helper()
	id := fmt.Sprintf("B%041dA", ids.Add(1))
	b.setCookie(id)
	return id
}

func testUntil(t *testing.T, address string) {
	s, store := takeover(t, address, &flasksession.Takeover{Until: time.Now().Add(-time.Second)}, nil)
	b := left(s)
	if got := b.get("/read"); got != "{}" || records(t, store) != 0 || s.asked.Load() != 0 {
		t.Errorf("got %s, %d records, Redis asked %d times", got, records(t, store), s.asked.Load())
	}
}

func testSignedTakeover(t *testing.T, address string) {
	config := dewar.Map{"SESSION_USE_SIGNER": true, "SECRET_KEY": "the key of the signer in the tests"}
	s, _ := takeover(t, address, &flasksession.Takeover{Rate: 1}, config)
	signing := settings(t, config)
	for i := range 5 {
		id := fmt.Sprintf("C%041dA", i)
		s.put(id, []byte("\x81\xa7user_id\x2a"), time.Hour)
		b := s.browser()
		b.setCookie(id)
		if got := b.get("/read"); got != "{}" {
			t.Errorf("without a signature: got %s", got)
		}
		b.setCookie(signing.Cookie(fmt.Sprintf("D%041dA", i)))
		if got := b.get("/read"); got != "{}" {
			t.Errorf("of no session: got %s", got)
		}
		b.setCookie(signing.Cookie(id))
		if got := b.get("/read"); got != `{"user_id":42}` {
			t.Errorf("got %s", got)
		}
	}
}

func testPickleTakeover(t *testing.T, address string) {
	var told atomic.Int32
	take := &flasksession.Takeover{}
	s, store := takeover(t, address, take, nil)
	take.From.Unreadable = func(*dewar.Context, error) { told.Add(1) }
	b := left(s)
	old := b.cookie()
	data := unreadable(t)["protocol 4"]
	s.put(old, data, time.Hour)
	if got := b.get("/read"); got != "{}" {
		t.Errorf("got %s", got)
	}
	if status, _ := b.ask("/set?a=1"); status != http.StatusServiceUnavailable {
		t.Errorf("a change is answered %d, want 503", status)
	}
	if s.blob(old) != string(data) || b.cookie() != old || told.Load() != 2 || records(t, store) != 0 {
		t.Errorf("cookie %q, told %d times, %d records", b.cookie(), told.Load(), records(t, store))
	}
	b.get("/login")
	if got := b.get("/read"); got != `{"user_id":42}` || s.blob(old) != string(data) {
		t.Errorf("got %s", got)
	}
}

func testWrittenMeanwhile(t *testing.T, address string) {
	take := &flasksession.Takeover{}
	s, _ := takeover(t, address, take, nil)
	b := left(s)
	old := b.cookie()
	moving := s.app.SessionInterface.(*sessionstore.Moving)
	moving.From = &writing{take, func() { s.put(old, []byte("\x81\xa7user_id\x2b"), time.Hour) }}
	if got := b.get("/read"); !strings.Contains(got, `"user_id":42`) || len(s.keys()) != 0 || !strings.Contains(s.log.String(), "that change is lost") {
		t.Errorf("got %s, keys %q, logged %s", got, s.keys(), s.log)
	}
}

// A writing Takeover has Flask write after it has read.
type writing struct {
	*flasksession.Takeover
	write func()
}

func (w *writing) OpenSession(c *dewar.Context) (*dewar.Session, error) {
	s, err := w.Takeover.OpenSession(c)
	w.write()
	return s, err
}

func TestTakeoverChecksItsFields(t *testing.T) {
	t.Parallel()
	store := &sessionstore.SessionInterface{Store: sessionstore.NewMemory()}
	for want, take := range map[string]*flasksession.Takeover{
		"has no From":  {Until: time.Now()},
		"has no Until": {From: &flasksession.SessionInterface{}},
		"no Client":    {From: &flasksession.SessionInterface{}, Until: time.Now()},
	} {
		app := dewar.New("checked")
		app.SessionInterface = &sessionstore.Moving{From: take, To: store}
		if err := app.Build(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	app := dewar.New("checked")
	app.SessionInterface = &flasksession.Takeover{From: &flasksession.SessionInterface{}, Until: time.Now()}
	if err := app.SessionInterface.SaveSession(nil, nil); err == nil || !strings.Contains(err.Error(), "only reads") {
		t.Errorf("got %v", err)
	}
}
