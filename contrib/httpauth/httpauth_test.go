package httpauth_test

import (
	"bytes"
	"encoding/base64"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/contrib/httpauth"
)

// Whatever stands in Authorization, who sent just what verify accepts is let through, and nobody else; the answer is never a
// fault of the server.
func FuzzAuthorization(f *testing.F) {
	app := dewar.New("fuzz", dewar.RootPath(f.TempDir()))
	app.Logger = slog.New(slog.DiscardHandler)
	app.Get("/", func(c *dewar.Context) error {
		who, _ := httpauth.User[string](c)
		return c.Text(who)
	}, dewar.Before(httpauth.Any(
		httpauth.Basic(func(_ *dewar.Context, _, password string) (bool, error) { return password == "tiger", nil }),
		httpauth.Bearer(func(_ *dewar.Context, token string) (bool, error) { return token == "s3cret", nil }))))
	for _, seed := range []string{
		"", " ", "Basic", "Basic ", "Basic YW5uOnRpZ2Vy", "basic  YW5uOnRpZ2Vy ", "Basic YW5uOnRpZ2Vy=", "Basic YW5u", "Basic 6Tp0aWdlcg==", "Basic \xff",
		"Bearer s3cret", "Bearer  s3cret", "BEARER s3cret,", "Bearer ==", "Digest a=b", "Basic\tYW5uOnRpZ2Vy",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, header string) {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header["Authorization"] = []string{header}
		w := httptest.NewRecorder()
		app.ServeHTTP(w, r)
		switch let := isRight(header); {
		case w.Code == http.StatusOK && let:
		case (w.Code == http.StatusUnauthorized || w.Code == http.StatusBadRequest) && !let && len(w.Header()["Www-Authenticate"]) > 0:
		default:
			t.Errorf("%q, right %t: %d %s", header, let, w.Code, w.Body)
		}
	})
}

// isRight reports whether a header has the password or the token.
func isRight(header string) bool {
	scheme, sent, _ := strings.Cut(header, " ")
	sent = strings.Trim(sent, " ")
	if strings.EqualFold(scheme, "bearer") {
		return sent == "s3cret"
	}
	pair, err := base64.StdEncoding.DecodeString(sent)
	control := bytes.ContainsFunc(pair, func(r rune) bool { return r < ' ' || r == 0x7f })
	_, password, found := bytes.Cut(pair, []byte(":"))
	return strings.EqualFold(scheme, "basic") && err == nil && found && !control && string(password) == "tiger"
}
