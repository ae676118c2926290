package dewartest

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"time"

	"github.com/dewar-go/dewar/sessionstore"
)

// deltaChecks are about what one Update does and refuses; [sessionstore.Record.Apply] says it in Go.
func deltaChecks() []storeCheck {
	return []storeCheck{
		{"Set and Delete merge by key", "An Update sets the keys of Set, removes those of Delete, and leaves every other key as it is.", checkMerge},
		{"Seen is written", "Every Update makes At the Seen of the record, also one without any change: sessions live on by that.", checkSeen},
		{"Clear comes first", "Clear removes the values from before; the Set of the same delta stays.", checkClear},
		{"Update never creates", "An Update of a handle without a record is sessionstore.ErrNotFound and creates nothing: or sessions come back after a logout.", checkNoUpsert},
		{"Update of what has expired", "An Update whose At is not before the record's Expires is sessionstore.ErrNotFound and changes nothing. Compare with At, and heed both Idle and Until.", checkUpdateExpired},
		{"Lifetime", "Lifetime replaces Idle and Until, both, and a delta without one leaves both as they are.", checkLifetime},
		{"Owner", "Owner replaces Owner and Mark, both, and a delta without one leaves both as they are.", checkOwner},
		{"Expect", "An Update is sessionstore.ErrConflict and changes nothing unless every value of Expect is as it is there, \"\" for none. Compare bytes, not numbers or JSON.", checkExpect},
		{"Renew", "Renew is a compare-and-set of Secret: sessionstore.ErrConflict and no change unless it is From; then Secret is To, Previous is From and Renewed is At.", checkRenew},
		{"all or nothing", "A delta that is refused for one reason changes nothing at all: no value, no time, no secret, no owner.", checkAllOrNothing},
		{"random deltas", "Load, Create, Update and Delete do what sessionstore.Record.Apply says, in any order.", checkRandom},
	}
}

func checkMerge(t *storeTest) {
	h, r := t.created(map[string]string{"a": `1`, "b": `2`, "c": `3`})
	for i, d := range []sessionstore.Delta{
		{Set: map[string]string{"d": `4`}},
		{Set: map[string]string{"a": `"another"`}},
		{Delete: []string{"b"}},
		{Delete: []string{"b", "never there"}},
		{Set: map[string]string{"b": `5`, "e": `6`}, Delete: []string{"c", "d"}},
		{Set: map[string]string{}, Delete: []string{}, Expect: map[string]string{}},
		{Delete: []string{"a", "b", "e"}},
		{Set: map[string]string{"f": `7`}},
	} {
		d.At = t.now.Add(time.Duration(i) * time.Millisecond)
		t.update(h, &r, d)
		t.has(h, r)
	}
}

func checkSeen(t *storeTest) {
	h, r := t.created(map[string]string{"a": `1`})
	r.Idle = time.Hour
	for _, after := range []time.Duration{time.Millisecond, 30 * time.Minute, 89 * time.Minute, 148 * time.Minute} { // it lives on
		t.update(h, &r, sessionstore.Delta{At: t.now.Add(after)})
		t.has(h, r)
	}
	t.update(h, &r, sessionstore.Delta{At: t.now.Add(200 * time.Minute), Set: map[string]string{"a": `1`}}) // as it was
	t.has(h, r)
}

func checkClear(t *storeTest) {
	h, r := t.created(map[string]string{"a": `1`, "b": `2`})
	for i, d := range []sessionstore.Delta{
		{Clear: true, Set: map[string]string{"b": `3`, "c": `4`}},
		{Clear: true, Set: map[string]string{"d": `5`}, Delete: []string{"c", "never there"}},
		{Clear: true},
		{Set: map[string]string{"e": `6`}},
		{Clear: true, Expect: map[string]string{"e": `6`}, Set: map[string]string{"e": `7`}},
	} {
		d.At = t.now.Add(time.Duration(i) * time.Millisecond)
		t.update(h, &r, d)
		t.has(h, r)
	}
}

// everyDelta returns deltas of each kind, by name.
func (t *storeTest) everyDelta(secret sessionstore.Hash) map[string]sessionstore.Delta {
	return map[string]sessionstore.Delta{
		"nothing":  {At: t.now},
		"Set":      {At: t.now, Set: map[string]string{"x": `1`}},
		"Delete":   {At: t.now, Delete: []string{"a"}},
		"Clear":    {At: t.now, Clear: true, Set: map[string]string{"x": `1`}},
		"Expect":   {At: t.now, Expect: map[string]string{"never there": ""}, Set: map[string]string{"x": `1`}},
		"Renew":    {At: t.now, Renew: &sessionstore.Renewal{From: secret, To: randomHash()}},
		"Lifetime": {At: t.now, Lifetime: &sessionstore.Lifetime{Idle: 100 * time.Hour}},
		"Owner":    {At: t.now, Owner: &sessionstore.Ownership{Owner: "ann", Mark: 1}},
	}
}

