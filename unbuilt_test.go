package dewar_test

import (
	"bytes"
	"log"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/dewar-go/dewar"
)

// unbuiltApp cannot be built for two reasons.
func unbuiltApp(t *testing.T, debug bool) *dewar.App {
	t.Helper()
	app := dewar.New("shop", dewar.FS(fstest.MapFS{"templates/a.html": {Data: []byte("{{nosuch \"" + canary("token") + "\"}}")}}))
	app.Logger = slog.New(slog.DiscardHandler)
	must(t, app.Config.Update(dewar.Map{"DEBUG": debug, "API_TOKEN": canary("token")}))
	app.SessionInterface = nil
	return app
}

func TestDebugPageOfAnAppThatCannotBeBuilt(t *testing.T) {
	t.Parallel()
	for accept, want := range map[string][]string{
		"text/html":        {debugMark, "cannot be built", "app.SessionInterface is nil", "<strong>Cure:</strong>", "SAMESITE", "API_TOKEN", "</html>"},
		"application/json": {`"debug":`, `"problems":[{"error":"`, `"cure":"`, "app.SessionInterface is nil", "nosuch"},
		"":                 {"cannot be built", "  app.SessionInterface is nil\n  Cure: ", "nosuch"},
	} {
		w := fromHere(unbuiltApp(t, true), "GET", "/a", accept)
		for _, part := range want {
			if !strings.Contains(w.Body.String(), part) {
				t.Errorf("as %q: %q is not in %s", accept, part, w.Body)
			}
		}
		if w.Code != 500 || w.Header().Get("Cache-Control") != "no-store" || strings.Contains(w.Body.String(), canary("")) {
			t.Errorf("as %q: got %d with %v: %s", accept, w.Code, w.Header(), w.Body)
		}
	}
}

func TestOthersGetAPlainPageOfAnAppThatCannotBeBuilt(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*http.Request){
		"":               nil,
		"from elsewhere": func(r *http.Request) { r.RemoteAddr = "203.0.113.9:1" },
		"by a name":      func(r *http.Request) { r.Host = "rebound.example" },
		"by a proxy":     func(r *http.Request) { r.Header.Set("X-Forwarded-For", "127.0.0.1") },
	} {
		if change == nil {
			change = func(*http.Request) {}
		}
		if w := fromHere(unbuiltApp(t, name != ""), "GET", "/a", "text/html", change); w.Code != 500 || w.Body.String() != "Internal Server Error\n" {
			t.Errorf("%q: got %d %s", name, w.Code, w.Body)
		}
	}
}

func TestTerminalGetsTheProblemsOfAnAppThatCannotBeBuilt(t *testing.T) {
	var logged bytes.Buffer
	before := log.Writer()
	log.SetOutput(&logged)
	t.Cleanup(func() { log.SetOutput(before) })
	app := unbuiltApp(t, true)
	app.Logger = nil
	fromHere(app, "GET", "/a", "")
	fromHere(app, "GET", "/a", "")
	if got := logged.String(); strings.Count(got, "app.SessionInterface is nil\n  Cure: ") != 1 || strings.Contains(got, canary("")) {
		t.Errorf("got %s", got)
	}
}
