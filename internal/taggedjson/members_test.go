package taggedjson_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/dewar-go/dewar/internal/taggedjson"
)

// show writes members as key=raw, with a space between.
func show(members []taggedjson.Member) string {
	var parts []string
	for _, m := range members {
		parts = append(parts, fmt.Sprintf("%s=%s", m.Key, m.Raw))
	}
	return strings.Join(parts, " ")
}

func TestMembers(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, data, want string }{
		{"none", "{}", ""},
		{"none, with space", " { } ", ""},
		{"in their order", `{"b":1,"a":[2,{"c":null}],"d":"x","e":false}`, `b=1 a=[2,{"c":null}] d="x" e=false`},
		{"without the space around", " {\n\"a\" : 1.5e3 ,\t\"b\" : { \"c\" : 2 } } ", `a=1.5e3 b={ "c" : 2 }`},
		{"escaped key", `{"\u0061\ud83d\ude00":1}`, "a😀=1"},
		{"empty key", `{"":1}`, "=1"},
		{"case counts", `{"ADMIN":1,"admin":2}`, "ADMIN=1 admin=2"},
		{"last of several", `{"a":1,"b":2,"a":3,"\u0061":4}`, "b=2 a=4"},
		{"tags as they are", `{"a":{" t":[]}}`, `a={" t":[]}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := taggedjson.Members(tt.data, nil)
			if err != nil || show(got) != tt.want {
				t.Errorf("got %s, %v, want %s", show(got), err, tt.want)
			}
		})
	}
}

func TestMembersErrors(t *testing.T) {
	t.Parallel()
	lists := func(levels int) string { return strings.Repeat("[", levels) + strings.Repeat("]", levels) }
	for _, tt := range []struct{ name, data string }{
		{"nothing", ""}, {"list", "[]"}, {"string", `"a"`}, {"number", "1"}, {"null", "null"},
		{"open", `{"a":1`}, {"rest", `{} {}`}, {"comma", `{"a":1,}`}, {"no colon", `{"a"}`}, {"no value", `{"a":}`},
		{"NaN", `{"a":NaN}`}, {"leading zero", `{"a":01}`}, {"lone surrogate", `{"a":"\ud800"}`},
		{"lone surrogate in a key", `{"\ud800":1}`}, {"invalid UTF-8", "{\"a\":\"\xff\"}"}, {"depth 65", `{"a":` + lists(64) + `}`},
		{"bad value deep inside", `{"a":[[{"b":tru}]]}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dst := []taggedjson.Member{{Key: "kept"}}
			got, err := taggedjson.Members(tt.data, dst)
			if err == nil || show(got) != "kept=" {
				t.Errorf("got %s, %v, want an error", show(got), err)
			}
		})
	}
	if _, err := taggedjson.Members(`{"a":`+lists(63)+`}`, nil); err != nil {
		t.Errorf("depth 64: got error %v", err)
	}
}

func TestMembersAppends(t *testing.T) {
	t.Parallel()
	dst := []taggedjson.Member{{Key: "z", Raw: "0"}}
	got, err := taggedjson.Members(`{"b":1,"a":2,"b":3}`, dst)
	if want := "z=0 a=2 b=3"; err != nil || show(got) != want {
		t.Errorf("got %s, %v, want %s", show(got), err, want)
	}
}

func TestMembersOfManyKeysTwice(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	for i := range 20_000 {
		fmt.Fprintf(&b, `,"k%d":%d`, i%10_000, i)
	}
	got, err := taggedjson.Members("{"+b.String()[1:]+"}", nil)
	if err != nil || len(got) != 10_000 || string(got[0].Raw) != "10000" {
		t.Errorf("got %d members, %v", len(got), err)
	}
}

func TestAppendObject(t *testing.T) {
	t.Parallel()
	members := []taggedjson.Member{{"é\n", `{" t":[]}`}, {"b", "2"}, {"a", "1"}}
	before := slices.Clone(members)
	got := taggedjson.AppendObject([]byte("x"), members)
	if want := `x{"a":1,"b":2,"\u00e9\n":{" t":[]}}`; string(got) != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if show(members) != show(before) {
		t.Error("the members were put into another order")
	}
	if got := taggedjson.AppendObject(nil, nil); string(got) != "{}" {
		t.Errorf("without members: got %s", got)
	}
}

func TestSplitAndJoin(t *testing.T) {
	t.Parallel()
	c := newCodec(t)
	for _, tt := range []struct{ name, data, want string }{
		{"plain", `{"a":1}`, "a=1"},
		{"empty", `{}`, ""},
		{"unknown tag", `{" x":1}`, " x=1"},
		{"tag among others", `{" t":1,"a":2}`, " t=1 a=2"},
		{"escaped", `{" di":{" t__":1}}`, " t=1"},
		{"escaped escape", `{" di":{" di__":[1]}}`, " di=[1]"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := c.Split(tt.data, nil)
			if err != nil || show(got) != tt.want {
				t.Fatalf("got %s, %v, want %s", show(got), err, tt.want)
			}
			if joined := c.Join(nil, got); string(joined) != tt.data {
				t.Errorf("joined: got %s, want %s", joined, tt.data)
			}
		})
	}
}

func TestSplitRefusesTags(t *testing.T) {
	t.Parallel()
	c := newCodec(t)
	for _, data := range []string{
		`{" t":[1]}`, `{" t":5}`, `{" t":{" t__":1}}`, `{" u":{" t__":1}}`, `{" di":[]}`, `{" di":{"a":1,}}`, `{" u":"zz"}`, `{" b":5}`, `{" d":"x"}`, `{" m":"x"}`, `{" di":5}`, `{" di":{}}`,
		`{" di":{" t__":1,"a":2}}`, `{" di":{"a":1}}`, `{" di":{"a__":1}}`, `[]`, `5`, `null`,
	} {
		if got, err := c.Split(data, nil); err == nil || len(got) != 0 {
			t.Errorf("%s: got %s, want an error", data, show(got))
		}
	}
}