func checkNoUpsert(t *storeTest) {
	for name, d := range t.everyDelta(sessionstore.Hash{}) {
		h := t.handle()
		if err := t.updateBy(0, h, d); !errors.Is(err, sessionstore.ErrNotFound) {
			t.fail("Update with %s returned %v for a handle that never had a record, want sessionstore.ErrNotFound", name, err)
		}
		t.lacks(h)
	}
	for name, d := range t.everyDelta(sessionstore.Hash{}) {
		h, r := t.created(map[string]string{"a": `1`})
		if d.Renew != nil {
			d.Renew.From = r.Secret
		}
		t.delete(h)
		if err := t.updateBy(0, h, d); !errors.Is(err, sessionstore.ErrNotFound) {
			t.fail("Update with %s returned %v after Delete, want sessionstore.ErrNotFound", name, err)
		}
		t.lacks(h)
	}
}

func checkUpdateExpired(t *storeTest) {
	for _, until := range []time.Time{{}, t.now.Add(20 * time.Minute), t.now.Add(3 * time.Hour)} {
		h, r := t.handle(), t.record(map[string]string{"a": `1`})
		r.Until = until
		t.create(h, r.Clone())
		for name, d := range t.everyDelta(r.Secret) {
			for _, late := range []time.Duration{0, time.Millisecond, time.Hour} {
				d.At = r.Expires().Add(late)
				if err := t.updateBy(0, h, d); !errors.Is(err, sessionstore.ErrNotFound) {
					t.fail("Update with %s returned %v %s after the record had expired (Idle %s, Until %v), want sessionstore.ErrNotFound", name, err, late, r.Idle, until)
				}
			}
		}
		if got, err := t.load(h); err == nil && len(differences(got, r)) > 0 {
			t.fail("an Update that came too late changed the record: %v", differences(got, r))
		}
	}
	h, r := t.handle(), t.record(map[string]string{"a": `1`})
	r.Until = t.now.Add(20 * time.Minute)
	t.create(h, r.Clone())
	t.update(h, &r, sessionstore.Delta{At: r.Until.Add(-time.Millisecond), Set: map[string]string{"b": `2`}}) // in time
	t.has(h, r)
}

func checkLifetime(t *storeTest) {
	h, r := t.created(map[string]string{"a": `1`})
	for i, l := range []*sessionstore.Lifetime{
		{Idle: 2*time.Hour + time.Millisecond, Until: t.now.Add(3 * time.Hour)},
		nil,
		{Idle: 30 * 24 * time.Hour},
		nil,
		{Idle: 20 * time.Minute, Until: t.now.Add(time.Hour)},
		{Idle: 400 * 24 * time.Hour, Until: t.now.Add(300 * 24 * time.Hour)},
	} {
		t.update(h, &r, sessionstore.Delta{At: t.now.Add(time.Duration(i) * time.Millisecond), Lifetime: l})
		t.has(h, r)
	}
	at := t.now.Add(299 * 24 * time.Hour) // it lives longer by now than it was created for
	t.update(h, &r, sessionstore.Delta{At: at, Set: map[string]string{"a": `2`}})
	t.has(h, r)
	short, r := t.created(nil)
	t.update(short, &r, sessionstore.Delta{At: t.now, Lifetime: &sessionstore.Lifetime{Idle: 20 * time.Minute}})
	if err := t.updateBy(0, short, sessionstore.Delta{At: t.now.Add(20 * time.Minute)}); !errors.Is(err, sessionstore.ErrNotFound) {
		t.fail("Update returned %v after a Lifetime that is shorter than the one before had passed, want sessionstore.ErrNotFound", err)
	}
}

func checkOwner(t *storeTest) {
	h, r := t.created(map[string]string{"a": `1`})
	for i, owner := range []*sessionstore.Ownership{{Owner: "ann", Mark: 5}, nil, {Owner: "bob"}, nil, {}, {Owner: "ann", Mark: 6}} {
		t.update(h, &r, sessionstore.Delta{At: t.now.Add(time.Duration(i) * time.Millisecond), Owner: owner})
		t.has(h, r)
	}
}

