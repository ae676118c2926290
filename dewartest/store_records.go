package dewartest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"
	"time"

	"github.com/dewar-go/dewar/sessionstore"
)

// recordChecks are about whole records: Load, Create, Delete, and what a record may hold.
func recordChecks() []storeCheck {
	return []storeCheck{
		{"Load finds what Create keeps", "Load returns the record of a handle as Create was given it, every field of it.", checkCreate},
		{"no record is ErrNotFound", "Load returns sessionstore.ErrNotFound, or an error that wraps it, for a handle without a record.", checkNoRecord},
		{"handles are not mixed up", "Each of the 16 bytes of a Handle counts, and its text has capital and small letters: keep handles as bytes, or compare their texts exactly.", checkHandles},
		{"Create does not overwrite", "Create returns sessionstore.ErrExists and changes nothing if there is a record that had not expired at r.Created.", checkCreateTwice},
		{"Create replaces what has expired", "Create replaces a record that had expired at r.Created, all of it. Compare with r.Created, not with a clock.", checkCreateOverExpired},
		{"Delete removes", "Delete removes the record of its handle, alone and for good. It is no error if there is none.", checkDelete},
		{"any key", "Keys are any text: keep them as bytes, whole, and never as a part of a query, a pattern or a path.", checkKeys},
		{"any value", "Values are texts: give back each byte of them. Do not parse them; a database's JSON types round numbers, sort members and refuse \\u0000.", checkValues},
		{"large records", "A record may have thousands of keys, keys of 10 kB and values of 100 kB.", checkLarge},
		{"too large is all or nothing", "A store keeps a delta whole, or returns sessionstore.ErrTooLarge and changes nothing.", checkTooLarge},
		{"times are exact", "Times are kept to the millisecond, from before 1970 to the year 9999; the zero Until and Renewed stay zero.", checkTimes},
		{"owner and mark are exact", "Owner is any text of up to 250 bytes, and Mark any int64.", checkOwnership},
		{"records are snapshots", "Maps are not shared: what the caller does to a record or delta after the call changes nothing in the store, and an Update nothing in a record that Load has returned. Clone them.", checkAliasing},
		{"contexts are heeded", "A call returns soon after its context has ended, with an error or with its work done, not half done.", checkContexts},
	}
}

func checkCreate(t *storeTest) {
	h := t.handle()
	r := sessionstore.Record{
		Values: map[string]string{"user": `"ann"`, "n": `1`}, Secret: randomHash(), Previous: randomHash(),
		Renewed: t.now.Add(-time.Minute), Created: t.now.Add(-2 * time.Hour), Seen: t.now.Add(-3 * time.Millisecond),
		Idle: 90*time.Minute + time.Millisecond, Until: t.now.Add(5 * time.Hour), Owner: "ann", Mark: 7,
	}
	t.create(h, r.Clone())
	t.has(h, r)
	h, r = t.created(nil)
	t.has(h, r)
}

func checkNoRecord(t *storeTest) {
	t.created(map[string]string{"a": `1`})
	t.lacks(t.handle())
}

func checkHandles(t *storeTest) {
	first := t.handle()
	copy(first[:8], "\x00\n'\"%_\xff\\")
	handles := []sessionstore.Handle{first, swapCase(first)}
	for i := range first {
		h := first
		h[i] ^= 1
		handles = append(handles, h)
	}
	records := make([]sessionstore.Record, len(handles))
	for i, h := range handles {
		t.deleteLater(h)
		records[i] = t.record(map[string]string{"n": fmt.Sprint(i)})
		t.create(h, records[i].Clone())
	}
	for i, h := range handles {
		t.update(h, &records[i], sessionstore.Delta{At: t.now, Set: map[string]string{"again": fmt.Sprint(i)}})
	}
	t.delete(handles[2])
	t.lacks(handles[2])
	for i, h := range handles {
		if i != 2 {
			t.has(h, records[i])
		}
	}
}

// swapCase returns a handle whose text differs from that of h in capitals alone.
func swapCase(h sessionstore.Handle) sessionstore.Handle {
	text := []byte(h.String())
	for i, b := range text[:len(text)-1] {
		switch {
		case 'a' <= b && b <= 'z', 'A' <= b && b <= 'Z':
			text[i] = b ^ 0x20
		}
	}
	swapped, err := sessionstore.ParseHandle(string(text))
	if err != nil {
		panic(err) // the last character stayed, so it is one
	}
	return swapped
}

