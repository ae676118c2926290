package debugtoolbar

import (
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"time"

	"github.com/dewar-go/dewar"
)

// current is the recording of a request.
var current = dewar.NewKey[*recording]("debugtoolbar")

// A kind is what an entry of a recording stands for.
type kind uint8

const (
	hook kind = iota
	view
	render
	session
	statement
	outgoing
	logLine
	flash
	signal
)

func (k kind) String() string {
	return [...]string{"hook", "view", "template", "session", "sql", "http", "log", "flash", "signal"}[k]
}

// instant reports whether entries of the kind have no length.
func (k kind) instant() bool { return k >= logLine }

// An entry is one thing that happened in a request.
type entry struct {
	kind   kind
	name   string
	start  time.Duration // since the request began
	took   time.Duration // below 0 while it goes on
	failed string        // what it ended with, as it may be shown; "" if all was well
	fields []line        // what belongs to it, as it may be shown
}

// A line is a name with a value as it may be shown.
type line struct{ Name, Value string }

// Bounds of one recording.
const (
	maxEntries = 500
	maxText    = 4 << 10
)

// A recording is what is known of one request. Its methods may be called on nil, which records nothing, and by several
// goroutines. Once it is over nothing is added and it may be read without its lock.
type recording struct {
	bar    *toolbar
	id     int64
	began  time.Time
	method string
	path   string  // as it may be shown
	url    url.URL // as it came
	uri    string
	proto  string
	host   string
	remote string
	sent   http.Header // of the client
	body   *capture    // nil without a body
	repeat int64       // the request that was sent again; 0 for none

	mu      sync.Mutex
	over    bool
	entries []entry
	first   [12]entry // backs entries
	dropped int       // how many entries were too many
	viewing int       // views that have begun and not ended
	err     string    // what the request failed with, as it may be shown
	session *sessionChange

	status   int
	took     time.Duration
	rule     string
	endpoint string
	answer   http.Header
	panels   []section
	size     int64
}

// newRecording begins the recording of c.
func newRecording(t *toolbar, c *dewar.Context) *recording {
	r := c.Request
	rec := &recording{
		bar: t, id: t.last.Add(1), began: time.Now(),
		method: r.Method, path: c.LogPath(), url: *r.URL, uri: r.RequestURI, proto: r.Proto, host: r.Host, remote: r.RemoteAddr,
		sent: r.Header.Clone(),
	}
	rec.entries = rec.first[:0]
	if note, ok := r.Context().Value(noteKey{}).(*note); ok {
		rec.body, rec.repeat = note.body, note.repeat
		note.answeredBy.Store(rec.id)
	}
	return rec
}

// key returns the name of the recording in URLs.
func (rec *recording) key() string { return rec.bar.keyOf(rec.id) }

func (t *toolbar) keyOf(id int64) string { return t.epoch + "-" + strconv.FormatInt(id, 10) }

// now returns the time since the request began.
func (rec *recording) now() time.Duration { return time.Since(rec.began) }

// add adds an entry, unless there are too many.
func (rec *recording) add(e entry) {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	rec.append(e)
}

// append returns the index of the entry, -1 if it is not kept.
func (rec *recording) append(e entry) int {
	switch {
	case rec.over:
		return -1
	case len(rec.entries) == maxEntries:
		rec.dropped++
		return -1
	}
	rec.entries = append(rec.entries, e)
	return len(rec.entries) - 1
}

// point adds an entry that has no length.
func (rec *recording) point(k kind, name string) {
	if rec != nil {
		rec.add(entry{kind: k, name: short(name), start: rec.now()})
	}
}

// begin adds an entry that goes on until end.
func (rec *recording) begin(k kind, name string, fields ...line) (index int) {
	if rec == nil {
		return -1
	}
	rec.mu.Lock()
	defer rec.mu.Unlock()
	return rec.append(entry{kind: k, name: short(name), start: rec.now(), took: -1, fields: fields})
}

// end ends what begin began.
func (rec *recording) end(index int, err error, fields ...line) {
	if index < 0 {
		return
	}
	rec.mu.Lock()
	defer rec.mu.Unlock()
	if rec.over {
		return
	}
	e := &rec.entries[index]
	e.took = rec.now() - e.start
	e.fields = append(e.fields, fields...)
	if err != nil {
		e.failed = rec.bar.errorText(err)
	}
}

// forget takes back what begin began, if nothing came after it.
func (rec *recording) forget(index int) {
	if index < 0 {
		return
	}
	rec.mu.Lock()
	defer rec.mu.Unlock()
	if !rec.over && index == len(rec.entries)-1 {
		rec.entries = rec.entries[:index]
	}
}

// fail remembers what the request failed with, once.
func (rec *recording) fail(err error) {
	if rec == nil || err == nil {
		return
	}
	rec.mu.Lock()
	defer rec.mu.Unlock()
	if rec.err == "" && !rec.over {
		rec.err = rec.bar.errorText(err)
	}
}

// station records a station of the request.
func (rec *recording) station(c *dewar.Context, at dewar.Station, name string, after func(error)) func(error) {
	if at == dewar.AtSession && name == "save" {
		rec.session = changeOf(c.Session())
	}
	if at == dewar.AtView {
		rec.viewing++
	}
	index := rec.begin(kindOf(at), name)
	return func(err error) {
		rec.end(index, err)
		if at == dewar.AtView {
			rec.viewing--
		}
		if after != nil {
			after(err)
		}
	}
}

func kindOf(at dewar.Station) kind {
	switch at {
	case dewar.AtView:
		return view
	case dewar.AtRender:
		return render
	case dewar.AtSession:
		return session
	}
	return hook
}

// finish ends the recording of a request that is over, and keeps it.
func (t *toolbar) finish(c *dewar.Context) {
	rec := t.of(c)
	if rec == nil {
		return
	}
	panels := t.ask(c)
	rec.mu.Lock()
	defer rec.mu.Unlock()
	if rec.over {
		return
	}
	rec.over, rec.took, rec.panels = true, rec.now(), panels
	rec.status, rec.answer = c.Response.StatusCode(), c.Response.Header().Clone()
	rec.endpoint = c.Endpoint()
	if route, ok := c.Route(); ok {
		rec.rule = route.Rule
	}
	rec.body.close()
	if !rec.dull() {
		rec.size = rec.weigh()
		t.ring.add(rec)
	}
}

// dull reports whether nobody wants to see the request: it was given a static file.
func (rec *recording) dull() bool {
	return rec.status < http.StatusBadRequest && isStatic(rec.endpoint)
}

func isStatic(endpoint string) bool {
	const name = "static"
	return endpoint == name || len(endpoint) > len(name) && endpoint[len(endpoint)-len(name)-1:] == "."+name
}

// weigh returns about how many bytes the recording takes.
func (rec *recording) weigh() int64 {
	const fixed, each = 2000, 120
	n := fixed + len(rec.path) + 2*len(rec.uri) + weighHeader(rec.sent) + weighHeader(rec.answer) + rec.body.len() + rec.session.len()
	for i := range rec.entries {
		n += each + len(rec.entries[i].name) + weighLines(rec.entries[i].fields)
	}
	for _, s := range rec.panels {
		n += weighLines(s.Lines)
	}
	return int64(n)
}

func weighHeader(h http.Header) int {
	n := 0
	for name, values := range h {
		n += len(name) + 40
		for _, value := range values {
			n += len(value) + 16
		}
	}
	return n
}

func weighLines(lines []line) int {
	n := 0
	for _, l := range lines {
		n += len(l.Name) + len(l.Value) + 32
	}
	return n
}
