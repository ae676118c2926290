package scaling_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"maps"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	_ "github.com/go-sql-driver/mysql"
	_ "github.com/jackc/pgx/v5/stdlib"
	_ "modernc.org/sqlite"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/bench/scaling"
	"github.com/dewar-go/dewar/contrib/redisstore"
	"github.com/dewar-go/dewar/contrib/sqlstore"
	"github.com/dewar-go/dewar/internal/servers"
	"github.com/dewar-go/dewar/sessionstore"
)

var wanted = flag.Int("sessions", 100_000, "how many sessions to measure with, in full rounds and with -update")

// clients is how many make calls at once.
const clients = 16

// A lab is a store to be measured.
type lab struct {
	t     *testing.T
	store sessionstore.Store
	// through is the same store behind a proxy, if there is one.
	through sessionstore.Store
	proxy   *servers.Proxy
	pid     int            // of its server, or 0
	size    func() float64 // bytes that it takes
	log     func() float64 // bytes of its log
}

// TestMeasure measures every store that runs here. With -update it keeps what it finds for the model; else it holds that what was kept is
// still true: bytes on the wire within a twentieth, in full rounds sizes within a tenth.
func TestMeasure(t *testing.T) {
	sessions := 2_000
	if *update || full() {
		sessions = *wanted
	}
	kept, err := scaling.LoadMeasured()
	if err != nil {
		t.Fatal(err)
	}
	found := kept
	found.Machine, found.Stores = machine(), map[string]scaling.Store{}
	maps.Copy(found.Stores, kept.Stores)
	for _, s := range []struct {
		name string
		lab  func(t *testing.T) *lab
	}{
		{"Memory", memoryLab},
		{"Redis", func(t *testing.T) *lab { return redisLab(t) }},
		{"Redis, compact", func(t *testing.T) *lab { return redisLab(t, "hash-max-listpack-value 1024") }},
		{"PostgreSQL", postgresLab},
		{"MariaDB", mariaLab},
		{"SQLite", sqliteLab},
	} {
		t.Run(s.name, func(t *testing.T) {
			got := measure(s.lab(t), sessions)
			t.Logf("%+v", got)
			if *update {
				found.Stores[s.name] = got
				write(t, "measured.json", found)
				return
			}
			compare(t, got, kept.Stores[s.name])
		})
	}
	t.Run("requests", func(t *testing.T) {
		found.Cookie = carry(t, &dewar.SecureCookieSessionInterface{})
		found.Memory = carry(t, &sessionstore.SessionInterface{Store: sessionstore.NewMemory()})
		if *update {
			write(t, "measured.json", found)
		}
	})
}

func machine() string {
	info, _ := os.ReadFile("/proc/cpuinfo")
	for line := range strings.Lines(string(info)) {
		if name, model, _ := strings.Cut(line, ":"); strings.TrimSpace(name) == "model name" {
			return fmt.Sprintf("%s, %d cores, %s", strings.TrimSpace(model), runtime.NumCPU(), runtime.Version())
		}
	}
	return fmt.Sprintf("%d cores, %s", runtime.NumCPU(), runtime.Version())
}

// compare holds what does not depend on how busy the machine is.
func compare(t *testing.T, got, kept scaling.Store) {
	t.Helper()
	check := func(what string, got, kept, within float64) {
		if math.Abs(got-kept) > within*kept+16 {
			t.Errorf("%s: %.0f bytes, kept in measured.json are %.0f; if that is as it should be, write them with -update", what, got, kept)
		}
	}
	if got.Sessions == kept.Sessions { // with fewer it is the fixed costs that are measured
		check("size", got.Bytes, kept.Bytes, 0.1)
	}
	for what, calls := range map[string][2]scaling.Cost{"load": {got.Load, kept.Load}, "create": {got.Create, kept.Create},
		"update": {got.Update, kept.Update}, "touch": {got.Touch, kept.Touch}, "delete": {got.Delete, kept.Delete}} {
		check(what+" sent", calls[0].Sent, calls[1].Sent, 0.05)
		check(what+" received", calls[0].Received, calls[1].Received, 0.05)
	}
}

