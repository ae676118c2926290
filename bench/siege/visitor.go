package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/dewar-go/dewar/bench/siege/app"
)

// A visitor uses a site as people do, and knows what its session must hold. It belongs to one goroutine.
type visitor struct {
	field  *field
	site   *site
	wire   wire
	random *rand.Rand

	name, secret string
	cookie       string
	model        model
	wanted       time.Time
}

// visitors counts all that there were, for their names.
var visitors atomic.Int64

func newVisitor(f *field, s *site) *visitor {
	v := &visitor{field: f, site: s, wire: wire{site: s}, random: rand.New(rand.NewPCG(f.rand.Uint64(), 7))}
	v.becomeAnother()
	return v
}

// becomeAnother makes a new person of the visitor, without a session.
func (v *visitor) becomeAnother() {
	v.name = fmt.Sprintf("visitor%d.", visitors.Add(1)) // ends with a dot, so that no name is in another
	v.secret = newSecret("visitor")
	v.cookie, v.model = "", model{}
}

// close ends the connection.
func (v *visitor) close() { v.wire.close() }

// An action is something that visitors do, so often out of all.
type action struct {
	name  string
	often int
	do    func(v *visitor)
}

// actions are what visitors with a session do.
var actions = []action{
	{"read", 30, (*visitor).read},
	{"add", 22, (*visitor).add},
	{"note", 12, (*visitor).note},
	{"page", 10, (*visitor).page},
	{"private", 5, (*visitor).private},
	{"static", 6, (*visitor).static},
	{"large", 1, (*visitor).large},
	{"upload", 3, (*visitor).upload},
	{"echo", 4, (*visitor).echo},
	{"stream", 3, (*visitor).stream},
	{"events", 2, (*visitor).events},
	{"leave", 2, (*visitor).leave},
}

// act does one thing, that was wanted at a moment.
func (v *visitor) act(wanted time.Time) {
	v.wanted = wanted
	if !v.model.entered {
		v.enter()
		return
	}
	n := v.random.IntN(sumOf(actions))
	for _, a := range actions {
		if n -= a.often; n < 0 {
			a.do(v)
			return
		}
	}
}

func sumOf(list []action) (n int) {
	for _, a := range list {
		n += a.often
	}
	return n
}

// ask asks the site. It is false when there is no answer to look at: because of an attack that makes the App refuse, of a machine
// that is too busy, or of a broken promise, which has been told. Such a request may have happened.
func (v *visitor) ask(q question) (answer, bool) {
	tolerant, excused := v.field.tolerant(), v.field.excuses()
	q.cookie = v.cookie
	a, err := v.wire.ask(q)
	tolerant, excused = tolerant || v.field.tolerant(), excused || v.field.excuses()
	what := q.method + " " + q.path
	v.field.ledger.answered(what+" on "+v.site.name, v.wanted, a.status)
	if err != nil {
		v.noAnswer(what, err, excused)
		return a, false
	}
	v.keepCookie(a.header)
	v.lookAt(what, a)
	switch {
	case a.status/100 == 2:
		v.field.held(othersUnharmed)
		return a, true
	case a.status == http.StatusServiceUnavailable && tolerant:
		v.field.ledger.sum(func(s *Sums) { s.Refused++ })
	case a.status == http.StatusForbidden && q.path == "/private":
		return a, true
	default:
		v.field.broken(othersUnharmed, "%s of a visitor on %s was answered %d %.200q", what, v.site.name, a.status, a.body)
	}
	return a, false
}

// unanswered is what the score card counts requests as that were allowed to have no answer.
const unanswered = "requests without an answer that were allowed to have none"

// noAnswer judges a request that got none.
func (v *visitor) noAnswer(what string, err error, excused bool) {
	if errors.Is(err, errCut) {
		v.field.ledger.sum(func(s *Sums) { s.Cut++ })
		return
	}
	promise := nothingDropped
	if !errors.Is(err, errRefused) && !errors.Is(err, errDropped) && !errors.Is(err, errHalf) {
		promise = othersUnharmed
	}
	if excused {
		v.field.count(unanswered, 1)
		return
	}
	v.field.broken(promise, "%s of a visitor on %s was not answered: %v", what, v.site.name, err)
}

// keepCookie does what a browser does with Set-Cookie.
func (v *visitor) keepCookie(header http.Header) {
	for _, line := range header["Set-Cookie"] {
		cookie, err := http.ParseSetCookie(line)
		switch {
		case err != nil || cookie.Name != "session":
			v.field.broken(noSplitHeader, "a visitor got the cookie %q", line)
		case cookie.MaxAge < 0 || cookie.Value == "":
			v.cookie = ""
		default:
			v.cookie = cookie.Name + "=" + cookie.Value
		}
	}
}

// lookAt looks for what is in an answer by mistake.
func (v *visitor) lookAt(what string, a answer) {
	v.field.ledger.look(v.secret, "the answer to "+what+" on "+v.site.name, a.body)
	for key, values := range a.header {
		for _, value := range values {
			v.field.ledger.look("", "the header "+key+" of the answer to "+what, []byte(value))
		}
	}
	v.field.held(noSecret)
}

// ofSession checks that caches would keep an answer for this visitor alone.
func (v *visitor) ofSession(what string, a answer) {
	vary, control := strings.Join(a.header["Vary"], ", "), a.header.Get("Cache-Control")
	personal := strings.Contains(vary, "Cookie") && (strings.Contains(control, "private") || strings.Contains(control, "no-store"))
	v.field.check(notCached, personal, "%s on %s reads the session and has Vary %q, Cache-Control %q", what, v.site.name, vary, control)
}