func checkCreateTwice(t *storeTest) {
	h, r := t.created(map[string]string{"a": `1`})
	other := t.record(map[string]string{"b": `2`})
	for _, at := range []time.Time{t.now, r.Expires().Add(-time.Millisecond)} {
		other.Created, other.Seen = at, at
		if err := t.tryCreate(0, h, other.Clone()); !errors.Is(err, sessionstore.ErrExists) {
			t.fail("Create returned %v %s before the record there expires, want sessionstore.ErrExists", err, r.Expires().Sub(at))
		}
		t.has(h, r)
	}
}

func (t *storeTest) tryCreate(n int, h sessionstore.Handle, r sessionstore.Record) error {
	ctx, cancel := asLong()
	defer cancel()
	return t.stores[n%2].Create(ctx, h, r)
}

func checkCreateOverExpired(t *storeTest) {
	for _, until := range []time.Time{{}, t.now.Add(time.Minute)} {
		h, old := t.handle(), t.record(map[string]string{"old": `1`, "both": `1`})
		old.Previous, old.Renewed, old.Owner, old.Mark, old.Until = randomHash(), t.now, "ann", 3, until
		t.create(h, old.Clone())
		r := t.record(map[string]string{"new": `2`, "both": `2`})
		r.Created, r.Seen = old.Expires(), old.Expires()
		if err := t.tryCreate(0, h, r.Clone()); err != nil {
			t.fail("Create returned %v at the moment when the record there had expired (Until %v), want no error", err, until)
			continue
		}
		t.has(h, r)
	}
}

func checkDelete(t *storeTest) {
	h, _ := t.created(map[string]string{"a": `1`})
	other, r := t.created(map[string]string{"a": `1`})
	t.delete(h)
	t.lacks(h)
	t.delete(h)
	t.delete(t.handle())
	t.has(other, r)
	fresh := t.record(map[string]string{"b": `1`})
	t.create(h, fresh.Clone())
	t.has(h, fresh)
}

// oddKeys returns keys that a store may stumble over.
func oddKeys() []string {
	return []string{
		"", " ", "a ", " a", "a", "A", "á", "a\u0301", "\x00", "\x00a", "a\x00", "a\x00b", "\n", "\r\n", "\t", "\x01\x1f\x7f",
		"'", `"`, "`", `\`, `\\`, `\u0000`, `' OR 1=1 --`, `"; DROP TABLE sessions; --`, "$1", ":a", "?", "@a", "%", "%s", "%00", "_", "_flashes", "_permanent",
		"*", "?*[a-z]", "[", "]", "{", "{}", "{a}", "{a", "a}", "a.b", "$.a", ".", "..", "../a", "/", "a/b", "a:b", "a,b", "a=b", "a|b", "a>b", "a*", "#", "&", "<b>",
		"0", "1", "-1", "1e3", "true", "null", "s", "secret", "values", "v:a", "seen", "owner", "é", "日本", "😀", "\u2028", "\ufeff", "\u200b",
		strings.Repeat("k", 1000), strings.Repeat("k", 999) + "K", strings.Repeat("'\x00\"\\", 2500),
	}
}

func checkKeys(t *storeTest) {
	keys := oddKeys()
	values := map[string]string{}
	for i, key := range keys {
		values[key] = fmt.Sprint(i)
	}
	h, r := t.created(maps.Clone(values))
	t.has(h, r)
	for i, key := range keys { // one at a time, so that one which hits another key shows
		t.update(h, &r, sessionstore.Delta{At: t.now, Set: map[string]string{key: fmt.Sprint(-1 - i)}, Expect: map[string]string{key: fmt.Sprint(i)}})
	}
	t.has(h, r)
	for i, key := range keys {
		t.update(h, &r, sessionstore.Delta{At: t.now, Delete: []string{key}})
		if i%16 == 0 {
			t.has(h, r)
		}
	}
	t.has(h, r)
	t.update(h, &r, sessionstore.Delta{At: t.now, Set: values})
	t.has(h, r)
}

