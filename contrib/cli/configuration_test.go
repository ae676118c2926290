package cli_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/contrib/cli"
	"github.com/dewar-go/dewar/contrib/cli/clitest"
	"github.com/dewar-go/dewar/strangler"
)

// canary is what no command may print.
const canary = "canary-value-that-is-secret"

// configured runs config of a shop with secrets.
func configured(t *testing.T, args ...string) *clitest.Result {
	t.Helper()
	t.Setenv("FLASK_SECRET_KEY", canary)
	t.Setenv("FLASK_PAYMENT_TOKEN", canary)
	t.Setenv("FLASK_DATABASE", "postgres://shop:"+canary+"@db/shop")
	t.Setenv("FLASK_MAIL", `{"host": "mail", "password": "`+canary+`"}`)
	app := newShop()
	if err := app.Config.Declare("WORKERS", 4, "how many work", dewar.Secret()); err != nil {
		t.Fatal(err)
	}
	r := clitest.Run(t, cli.New(app), append([]string{"config"}, args...)...)
	if strings.Contains(r.Output+r.Stderr, canary) {
		t.Fatalf("config %q shows a secret:\n%s", args, r)
	}
	return r
}

func TestConfigShowsValuesWithSourcesButNoSecrets(t *testing.T) {
	r := configured(t).Want(cli.OK, "Key ", "DEBUG ", "PAYMENT_TOKEN", "environment FLASK_PAYMENT_TOKEN", "[redacted]")
	if !strings.Contains(r.Output, "\nMAX_COOKIE_SIZE") {
		t.Errorf("got no key with its default:\n%s", r.Output)
	}
	r = configured(t, "--changed").Want(cli.OK, "SECRET_KEY", "DATABASE", "postgres://", `"host":"mail"`)
	if strings.Contains(r.Output, "MAX_COOKIE_SIZE") {
		t.Errorf("got a key with its default:\n%s", r.Output)
	}
	configured(t, "debug", "SECRET_KEY").Want(cli.OK, "DEBUG=false (default)\n  ", "SECRET_KEY=[redacted] (environment FLASK_SECRET_KEY)\n  ")
	configured(t, "COOKIE_SIZE").Want(cli.Misused, "there is no key COOKIE_SIZE; did you mean MAX_COOKIE_SIZE?")
}

func TestConfigInJSON(t *testing.T) {
	var got []struct {
		Key, Source string
		Value       any
	}
	if err := json.Unmarshal([]byte(configured(t, "--json", "--changed").Output), &got); err != nil {
		t.Fatal(err)
	}
	for _, s := range got {
		if s.Key == "SECRET_KEY" && s.Value == "[redacted]" && s.Source == "environment FLASK_SECRET_KEY" {
			return
		}
	}
	t.Errorf("got %v, want SECRET_KEY without its value", got)
}

func TestConfigOfDefaults(t *testing.T) {
	t.Parallel()
	clitest.Run(t, cli.New(dewar.New("fresh")), "config", "--changed").Want(cli.OK, "Every key has its default.")
}

func TestConfigThatAFlaskApplicationShares(t *testing.T) {
	var got map[string]any
	if err := json.Unmarshal([]byte(configured(t, "--shared").Output), &got); err != nil {
		t.Fatal(err)
	}
	key, _ := got["SECRET_KEY"].(map[string]any)
	if got["SESSION_COOKIE_SAMESITE"] != "lax" || got["PERMANENT_SESSION_LIFETIME"] != 2678400.0 || key["fingerprint"] != strangler.FingerprintOf(canary).Sum {
		t.Errorf("got %v", got)
	}
}