func checkExpect(t *storeTest) {
	h, r := t.created(map[string]string{"a": `1`, "b": `{"x":1,"y":2}`})
	set := map[string]string{"c": `3`}
	for _, expect := range []map[string]string{
		{"a": `2`}, {"a": `1.0`}, {"a": ` 1`}, {"a": ""}, {"A": `1`}, {"never there": `1`}, {"b": `{"y":2,"x":1}`}, {"a": `1`, "b": `2`}, {"a": `1`, "never there": `null`},
	} {
		t.refuses(h, r, sessionstore.Delta{At: t.now.Add(time.Minute), Expect: expect, Set: set}, sessionstore.ErrConflict)
		t.refuses(h, r, sessionstore.Delta{At: t.now.Add(time.Minute), Expect: expect, Clear: true}, sessionstore.ErrConflict)
	}
	for i, expect := range []map[string]string{{"a": `1`}, {"a": `1`, "b": `{"x":1,"y":2}`}, {"never there": ""}, {"a": `1`, "never there": "", "b": `{"x":1,"y":2}`}} {
		t.update(h, &r, sessionstore.Delta{At: t.now, Expect: expect, Set: map[string]string{"d": fmt.Sprint(i)}})
		t.has(h, r)
	}
	t.update(h, &r, sessionstore.Delta{At: t.now, Expect: map[string]string{"a": `1`}, Delete: []string{"a"}})
	t.refuses(h, r, sessionstore.Delta{At: t.now, Expect: map[string]string{"a": `1`}, Set: map[string]string{"a": `2`}}, sessionstore.ErrConflict)
	t.update(h, &r, sessionstore.Delta{At: t.now, Expect: map[string]string{"a": ""}, Set: map[string]string{"a": `2`}})
	t.has(h, r)
}

func checkRenew(t *storeTest) {
	h, r := t.created(map[string]string{"a": `1`})
	first, second, third := r.Secret, randomHash(), randomHash()
	d := sessionstore.Delta{At: t.now.Add(time.Second), Renew: &sessionstore.Renewal{From: first, To: second}, Set: map[string]string{"b": `2`}}
	t.update(h, &r, d)
	t.has(h, r)
	t.update(h, &r, sessionstore.Delta{At: t.now.Add(2 * time.Second), Set: map[string]string{"late": `1`}}) // a request from before it
	t.has(h, r)
	for _, from := range []sessionstore.Hash{first, third, {}} {
		t.refuses(h, r, sessionstore.Delta{At: t.now.Add(3 * time.Second), Renew: &sessionstore.Renewal{From: from, To: third}, Set: map[string]string{"b": `3`}}, sessionstore.ErrConflict)
	}
	t.update(h, &r, sessionstore.Delta{At: t.now.Add(4 * time.Second), Renew: &sessionstore.Renewal{From: second, To: third}})
	t.has(h, r)
}

func checkAllOrNothing(t *storeTest) {
	h, r := t.created(map[string]string{"a": `1`, "b": `2`})
	all := sessionstore.Delta{
		At: t.now.Add(time.Minute), Clear: true, Set: map[string]string{"a": `3`, "c": `4`}, Delete: []string{"b"},
		Expect: map[string]string{"a": `1`, "b": `2`, "c": ""}, Renew: &sessionstore.Renewal{From: r.Secret, To: randomHash()},
		Lifetime: &sessionstore.Lifetime{Idle: 2 * time.Hour, Until: t.now.Add(50 * time.Hour)}, Owner: &sessionstore.Ownership{Owner: "ann", Mark: 9},
	}
	expecting, renewing, late := all, all, all
	expecting.Expect = map[string]string{"a": `1`, "b": `2`, "c": `4`}
	renewing.Renew = &sessionstore.Renewal{From: randomHash(), To: all.Renew.To}
	late.At = r.Expires()
	t.refuses(h, r, expecting, sessionstore.ErrConflict)
	t.refuses(h, r, renewing, sessionstore.ErrConflict)
	t.refuses(h, r, late, sessionstore.ErrNotFound)
	t.update(h, &r, all)
	t.has(h, r)
	t.refuses(h, r, all, sessionstore.ErrConflict)
}

