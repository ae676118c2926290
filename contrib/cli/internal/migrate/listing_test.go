package migrate_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/dewar-go/dewar/contrib/cli/internal/migrate"
)

func TestTheTableOfFlaskRoutes(t *testing.T) {
	t.Parallel()
	listing, err := migrate.Parse([]byte("Endpoint    Subdomain  Methods    Rule\n----------  ---------  ---------  ---------\n" +
		"auth.login             GET, POST  /login\nv1          api        GET        /<int:id>\n"))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range listing.Routes {
		got = append(got, fmt.Sprint(r.Endpoint, r.Methods, r.Rule, r.Subdomain))
	}
	if want := "auth.login[GET POST]/login v1[GET]/<int:id>api"; strings.Join(got, " ") != want {
		t.Errorf("got %q, want %q", strings.Join(got, " "), want)
	}
}

func TestWhatIsNoListOfRoutes(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"Traceback": "this is no list of routes; give what flask routes prints",
		"[{]":       "the list of routes is no JSON",
		"{}":        "this is no list of routes",
		"Endpoint  Rule\n--------  ----\nnothing\n": "has no endpoint or no rule",
		"   \n--  --\nab\n":                         "has no endpoint or no rule",
	} {
		if _, err := migrate.Parse([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %s", text, err, want)
		}
	}
}

// What is read is a list of routes or an error, whatever it is.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{"", "[]", "[{}]", "{\"routes\": []}", "[null]", "Endpoint  Rule\n--------  ----\na         /b\n", "   \n--  --\nab\n", "\n-- -\n",
		"{\"routes\": [{\"endpoint\": \"a\", \"rule\": \"/<x>\", \"defaults\": {\"b\": 1e3}}], \"settings\": {\"SECRET_KEY\": {}}}"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		listing, err := migrate.Parse(data)
		if err != nil {
			return
		}
		if _, _, err := migrate.Go("shop", listing.Routes); err != nil {
			t.Fatal(err)
		}
		if _, _, err := migrate.Python(listing.Routes); err != nil {
			t.Fatal(err)
		}
	})
}
