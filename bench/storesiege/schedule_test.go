package storesiege

import (
	"fmt"
	"math/rand/v2"
	"net/url"
)

// A theme is what the requests of a round do. The first of them does first, if that is set; the others any of verbs.
type theme struct {
	name  string
	first string
	verbs []string
}

var everything = []string{"read", "set", "set", "delete", "clear", "destroy", "renew", "flash", "take", "add", "cart"}

var themes = []theme{
	{"set against set", "", []string{"set", "set", "set", "read"}},
	{"delete against set", "delete", []string{"delete", "set", "set", "read"}},
	{"clear against set", "clear", []string{"set", "set", "clear", "add"}},
	{"destroy against everything", "destroy", everything},
	{"renew against everything", "renew", append([]string{"renew", "renew"}, everything...)},
	{"end all against everything", "endall", everything},
	{"flashes", "flash", []string{"flash", "flash", "take", "take", "read", "set"}},
	{"counters", "add", []string{"add", "add", "read", "delete"}},
	{"carts", "cart", []string{"cart", "cart", "add", "read"}},
	{"everything", "", everything},
}

// A schedule makes the requests of one round by chance.
type schedule struct {
	*rand.Rand
	theme        theme
	round        int
	addrs        []string
	logins, made int
}

func newSchedule(seed uint64, round int, addrs []string) *schedule {
	return &schedule{Rand: rand.New(rand.NewPCG(seed, uint64(round))), theme: themes[round%len(themes)], round: round, addrs: addrs}
}

func (s *schedule) addr() string { return s.addrs[s.IntN(len(s.addrs))] }

// uid returns whose session it is: another user for each login.
func (s *schedule) uid() string { return fmt.Sprintf("user-%d-%d", s.round, s.logins) }

// login returns a request that begins a session.
func (s *schedule) login() op {
	s.logins++
	return op{what: "login", addr: s.addr(), args: url.Values{"uid": {s.uid()}, "keys": {"a", "b"}}}
}

// wave returns requests to be sent at once, some of them to wait at a gate.
func (s *schedule) wave(n int, gate string, cookies []string) []op {
	ops := make([]op, n)
	for i := range ops {
		ops[i] = s.op(s.theme.verbs[s.IntN(len(s.theme.verbs))], cookies[s.IntN(len(cookies))])
		if i == 0 && gate != "" && s.theme.first != "" {
			ops[i] = s.op(s.theme.first, cookies[0])
		}
		if ops[i].what != "endall" && s.IntN(5) < 2 {
			ops[i].gate = gate
		}
	}
	return ops
}

// op returns a request that does what.
func (s *schedule) op(what, cookie string) op {
	o := op{what: what, cookie: cookie, addr: s.addr(), args: url.Values{}}
	s.made++
	switch what {
	case "set":
		o.args.Set("key", s.key())
		o.args.Set("value", fmt.Sprintf("v%d", s.made))
	case "delete":
		o.args.Set("key", s.key())
	case "flash":
		o.args.Set("value", fmt.Sprintf("m%d", s.made))
	case "cart":
		o.args.Set("value", []string{"apples", "pears"}[s.IntN(2)])
	case "endall":
		o.args.Set("uid", s.uid())
	}
	return o
}

// key returns a key that others change as well.
func (s *schedule) key() string { return []string{"a", "b", "c"}[s.IntN(3)] }
