package httpauth_test

import (
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/dewar-go/dewar/contrib/httpauth"
)

// python returns a Python that can import Flask-HTTPAuth. Without one the test is skipped, and fails in CI.
func python(t *testing.T) string {
	t.Helper()
	candidates := []string{"/usr/bin/python3", "python3"}
	if named := os.Getenv("DEWAR_PYTHON"); named != "" {
		candidates = []string{named}
	}
	for _, name := range candidates {
		if exec.Command(name, "-c", "import flask_httpauth").Run() == nil {
			return name
		}
	}
	const missing = "NOTHING WAS COMPARED WITH FLASK-HTTPAUTH: install the package python3-flask-httpauth, or name a Python that has it in DEWAR_PYTHON"
	if os.Getenv("CI") == "true" {
		t.Fatal(missing)
	}
	t.Skip(missing)
	return ""
}

// Status and user are those of Flask-HTTPAuth, and so is the beginning of the challenge: what is behind the realm is from
// the RFCs. It has no 400, so a token that is none is left out, and reads Latin-1
// only in versions after 4.5.
func TestAnswersAreThoseOfFlaskHTTPAuth(t *testing.T) {
	t.Parallel()
	servers := map[string]*httptest.Server{
		"basic":    serve(t, httpauth.Basic(verify)),
		"bearer":   serve(t, httpauth.Bearer(verifyToken)),
		"any":      serve(t, httpauth.Any(httpauth.Basic(verify), httpauth.Bearer(verifyToken))),
		"optional": serve(t, httpauth.Basic(verify, httpauth.Optional())),
	}
	kinds := []string{"basic", "bearer", "any", "optional"}
	var lines, want []string
	for _, kind := range kinds {
		for _, header := range []string{
			"", "Basic " + encoded("ann:a:é"), "Basic " + encoded("ann:x"), "Basic " + encoded("ann"), "Basic !",
			"Bearer t0ken==", "Bearer wrong", "Digest x",
		} {
			lines = append(lines, kind+"\t"+header)
			status, challenges, text := ask(t, servers[kind], "GET", "Authorization", header)
			challenge := ""
			if len(challenges) > 0 {
				challenge, _, _ = strings.Cut(challenges[0], ",")
			}
			want = append(want, fmt.Sprintf("%d\t%s\t%s", status, text, challenge))
		}
	}
	cmd := exec.Command(python(t), "testdata/ask.py")
	cmd.Stdin, cmd.Stderr = strings.NewReader(strings.Join(lines, "\n")+"\n"), os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	answers := strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
	if len(answers) != len(lines) {
		t.Fatalf("%d answers to %d requests", len(answers), len(lines))
	}
	for i, theirs := range answers {
		if want[i] != theirs {
			t.Errorf("%q: got %q, Flask-HTTPAuth answers %q", lines[i], want[i], theirs)
		}
	}
}
