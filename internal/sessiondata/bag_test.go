package sessiondata_test

import (
	"errors"
	"testing"

	"github.com/dewar-go/dewar/internal/sessiondata"
	"github.com/dewar-go/dewar/internal/taggedjson"
)

func newBag(t *testing.T, data string) *sessiondata.Bag {
	t.Helper()
	codec, err := taggedjson.New(taggedjson.Types{})
	if err != nil {
		t.Fatal(err)
	}
	b := &sessiondata.Bag{}
	b.Init(codec)
	if data == "" {
		return b
	}
	if err := b.Open(data); err != nil {
		t.Fatal(err)
	}
	return b
}

func wantData(t *testing.T, b *sessiondata.Bag, want string) {
	t.Helper()
	if got, err := b.Encode(); err != nil || string(got) != want {
		t.Errorf("got %s, %v, want %s", got, err, want)
	}
}

// changes are all the ways to change a Bag that has "a".
var changes = map[string]func(b *sessiondata.Bag) error{
	"Set":        func(b *sessiondata.Bag) error { return b.Set("b", 1) },
	"Pop":        func(b *sessiondata.Bag) error { _, err := b.Pop("a"); return err },
	"Delete":     func(b *sessiondata.Bag) error { _, err := b.Delete("a"); return err },
	"SetDefault": func(b *sessiondata.Bag) error { return b.SetDefault("b", 1) },
	"Clear":      func(b *sessiondata.Bag) error { return b.Clear(sessiondata.Destroyed) },
	"Change":     func(b *sessiondata.Bag) error { return b.Change(sessiondata.Renewed) },
}

func TestChangesAreRefusedWhereTheyWouldBeLost(t *testing.T) {
	t.Parallel()
	for name, change := range changes {
		if err := change(&sessiondata.Bag{}); !errors.Is(err, sessiondata.ErrNull) {
			t.Errorf("%s of a null bag: got %v, want ErrNull", name, err)
		}
		for way, end := range map[string]func(b *sessiondata.Bag){
			"finished": func(b *sessiondata.Bag) { _ = b.Finish() },
			"frozen":   (*sessiondata.Bag).Freeze,
			"dropped":  (*sessiondata.Bag).Drop,
		} {
			b := newBag(t, `{"a":1}`)
			end(b)
			if err := change(b); !errors.Is(err, sessiondata.ErrFinal) || b.Marks() != 0 {
				t.Errorf("%s of a %s bag: got %v and marks %b, want ErrFinal and none", name, way, err, b.Marks())
			}
			wantData(t, b, `{"a":1}`)
		}
		b := newBag(t, `{"a":1}`)
		if err := change(b); err != nil || b.Marks()&sessiondata.Modified == 0 {
			t.Errorf("%s: got %v and marks %b, want a change", name, err, b.Marks())
		}
	}
}

func TestFinishTakesInWhatHasChangedInside(t *testing.T) {
	t.Parallel()
	b := newBag(t, `{"m":{"x":1}}`)
	v, _ := b.Lookup("m")
	m := v.(map[string]any)
	m["y"] = 2
	if err := b.Finish(); err != nil || b.ChangedLate() {
		t.Errorf("got %v, changed late %t, want neither", err, b.ChangedLate())
	}
	wantData(t, b, `{"m":{"x":1,"y":2}}`)
	m["z"] = 3
	if !b.ChangedLate() {
		t.Error("a change after Finish was not found")
	}
	wantData(t, b, `{"m":{"x":1,"y":2}}`)
	b.Drop()
	if b.Dropped() {
		t.Error("final values were dropped")
	}
}

func TestBadDataChangesNothing(t *testing.T) {
	t.Parallel()
	b := newBag(t, `{"a":1,"b":2}`)
	for _, bad := range []string{"", "[]", `{"c":3`, `{"c":{" b":1}}`} {
		if err := b.Replace(bad, nil); err == nil {
			t.Errorf("%q was taken", bad)
		}
		if err := newBag(t, "").Open(bad); err == nil {
			t.Errorf("%q was opened", bad)
		}
	}
	wantData(t, b, `{"a":1,"b":2}`)
	if err := b.Replace(`{"c":3}`, nil); err != nil {
		t.Error(err)
	}
	wantData(t, b, `{"c":3}`)
}
