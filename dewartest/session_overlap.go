package dewartest

import (
	"fmt"
	"net/http"
	"slices"

	"github.com/dewar-go/dewar"
)

// overlapChecks are about requests of one session that run at the same time.
func overlapChecks(b SessionBackend) []sessionCheck {
	checks := []sessionCheck{
		{"64 requests lose nothing", "Requests that overlap merge their changes by key, in whatever process they run: dewar.Stored(s).Changes has what one request has done, and the database must apply that atomically.", checkParallelSets},
		{"Delete against Set", "A key that one request deletes and keys that others set do not touch each other.", checkParallelDeletes},
		{"Clear against Set", "What was set before a Clear is gone, whoever set it; what is set after it stays.", checkParallelClear},
		{"Renew against Set", "A request that was opened before another renewed the session is saved, or refused with 409; its values are not lost without a word, and do not go to a session that nobody has.", checkRenewAgainstSet},
		{"one Renew wins", "Of several requests that renew a session at once one gets a cookie; the others are refused with 409 and get none.", checkParallelRenews},
		{"Destroy against everything", "Whatever requests save while another ends the session, it does not come back.", checkDestroyAgainstAll},
	}
	if !b.KeysOnly {
		checks = append(checks,
			sessionCheck{"parallel flashes", "Messages that requests flash at once are all shown, and once. Keep each as a value of its own, or append and take in the database.", checkParallelFlashes},
			sessionCheck{"Session.Change counts exactly", "When a value of Changes.Computed is another one by now, ask dewar.Stored(s).Replay what to store, and compare and set.", checkParallelChanges},
		)
	}
	return checks
}

// repeated returns f for each number below n.
func repeated(n int, f func(i int, s *dewar.Session)) (views []func(s *dewar.Session)) {
	for i := range n {
		views = append(views, func(s *dewar.Session) { f(i, s) })
	}
	return views
}

func checkParallelSets(t *sessionTest) {
	const writers = 64
	v := t.visitor()
	v.set("a", 1)
	t.wantStatuses(v.overlap(repeated(writers, func(i int, s *dewar.Session) { s.Set(fmt.Sprint("k", i), i) })...))
	v.reads(func(s *dewar.Session) {
		kept := 0
		for i := range writers {
			if s.Has(fmt.Sprint("k", i)) && s.Int(fmt.Sprint("k", i)) == i {
				kept++
			}
		}
		if kept != writers || !s.Has("a") {
			t.fail("%d of %d keys are there after as many requests had set their own, want all", kept, writers)
		}
	})
}

func checkParallelDeletes(t *sessionTest) {
	const each = 16
	v := t.visitor()
	v.does(func(s *dewar.Session) {
		for i := range each {
			s.Set(fmt.Sprint("old", i), i)
		}
	})
	t.wantStatuses(v.overlap(repeated(2*each, func(i int, s *dewar.Session) {
		if i%2 == 0 {
			s.Delete(fmt.Sprint("old", i/2))
			return
		}
		s.Set(fmt.Sprint("new", i/2), i)
	})...))
	v.reads(func(s *dewar.Session) {
		for i := range each {
			if s.Has(fmt.Sprint("old", i)) || !s.Has(fmt.Sprint("new", i)) {
				t.fail("after requests had set and deleted at once the session has the keys %q", s.Keys())
				return
			}
		}
	})
}

func checkParallelClear(t *sessionTest) {
	v := t.visitor()
	v.does(func(s *dewar.Session) { s.Update(dewar.Map{"a": 1, "b": 1}) })
	clearing, setting := v.with(), v.with()
	finishClear := clearing.open(func(s *dewar.Session) { s.Clear(); s.Set("user", "ann") })
	finishSet := setting.open(func(s *dewar.Session) { s.Set("late", 1) })
	v.set("early", 1)
	t.wantStatuses([]int{finishClear()})
	t.wantStatuses([]int{finishSet()})
	after := setting
	if clearing.cookie != v.cookie {
		after = clearing
	}
	after.reads(func(s *dewar.Session) {
		if got, want := s.Keys(), []string{"late", "user"}; !slices.Equal(got, want) {
			t.fail("after a value was set, the session cleared, and another value set by a request from before that, it has the keys %q, want %q", got, want)
		}
	})
}

func checkRenewAgainstSet(t *sessionTest) {
	for range 3 {
		v := t.visitor()
		v.set("a", 1)
		renewing, setting := v.with(), v.with()
		finish := setting.open(func(s *dewar.Session) { s.Set("b", 2) })
		renewing.does(func(s *dewar.Session) { s.Renew(); s.Set("user", "ann") })
		status := finish()
		switch got := renewing.get("b"); {
		case status == http.StatusOK && got != int64(2):
			t.fail("a request from before a Renew was answered with status 200, but what it set is lost")
		case status != http.StatusOK && status != http.StatusConflict:
			t.fail("a request from before a Renew was answered with status %d, want 200 or 409; the log ends with\n\t%s", status, &t.log)
		case status == http.StatusConflict && got != nil:
			t.fail("a request from before a Renew was refused with status 409, but what it set is there")
		}
		v.isNobody("from before a Renew, after a slow request has been saved,")
		renewing.wants("user", "ann", "that was renewed while another request was under way")
		if setting.cookie != v.cookie && setting.cookie != "" {
			setting.wants("user", "ann", "whose cookie a slow request got")
		}
	}
}

