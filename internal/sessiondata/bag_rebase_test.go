package sessiondata_test

import (
	"errors"
	"testing"

	"github.com/dewar-go/dewar/internal/sessiondata"
)

// resumed returns a Bag whose values were final and may be changed again.
func resumed(t *testing.T, data string) *sessiondata.Bag {
	t.Helper()
	b := newBag(t, data)
	if err := b.Set("saved", true); err != nil {
		t.Fatal(err)
	}
	if err := b.Finish(); err != nil {
		t.Fatal(err)
	}
	b.Resume()
	return b
}

func TestResumedBagHasLoadedWhatWasSaved(t *testing.T) {
	t.Parallel()
	for name, change := range changes {
		b := resumed(t, `{"a":1}`)
		if b.Marks() != 0 {
			t.Errorf("got marks %b before anything was changed", b.Marks())
		}
		if err := change(b); err != nil {
			t.Errorf("%s: got %v", name, err)
		}
		if b.Marks() == 0 {
			t.Errorf("%s: no mark tells of the change", name)
		}
	}
	b := resumed(t, `{"a":1}`)
	wantData(t, b, `{"a":1,"saved":true}`)
	if changed, err := b.Changes(); err != nil || len(changed.Set)+len(changed.Deleted) != 0 {
		t.Errorf("got %v, %v, want no changes", changed, err)
	}
}

func TestRebasePutsChangesOnOtherValues(t *testing.T) {
	t.Parallel()
	count := func(old any) any { n, _ := old.(int64); return n + 1 }
	for _, tt := range []struct {
		name   string
		change func(b *sessiondata.Bag) error
		onto   string
		want   string
	}{
		{"nothing changed", func(*sessiondata.Bag) error { return nil }, `{"x":1}`, `{"x":1}`},
		{"onto nothing", func(*sessiondata.Bag) error { return nil }, `{}`, `{}`},
		{"a value set", func(b *sessiondata.Bag) error { return b.Set("a", 2) }, `{"a":5,"x":1}`, `{"a":2,"x":1}`},
		{"a value added", func(b *sessiondata.Bag) error { return b.Set("b", 2) }, `{"x":1}`, `{"b":2,"x":1}`},
		{"a value deleted", func(b *sessiondata.Bag) error { _, err := b.Delete("a"); return err }, `{"a":5,"x":1}`, `{"x":1}`},
		{"a value deleted that is gone", func(b *sessiondata.Bag) error { _, err := b.Delete("a"); return err }, `{"x":1}`, `{"x":1}`},
		{"a value computed", func(b *sessiondata.Bag) error { return b.Compute("n", count) }, `{"n":41}`, `{"n":42}`},
		{"a value computed of none", func(b *sessiondata.Bag) error { return b.Compute("n", count) }, `{}`, `{"n":1}`},
		{"all given up", func(b *sessiondata.Bag) error { return b.Clear(sessiondata.Destroyed) }, `{"a":5,"x":1}`, `{}`},
		{"given up and begun anew", func(b *sessiondata.Bag) error {
			return errors.Join(b.Clear(sessiondata.Cleared), b.Set("b", 2))
		}, `{"a":5,"x":1}`, `{"b":2}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b := resumed(t, `{"a":1,"gone":1}`)
			if err := tt.change(b); err != nil {
				t.Fatal(err)
			}
			marks := b.Marks()
			if err := b.Rebase(tt.onto); err != nil {
				t.Fatal(err)
			}
			wantData(t, b, tt.want)
			if b.Marks() != marks {
				t.Errorf("got marks %b, want %b: what was put under the changes is none", b.Marks(), marks)
			}
		})
	}
}

func TestRebaseMergesWhatWasHandedOut(t *testing.T) {
	t.Parallel()
	b := newBag(t, `{"cart":{"apples":1}}`)
	value, _ := b.Lookup("cart")
	cart, ok := value.(map[string]any)
	if !ok {
		t.Fatalf("got %T", value)
	}
	if err := b.Finish(); err != nil {
		t.Fatal(err)
	}
	b.Resume()
	if err := b.Rebase(`{"cart":{"apples":1,"pears":2}}`); err != nil {
		t.Fatal(err)
	}
	cart["plums"] = 3
	if err := b.Finish(); err != nil {
		t.Fatal(err)
	}
	wantData(t, b, `{"cart":{"apples":1,"pears":2,"plums":3}}`)
}

func TestRebaseOnNonsenseChangesNothing(t *testing.T) {
	t.Parallel()
	for _, data := range []string{"", "{", "[]", "null", `{"a":1`, `{"a":1}}`} {
		b := resumed(t, `{"a":1}`)
		if err := b.Set("b", 2); err != nil {
			t.Fatal(err)
		}
		if err := b.Rebase(data); err == nil {
			t.Errorf("%q: no error", data)
		}
		wantData(t, b, `{"a":1,"b":2,"saved":true}`)
	}
}