func measure(l *lab, sessions int) scaling.Store {
	s := scaling.Store{Sessions: sessions}
	handles := newHandles(sessions)
	owned := newHandles(sessions / 5)
	before := l.size()
	s.Create = l.call(handles, func(st sessionstore.Store, h sessionstore.Handle) error {
		return st.Create(l.t.Context(), h, record(""))
	})
	s.Bytes = (l.size() - before) / float64(sessions)
	s.Load = l.call(handles, func(st sessionstore.Store, h sessionstore.Handle) error {
		_, err := st.Load(l.t.Context(), h)
		return err
	})
	s.Touch = l.call(handles, func(st sessionstore.Store, h sessionstore.Handle) error {
		return st.Update(l.t.Context(), h, sessionstore.Delta{At: now()})
	})
	s.Update = l.call(handles, func(st sessionstore.Store, h sessionstore.Handle) error {
		return st.Update(l.t.Context(), h, sessionstore.Delta{At: now(), Set: map[string]string{"cart": payload["cart"]}})
	})
	s.Used = (l.size() - before) / float64(sessions)
	before = l.size()
	l.call(owned, func(st sessionstore.Store, h sessionstore.Handle) error {
		owner := "user-" + h.String()
		if err := st.(sessionstore.OwnerIndex).Claim(l.t.Context(), owner, h, now(), now().Add(time.Hour)); err != nil {
			return err
		}
		return st.Create(l.t.Context(), h, record(owner))
	})
	s.Owned = max(0, (l.size()-before)/float64(len(owned))-s.Bytes)
	s.Delete = l.call(handles[:sessions/5], func(st sessionstore.Store, h sessionstore.Handle) error { return st.Delete(l.t.Context(), h) })
	return s
}

// call makes a call for every handle and returns what one costs. The last hundred go through the proxy.
func (l *lab) call(handles []sessionstore.Handle, f func(sessionstore.Store, sessionstore.Handle) error) scaling.Cost {
	var c scaling.Cost
	direct := handles
	if l.proxy != nil {
		few := handles[len(handles)-100:]
		direct = handles[:len(handles)-100]
		for _, h := range few[:10] { // connects, prepares, loads scripts
			l.must(f(l.through, h))
		}
		before := l.proxy.Counts()
		for _, h := range few[10:] {
			l.must(f(l.through, h))
		}
		counts := l.proxy.Counts().Since(before)
		c.Sent, c.Received = float64(counts.Sent)/90, float64(counts.Received)/90
	}
	server, client, log := l.cpu(), ownCPU(), l.logged()
	l.crowd(direct, f)
	n := float64(len(direct))
	c.Server, c.Client, c.Log = (l.cpu()-server)/n, (ownCPU()-client)/n, (l.logged()-log)/n
	return c
}

