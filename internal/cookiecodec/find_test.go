package cookiecodec_test

import (
	"net/http"
	"net/textproto"
	"strings"
	"testing"

	"github.com/dewar-go/dewar/internal/cookiecodec"
)

func TestFind(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		lines []string
		want  string
	}{
		{"no line", nil, ""},
		{"alone", []string{"session=a"}, "a"},
		{"first", []string{"session=a; other=b"}, "a"},
		{"last", []string{"other=b; session=a"}, "a"},
		{"of two the first", []string{"session=a; session=b"}, "a"},
		{"of two lines the first", []string{"session=a", "session=b"}, "a"},
		{"in the second line", []string{"other=b", "session=a"}, "a"},
		{"an equals sign in it", []string{"session=a=="}, "a=="},
		{"in quotes", []string{`session="a"`}, "a"},
		{"one quote", []string{`session="`}, `"`},
		{"spaces behind it", []string{"session=a \t; other=b"}, "a"},
		{"a space before the value", []string{"session= a"}, " a"},
		{"spaces around the name", []string{" session =a"}, "a"},
		{"empty, though another follows", []string{"session=; session=b"}, ""},
		{"no equals sign", []string{"session"}, ""},
		{"no equals sign, though another follows", []string{"session; session=b"}, ""},
		{"another that begins so", []string{"session2=b; session=a"}, "a"},
		{"another that ends so", []string{"my_session=b"}, ""},
		{"other letters", []string{"Session=b"}, ""},
	} {
		if got := cookiecodec.Find(tt.lines, name); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}

// FuzzFind takes all cookies of a line apart, and asks net/http for those that it takes.
func FuzzFind(f *testing.F) {
	f.Add("session=a; other=b", "session")
	f.Add("other=b;session = \"a\" ", "session")
	f.Fuzz(func(t *testing.T, line, name string) {
		want := ""
		for part := range strings.SplitSeq(line, ";") {
			key, value, _ := strings.Cut(textproto.TrimString(part), "=")
			if textproto.TrimString(key) == name && line != "" {
				if len(value) > 1 && strings.HasPrefix(value, `"`) && strings.HasSuffix(value, `"`) {
					value = value[1 : len(value)-1]
				}
				want = value
				break
			}
		}
		got := cookiecodec.Find([]string{line}, name)
		if got != want && name != "" && !strings.ContainsAny(name, "=; \t\r\n") {
			t.Errorf("%q of %q: got %q, want %q", name, line, got, want)
		}
		r := &http.Request{Header: http.Header{"Cookie": {line}}}
		if cookie, err := r.Cookie(name); err == nil && strings.Count(line, name) == 1 && got != cookie.Value {
			t.Errorf("%q of %q: got %q, net/http has %q", name, line, got, cookie.Value)
		}
	})
}