// change asks for a change of the session. After an answer done is called, otherwise doubt.
func (v *visitor) change(q question, done, doubt func()) {
	a, ok := v.ask(q)
	if !ok {
		v.field.ledger.sum(func(s *Sums) { s.Doubtful++ })
		doubt()
		return
	}
	v.field.ledger.sum(func(s *Sums) { s.Acknowledged++ })
	done()
	v.see(q.method+" "+q.path, a)
}

// see compares what an answer says of the session with the model.
func (v *visitor) see(what string, a answer) {
	v.ofSession(what, a)
	var seen app.Seen
	if err := json.Unmarshal(a.body, &seen); err != nil {
		v.field.broken(noMixing, "the answer to %s on %s is no JSON: %v: %.200q", what, v.site.name, err, a.body)
		return
	}
	switch {
	case seen.Name == "" && v.model.mayBeGone:
		v.becomeAnother()
	case seen.Name == "":
		v.field.ledger.sum(func(s *Sums) { s.Lost++ })
		v.field.broken(failClosed, "%s on %s took a visitor with a session for an anonymous one", what, v.site.name)
		v.becomeAnother()
	case seen.Name != v.name || seen.Secret != v.secret:
		v.field.ledger.sum(func(s *Sums) { s.Mixed++ })
		v.field.broken(noMixing, "%s of %s on %s was answered for %q", what, v.name, v.site.name, seen.Name)
	default:
		v.compare(what, seen)
	}
}

func (v *visitor) compare(what string, seen app.Seen) {
	v.field.held(noMixing)
	problem := v.model.explain(seen)
	if problem == "" {
		v.field.held(failClosed)
		return
	}
	v.field.ledger.sum(func(s *Sums) { s.Lost++ })
	v.field.broken(failClosed, "%s of %s on %s: %s", what, v.name, v.site.name, problem)
	v.model = model{entered: true, added: seen.Count, notes: []string{seen.Note}} // so that a loss counts once
}

const form = "application/x-www-form-urlencoded"

func (v *visitor) enter() {
	values := url.Values{"name": {v.name}, "secret": {v.secret}}
	v.change(question{method: "POST", path: "/enter", contentType: form, body: []byte(values.Encode())},
		func() { v.model = model{entered: true, notes: []string{""}} },
		func() { v.becomeAnother() })
}

func (v *visitor) read() {
	if a, ok := v.ask(question{method: "GET", path: "/me"}); ok {
		v.see("GET /me", a)
	}
}

func (v *visitor) add() {
	v.change(question{method: "POST", path: "/add", contentType: form}, func() { v.model.added++ }, func() { v.model.doubts++ })
}

func (v *visitor) note() {
	text := fmt.Sprintf("note %d of %s", v.random.IntN(1_000_000), v.name)
	body, _ := json.Marshal(map[string]string{"text": text}) // never fails
	v.change(question{method: "POST", path: "/note", contentType: "application/json", body: body},
		func() { v.model.notes[0] = text },
		func() { v.model.notes = append(v.model.notes, text) })
}

func (v *visitor) page() {
	a, ok := v.ask(question{method: "GET", path: "/page"})
	if !ok {
		return
	}
	v.ofSession("GET /page", a)
	v.whole("GET /page", a, bytes.Contains(a.body, []byte("<h1>"+v.name+"</h1>")) && bytes.HasSuffix(bytes.TrimSpace(a.body), []byte("</html>")))
}

func (v *visitor) private() {
	if a, ok := v.ask(question{method: "GET", path: "/private"}); ok {
		v.ofSession("GET /private", a)
		v.whole("GET /private", a, string(a.body) == v.secret)
	}
}

// whole checks that an answer is the visitor's, and whole. A session that may have ended is not judged.
func (v *visitor) whole(what string, a answer, ok bool) {
	if ok || v.model.mayBeGone {
		v.field.held(noMixing)
		return
	}
	v.field.ledger.sum(func(s *Sums) { s.Mixed++ })
	v.field.broken(noMixing, "%s of %s on %s was answered %d %.300q", what, v.name, v.site.name, a.status, a.body)
}

// leave ends the session, and sees that it has ended.
func (v *visitor) leave() {
	old := v.cookie
	a, ok := v.ask(question{method: "POST", path: "/leave", contentType: form})
	if !ok {
		v.model.mayBeGone = true
		return
	}
	v.see("POST /leave", a)
	v.field.ledger.sum(func(s *Sums) { s.Acknowledged++ })
	if v.site.sessions != "cookie" {
		v.cookie = old // which opens nothing any more
	}
	a, ok = v.ask(question{method: "GET", path: "/me"})
	v.field.check(failClosed, !ok || bytes.Contains(a.body, []byte(`"name":""`)), "a session on %s that had ended came back: %.200q", v.site.name, a.body)
	v.becomeAnother()
}

// A model is what a session must hold. A change that was not answered well may have happened, may happen late, or not at all.
type model struct {
	entered   bool
	mayBeGone bool     // the end of the session was asked for and not answered
	added     int64    // how often the counter was raised for certain
	doubts    int64    // and how often perhaps
	notes     []string // the first was acknowledged last, the others perhaps come late; one of them is there
}

// explain says what is wrong with what an answer says, or nothing.
func (m *model) explain(seen app.Seen) string {
	switch {
	case seen.Count < m.added:
		return fmt.Sprintf("the counter is %d, and %d raises were acknowledged", seen.Count, m.added)
	case seen.Count > m.added+m.doubts:
		return fmt.Sprintf("the counter is %d, and only %d raises were asked for, %d of them without an answer", seen.Count, m.added+m.doubts, m.doubts)
	case !slices.Contains(m.notes, seen.Note):
		return fmt.Sprintf("the note is %q, and %q was acknowledged last", seen.Note, m.notes[0])
	}
	return ""
}