func checkParallelRenews(t *sessionTest) {
	const many = 8
	v := t.visitor()
	v.set("a", 1)
	racers := make([]*visitor, many)
	finishes := make([]func() int, many)
	for i := range racers {
		racers[i] = v.with()
		racers[i].by += i
		finishes[i] = racers[i].open(func(s *dewar.Session) { s.Renew(); s.Set("by", i); s.Set(fmt.Sprint("of", i), 1) })
	}
	statuses := make([]int, many)
	together(many, func(i int) { statuses[i] = finishes[i]() })
	winner := -1
	for i, status := range statuses {
		switch {
		case status == http.StatusOK && winner >= 0:
			t.fail("two of %d requests that renewed a session at once were answered with status 200, want one", many)
		case status == http.StatusOK:
			winner = i
		case status != http.StatusConflict:
			t.fail("one of %d requests that renewed a session at once was answered with status %d, want 200 or 409", many, status)
		case racers[i].cookie != v.cookie && racers[i].cookie != "":
			t.fail("a request whose Renew was refused got a cookie")
		}
	}
	if winner < 0 {
		t.fail("none of %d requests that renewed a session at once was answered with status 200, want one", many)
		return
	}
	v.isNobody("from before several requests renewed the session")
	racers[winner].wants("by", int64(winner), "of the Renew that won")
	racers[winner].reads(func(s *dewar.Session) {
		if s.Len() != 3 {
			t.fail("after one of several Renews has won the session has the keys %q, want a, by and one of the winner", s.Keys())
		}
	})
}

func checkDestroyAgainstAll(t *sessionTest) {
	for round := range 8 {
		v := t.visitor()
		v.does(func(s *dewar.Session) { s.Update(dewar.Map{"a": 1, "n": 0}) })
		views := []func(s *dewar.Session){
			func(s *dewar.Session) { s.Destroy() },
			func(s *dewar.Session) { s.Set("b", 1) },
			func(s *dewar.Session) { s.Delete("a") },
			func(s *dewar.Session) { s.Clear(); s.Set("c", 1) },
			func(s *dewar.Session) { s.Change("n", func(old any) any { return 1 }) },
			func(s *dewar.Session) { s.Get("a") },
			func(s *dewar.Session) { s.SetPermanent(true) },
		}
		if !t.backend.RenewMoves {
			views = append(views, func(s *dewar.Session) { s.Renew(); s.Set("d", 1) })
		}
		racers := make([]*visitor, len(views))
		finishes := make([]func() int, len(views))
		for i, f := range views {
			racers[i] = v.with()
			racers[i].by += i + round
			finishes[i] = racers[i].open(f)
		}
		together(len(views), func(i int) { _ = finishes[(i+round)%len(views)]() })
		v.isNobody("of a session that was ended while others saved it")
		for _, racer := range racers {
			if racer.cookie != v.cookie {
				racer.isNobody("that a request got while another ended the session")
			}
		}
	}
}

func checkParallelFlashes(t *sessionTest) {
	const many = 16
	v := t.visitor()
	v.set("a", 1)
	v.flash("first")
	finishes := make([]func() int, many)
	for i := range many {
		finishes[i] = v.with().openView(func(c *dewar.Context) { c.Flash(fmt.Sprint("m", i)) })
	}
	taking := v.with()
	var taken []string
	finishTaking := taking.openView(func(c *dewar.Context) { taken = messagesOf(c) })
	statuses := make([]int, many)
	together(many+1, func(i int) {
		if i == many {
			finishTaking()
			return
		}
		statuses[i] = finishes[i]()
	})
	t.wantStatuses(statuses)
	if !slices.Equal(taken, []string{"first"}) {
		t.fail("a request shows the messages %q, want the one that was there when it began", taken)
	}
	var shown []string
	v.view(func(c *dewar.Context) error { shown = messagesOf(c); return c.NoContent() })
	slices.Sort(shown)
	if distinct := len(slices.Compact(slices.Clone(shown))); len(shown) != many || distinct != many || slices.Contains(shown, "first") {
		t.fail("after %d requests had flashed a message each, and one had shown the first, these are shown: %q", many, shown)
	}
	v.shows()
}

func checkParallelChanges(t *sessionTest) {
	const many = 24
	v := t.visitor()
	v.does(func(s *dewar.Session) { s.Set("n", 0); s.Set("cart", []any{}) })
	t.wantStatuses(v.overlap(repeated(many, func(i int, s *dewar.Session) {
		s.Change("n", func(old any) any { n, _ := old.(int64); return n + 1 })
		s.Change("cart", func(old any) any { list, _ := old.([]any); return append(list, i) })
		s.Set(fmt.Sprint("own", i), i)
	})...))
	v.reads(func(s *dewar.Session) {
		cart, _ := s.Get("cart").([]any)
		if s.Int("n") != many || len(cart) != many || s.Len() != many+2 {
			t.fail("after %d requests had counted by Session.Change the number is %d, and %d things are in the cart, want %d", many, s.Int("n"), len(cart), many)
		}
	})
}
