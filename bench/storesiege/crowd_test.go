package storesiege

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strconv"
)

// A crowd is a round of many requests that all do the same at once: every one that was acknowledged must be there.
type crowd struct {
	name string
	op   func(i int) op
	// missing says what is not there, by the answer of a read at the end and the requests that were acknowledged. So many more
	// were refused with a 503: they may have been done or not.
	missing func(end answer, done []past, unknown int) string
}

var crowds = []crowd{
	{"keys", func(i int) op { return setting(fmt.Sprintf("key-%d", i), strconv.Itoa(i)) }, missingKeys},
	{"counter", func(int) op { return op{what: "add"} }, missingCounts},
	{"cart", func(i int) op { return op{what: "cart", args: url.Values{"value": {fmt.Sprintf("item-%d", i%4)}}} }, missingItems},
	{"flashes", flashing, missingFlashes},
}

func setting(key, value string) op {
	return op{what: "set", args: url.Values{"key": {key}, "value": {value}}}
}

func missingKeys(end answer, done []past, _ int) string {
	for _, h := range done {
		if key := h.args.Get("key"); end.Saw[key] != quoted(h.args.Get("value")) {
			return fmt.Sprintf("%s is %q", key, end.Saw[key])
		}
	}
	return ""
}

func missingCounts(end answer, done []past, unknown int) string {
	if n, err := strconv.Atoi(end.Saw[counterKey]); err != nil || n < len(done) || n > len(done)+unknown {
		return fmt.Sprintf("the counter is %q", end.Saw[counterKey])
	}
	return ""
}

func missingItems(end answer, done []past, unknown int) string {
	least, got, more := map[string]int{}, map[string]int{}, 0
	for _, h := range done {
		least[h.args.Get("value")]++
	}
	_ = json.Unmarshal([]byte(end.Saw[cartKey]), &got) // else it is empty
	for item, n := range got {
		more += n - least[item]
		least[item] = min(least[item], n)
	}
	if more < 0 || more > unknown || len(got) < len(least) {
		return fmt.Sprintf("the cart is %s", end.Saw[cartKey])
	}
	return ""
}

// flashing leaves a message. Every eighth request takes what there is instead.
func flashing(i int) op {
	if i%8 == 7 {
		return op{what: "take"}
	}
	return op{what: "flash", args: url.Values{"value": {fmt.Sprintf("message %d", i)}}}
}

// missingFlashes finds messages that were neither shown nor kept, and those that were shown by requests of which one was
// sent when the other had been answered, or shown and kept. Two that take at the same time may show the same.
func missingFlashes(end answer, done []past, unknown int) string {
	shown := map[string][]past{}
	for _, h := range done {
		if h.what == "take" {
			for _, m := range h.re.answer.Flashes {
				shown[m] = append(shown[m], h)
			}
		}
	}
	for _, h := range done {
		m := h.args.Get("value")
		switch takers, kept := shown[m], slices.Contains(end.Flashes, m); {
		case h.what != "flash":
		case unknown == 0 && kept == (len(takers) > 0), kept && len(takers) > 0:
			return fmt.Sprintf("%q was shown %d times, still there: %t", m, len(takers), kept)
		case apart(takers):
			return fmt.Sprintf("%q was shown again", m)
		}
	}
	return ""
}

// apart reports whether one of the requests was answered before another one was sent.
func apart(history []past) bool {
	for _, a := range history {
		for _, b := range history {
			if a.re.at.Before(b.re.sent) {
				return true
			}
		}
	}
	return false
}

// gather is a round of a crowd. One of which some were refused is judged and done again.
func gather(f *fleet, s *schedule, n *tally) {
	c := crowds[s.round/crowdEvery%len(crowds)]
	for range 5 {
		_, cookie := enter(f, s)
		ops := make([]op, inCrowd)
		for i := range ops {
			ops[i] = c.op(i)
			ops[i].cookie, ops[i].addr = cookie, f.addrs[i%len(f.addrs)]
		}
		history := charge(f, n, ops)
		n.count(history)
		end := f.send(op{what: "read", cookie: cookie, addr: s.addr()})
		refused := len(slices.DeleteFunc(slices.Clone(history), func(h past) bool { return !h.re.unknown() }))
		done := slices.DeleteFunc(history, func(h past) bool { return !h.re.ok() })
		problem := c.missing(end.answer, done, refused)
		switch {
		case end.unknown():
			continue
		case len(done)+refused < inCrowd:
			problem += fmt.Sprintf(" %d were answered with another status than 200 and 503", inCrowd-len(done)-refused)
		}
		if problem != "" {
			n.complain("round %d, %d requests at once, %s, %d acknowledged and %d refused: %s", s.round, inCrowd, c.name, len(done), refused, problem)
		}
		if refused == 0 {
			return
		}
	}
	n.complain("round %d, %d requests at once, %s: some were refused each time", s.round, inCrowd, c.name)
}
