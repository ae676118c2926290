package storesiege

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A session is what the model knows of one: what it is by the contract, whatever keeps it.
type session struct {
	ended    bool
	cookie   string // that opens it
	previous string // the one before the last renewal
	owner    string
	values   map[string]string // as JSON
	flashes  []string
}

// newSession returns the session that a login has begun.
func newSession(o op, cookie string) session {
	s := session{cookie: cookie, owner: o.args.Get("uid"), values: map[string]string{}}
	s.values[uidKey], s.values[adminKey] = quoted(o.args.Get("uid")), "false"
	for _, key := range o.args["keys"] {
		s.values[key] = quoted("at login")
	}
	return s
}

func quoted(text string) string {
	raw, _ := json.Marshal(text) // a string always can be
	return string(raw)
}

// A view is what a request found when it opened the session.
type view int

const (
	nothing view = iota // no session
	opened
	late // the secret of before a renewal
)

// meet returns what a cookie opens.
func (s session) meet(cookie string) view {
	switch {
	case s.ended || cookie == "":
		return nothing
	case cookie == s.cookie:
		return opened
	case cookie == s.previous:
		return late
	}
	return nothing
}

// A past is a request that was answered.
type past struct {
	op
	re reply
}

// progress is how far a request has come in the order that is tried.
type progress struct {
	stage   int // 0: not begun, 1: has opened the session, 2: has saved it
	view    view
	owner   string   // of the session when it was opened
	uid     string   // whose it is by what the request saw and does
	flashes []string // in it then
	changed bool     // the request has something to save
}

// A search looks for an order of events that explains what was answered. A request has two: it opens the session and saves
// it. Both lie between its sending and its answer; of one that was answered 503, saving may come at any time or never.
type search struct {
	history []past
	vain    map[string]bool
}

// explained reports whether there is such an order, beginning with s.
func explained(s session, history []past) bool {
	x := &search{history, map[string]bool{}}
	return x.from(s, make([]progress, len(history)))
}

func (x *search) from(s session, ps []progress) bool {
	if x.finished(ps) {
		return true
	}
	key := fmt.Sprint(s, ps)
	if x.vain[key] {
		return false
	}
	for i := range ps {
		if x.mayGo(i, ps) && x.step(i, s, ps) {
			return true
		}
	}
	x.vain[key] = true
	return false
}

func (x *search) finished(ps []progress) bool {
	for i, p := range ps {
		if p.stage < 2 && !x.history[i].re.unknown() {
			return false
		}
	}
	return true
}

// mayGo reports whether the next event of a request may come now: all requests that were answered before it was sent
// are over.
func (x *search) mayGo(i int, ps []progress) bool {
	if ps[i].stage == 2 {
		return false
	}
	for j, p := range ps {
		if p.stage < 2 && !x.history[j].re.unknown() && x.history[j].re.at.Before(x.history[i].re.sent) {
			return false
		}
	}
	return true
}

// step tries the next event of request i.
func (x *search) step(i int, s session, ps []progress) bool {
	ps = slices.Clone(ps)
	if ps[i].stage == 0 {
		return x.open(i, s, &ps[i]) && x.from(s, ps)
	}
	ps[i].stage = 2
	h := x.history[i]
	code, after := save(h, ps[i], s)
	return (h.re.unknown() || h.re.code == code) && x.from(after, ps)
}

// open lets request i open the session, and reports whether it has seen what it should.
func (x *search) open(i int, s session, p *progress) bool {
	h := x.history[i]
	p.stage, p.view, p.owner = 1, s.meet(h.cookie), s.owner
	if h.what == "endall" {
		p.changed = !s.ended && s.owner == h.args.Get("uid")
		return !h.re.ok() || h.re.answer.Ended == btoi(p.changed)
	}
	seen := session{}
	if p.view == opened {
		seen = s
	}
	if h.re.ok() && (!maps.Equal(h.re.answer.Saw, seen.values) || !sameTexts(h.re.answer.Flashes, seen.flashes)) {
		return false
	}
	if p.view == late && (h.re.cookie != "" || h.re.deleted) {
		return false // it has no right to a cookie, nor to take one away
	}
	if p.flashes = seen.flashes; h.what != "clear" {
		_ = json.Unmarshal([]byte(seen.values[uidKey]), &p.uid) // "" without one
	}
	p.changed = changes(h.op, seen)
	if !p.changed {
		p.stage = 2
		return h.re.unknown() || h.re.ok()
	}
	return true
}

