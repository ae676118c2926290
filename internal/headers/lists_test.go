package headers

import (
	"fmt"
	"strings"
	"testing"
)

func TestParams(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ list, want string }{
		{`username="Mufasa", realm="a, b", nonce="x\"y", uri="/", qop=auth, nc=00000001`, `map[nc:00000001 nonce:x"y qop:auth realm:a, b uri:/ username:Mufasa]`},
		{`A=b`, `map[a:b]`},
		{` a = b ,c="" `, `map[a:b c:]`},
		{``, ""}, {`a`, ""}, {`a=`, ""}, {`a="b`, ""}, {`a=b c=d`, ""}, {`a=b,,c=d`, ""}, {`a=1, A=2`, ""}, {`a b=c`, ""}, {`=x`, ""}, {`a=b=c`, ""},
		{`a=b"c`, ""}, {`a="\`, ""},
	} {
		params, ok := Params(tt.list)
		if got := fmt.Sprint(params); ok && got != tt.want || ok != (tt.want != "") {
			t.Errorf("%s: got %s %t, want %s", tt.list, got, ok, tt.want)
		}
	}
}

func TestTags(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		lines, want string
		any         bool
	}{
		{`"a"`, `["a"]`, false},
		{`"a", W/"b,c" ,"",`, `["a" W/"b,c" ""]`, false},
		{"\"a\"\n\"b\"", `["a" "b"]`, false},
		{`*`, `[]`, true},
		{`a`, `[]`, false}, {`"a`, `[]`, false}, {`W/`, `[]`, false}, {`"a", b, "c"`, `["a"]`, false}, {`w/"a"`, `[]`, false}, {``, `[]`, false},
	} {
		tags, any := Tags(strings.Split(tt.lines, "\n"))
		if got := fmt.Sprint(tags); got != tt.want || any != tt.any {
			t.Errorf("%s: got %s %t, want %s %t", tt.lines, got, any, tt.want, tt.any)
		}
	}
}

func FuzzParams(f *testing.F) {
	f.Add(`realm="a, b", qop=auth`)
	f.Fuzz(func(t *testing.T, list string) {
		params, ok := Params(list)
		if ok != (len(params) > 0) {
			t.Errorf("%q: %d parameters and %t", list, len(params), ok)
		}
		for name := range params {
			if !isToken(name) {
				t.Errorf("%q has the name %q", list, name)
			}
		}
	})
}

func FuzzTags(f *testing.F) {
	f.Add(`"a", W/"b"`)
	f.Fuzz(func(t *testing.T, line string) {
		tags, _ := Tags([]string{line})
		for _, tag := range tags {
			if !strings.Contains(line, tag) || !strings.HasSuffix(tag, `"`) {
				t.Errorf("%q has the tag %q", line, tag)
			}
		}
	})
}