func (l *lab) crowd(handles []sessionstore.Handle, f func(sessionstore.Store, sessionstore.Handle) error) {
	var all sync.WaitGroup
	for part := range slices.Chunk(handles, (len(handles)+clients-1)/clients) {
		all.Go(func() {
			for _, h := range part {
				if err := retry(func() error { return f(l.store, h) }); err != nil {
					l.t.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
}

// retry makes a call again that a busy disk has held up.
func retry(f func() error) error {
	err := f()
	for try := 0; try < 20 && errors.Is(err, sessionstore.ErrUnavailable); try++ {
		err = f()
	}
	if errors.Is(err, sessionstore.ErrExists) { // it was made the first time
		return nil
	}
	return err
}

func (l *lab) must(err error) {
	l.t.Helper()
	if err != nil {
		l.t.Fatal(err)
	}
}

func (l *lab) logged() float64 {
	if l.log == nil {
		return 0
	}
	return l.log()
}

// cpu returns the microseconds that the server and its children have run.
func (l *lab) cpu() float64 {
	if l.pid == 0 {
		return 0
	}
	ticks := 0.0
	processes, err := filepath.Glob("/proc/[0-9]*/stat")
	l.must(err)
	for _, file := range processes {
		stat, err := os.ReadFile(file)
		if err != nil {
			continue // it has ended meanwhile
		}
		fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:])) // state, parent, ...
		if pid := filepath.Base(filepath.Dir(file)); pid != strconv.Itoa(l.pid) && fields[1] != strconv.Itoa(l.pid) {
			continue
		}
		for _, field := range fields[11:15] { // user and system, its own and those of children that have ended
			n, err := strconv.ParseFloat(field, 64)
			l.must(err)
			ticks += n
		}
	}
	return ticks * 10_000
}

// ownCPU returns the microseconds that this process has run.
func ownCPU() float64 {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1000
}

func newHandles(n int) []sessionstore.Handle {
	handles := make([]sessionstore.Handle, n)
	for i := range handles {
		_, _ = rand.Read(handles[i][:])
	}
	return handles
}

func now() time.Time { return time.Now().UTC().Truncate(time.Millisecond) }

// payload is 500 bytes of keys and encoded values.
var payload = map[string]string{
	"user_id": "4711", "name": `"Ann Example"`, "locale": `"en-GB"`,
	"csrf":   `"` + strings.Repeat("c5b0b8d1", 8) + `"`,
	"device": `"` + strings.Repeat("Firefox on Linux, ", 7) + `"`,
	"cart":   `[` + strings.TrimSuffix(strings.Repeat(`{"sku":"4711-08","n":2},`, 9), ",") + `]`,
}

func record(owner string) sessionstore.Record {
	r := sessionstore.Record{Values: payload, Created: now(), Seen: now(), Idle: time.Hour, Owner: owner}
	_, _ = rand.Read(r.Secret[:])
	return r
}

func memoryLab(t *testing.T) *lab {
	store := &sessionstore.Memory{MaxBytes: 4 << 30}
	return &lab{t: t, store: store, size: func() float64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		runtime.KeepAlive(store)
		return float64(m.HeapAlloc)
	}}
}

func redisLab(t *testing.T, config ...string) *lab {
	server := servers.Redis{AppendFsync: "everysec", Config: append(config, "auto-aof-rewrite-percentage 0")}.Start(t)
	open := func(url string) *redisstore.Store {
		store, err := redisstore.Open(url)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = store.Close() })
		return store
	}
	info := func(section, field string) func() float64 {
		return func() float64 {
			text := server.Do("INFO", section).(string)
			for line := range strings.Lines(text) {
				if value, ok := strings.CutPrefix(line, field+":"); ok {
					n, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
					if err != nil {
						t.Fatal(err)
					}
					return n
				}
			}
			t.Fatalf("INFO %s has no %s", section, field)
			return 0
		}
	}
	proxy := servers.NewProxy(t, server.Addr())
	// What the AOF has buffered is counted apart, and is not of the sessions.
	used, buffer := info("memory", "used_memory"), info("memory", "mem_aof_buffer")
	return &lab{t: t, store: open(server.URL()), through: open(server.Through(proxy)), proxy: proxy, pid: server.PID(),
		size: func() float64 { return used() - buffer() }, log: info("persistence", "aof_current_size")}
}

func sqlLab(t *testing.T, server *servers.Server, dialect sqlstore.Dialect, driver string, dsn func(url string) string) (*lab, *sql.DB) {
	open := func(url string) *sqlstore.Store {
		db, err := sql.Open(driver, dsn(url))
		if err != nil {
			t.Fatal(err)
		}
		db.SetMaxOpenConns(clients)
		db.SetMaxIdleConns(clients)
		t.Cleanup(func() { _ = db.Close() })
		return &sqlstore.Store{DB: db, Dialect: dialect}
	}
	if server == nil {
		store := open("")
		l := &lab{t: t, store: store}
		l.must(store.CreateSchema(t.Context()))
		return l, store.DB
	}
	proxy := servers.NewProxy(t, server.Addr())
	store := open(server.URL())
	l := &lab{t: t, store: store, through: open(server.Through(proxy)), proxy: proxy, pid: server.PID()}
	l.must(store.CreateSchema(t.Context()))
	return l, store.DB
}

