package httpdates_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar/internal/httpdates"
)

var moment = time.Date(2024, 5, 6, 9, 8, 9, 1, time.FixedZone("", 7200))

const written = `"Mon, 06 May 2024 07:08:09 GMT"`

type base struct {
	Made  time.Time `json:"made"`
	Title string
}

type post struct {
	ID int64 `json:"id,string"`
	base
	*Extra
	Tags    []string             `json:"tags,omitempty"`
	Edited  *time.Time           `json:"edited"`
	Never   *time.Time           `json:"never,omitempty"`
	Zero    time.Time            `json:"zero,omitzero"`
	Dates   []time.Time          `json:"dates,omitempty"`
	ByName  map[string]time.Time `json:"by_name,omitempty"`
	Any     any                  `json:"any"`
	Hidden  time.Time            `json:"-"`
	private time.Time
	Next    *post  `json:"next,omitempty"`
	Raw     []byte `json:"raw,omitempty"`
}

type Extra struct {
	At time.Time `json:"at"`
	N  int       `json:"n"`
}

type own struct{ At time.Time }

func (own) MarshalJSON() ([]byte, error) { return []byte(`"own"`), nil }

type ring struct {
	At   time.Time
	Next *ring
}

func TestReplace(t *testing.T) {
	t.Parallel()
	var none *time.Time
	for _, tt := range []struct {
		name string
		v    any
		want string
	}{
		{"nil", nil, "null"},
		{"a time", moment, written},
		{"a pointer", &moment, written},
		{"a nil pointer", none, "null"},
		{"a map", map[string]any{"b": moment, "a": 1, "c": nil}, `{"a":1,"b":` + written + `,"c":null}`},
		{"a map of numbers", map[int]time.Time{2: moment}, `{"2":` + written + `}`},
		{"a nil map", map[string]time.Time(nil), "null"},
		{"a list", []any{moment, "2024-05-06T07:08:09Z", []time.Time{moment}}, `[` + written + `,"2024-05-06T07:08:09Z",[` + written + `]]`},
		{"a nil list", []time.Time(nil), "null"},
		{"an array", [1]time.Time{moment}, `[` + written + `]`},
		{"a map as a key to nothing", map[string]string{"a": "b"}, `{"a":"b"}`},
		{"what writes itself", []any{own{moment}, &own{moment}}, `["own","own"]`},
		{"a struct", post{ID: 7, base: base{moment, "t"}, Any: moment, Hidden: moment, private: moment},
			`{"id":"7","made":` + written + `,"Title":"t","edited":null,"any":` + written + `}`},
		{"a full struct", &post{
			ID: 7, base: base{moment, "<t>"}, Extra: &Extra{moment, 3}, Tags: []string{"a"}, Edited: &moment, Never: &moment, Zero: moment,
			Dates: []time.Time{moment}, ByName: map[string]time.Time{"x": moment}, Any: base{moment, ""}, Next: &post{base: base{moment, ""}}, Raw: []byte("raw"),
		}, `{"id":"7","made":` + written + `,"Title":"\u003ct\u003e","at":` + written + `,"n":3,"tags":["a"],"edited":` + written + `,"never":` + written +
			`,"zero":` + written + `,"dates":[` + written + `],"by_name":{"x":` + written + `},"any":{"made":` + written + `,"Title":""},"next":{"id":"0","made":` +
			written + `,"Title":"","edited":null,"any":null},"raw":"cmF3"}`},
	} {
		var r httpdates.Replacer
		got, err := json.Marshal(r.Replace(tt.v))
		if err != nil || string(got) != tt.want {
			t.Errorf("%s: got %s, %v, want %s", tt.name, got, err, tt.want)
		}
	}
}

// Without times in it a value is encoded as if nothing had happened to it.
func TestReplaceLeavesTheRestAlone(t *testing.T) {
	t.Parallel()
	var r httpdates.Replacer
	v := &struct{ A []int }{[]int{1}}
	if got := r.Replace(v); got != any(v) {
		t.Errorf("got %v, want the same", got)
	}
	loop := &ring{At: moment}
	loop.Next = loop
	if _, err := json.Marshal(r.Replace(loop)); err == nil || !strings.Contains(err.Error(), "cycle") {
		t.Errorf("got %v, want that it is a cycle", err)
	}
}
