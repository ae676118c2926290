package value_test

import (
	"testing"

	"github.com/dewar-go/dewar/contrib/jinja/internal/value"
)

// An account is the same as another one of its number, whatever else both hold.
type account struct {
	ID    int
	Seen  string
	Roles []string
}

func (a *account) Equal(b *account) bool {
	if a.ID < 0 {
		panic("no number")
	}
	return a.ID == b.ID
}

// A label has a method Equal that is of another kind.
type label struct{ Text string }

func (l label) Equal(text string, fold bool) bool { return !fold }

func TestGoDataSaysWhatItEquals(t *testing.T) {
	rt := runtimeOf(value.Default)
	ann := &account{ID: 1, Seen: "now", Roles: []string{"admin"}}
	for _, tt := range []struct {
		name, op string
		x, y     any
		want     string
	}{
		{"another load of it", "==", ann, &account{ID: 1}, "True"},
		{"another one", "==", ann, &account{ID: 2}, "False"},
		{"!=", "!=", ann, &account{ID: 1}, "False"},
		{"in a list", "in", ann, []*account{{ID: 7}, {ID: 1}}, "True"},
		{"another type", "==", ann, &label{}, "False"},
		{"none", "==", ann, (*account)(nil), "False"},
		{"none before it", "==", nil, ann, "False"},
		{"a method of another kind", "==", label{"a"}, label{"a"}, "True"},
		{"it panics", "==", &account{ID: -1}, ann, "! Equal() panicked: no number"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			v, err := value.Compare(rt, tt.op, tt.x, tt.y)
			if got := shown(rt, v, err); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

// A clock is a func with methods: Flask-Moment's moment.
type clock func(hour int) string

func (clock) ZoneName() string { return "UTC" }

func TestAFuncWithMethodsHasAttributes(t *testing.T) {
	rt := runtimeOf(value.Default)
	tick := clock(func(int) string { return "tick" })
	for _, name := range []string{"ZoneName", "zone_name", "zoneName"} {
		if got, err := value.Attr(rt, tick, name); got != "UTC" || err != nil {
			t.Errorf("%s: got %v, %v, want UTC", name, got, err)
		}
	}
	if got, err := value.Call(rt, tick, value.Args{Positional: []any{7}}); got != "tick" || err != nil {
		t.Errorf("called: got %v, %v, want tick", got, err)
	}
}
