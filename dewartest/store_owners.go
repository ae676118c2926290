package dewartest

import (
	"crypto/rand"
	"slices"
	"sync"
	"time"

	"github.com/dewar-go/dewar/sessionstore"
)

// ownerChecks are about an OwnerIndex.
func ownerChecks() []storeCheck {
	return []storeCheck{
		{"Claims finds every session", "Claims returns at least every session whose record has that Owner, given that each is claimed before it becomes the owner's.", checkClaims},
		{"owners are told apart", "Owners are any text of up to 250 bytes, kept exactly: one owner's Release takes nothing from another, and Claims misses nobody for the sake of a strange name.", checkOddOwners},
		{"Release forgets", "After Release a session that has ended, or has become somebody else's, is among the owner's no more. It is no error if it never was.", checkRelease},
		{"claims last until the last one says", "A later claim for a session makes an earlier one last longer, and a short claim of one session ends no other claim of that owner.", checkClaimTimes},
		{"concurrent claims", "Claims never returns too little, also while other sessions of that owner come and go.", checkConcurrentClaims},
	}
}

// markChecks are about OwnerMarks.
func markChecks() []storeCheck {
	return []storeCheck{
		{"marks only rise", "RaiseMark raises the number of its owner, and of no other, above all it ever had; Mark returns it, and 0 for an owner whose number was never raised.", checkMarks},
		{"concurrent marks", "RaiseMark is atomic: each of several at once returns another number, and Mark the highest.", checkConcurrentMarks},
	}
}

func (t *storeTest) claim(owner string, h sessionstore.Handle, until time.Time) {
	t.Helper()
	ctx, cancel := asLong()
	defer cancel()
	if err := t.stores[0].(sessionstore.OwnerIndex).Claim(ctx, owner, h, t.now, until); err != nil {
		t.fail("Claim returned %v for owner %.60q, want no error", err, owner)
	}
}

func (t *storeTest) release(owner string, h sessionstore.Handle) {
	t.Helper()
	ctx, cancel := asLong()
	defer cancel()
	if err := t.stores[0].(sessionstore.OwnerIndex).Release(ctx, owner, h); err != nil {
		t.fail("Release returned %v for owner %.60q, want no error", err, owner)
	}
}

// claimed returns the handles that Claims returns.
func (t *storeTest) claimed(owner string) []sessionstore.Handle {
	t.Helper()
	ctx, cancel := asLong()
	defer cancel()
	claims, err := t.stores[1].(sessionstore.OwnerIndex).Claims(ctx, owner)
	if err != nil {
		t.fail("Claims returned %v for owner %.60q, want no error", err, owner)
	}
	var handles []sessionstore.Handle
	for _, claim := range claims {
		handles = append(handles, claim.Handle)
	}
	return handles
}

// claims checks that Claims returns at least handles.
func (t *storeTest) claims(owner string, handles ...sessionstore.Handle) {
	t.Helper()
	got := t.claimed(owner)
	missing := slices.DeleteFunc(slices.Clone(handles), func(h sessionstore.Handle) bool { return slices.Contains(got, h) })
	if len(missing) > 0 {
		t.fail("Claims of owner %.60q lacks %d of his %d sessions", owner, len(missing), len(handles))
	}
}

// lacksClaim checks that Claims does not return h.
func (t *storeTest) lacksClaim(owner string, h sessionstore.Handle, why string) {
	t.Helper()
	if slices.Contains(t.claimed(owner), h) {
		t.fail("Claims of owner %.60q has a session %s", owner, why)
	}
}

// owner returns a new name, and after it a text of the check's own.
func (t *storeTest) owner(text string) string { return rand.Text() + text }

// own makes a session that is there the owner's.
func (t *storeTest) own(owner string, h sessionstore.Handle, r *sessionstore.Record) {
	t.Helper()
	t.claim(owner, h, r.Expires())
	t.update(h, r, sessionstore.Delta{At: t.now, Owner: &sessionstore.Ownership{Owner: owner}})
}

// ownedFromBirth returns a session that was created as the owner's.
func (t *storeTest) ownedFromBirth(owner string) sessionstore.Handle {
	t.Helper()
	h, r := t.handle(), t.record(nil)
	r.Owner = owner
	t.claim(owner, h, r.Expires())
	t.create(h, r)
	return h
}

func checkClaims(t *storeTest) {
	owner := t.owner("")
	if got := t.claimed(owner); len(got) != 0 {
		t.fail("Claims returned %d sessions of an owner who has none", len(got))
	}
	var handles []sessionstore.Handle
	for range 150 {
		h, r := t.created(nil)
		t.own(owner, h, &r)
		t.update(h, &r, sessionstore.Delta{At: t.now, Set: map[string]string{"a": `1`}}) // which leaves the owner as it is
		handles = append(handles, h, t.ownedFromBirth(owner))
	}
	t.claims(owner, handles...)
	t.delete(handles[0])
	t.claims(owner, handles[1:]...)
}

