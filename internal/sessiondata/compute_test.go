package sessiondata_test

import (
	"errors"
	"reflect"
	"sync"
	"testing"

	"github.com/dewar-go/dewar/internal/sessiondata"
)

func plusOne(old any) any { n, _ := old.(int64); return n + 1 }

func TestComputeRemembersHowAValueCameAbout(t *testing.T) {
	t.Parallel()
	compute := func(f func(any) any) func(b *sessiondata.Bag) error {
		return func(b *sessiondata.Bag) error { return b.Compute("a", f) }
	}
	set := func(b *sessiondata.Bag) error { return b.Set("a", 10) }
	remove := func(b *sessiondata.Bag) error { _, err := b.Delete("a"); return err }
	inside := func(b *sessiondata.Bag) error { // a change of what was handed out
		v, _ := b.Lookup("m")
		v.(map[string]any)["x"] = int64(5)
		return b.Compute("m", func(old any) any { old.(map[string]any)["y"] = 6; return old })
	}
	for _, tt := range []struct {
		name   string
		steps  []func(b *sessiondata.Bag) error
		data   string
		begins string // what "a" was computed from; "absent" if that is not known
		replay string // of 5
	}{
		{"once", []func(b *sessiondata.Bag) error{compute(plusOne)}, `{"a":2,"m":{}}`, "1", "6"},
		{"twice", []func(b *sessiondata.Bag) error{compute(plusOne), compute(plusOne)}, `{"a":3,"m":{}}`, "1", "7"},
		{"to nothing", []func(b *sessiondata.Bag) error{compute(func(any) any { return nil })}, `{"m":{}}`, "1", ""},
		{"to nothing and on", []func(b *sessiondata.Bag) error{compute(func(any) any { return nil }), compute(plusOne)}, `{"a":1,"m":{}}`, "1", "1"},
		{"after a Set", []func(b *sessiondata.Bag) error{set, compute(plusOne)}, `{"a":11,"m":{}}`, "absent", "5"},
		{"before a Set", []func(b *sessiondata.Bag) error{compute(plusOne), set}, `{"a":10,"m":{}}`, "absent", "5"},
		{"after a Delete", []func(b *sessiondata.Bag) error{remove, compute(plusOne)}, `{"a":1,"m":{}}`, "absent", "5"},
		{"before a Delete", []func(b *sessiondata.Bag) error{compute(plusOne), remove}, `{"m":{}}`, "absent", "5"},
		{"before Clear", []func(b *sessiondata.Bag) error{compute(plusOne), func(b *sessiondata.Bag) error { return b.Clear(0) }}, `{}`, "absent", "5"},
		{"after Clear", []func(b *sessiondata.Bag) error{func(b *sessiondata.Bag) error { return b.Clear(0) }, compute(plusOne)}, `{"a":1}`, "absent", "5"},
		{"after a change inside", []func(b *sessiondata.Bag) error{inside}, `{"a":1,"m":{"x":5,"y":6}}`, "absent", "5"},
	} {
		b := newBag(t, `{"a":1,"m":{}}`)
		for _, step := range tt.steps {
			if err := step(b); err != nil {
				t.Errorf("%s: %v", tt.name, err)
			}
		}
		wantData(t, b, tt.data)
		changes, err := b.Changes()
		begins, known := changes.Computed["a"]
		if err != nil || known != (tt.begins != "absent") || known && string(begins) != tt.begins {
			t.Errorf("%s: computed from %q, %t, %v, want %s", tt.name, begins, known, err, tt.begins)
		}
		if _, ok := changes.Computed["m"]; ok {
			t.Errorf("%s: the value with a change inside counts as computed", tt.name)
		}
		if got, err := b.Replay("a", "5"); got != tt.replay || err != nil {
			t.Errorf("%s: replayed from 5: got %q, %v, want %q", tt.name, got, err, tt.replay)
		}
	}
}

func TestComputeOfNothing(t *testing.T) {
	t.Parallel()
	b := newBag(t, `{}`)
	if err := b.Compute("a", plusOne); err != nil {
		t.Fatal(err)
	}
	wantData(t, b, `{"a":1}`)
	changes, _ := b.Changes()
	if from, ok := changes.Computed["a"]; !ok || from != nil {
		t.Errorf("computed from %q, %t, want nothing", from, ok)
	}
	if err := b.Compute("a", func(any) any { return func() {} }); err == nil {
		t.Error("a function was kept")
	}
	wantData(t, b, `{"a":1}`)
	if err := (&sessiondata.Bag{}).Compute("a", plusOne); !errors.Is(err, sessiondata.ErrNull) {
		t.Errorf("a null bag: %v", err)
	}
	b.Freeze()
	if err := b.Compute("a", plusOne); !errors.Is(err, sessiondata.ErrFinal) {
		t.Errorf("a final bag: %v", err)
	}
}

func TestComputeByManyGoroutines(t *testing.T) {
	t.Parallel()
	b := newBag(t, `{"a":0}`)
	var wait sync.WaitGroup
	for range 50 {
		wait.Go(func() { _ = b.Compute("a", plusOne) })
	}
	wait.Wait()
	wantData(t, b, `{"a":50}`)
	if got, err := b.Replay("a", "100"); got != "150" || err != nil {
		t.Errorf("replayed: got %q, %v", got, err)
	}
}

func TestRestoreTakesEachValueAlone(t *testing.T) {
	t.Parallel()
	b := newBag(t, "")
	want := map[string]string{"a": `{"x":[1,2]}`, "": `""`, "n": "123456789012345678901234567890", "u": `{" u":"6ba7b8109dad11d180b400c04fd430c8"}`}
	given := map[string]string{"bad": "{", "none": "", "two": "1 2", "tag": `{" b":"!"}`, "\xff": "1"}
	for key, raw := range want {
		given[key] = raw
	}
	lost := b.Restore(given, nil)
	if got, err := b.Values(); !reflect.DeepEqual(got, want) || err != nil {
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
	if !reflect.DeepEqual(lost, []string{"bad", "none", "tag", "two", "\xff"}) || b.Marks() != 0 {
		t.Errorf("lost %q, marks %b", lost, b.Marks())
	}
}
