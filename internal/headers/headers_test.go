package headers

import (
	"net/http"
	"reflect"
	"slices"
	"testing"
)

func TestAddVary(t *testing.T) {
	for _, tt := range []struct {
		name  string
		lines []string
		want  string
	}{
		{"nothing yet", nil, "Cookie"},
		{"another field", []string{"Accept"}, "Accept, Cookie"},
		{"there already, in other letters", []string{"accept, cookie"}, "accept, cookie"},
		{"everything", []string{"*"}, "*"},
		{"two lines, with gaps", []string{"Accept,", " ,Origin"}, "Accept, Origin, Cookie"},
	} {
		h := http.Header{"Vary": tt.lines}
		AddVary(h, []string{"Cookie"})
		if got := h["Vary"]; !slices.Equal(got, []string{tt.want}) {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestMergeKeepsItsSource(t *testing.T) {
	from := http.Header{"Vary": {"Origin"}, "Set-Cookie": {"b=2"}, "Retry-After": {"7"}}
	h := http.Header{"Vary": {"Accept"}, "Set-Cookie": {"a=1"}, "Retry-After": {"1"}}
	Merge(h, from)
	want := http.Header{"Vary": {"Accept, Origin"}, "Set-Cookie": {"a=1", "b=2"}, "Retry-After": {"7"}}
	if !reflect.DeepEqual(h, want) {
		t.Errorf("got %v, want %v", h, want)
	}
	h["Retry-After"][0] = "spoiled"
	if from.Get("Retry-After") != "7" {
		t.Error("the header of the error was changed")
	}
}

func TestSince(t *testing.T) {
	for _, tt := range []struct {
		name, key                    string
		values, before, kept, wanted []string
	}{
		{"a value", "X-A", []string{"2"}, []string{"1"}, nil, []string{"2"}},
		{"a cookie more", "Set-Cookie", []string{"a=1", "b=2"}, []string{"a=1"}, nil, []string{"b=2"}},
		{"a cookie of a hook before", "Set-Cookie", []string{"a=1", "b=2"}, []string{"a=1"}, []string{"a=1"}, []string{"a=1", "b=2"}},
	} {
		if got := Since(tt.key, tt.values, tt.before, tt.kept); !slices.Equal(got, tt.wanted) {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.wanted)
		}
	}
}

func TestSameAndTrailers(t *testing.T) {
	if !Same(nil, http.Header{}) || Same(http.Header{"A": {"1"}}, http.Header{"A": {"2"}}) || Same(http.Header{"A": {"1"}}, http.Header{"B": {"1"}}) {
		t.Error("Same is wrong")
	}
	for _, h := range []http.Header{{"Trailer": {"X"}}, {http.TrailerPrefix + "X": {"1"}}} {
		if !HasTrailers(h) {
			t.Errorf("%v has trailers", h)
		}
	}
	if HasTrailers(http.Header{"X": {"1"}}) {
		t.Error("trailers were found where there are none")
	}
}

func TestPublic(t *testing.T) {
	for value, want := range map[string]bool{"": false, "private": false, "no-store": false, "max-age=60": false, "PUBLIC": true, "max-age=1, public": true, "s-maxage=5": true, "publicity": false} {
		if got := Public(http.Header{"Cache-Control": {value}}); got != want {
			t.Errorf("%q: got %t, want %t", value, got, want)
		}
	}
}