// checkRandom compares a random sequence of calls with records in a map.
func checkRandom(t *storeTest) {
	seed := rand.Uint64()
	random := &randomDeltas{Rand: rand.New(rand.NewPCG(seed, 0)), keys: []string{"a", "b", "c", "", "é'\"\x00"}, owner: t.owner("")}
	handles := []sessionstore.Handle{t.handle(), t.handle(), t.handle()}
	model := map[sessionstore.Handle]sessionstore.Record{}
	at := t.now
	for step := range 400 {
		h := handles[random.IntN(len(handles))]
		r, exists := model[h]
		at = at.Add(time.Duration(random.IntN(1000)) * time.Millisecond)
		if random.IntN(40) == 0 {
			at = at.Add(time.Duration(random.IntN(90)) * time.Minute) // some expire
		}
		var err, want error
		var call string
		switch n := random.IntN(20); {
		case n == 0:
			call, err = "Delete", t.tryDelete(step, h)
			delete(model, h)
		case n < 4:
			fresh := random.record(at)
			call, err = "Create", t.tryCreate(step, h, fresh.Clone())
			if want = sessionstore.ErrExists; !exists || r.Expired(at) {
				want, model[h] = nil, fresh
			}
		default:
			d := random.delta(r, at)
			call, err, want = d.String(), t.updateBy(step, h, d), sessionstore.ErrNotFound
			if exists {
				want = r.Apply(d)
				model[h] = r
			}
		}
		if !errors.Is(err, want) {
			t.end("step %d of seed %d: %s returned %v, want %v", step, seed, call, err, want)
		}
		if problem := t.unlike(h, model, at); problem != "" {
			t.end("step %d of seed %d: after %s, %s", step, seed, call, problem)
		}
	}
}

func (t *storeTest) tryDelete(n int, h sessionstore.Handle) error {
	ctx, cancel := asLong()
	defer cancel()
	return t.stores[n%2].Delete(ctx, h)
}

// unlike tells how a record differs from that of the model. One that has expired may be gone.
func (t *storeTest) unlike(h sessionstore.Handle, model map[sessionstore.Handle]sessionstore.Record, at time.Time) string {
	want, exists := model[h]
	got, err := t.load(h)
	switch missing := errors.Is(err, sessionstore.ErrNotFound); {
	case missing && (!exists || want.Expired(at)):
		return ""
	case err != nil:
		return fmt.Sprintf("Load returned %v, want %v", err, want)
	case !exists:
		return fmt.Sprintf("Load returned %v, want sessionstore.ErrNotFound", got)
	}
	if diff := differences(got, want); len(diff) > 0 {
		return fmt.Sprint("Load returned another record: ", diff)
	}
	return ""
}

// randomDeltas makes records and deltas by chance.
type randomDeltas struct {
	*rand.Rand
	keys  []string
	owner string
}

func (x *randomDeltas) key() string { return x.keys[x.IntN(len(x.keys))] }

func (x *randomDeltas) values() map[string]string {
	values := map[string]string{}
	for range x.IntN(3) {
		values[x.key()] = fmt.Sprint(x.IntN(4))
	}
	return values
}

func (x *randomDeltas) record(at time.Time) sessionstore.Record {
	return sessionstore.Record{Values: x.values(), Secret: randomHash(), Created: at, Seen: at, Idle: time.Hour}
}

// delta returns one that r would mostly accept.
func (x *randomDeltas) delta(r sessionstore.Record, at time.Time) sessionstore.Delta {
	d := sessionstore.Delta{At: at, Clear: x.IntN(8) == 0, Set: x.values()}
	if key := x.key(); d.Set[key] == "" {
		d.Delete = []string{key}
	}
	if x.IntN(4) == 0 {
		key := x.key()
		d.Expect = map[string]string{key: r.Values[key]}
		if x.IntN(3) == 0 {
			maps.Copy(d.Expect, x.values())
		}
	}
	switch x.IntN(10) {
	case 0:
		d.Renew = &sessionstore.Renewal{From: r.Secret, To: randomHash()}
	case 1:
		d.Renew = &sessionstore.Renewal{From: r.Previous, To: randomHash()}
	case 2:
		d.Lifetime = &sessionstore.Lifetime{Idle: time.Hour + time.Duration(x.IntN(1000))*time.Millisecond}
	case 3:
		d.Lifetime = &sessionstore.Lifetime{Idle: time.Hour, Until: at.Add(time.Hour)}
	case 4:
		d.Owner = &sessionstore.Ownership{Owner: x.owner, Mark: x.Int64N(3)}
	case 5:
		d.Owner = &sessionstore.Ownership{}
	}
	return d
}
