package cookies_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/dewar-go/dewar/internal/cookies"
)

func TestQuote(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, value, want string }{
		{"plain", "abc", "abc"},
		{"empty", "", ""},
		{"all that is plain", "~`!#$%&'*+-.^_|=()/:<>?@[]{}", "~`!#$%&'*+-.^_|=()/:<>?@[]{}"},
		{"a space", "a b", `"a b"`},
		{"a comma", "a,b", `"a\054b"`},
		{"a semicolon", "a;b", `"a\073b"`},
		{"a quote", `a"b`, `"a\"b"`},
		{"quotes around", `"q"`, `"\"q\""`},
		{"a backslash", `a\b`, `"a\\b"`},
		{"not ASCII", "grüße", `"gr\303\274\303\237e"`},
		{"beyond the basic plane", "😀", `"\360\237\230\200"`},
		{"control characters", "\x00\t\x1b\x7f", `"\000\011\033\177"`},
	} {
		if got := cookies.Quote(tt.value); got != tt.want {
			t.Errorf("%s: Quote(%q) = %s, want %s", tt.name, tt.value, got, tt.want)
		}
		if got := cookies.Unquote(tt.want); got != tt.value {
			t.Errorf("%s: Unquote(%s) = %q, want %q", tt.name, tt.want, got, tt.value)
		}
	}
}

// What Werkzeug reads out of the same text.
func TestAll(t *testing.T) {
	t.Parallel()
	for line, want := range map[string][]string{
		`k="\303\274"`:   {"k", "ü"},
		`k=a\303`:        {"k", `a\303`},
		`k="a`:           {"k", `"a`},
		`k="`:            {"k", `"`},
		`k="a"b"`:        {"k", `a"b`},
		`k="\"x\\"`:      {"k", `"x\`},
		`k="\8"`:         {"k", "8"},
		`k="\300"`:       {"k", "\ufffd"},
		`k="\400"`:       {"k", "400"},
		`k="a\x"`:        {"k", "ax"},
		`k="\"`:          {"k", `\`},
		`k=a=b`:          {"k", "a=b"},
		`k`:              {"k", ""},
		`k=`:             {"k", ""},
		`=v`:             nil,
		`k=v;k=w`:        {"k", "v", "k", "w"},
		` k = v ; j`:     {"k", "v", "j", ""},
		`k="a;b"; j=1`:   {"k", "a;b", "j", "1"},
		`k="a;b`:         {"k", `"a`, "b", ""},
		`k=v,j=w`:        {"k", "v,j=w"},
		`K=1;k=2`:        {"K", "1", "k", "2"},
		`k=%C3%BC`:       {"k", "%C3%BC"},
		`"k"=v`:          {`"k"`, "v"},
		`;; ;k=v;;`:      {"k", "v"},
		`k="a" x;j=1`:    {"k", `"a" x`, "j", "1"},
		`k="a\";b";j="c`: {"k", `a";b`, "j", `"c`},
	} {
		var got []string
		for name, value := range cookies.All([]string{line}) {
			got = append(got, name, value)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", line, got, want)
		}
		if len(want) > 0 && cookies.Find([]string{line}, want[0]) != want[1] {
			t.Errorf("%s: Find gives %q, want %q", line, cookies.Find([]string{line}, want[0]), want[1])
		}
	}
	if got := cookies.Find([]string{"a=1", "b=2; a=3"}, "b"); got != "2" {
		t.Errorf("got %q of the second line, want 2", got)
	}
}

func FuzzValues(f *testing.F) {
	for _, value := range []string{"", "a", `a"b`, "ü", "a;b", "\\303", "\x00", " a ", `"`} {
		f.Add(value)
	}
	f.Fuzz(func(t *testing.T, value string) {
		quoted := cookies.Quote(value)
		for i := range len(quoted) {
			if quoted[i] < ' ' || quoted[i] >= 0x7f || quoted[i] == ';' || quoted[i] == ',' {
				t.Fatalf("Quote(%q) = %q has a byte that no header may have", value, quoted)
			}
		}
		if utf8.ValidString(value) && cookies.Find([]string{"first=x; k=" + quoted + "; last=y"}, "k") != value {
			t.Errorf("%q came back as %q", value, cookies.Find([]string{"k=" + quoted}, "k"))
		}
		line, err := cookies.Set(&http.Cookie{Name: "k", Value: value, Path: "/", HttpOnly: true})
		if strings.ContainsAny(value, "\r\n") {
			if err == nil {
				t.Errorf("%q gives the line %q", value, line)
			}
			return
		}
		if back := cookies.Parse(line); err != nil || back == nil || back.Value != quoted || !back.HttpOnly || back.Path != "/" {
			t.Errorf("%q gives the line %q, which reads as %v, %v", value, line, back, err)
		}
	})
}

// Any line of cookies is read in time that grows with its length alone.
func FuzzAll(f *testing.F) {
	f.Add(`a=b; c="d;e"; f`)
	f.Fuzz(func(t *testing.T, line string) {
		for name, value := range cookies.All([]string{line}) {
			if name == "" || len(name)+len(value) > 3*len(line) {
				t.Errorf("%q yields %q with %q", line, name, value)
			}
		}
	})
}
