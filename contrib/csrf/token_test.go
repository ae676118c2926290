package csrf_test

import (
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/contrib/csrf"
)

// A text that is no token of this session is refused with one of Flask-WTF's reasons, and a token is good only as it was made.
func FuzzValidate(f *testing.F) {
	app := dewar.New("fuzz", dewar.RootPath(f.TempDir()))
	app.Logger = slog.New(slog.DiscardHandler)
	if err := app.Config.Update(dewar.Map{"SECRET_KEY": "dev", "TESTING": true}); err != nil {
		f.Fatal(err)
	}
	csrf.Protect(app)
	c, end, err := app.NewContext(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", nil))
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { _ = end() })
	good, err := csrf.Token(c)
	if err != nil {
		f.Fatal(err)
	}
	payload, rest, _ := strings.Cut(strings.TrimPrefix(good, "."), ".")
	for _, seed := range []string{"", ".", "..", good, "." + good, good + "=", payload, payload + ".." + rest, "IngI.ZVPxAA.AAAA", "\xff.\x00.é"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, token string) {
		var refused *csrf.Error
		switch err := csrf.Validate(c, token); {
		case err == nil && token != good:
			t.Errorf("%q is taken for %q", token, good)
		case err != nil && token == good:
			t.Errorf("the token itself is refused: %v", err)
		case err != nil && (!errors.As(err, &refused) || refused.StatusCode() != http.StatusBadRequest || !strings.HasPrefix(refused.Description(), "The CSRF token")):
			t.Errorf("%q: %v", token, err)
		}
	})
}