func checkOddOwners(t *storeTest) {
	sessions := map[string]sessionstore.Handle{}
	random := t.owner("")
	for _, text := range oddOwners() {
		owner := (text + random)[:min(len(text)+len(random), 250)]
		sessions[owner] = t.ownedFromBirth(owner)
	}
	for owner, h := range sessions {
		t.claims(owner, h)
		for other, theirs := range sessions {
			if other != owner {
				t.release(owner, theirs)
				break
			}
		}
	}
	for owner, h := range sessions {
		t.claims(owner, h)
	}
}

func checkRelease(t *storeTest) {
	ann, bob := t.owner("ann"), t.owner("bob")
	h, r := t.created(nil)
	t.own(ann, h, &r)
	stays := t.ownedFromBirth(ann)
	t.own(bob, h, &r)
	t.release(ann, h)
	t.claims(bob, h)
	t.claims(ann, stays)
	t.lacksClaim(ann, h, "that has become somebody else's and was released")
	t.release(ann, h)
	t.release(t.owner(""), h)
	t.claims(bob, h)
	t.delete(h)
	t.release(bob, h)
	t.lacksClaim(bob, h, "that was deleted and released")
	t.must("Update", t.updateBy(0, stays, sessionstore.Delta{At: t.now, Owner: &sessionstore.Ownership{}}))
	t.release(ann, stays)
	t.lacksClaim(ann, stays, "that has become nobody's and was released")
}

func checkClaimTimes(t *storeTest) {
	owner := t.owner("")
	again, r := t.created(nil)
	t.claim(owner, again, time.Now().Add(30*time.Millisecond))
	t.own(owner, again, &r)
	long := t.ownedFromBirth(owner)
	short, _ := t.created(nil)
	t.claim(owner, short, time.Now().Add(30*time.Millisecond))
	time.Sleep(100 * time.Millisecond) // the short ones pass
	t.claims(owner, again, long)
}

func checkConcurrentClaims(t *storeTest) {
	const sessions = 24
	owner := t.owner("")
	var mu sync.Mutex
	var settled []sessionstore.Handle
	together(sessions+2, func(i int) {
		if i >= sessions {
			for range 20 {
				mu.Lock()
				want := slices.Clone(settled)
				mu.Unlock()
				t.claims(owner, want...)
			}
			return
		}
		passing := t.handle()
		t.claim(owner, passing, t.now.Add(time.Hour))
		h, r := t.handle(), t.record(nil)
		r.Owner = owner
		t.claim(owner, h, r.Expires())
		t.must("Create", t.tryCreate(i, h, r))
		t.release(owner, passing)
		mu.Lock()
		settled = append(settled, h)
		mu.Unlock()
	})
	t.claims(owner, settled...)
}

// mark returns an owner's mark.
func (t *storeTest) mark(owner string) int64 {
	t.Helper()
	ctx, cancel := asLong()
	defer cancel()
	mark, err := t.stores[1].(sessionstore.OwnerMarks).Mark(ctx, owner)
	if err != nil {
		t.fail("Mark returned %v for owner %.60q, want no error", err, owner)
	}
	return mark
}

func (t *storeTest) raise(by int, owner string, until time.Time) int64 {
	t.Helper()
	ctx, cancel := asLong()
	defer cancel()
	mark, err := t.stores[by%2].(sessionstore.OwnerMarks).RaiseMark(ctx, owner, until)
	if err != nil {
		t.fail("RaiseMark returned %v for owner %.60q, want no error", err, owner)
	}
	return mark
}

func checkMarks(t *storeTest) {
	random, hour := t.owner(""), time.Now().Add(time.Hour)
	for _, text := range oddOwners() {
		owner := (text + random)[:min(len(text)+len(random), 250)]
		before := t.mark(owner)
		if before != 0 {
			t.fail("Mark returned %d for owner %.60q, whose number was never raised, want 0", before, owner)
		}
		for n := range 3 {
			raised := t.raise(n, owner, hour)
			if now := t.mark(owner); raised <= before || now != raised {
				t.fail("RaiseMark returned %d after %d, and Mark then %d, want a higher one, and the same", raised, before, now)
			}
			before = raised
		}
	}
	owner := t.owner("")
	first := t.raise(0, owner, hour)
	t.raise(0, owner, time.Now().Add(30*time.Millisecond))
	time.Sleep(100 * time.Millisecond) // the second may be forgotten now, the first not
	if now := t.mark(owner); now < first {
		t.fail("Mark returned %d after RaiseMark had returned %d, to be kept for an hour, and a later one had passed", now, first)
	}
}

func checkConcurrentMarks(t *storeTest) {
	const many = 16
	owner := t.owner("")
	var raised [many]int64
	together(many, func(i int) { raised[i] = t.raise(i, owner, time.Now().Add(time.Hour)) })
	slices.Sort(raised[:])
	if distinct := len(slices.Compact(slices.Clone(raised[:]))); distinct != many {
		t.fail("%d calls of RaiseMark at once returned %d numbers, want each another", many, distinct)
	}
	if now := t.mark(owner); now != raised[many-1] {
		t.fail("Mark returned %d, want %d, the highest that RaiseMark has returned", now, raised[many-1])
	}
}