// changes reports whether a request has something to save, by what it saw.
func changes(o op, seen session) bool {
	switch o.what {
	case "read":
		return false
	case "delete":
		return seen.values[o.args.Get("key")] != ""
	case "take":
		return len(seen.flashes) > 0
	}
	return true
}

// save returns how a request is answered that saves its session now, and the session after that.
func save(h past, p progress, s session) (code int, after session) {
	switch {
	case h.what == "endall":
		s.ended = s.ended || p.changed
		return http.StatusOK, s
	case p.view == nothing: // it begins another session, or none
		return http.StatusOK, s
	case p.view == late:
		return http.StatusConflict, s
	case h.what == "destroy":
		s.ended = true
		return http.StatusOK, s
	case s.ended, h.what == "renew" && s.cookie != h.cookie:
		return http.StatusConflict, s
	}
	s = s.changed(h, p.flashes)
	if p.uid != p.owner {
		s.owner = p.uid
	}
	return http.StatusOK, s
}

// changed returns the session after what h does to it.
func (s session) changed(h past, seen []string) session {
	key, value := h.args.Get("key"), h.args.Get("value")
	s.values = maps.Clone(s.values)
	switch h.what {
	case "set":
		s.values[key] = quoted(value)
	case "delete":
		delete(s.values, key)
	case "clear":
		s.values, s.flashes = map[string]string{}, nil
	case "renew":
		s.previous, s.cookie = s.cookie, h.re.cookie
	case "flash":
		s.flashes = append(slices.Clone(s.flashes), value)
	case "take":
		s.flashes = slices.DeleteFunc(slices.Clone(s.flashes), func(m string) bool { return slices.Contains(seen, m) })
	case "add":
		n, _ := strconv.Atoi(s.values[counterKey]) // 0 without one
		s.values[counterKey] = strconv.Itoa(n + 1)
	case "cart":
		cart := map[string]int{}
		_ = json.Unmarshal([]byte(s.values[cartKey]), &cart) // empty without one
		cart[value]++
		raw, _ := json.Marshal(cart)
		s.values[cartKey] = string(raw)
	}
	return s
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// sameTexts reports whether two lists hold the same, in any order: of two messages at once either may be the first.
func sameTexts(a, b []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}

// story tells what was asked and answered, for reports.
func story(s session, history []past) string {
	names := map[string]string{s.cookie: "c0"}
	name := func(cookie string) string {
		if cookie == "" {
			return "-"
		}
		if names[cookie] == "" {
			names[cookie] = fmt.Sprintf("c%d", len(names))
		}
		return names[cookie]
	}
	var b strings.Builder
	fmt.Fprintf(&b, "login made c0 with %v\n", s.values)
	slices.SortFunc(history, func(a, b past) int { return a.re.sent.Compare(b.re.sent) })
	for _, h := range history {
		begun := history[0].re.sent
		held := ""
		if h.gate != "" {
			held = " (held)"
		}
		fmt.Fprintf(&b, "%8s to %8s  %s%s with %s at %s: %d, saw %v %q, cookie %s\n",
			h.re.sent.Sub(begun).Round(10*time.Microsecond), h.re.at.Sub(begun).Round(10*time.Microsecond), h.op, held, name(h.cookie), h.addr,
			h.re.code, h.re.answer.Saw, h.re.answer.Flashes, name(h.re.cookie))
	}
	return b.String()
}
