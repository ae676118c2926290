package coerce_test

import (
	"encoding/json"
	"errors"
	"net"
	"net/url"
	"reflect"
	"testing"
	"time"

	"github.com/dewar-go/dewar/internal/coerce"
)

func TestStrings(t *testing.T) {
	t.Parallel()
	convert(t, coerce.Strings, []row[[]string]{
		{"list of text", []string{"a,b", " c "}, []string{"a,b", " c "}, ""},
		{"nil list", []string(nil), []string{}, ""},
		{"list of any", []any{"a", 1, true, 1.5, json.Number("7")}, []string{"a", "1", "true", "1.5", "7"}, ""},
		{"list of int", []int{1, 2}, []string{"1", "2"}, ""},
		{"array", [2]string{"a", "b"}, []string{"a", "b"}, ""},
		{"named list", texts{"a"}, []string{"a"}, ""},
		{"pointer", &[]string{"a"}, []string{"a"}, ""},
		{"empty list", []any{}, []string{}, ""},
		{"commas, not spaces", "a,b c", []string{"a", "b c"}, ""},
		{"spaces around and empty items", " a , ,b,, ", []string{"a", "b"}, ""},
		{"one item", "a", []string{"a"}, ""},
		{"empty text", "", []string{}, ""},
		{"only commas", " , ", []string{}, ""},
		{"JSON is not parsed", `["a","b"]`, []string{`["a"`, `"b"]`}, ""},
		{"named text", word("a,b"), []string{"a", "b"}, ""},
		{"bytes are text", []byte("a,b"), []string{"a", "b"}, ""},
		{"a number is a list of one", json.Number("5"), []string{"5"}, ""},
		{"a bool is a list of one", true, []string{"true"}, ""},
		{"a stringer is a list of one", time.Minute, []string{"1m0s"}, ""},
		{"nil", nil, nil, "missing"},
		{"nil pointer", (*[]string)(nil), nil, "missing"},
		{"map", map[string]any{"a": 1}, nil, "a map"},
		{"a stringer by pointer, commas and all", &url.URL{Path: "/a,b"}, []string{"/a,b"}, ""},
		{"a list that is a stringer", net.IPv4(127, 0, 0, 1), []string{"127.0.0.1"}, ""},
		{"error", errors.New("a"), nil, "an error"},
		{"nil inside", []any{"a", nil}, nil, "missing"},
		{"list inside", []any{[]any{"a"}}, nil, "a list"},
	})
}

func TestStringsNamesTheBadElement(t *testing.T) {
	t.Parallel()
	_, err := coerce.Strings([]any{"a", "b", map[string]any{}})
	want := "[2]: want text, but the value is a map"
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %q", err, want)
	}
}

func TestStringsIsACopy(t *testing.T) {
	t.Parallel()
	original := []string{"a"}
	got, err := coerce.Strings(original)
	if err != nil {
		t.Fatal(err)
	}
	got[0] = "b"
	if original[0] != "a" {
		t.Errorf("the original is %q, want %q", original[0], "a")
	}
}

func TestMap(t *testing.T) {
	t.Parallel()
	convert(t, coerce.Map, []row[map[string]any]{
		{"map of any", map[string]any{"a": 1}, map[string]any{"a": 1}, ""},
		{"nil map", map[string]any(nil), map[string]any{}, ""},
		{"map of text", map[string]string{"a": "b"}, map[string]any{"a": "b"}, ""},
		{"map of lists", map[string][]string{"a": {"b"}}, map[string]any{"a": []string{"b"}}, ""},
		{"named map", section{"a": 1}, map[string]any{"a": 1}, ""},
		{"named keys", map[word]int{"a": 1}, map[string]any{"a": 1}, ""},
		{"keys of any", map[any]any{"a": 1}, map[string]any{"a": 1}, ""},
		{"pointer", &map[string]any{"a": 1}, map[string]any{"a": 1}, ""},
		{"keys of any that are no text", map[any]any{"a": 1, 2: 2}, nil, "a map with other keys"},
		{"keys of int", map[int]any{1: 1}, nil, "a map with other keys"},
		{"JSON is not parsed", `{"a": 1}`, nil, "text"},
		{"empty", "", nil, "empty"},
		{"nil", nil, nil, "missing"},
		{"nil pointer", (*map[string]any)(nil), nil, "missing"},
		{"list", []any{}, nil, "a list"},
		{"number", 1, nil, "a number"},
		{"struct", struct{ A int }{1}, nil, "a struct"},
	})
}

func TestMapIsTheMapItself(t *testing.T) {
	t.Parallel()
	original := map[string]any{"a": 1}
	got, err := coerce.Map(original)
	if err != nil {
		t.Fatal(err)
	}
	got["b"] = 2
	if !reflect.DeepEqual(original, map[string]any{"a": 1, "b": 2}) {
		t.Errorf("the original is %v, want the change in it", original)
	}
}
