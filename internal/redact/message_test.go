package redact_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/dewar-go/dewar/internal/redact"
)

func TestMessageHidesWhatIsSecretByItsForm(t *testing.T) {
	t.Parallel()
	const secret = "hunter2-canary"
	type login struct{ User, Password string }
	for _, text := range []string{
		"connect to postgres://shop:" + secret + "@db/shop: refused",
		"dial shop:" + secret + "@tcp(db:3306)/shop",
		"redis://:" + secret + "@cache:6379: no route",
		fmt.Sprintf("%+v", login{"ann", secret}),
		fmt.Sprintf("%#v", login{"ann", secret}),
		fmt.Sprintf("save %+v", &login{"ann", secret}),
		fmt.Sprintf("%v", map[string]string{"api_token": secret, "user": "ann"}),
		fmt.Sprintf("%v", http.Header{"Authorization": {"Basic x " + secret}}),
		`decode {"user":"ann","password":"` + secret + `"}`,
		`decode {"user":"ann","password": "a ` + secret + `"}`,
		fmt.Sprintf("decode %q", `{"password": "a `+secret+`"}`),
		"host=db password=" + secret + " sslmode=off",
		"GET /?api_key=" + secret + "&page=2",
		"got Authorization: Basic " + secret,
		"Set-Cookie: session=" + secret + "; Path=/",
		"sent Bearer " + secret,
		"token eyJhbGciOiJI." + secret + ".sig",
		"key sk_live_" + strings.ReplaceAll(secret, "-", "_"),
		"-----BEGIN RSA PRIVATE KEY-----\n" + secret + "\n-----END RSA PRIVATE KEY-----",
		"post https://hooks.slack.com/services/T0/B0/" + secret,
	} {
		got := redact.Message(text)
		if strings.Contains(got, secret) || strings.Contains(got, "hunter2") || !strings.Contains(got, redact.Mark) {
			t.Errorf("%q: got %q", text, got)
		}
	}
}

func TestMessageLeavesProseAlone(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", "out of stock", "wrong password: try again", "unexpected token: }", "SECRET_KEY: 4 bytes are too few; use 32",
		"template login.html:3:12: .Password is unknown", "open /etc/keys/public.pem: no such file or directory", "secret.go:12: undefined: x",
		`pq: duplicate key value violates unique constraint "users_email"`, `password authentication failed for user "shop"`,
		"the view of /a at app.go:12 returned nil", "User:ann Page:2",
	} {
		if got := redact.Message(text); got != text {
			t.Errorf("%q: got %q", text, got)
		}
	}
}