// oddValues returns values that a store may stumble over.
func oddValues() []string {
	var all strings.Builder // every character that JSON escapes, as such and escaped
	for c := range rune(0x20) {
		fmt.Fprintf(&all, `\u%04x`, c)
	}
	return []string{
		`null`, `true`, `0`, `-0`, `""`, `[]`, `{}`, ` `, `[ 1 , 2 ]`, "{\n\t\"a\": 1\r\n}", `"` + all.String() + `"`, `"\b\f\n\r\t\"\\\/"`, `"\u0000"`, "\"\x7f\"",
		`9007199254740993`, `-9223372036854775808`, `18446744073709551616`, `123456789012345678901234567890`, `1.10`, `1e2`, `1E+400`, `0.1000000000000000055511151231257827`,
		`{"b":1,"a":2,"b2":3,"A":4}`, `{"a":1,"a":2}`, `{" t":[" b","AAE="]}`, `"é"`, `"\u00e9"`, `"日本"`, `"😀"`, `"\ud83d\ude00"`, `"\ud83d"`, `"` + "\u2028\u2029\ufeff" + `"`,
		`"' OR 1=1; --"`, `"%s %d $1 ? :a"`, `"a\\"`, `"</script>"`, `{broken`, `plain text`, `'`, `"`, `\`, "\x00", "a\x00b", "nil", "0x1", " 1", "1 ", "\n",
	}
}

func checkValues(t *storeTest) {
	values := map[string]string{}
	for i, value := range oddValues() {
		values[fmt.Sprintf("v%03d", i)] = value
	}
	h, r := t.created(maps.Clone(values))
	t.has(h, r)
	h, r = t.created(map[string]string{"v000": `1`})
	t.update(h, &r, sessionstore.Delta{At: t.now, Set: values})
	t.has(h, r)
	t.update(h, &r, sessionstore.Delta{At: t.now, Expect: maps.Clone(values), Set: map[string]string{"done": `1`}})
	t.has(h, r)
}

func checkLarge(t *storeTest) {
	values := map[string]string{"long": `"` + strings.Repeat("x\\u0000é", 12_500) + `"`, strings.Repeat("key ", 2500): `1`}
	for i := range 2000 {
		values[fmt.Sprint("key", i)] = fmt.Sprint(i)
	}
	h, r := t.created(values)
	t.has(h, r)
	d := sessionstore.Delta{At: t.now, Set: map[string]string{"longer": `"` + strings.Repeat("'", 100_000) + `"`}}
	for i := range 1000 {
		d.Set[fmt.Sprint("key", i)] = fmt.Sprint(-i)
		d.Delete = append(d.Delete, fmt.Sprint("key", 1000+i))
	}
	t.update(h, &r, d)
	t.has(h, r)
	t.update(h, &r, sessionstore.Delta{At: t.now, Clear: true})
	t.has(h, r)
}

func checkTooLarge(t *storeTest) {
	h, r := t.created(map[string]string{"a": `1`})
	d := sessionstore.Delta{At: t.now, Set: map[string]string{"big": `"` + strings.Repeat("x", 2<<20) + `"`, "b": `2`}, Delete: []string{"a"}}
	err := t.updateBy(0, h, d)
	switch {
	case err == nil:
		_ = r.Apply(d)
	case !errors.Is(err, sessionstore.ErrTooLarge):
		t.fail("Update returned %v for a value of 2 MiB, want no error, or sessionstore.ErrTooLarge", err)
	}
	t.has(h, r)
}

func checkTimes(t *storeTest) {
	date := func(year int, ms int) time.Time {
		return time.Date(year, 2, 28, 23, 59, 59, ms*int(time.Millisecond), time.UTC)
	}
	for _, r := range []sessionstore.Record{
		{Created: date(1901, 1), Seen: t.now, Idle: time.Hour},
		{Created: date(1969, 999), Seen: date(1970, 1), Idle: 250 * 365 * 24 * time.Hour},
		{Created: t.now, Seen: date(9999, 999), Idle: time.Hour + time.Millisecond, Until: date(9999, 998).AddDate(0, 1, 0)},
		{Created: t.now, Seen: t.now.Add(time.Millisecond), Idle: 290 * 365 * 24 * time.Hour, Until: date(9999, 1)},
		{Created: t.now, Seen: t.now, Idle: time.Hour, Previous: randomHash(), Renewed: date(1960, 7)},
	} {
		h := t.handle()
		r.Secret, r.Values = randomHash(), map[string]string{"a": `1`}
		t.create(h, r.Clone())
		t.has(h, r)
		t.update(h, &r, sessionstore.Delta{At: r.Seen.Add(time.Millisecond), Lifetime: &sessionstore.Lifetime{Idle: r.Idle - time.Millisecond, Until: r.Until}})
		t.has(h, r)
	}
}

// oddOwners returns owners that a store may stumble over.
func oddOwners() []string {
	return []string{
		"ann", "Ann", "ann ", " ann", "ánn", "0", "'", `"`, `\`, "%", "_", "*", "{ann}", "{", "}", "a:b", "a/b", "a.b", "a b", "a\nb", "\x00", "a\x00", "日本", "😀",
		`' OR 1=1 --`, "ann@example.com", strings.Repeat("x", 250),
	}
}

func checkOwnership(t *storeTest) {
	marks := []int64{0, 1, -1, 1<<53 + 1, 1<<63 - 1, -1 << 63}
	for i, owner := range oddOwners() {
		h, r := t.handle(), t.record(nil)
		r.Owner, r.Mark = owner, marks[i%len(marks)]
		t.create(h, r)
		t.has(h, r)
		t.update(h, &r, sessionstore.Delta{At: t.now, Owner: &sessionstore.Ownership{}})
		t.has(h, r)
		t.update(h, &r, sessionstore.Delta{At: t.now, Owner: &sessionstore.Ownership{Owner: owner, Mark: marks[(i+1)%len(marks)]}})
		t.has(h, r)
	}
}

func checkAliasing(t *storeTest) {
	h, r := t.handle(), t.record(map[string]string{"a": `1`})
	want := r.Clone()
	t.create(h, r)
	r.Values["a"], r.Values["b"] = `"changed after Create"`, `2`
	t.has(h, want)

	set := map[string]string{"c": `3`}
	before, _ := t.load(h)
	kept := before.Clone()
	t.update(h, &want, sessionstore.Delta{At: t.now.Add(time.Millisecond), Set: set, Delete: []string{"a"}})
	set["c"] = `"changed after Update"`
	want.Values["c"] = `3`
	t.has(h, want)
	if diff := differences(before, kept); len(diff) > 0 {
		t.fail("a record that Load had returned changed with a later Update: %s", strings.Join(diff, "; "))
	}

	loaded, _ := t.load(h)
	if loaded.Values != nil {
		loaded.Values["c"] = `"changed after Load"`
	}
	t.has(h, want)
}

func checkContexts(t *storeTest) {
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	expired, cancel := context.WithDeadline(context.Background(), time.Now().Add(-time.Second))
	defer cancel()
	for name, ctx := range map[string]context.Context{"cancelled": cancelled, "expired": expired} {
		h, r := t.created(map[string]string{"a": `1`})
		d := sessionstore.Delta{At: t.now.Add(time.Millisecond), Set: map[string]string{"b": `2`, "c": `3`}, Delete: []string{"a"}}
		t.soon("Load with a context that has "+name, func() error { _, err := t.stores[0].Load(ctx, h); return err })
		if t.soon("Update with a context that has "+name, func() error { return t.stores[0].Update(ctx, h, d) }) == nil {
			_ = r.Apply(d)
			t.has(h, r)
		} else if got, err := t.load(h); err != nil || len(got.Values) != 1 && len(got.Values) != 2 {
			t.fail("after an Update that was %s Load returned %v, %v, want the record from before or after it", name, got, err)
		}
		fresh := t.handle()
		if t.soon("Create with a context that has "+name, func() error { return t.stores[0].Create(ctx, fresh, r.Clone()) }) == nil {
			t.has(fresh, r)
		}
		if t.soon("Delete with a context that has "+name, func() error { return t.stores[0].Delete(ctx, h) }) == nil {
			t.lacks(h)
		}
	}
}

// soon returns the error of a call, and ends the check if it does not return in time.
func (t *storeTest) soon(what string, call func() error) error {
	t.Helper()
	done := make(chan error, 1)
	go func() { done <- call() }()
	select {
	case err := <-done:
		return err
	case <-time.After(5 * time.Second):
		t.end("%s has not returned after 5 s", what)
		return nil
	}
}
