package i18n_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/contrib/i18n"
)

// offers are the locales that both applications have.
var offers = []string{"en", "de", "pl", "pt_BR"}

// askFlask returns what Flask-Babel answers. Where it is not installed the test is skipped, and fails in CI.
func askFlask(t *testing.T, dir string, requests [][2]string) []string {
	t.Helper()
	python := os.Getenv("DEWAR_PYTHON")
	if python == "" {
		python = "/usr/bin/python3"
	}
	missing := exec.Command(python, "-c", "import flask_babel").Run() != nil
	if _, err := exec.LookPath("msgfmt"); missing || err != nil {
		const text = "NOTHING WAS COMPARED WITH FLASK-BABEL: apt-get install python3-flask-babel gettext"
		if os.Getenv("CI") == "true" {
			t.Fatal(text)
		}
		t.Skip(text)
	}
	for _, locale := range []string{"de", "pl", "pt_BR"} {
		base := filepath.Join(dir, locale, "LC_MESSAGES", "messages")
		if out, err := exec.Command("msgfmt", "-o", base+".mo", base+".po").CombinedOutput(); err != nil {
			t.Fatalf("msgfmt: %v\n%s", err, out)
		}
	}
	input, err := json.Marshal(map[string]any{"dir": dir, "offers": offers, "requests": requests})
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(python, "-W", "ignore", filepath.Join("testdata", "answer.py"))
	cmd.Stdin, cmd.Stderr = bytes.NewReader(input), os.Stderr
	output, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v", python, err)
	}
	var answers []string
	if err := json.Unmarshal(output, &answers); err != nil {
		t.Fatal(err)
	}
	return answers
}

// acceptLanguage is a random header.
func acceptLanguage(r *rand.Rand) string {
	var items []string
	for range r.IntN(5) {
		item := []string{"en", "de", "pl", "pt-BR", "pt", "pt-PT", "de-AT", "en-US", "fr", "*", "DE", "zh-Hans-CN"}[r.IntN(12)]
		items = append(items, item+[]string{"", "", ";q=0.9", ";q=0.5", ";q=0.1", ";q=0", "; q=0.7"}[r.IntN(7)])
	}
	return strings.Join(items, []string{",", ", "}[r.IntN(2)])
}

// The same catalogs and the same requests give the texts that Flask-Babel gives.
func TestTextsAreThoseOfFlaskBabel(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	portuguese := fmt.Sprintf(head, "nplurals=2; plural=(n > 1)") + "msgid \"Home\"\nmsgstr \"Início\"\n\nmsgid \"%(num)s post\"\nmsgid_plural \"%(num)s posts\"\nmsgstr[0] \"%(num)s artigo\"\nmsgstr[1] \"%(num)s artigos\"\n"
	write(t, dir, map[string]string{"de/LC_MESSAGES/messages.po": german, "pl/LC_MESSAGES/messages.po": polish, "pt_BR/LC_MESSAGES/messages.po": portuguese})
	r := rand.New(rand.NewPCG(14, 1))
	var requests [][2]string
	for range 400 {
		requests = append(requests, [2]string{[]string{"", "", "", "de", "pl", "pt_BR", "fr", "de_AT"}[r.IntN(8)], acceptLanguage(r)})
	}
	want := askFlask(t, dir, requests)

	app, _ := newApp(t, nil)
	app.Config.Set("BABEL_TRANSLATION_DIRECTORIES", dir)
	texts, err := i18n.New(app, i18n.Options{Locale: i18n.First(i18n.FromSession("lang"), i18n.FromAcceptLanguage(offers...))})
	if err != nil {
		t.Fatal(err)
	}
	app.Get("/set/{lang}", func(c *dewar.Context) error { c.Session().Set("lang", c.Params().String("lang")); return c.NoContent() })
	app.Get("/", func(c *dewar.Context) error {
		said := []string{texts.Locale(c), texts.Gettext(c, "Home"), texts.Gettext(c, "Hello, %(name)s!", "name", "Ada"), texts.PGettext(c, "month", "May")}
		for n := range 30 {
			said = append(said, texts.NGettext(c, "%(num)s post", "%(num)s posts", n))
		}
		said = append(said, texts.NPGettext(c, "file", "%(num)s sheet", "%(num)s sheets", 3))
		err := texts.ForceLocale(c, "de", func() error { said = append(said, texts.Gettext(c, "Home")); return nil })
		if err != nil {
			return err
		}
		return c.Text(strings.Join(said, "|"))
	})
	locales := map[string]int{}
	for i, request := range requests {
		headers := []string{"Accept-Language", request[1]}
		if request[0] != "" {
			headers = append(headers, "Cookie", get(app, "/set/"+request[0]).Header().Get("Set-Cookie"))
		}
		got := get(app, "/", headers...).Body.String()
		if got != want[i] {
			t.Errorf("session %q, Accept-Language %q:\ngot  %s\nwant %s", request[0], request[1], got, want[i])
		}
		locales[strings.Split(got, "|")[0]]++
	}
	if len(locales) < 6 {
		t.Errorf("only %v were chosen", locales)
	}
}