// number returns a query that yields one.
func number(t *testing.T, db *sql.DB, query string) func() float64 {
	return func() (n float64) {
		if err := db.QueryRowContext(context.Background(), query).Scan(&n); err != nil {
			t.Fatalf("%s: %v", query, err)
		}
		return n
	}
}

func postgresLab(t *testing.T) *lab {
	l, db := sqlLab(t, servers.Postgres{}.Start(t), sqlstore.PostgreSQL, "pgx", func(url string) string { return url })
	l.size = number(t, db, "SELECT pg_total_relation_size('sessions')")
	l.log = number(t, db, "SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn")
	return l
}

func mariaLab(t *testing.T) *lab {
	l, db := sqlLab(t, servers.MariaDB{}.Start(t), sqlstore.MySQL, "mysql", func(url string) string { return url + "?interpolateParams=true" })
	l.size = number(t, db, "SELECT FILE_SIZE FROM information_schema.INNODB_SYS_TABLESPACES WHERE NAME LIKE '%/sessions'")
	l.log = number(t, db, "SELECT VARIABLE_VALUE FROM information_schema.GLOBAL_STATUS WHERE VARIABLE_NAME = 'INNODB_LSN_CURRENT'")
	return l
}

func sqliteLab(t *testing.T) *lab {
	file := filepath.Join(t.TempDir(), "app.db")
	l, db := sqlLab(t, nil, sqlstore.SQLite, "sqlite", func(string) string {
		return "file:" + file + "?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=busy_timeout(1000)"
	})
	pages, size := number(t, db, "PRAGMA page_count"), number(t, db, "PRAGMA page_size")
	l.size = func() float64 { return pages() * size() }
	return l
}

// carry measures requests at an App.
func carry(t *testing.T, sessions dewar.SessionInterface) scaling.Carrier {
	app := newApp(t, sessions)
	app.Get("/fill", func(c *dewar.Context) error {
		for key, raw := range payload {
			var value any
			if err := json.Unmarshal([]byte(raw), &value); err != nil {
				return err
			}
			c.Session().Set(key, value)
		}
		return c.Text("filled")
	})
	rec := httptest.NewRecorder()
	app.ServeHTTP(rec, httptest.NewRequest("GET", "/begin", nil))
	rec = again(app, "/fill", rec.Result().Cookies())
	cookies := rec.Result().Cookies()
	if len(cookies) == 0 { // the handle stays
		rec := httptest.NewRecorder()
		app.ServeHTTP(rec, httptest.NewRequest("GET", "/fill", nil))
		cookies = rec.Result().Cookies()
		cookies = append(again(app, "/begin", cookies).Result().Cookies(), cookies...)[:1]
	}
	return scaling.Carrier{Read: ask(app, "/read", cookies), Change: ask(app, "/change", cookies)}
}

func again(app *dewar.App, path string, cookies []*http.Cookie) *httptest.ResponseRecorder {
	r, rec := httptest.NewRequest("GET", path, nil), httptest.NewRecorder()
	for _, c := range cookies {
		r.AddCookie(c)
	}
	app.ServeHTTP(rec, r)
	return rec
}

func ask(app *dewar.App, path string, cookies []*http.Cookie) scaling.Cost {
	const times = 20_000
	r := httptest.NewRequest("GET", path, nil)
	for _, c := range cookies {
		r.AddCookie(c)
	}
	rec := httptest.NewRecorder()
	app.ServeHTTP(rec, r)
	cost := scaling.Cost{Sent: float64(len("Cookie: \r\n") + len(r.Header.Get("Cookie")))}
	for _, line := range rec.Header()["Set-Cookie"] {
		cost.Received += float64(len("Set-Cookie: \r\n") + len(line))
	}
	before := ownCPU()
	for range times {
		rec := httptest.NewRecorder()
		app.ServeHTTP(rec, r)
	}
	cost.Client = (ownCPU() - before) / times
	return cost
}
