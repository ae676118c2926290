package httpauth_test

import (
	"encoding/base64"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/contrib/httpauth"
)

var errAway = errors.New("the database is away")

func verify(_ *dewar.Context, name, password string) (bool, error) {
	if name == "broken" {
		return false, errAway
	}
	return name == "ann" && httpauth.Equal(password, "a:é"), nil
}

func verifyToken(_ *dewar.Context, token string) (string, error) {
	if token == "broken" {
		return "", errAway
	}
	return map[string]string{"t0ken==": "robot", "has space": "never"}[token], nil
}

// serve serves /, which says who has been let through hook.
func serve(t *testing.T, hook dewar.Handler) *httptest.Server {
	t.Helper()
	app := dewar.New("test", dewar.RootPath(t.TempDir()))
	app.Logger = slog.New(slog.DiscardHandler)
	app.Route("/", func(c *dewar.Context) error {
		who, ok := httpauth.User[string](c)
		if !ok {
			who = "nobody"
		}
		return c.Text(who)
	}, dewar.Methods("GET", "OPTIONS"), dewar.AutomaticOptions(false), dewar.Before(hook))
	server := httptest.NewServer(app)
	t.Cleanup(server.Close)
	return server
}

// ask sends a request with a header and returns the answer's status, its challenges, and its text when that is 200.
func ask(t *testing.T, server *httptest.Server, method, header, value string) (int, []string, string) {
	t.Helper()
	r, err := http.NewRequest(method, server.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	if value != "" {
		r.Header.Set(header, value)
	}
	answer, err := server.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	if answer.StatusCode != 200 {
		body = nil
	}
	return answer.StatusCode, answer.Header["Www-Authenticate"], string(body)
}

func encoded(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }

func TestBasic(t *testing.T) {
	t.Parallel()
	const challenge = `Basic realm="Authentication Required", charset="UTF-8"`
	server := serve(t, httpauth.Basic(verify))
	for _, tt := range []struct {
		name, method, header string
		status               int
		challenge, text      string
	}{
		{"no credentials", "GET", "", 401, challenge, ""},
		{"the right ones", "GET", "Basic " + encoded("ann:a:é"), 200, "", "ann"},
		{"another case", "GET", "bAsIc " + encoded("ann:a:é"), 200, "", "ann"},
		{"Latin-1", "GET", "Basic " + encoded("ann:a:\xe9"), 200, "", "ann"},
		{"a wrong password", "GET", "Basic " + encoded("ann:a:e"), 401, challenge, ""},
		{"a wrong name", "GET", "Basic " + encoded("bob:a:é"), 401, challenge, ""},
		{"no colon", "GET", "Basic " + encoded("ann"), 401, challenge, ""},
		{"no base64", "GET", "Basic !!!", 401, challenge, ""},
		{"a control character", "GET", "Basic " + encoded("ann:a:é\n"), 401, challenge, ""},
		{"nothing behind it", "GET", "Basic", 401, challenge, ""},
		{"another scheme", "GET", "Bearer " + encoded("ann:a:é"), 401, challenge, ""},
		{"an error", "GET", "Basic " + encoded("broken:x"), 500, "", ""},
		{"OPTIONS", "OPTIONS", "", 200, "", "nobody"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			status, challenges, text := ask(t, server, tt.method, "Authorization", tt.header)
			if got := strings.Join(challenges, "; "); status != tt.status || got != tt.challenge || text != tt.text {
				t.Errorf("got %d, %q, %q, want %d, %q, %q", status, got, text, tt.status, tt.challenge, tt.text)
			}
		})
	}
}

func TestARefusalIsAProblemForJSONClients(t *testing.T) {
	t.Parallel()
	server := serve(t, httpauth.Basic(verify, httpauth.Realm(`the "inner" site`)))
	r, err := http.NewRequest("GET", server.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept", "application/json")
	answer, err := server.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if got := answer.Header.Get("Content-Type"); got != "application/problem+json" {
		t.Errorf("Content-Type %q", got)
	}
	if got, want := answer.Header.Get("WWW-Authenticate"), `Basic realm="the \"inner\" site", charset="UTF-8"`; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestOptional(t *testing.T) {
	t.Parallel()
	server := serve(t, httpauth.Basic(verify, httpauth.Optional()))
	for _, tt := range []struct {
		name, header string
		status       int
		text         string
	}{
		{"no credentials", "", 200, "nobody"},
		{"wrong ones", "Basic " + encoded("ann:x"), 200, "nobody"},
		{"right ones", "Basic " + encoded("ann:a:é"), 200, "ann"},
		{"an error", "Basic " + encoded("broken:x"), 500, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if status, _, text := ask(t, server, "GET", "Authorization", tt.header); status != tt.status || text != tt.text {
				t.Errorf("got %d %q, want %d %q", status, text, tt.status, tt.text)
			}
		})
	}
	answer, err := server.Client().Get(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if vary := answer.Header.Values("Vary"); !slices.Contains(vary, "Authorization") {
		t.Errorf("Vary is %q, want Authorization in it", vary)
	}
}
