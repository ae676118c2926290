package dewar_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/dewar-go/dewar"
)

func TestAuthorizationIsTakenApart(t *testing.T) {
	t.Parallel()
	basic := func(s string) string { return "Basic " + base64.StdEncoding.EncodeToString([]byte(s)) }
	for _, tt := range []struct{ name, header, want string }{
		{"none", "", `"" "" "" "" map[]`},
		{"basic", basic("ann:pa:ss"), `"basic" "ann" "pa:ss" "" map[]`},
		{"basic in other letters", strings.Replace(basic("é:ü"), "Basic", "bASIC", 1), `"basic" "é" "ü" "" map[]`},
		{"basic without a colon", basic("ann"), `"" "" "" "" map[]`},
		{"basic that is no UTF-8", basic("a\xff:b"), `"" "" "" "" map[]`},
		{"basic that is no base64", "Basic !!", `"" "" "" "" map[]`},
		{"bearer", "Bearer abc.def==", `"bearer" "" "" "abc.def==" map[]`},
		{"a scheme alone", "Negotiate", `"negotiate" "" "" "" map[]`},
		{"digest", `Digest username="Mufasa", realm="a, b", qop=auth`, `"digest" "Mufasa" "" "" map[qop:auth realm:a, b username:Mufasa]`},
		{"digest with a name twice", `Digest username="a", username="b"`, `"" "" "" "" map[]`},
		{"digest that is cut off", `Digest username="a`, `"" "" "" "" map[]`},
		{"two headers", "Bearer a\nBearer b", `"" "" "" "" map[]`},
	} {
		app := quietApp(t)
		app.Get("/", func(c *dewar.Context) error {
			a := c.Authorization()
			return c.Text(fmt.Sprintf("%q %q %q %q %v", a.Type, a.Username, a.Password, a.Token, a.Params))
		})
		r := httptest.NewRequest("GET", "/", nil)
		for line := range strings.SplitSeq(tt.header, "\n") {
			if line != "" {
				r.Header.Add("Authorization", line)
			}
		}
		w := httptest.NewRecorder()
		app.ServeHTTP(w, r)
		if got := w.Body.String(); got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.name, got, tt.want)
		}
	}
}

func TestAuthorizationPrintsNoSecret(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]string{
		"Basic YW5uOnMzY3JldA==":                   "basic",
		"Bearer s3cret":                            "bearer",
		`Digest username="ann", response="s3cret"`: "digest",
		"s3cret":  "", // without a scheme
		"s3cret ": "",
	} {
		app := quietApp(t)
		app.Get("/", func(c *dewar.Context) error {
			a := c.Authorization()
			text, err := json.Marshal(a)
			if err != nil {
				return err
			}
			return c.Text(fmt.Sprintf("%v %+v %s %s", a, a, a.LogValue(), text))
		})
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("Authorization", header)
		w := httptest.NewRecorder()
		app.ServeHTTP(w, r)
		if got, want := w.Body.String(), fmt.Sprintf("Authorization(%[1]q) Authorization(%[1]q) %[1]s %[1]q", want); got != want {
			t.Errorf("%s: got %s, want %s", header, got, want)
		}
	}
}
