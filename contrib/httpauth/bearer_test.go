package httpauth_test

import (
	"strings"
	"testing"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/contrib/httpauth"
)

func TestBearer(t *testing.T) {
	t.Parallel()
	const (
		none  = `Bearer realm="Authentication Required"`
		wrong = none + `, error="invalid_token", error_description="The token is not valid, or not any more."`
		bad   = none + `, error="invalid_request", error_description="What stands behind the scheme is no token."`
	)
	server := serve(t, httpauth.Bearer(verifyToken))
	for _, tt := range []struct {
		name, header    string
		status          int
		challenge, text string
	}{
		{"no token", "", 401, none, ""},
		{"a good one", "Bearer t0ken==", 200, "", "robot"},
		{"another case", "bearer   t0ken==", 200, "", "robot"},
		{"a wrong one", "Bearer token", 401, wrong, ""},
		{"no letter of a token", "Bearer has space", 400, bad, ""},
		{"nothing", "Bearer", 400, bad, ""},
		{"another scheme", "Basic t0ken==", 401, none, ""},
		{"an error", "Bearer broken", 500, "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			status, challenges, text := ask(t, server, "GET", "Authorization", tt.header)
			if got := strings.Join(challenges, "; "); status != tt.status || got != tt.challenge || text != tt.text {
				t.Errorf("got %d, %q, %q, want %d, %q, %q", status, got, text, tt.status, tt.challenge, tt.text)
			}
		})
	}
}

func TestATokenInAHeaderOfItsOwn(t *testing.T) {
	t.Parallel()
	server := serve(t, httpauth.Bearer(verifyToken, httpauth.Header("X-API-Key"), httpauth.Scheme("Token")))
	if status, _, text := ask(t, server, "GET", "X-API-Key", "has space"); status != 200 || text != "never" {
		t.Errorf("got %d %q", status, text)
	}
	status, challenges, _ := ask(t, server, "GET", "Authorization", "Token t0ken==")
	if want := `Token realm="Authentication Required"`; status != 401 || strings.Join(challenges, "; ") != want {
		t.Errorf("got %d %q, want 401 %q", status, challenges, want)
	}
}

func TestAnyOfSeveralSchemes(t *testing.T) {
	t.Parallel()
	server := serve(t, httpauth.Any(httpauth.Basic(verify, httpauth.Realm("r")), httpauth.Bearer(verifyToken, httpauth.Realm("r"))))
	for _, tt := range []struct {
		name, header string
		status       int
		challenges   []string
		text         string
	}{
		{"neither", "", 401, []string{`Basic realm="r", charset="UTF-8"`, `Bearer realm="r"`}, ""},
		{"the first", "Basic " + encoded("ann:a:é"), 200, nil, "ann"},
		{"the second", "Bearer t0ken==", 200, nil, "robot"},
		{"a wrong first", "Basic " + encoded("ann:x"), 401, []string{`Basic realm="r", charset="UTF-8"`}, ""},
		{"a bad second", "Bearer a b", 400, []string{`Bearer realm="r", error="invalid_request", error_description="What stands behind the scheme is no token."`}, ""},
		{"an error", "Bearer broken", 500, nil, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			status, challenges, text := ask(t, server, "GET", "Authorization", tt.header)
			if strings.Join(challenges, "; ") != strings.Join(tt.challenges, "; ") || status != tt.status || text != tt.text {
				t.Errorf("got %d, %q, %q, want %d, %q, %q", status, challenges, text, tt.status, tt.challenges, tt.text)
			}
		})
	}
}

func TestInsufficientScope(t *testing.T) {
	t.Parallel()
	server := serve(t, func(*dewar.Context) error { return httpauth.InsufficientScope("posts:write") })
	status, challenges, _ := ask(t, server, "GET", "Authorization", "Bearer t0ken==")
	if want := `Bearer error="insufficient_scope", scope="posts:write"`; status != 403 || strings.Join(challenges, "; ") != want {
		t.Errorf("got %d %q, want 403 %q", status, challenges, want)
	}
}
