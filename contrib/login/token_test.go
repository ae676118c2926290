package login_test

import (
	"strings"
	"testing"

	"github.com/dewar-go/dewar/contrib/login"
)

func FuzzDecodeCookie(f *testing.F) {
	good, err := login.EncodeCookie("ann", "dev")
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{good, "", "|", "ann|", "a|b|" + good, strings.ToUpper(good), good + "0"} {
		f.Add(seed, "dev")
	}
	f.Add("é|00", "grüße")
	f.Fuzz(func(t *testing.T, cookie, secret string) {
		id, ok := login.DecodeCookie(cookie, "newer", secret, "")
		again, err := login.EncodeCookie(id, secret)
		switch {
		case ok && secret == "newer":
		case ok && (err != nil || again != cookie):
			t.Errorf("%q is read as %q, which is written as %q, %v", cookie, id, again, err)
		case !ok && id != "":
			t.Errorf("%q is refused, with the id %q", cookie, id)
		}
		if made, err := login.EncodeCookie(cookie, secret); err == nil {
			if id, ok := login.DecodeCookie(made, "newer", secret); !ok || id != cookie {
				t.Errorf("%q is written as %q and read as %q, %t", cookie, made, id, ok)
			}
		}
	})
}
