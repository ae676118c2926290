package cli_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/contrib/cli"
	"github.com/dewar-go/dewar/contrib/cli/clitest"
)

func TestSecretIsANewKeyThatIsNotWeak(t *testing.T) {
	t.Parallel()
	first, second := shop(t, "secret").Want(cli.OK).Output, shop(t, "secret").Output
	if !regexp.MustCompile(`^[0-9a-f]{64}\n$`).MatchString(first) || first == second {
		t.Errorf("got %q and %q, want two keys of 32 bytes", first, second)
	}
	app := newShop()
	if err := app.Config.Set("SECRET_KEY", strings.TrimSpace(first)); err != nil {
		t.Fatal(err)
	}
	clitest.Run(t, cli.New(app), "check", "--strict").Want(cli.OK)
}

// rotate runs secret --rotate on a file with content and returns what it has then.
func rotate(t *testing.T, app *dewar.App, content string, code int, args ...string) (text string, r *clitest.Result) {
	t.Helper()
	file := filepath.Join(t.TempDir(), ".env")
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	r = clitest.Run(t, cli.New(app), append([]string{"secret", "--rotate", "--env-file", file}, args...)...).Want(code)
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range append(regexp.MustCompile(`[0-9a-f]{64}`).FindAllString(string(data), -1), "old-key", "older-key") {
		if strings.Contains(r.Output+r.Stderr, secret) {
			t.Errorf("a secret is shown:\n%s", r)
		}
	}
	if code != cli.OK && string(data) != content {
		t.Errorf("got %q after a failure, want the file as it was", data)
	}
	return string(data), r
}

func TestRotateKeepsTheOldKeyAndTheFile(t *testing.T) {
	for _, tt := range []struct{ name, content, args, want string }{
		{"a key", "# the shop\nexport FLASK_SECRET_KEY=old-key # rotate in May\nA=1\n", "",
			"# the shop\nexport FLASK_SECRET_KEY=NEW # rotate in May\nA=1\nFLASK_SECRET_KEY_FALLBACKS='[\"old-key\"]'\n"},
		{"fallbacks in JSON", "FLASK_SECRET_KEY_FALLBACKS='[\"older-key\"]' # all\nFLASK_SECRET_KEY='old-key'\n", "",
			"FLASK_SECRET_KEY_FALLBACKS='[\"old-key\",\"older-key\"]' # all\nFLASK_SECRET_KEY=NEW\n"},
		{"fallbacks between commas", "FLASK_SECRET_KEY=old-key\nFLASK_SECRET_KEY_FALLBACKS=older-key, oldest\n", "",
			"FLASK_SECRET_KEY=NEW\nFLASK_SECRET_KEY_FALLBACKS='[\"old-key\",\"older-key\",\"oldest\"]'\n"},
		{"the newest alone", "FLASK_SECRET_KEY=old-key\nFLASK_SECRET_KEY_FALLBACKS=older-key,oldest\n", "--keep 1",
			"FLASK_SECRET_KEY=NEW\nFLASK_SECRET_KEY_FALLBACKS='[\"old-key\"]'\n"},
		{"none", "FLASK_SECRET_KEY=old-key\nFLASK_SECRET_KEY_FALLBACKS=older-key\n", "--keep 0",
			"FLASK_SECRET_KEY=NEW\nFLASK_SECRET_KEY_FALLBACKS='[]'\n"},
		{"a fallback that is the key", "FLASK_SECRET_KEY=old-key\nFLASK_SECRET_KEY_FALLBACKS=old-key\n", "",
			"FLASK_SECRET_KEY=NEW\nFLASK_SECRET_KEY_FALLBACKS='[\"old-key\"]'\n"},
		{"no key yet", "A=1\n", "", "A=1\nFLASK_SECRET_KEY=NEW\n"},
		{"another variable", "SHOP_SECRET_KEY=old-key\n", "--variable SHOP_SECRET_KEY", "SHOP_SECRET_KEY=NEW\nSHOP_SECRET_KEY_FALLBACKS='[\"old-key\"]'\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			text, answer := rotate(t, newShop(), tt.content, cli.OK, strings.Fields(tt.args)...)
			if got, want := strings.Contains(answer.Output, "everybody has to log in again"), tt.args == "--keep 0"; got != want {
				t.Errorf("it says that everybody has to log in again: %t, want %t: %s", got, want, answer.Output)
			}
			if got := regexp.MustCompile(`[0-9a-f]{64}`).ReplaceAllString(text, "NEW"); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// TestRotatedKeysAreTakenByTheProgram has the App read the file that rotate wrote, twice.
func TestRotatedKeysAreTakenByTheProgram(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, ".env")
	if err := os.WriteFile(file, []byte("FLASK_SECRET_KEY="+strong+"\n"), 0o640); err != nil {
		t.Fatal(err)
	}
	load := func() *dewar.App {
		app := dewar.New("shop", dewar.RootPath(dir))
		if err := app.Config.FromDotenv(".env"); err != nil {
			t.Fatal(err)
		}
		return app
	}
	first := strong
	for range 2 {
		clitest.Run(t, cli.New(load()), "secret", "--rotate", "--env-file", file).Want(cli.OK, "Start the program again.")
	}
	app := load()
	keys := app.Config.Strings("SECRET_KEY_FALLBACKS")
	if now := app.Config.String("SECRET_KEY"); len(keys) != 2 || keys[1] != first || now == keys[0] || len(now) != 64 {
		t.Errorf("got fallbacks %q, want the two old keys, the newest first", keys)
	}
	clitest.Run(t, cli.New(load()), "check", "--strict").Want(cli.OK)
	if info, err := os.Stat(file); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o640 {
		t.Errorf("got mode %v, error %v, want 0640 as before", info.Mode(), err)
	}
}

func TestRotateRefusesWhatWouldEndAllSessions(t *testing.T) {
	for _, tt := range []struct {
		name, content, key, args string
		code                     int
		want                     string
	}{
		{"a key from elsewhere", "A=1\n", "old-key", "", cli.Failed, "the program takes SECRET_KEY from cli/secret_test.go:"},
		{"another key than the program has", "FLASK_SECRET_KEY=older-key\n", "old-key", "", cli.Failed, "rotate it there, or name another file with --env-file"},
		{"a key in a file of its own", "FLASK_SECRET_KEY_FILE=/run/key\n", "", "", cli.Failed, "FLASK_SECRET_KEY_FILE, so the key is in a file of its own"},
		{"fallbacks that are no list", "FLASK_SECRET_KEY=old-key\nFLASK_SECRET_KEY_FALLBACKS='[1'\n", "", "", cli.Failed, "FLASK_SECRET_KEY_FALLBACKS is no list of keys"},
		{"a file that is none", "nonsense\n", "", "", cli.Failed, "line 1: want NAME=value"},
		{"a negative number", "FLASK_SECRET_KEY=old-key\n", "", "--keep=-2", cli.Misused, "--keep -2: want how many"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			app := newShop()
			if tt.key != "" {
				if err := app.Config.Set("SECRET_KEY", tt.key); err != nil {
					t.Fatal(err)
				}
			}
			_, r := rotate(t, app, tt.content, tt.code, strings.Fields(tt.args)...)
			r.Want(tt.code, tt.want)
		})
	}
}

// TestRotateIsAtomic has readers who never see half a file while keys are rotated.
func TestRotateIsAtomic(t *testing.T) {
	file := filepath.Join(t.TempDir(), ".env")
	if err := os.WriteFile(file, []byte("FLASK_SECRET_KEY="+strong+"\nLAST=1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	done, read := make(chan struct{}), make(chan int)
	go func() {
		n := 0
		defer func() { read <- n }()
		for {
			select {
			case <-done:
				return
			default:
			}
			values, err := dewar.ReadDotenv(file)
			var old []string
			if text := values["FLASK_SECRET_KEY_FALLBACKS"]; err == nil && text != "" {
				err = json.Unmarshal([]byte(text), &old)
			}
			if err != nil || len(values["FLASK_SECRET_KEY"]) != 64 || values["LAST"] != "1" {
				t.Errorf("got %d variables, error %v, want a whole file", len(values), err)
				return
			}
			n++
		}
	}()
	for range 50 {
		shop(t, "secret", "--rotate", "--env-file", file).Want(cli.OK)
	}
	close(done)
	if n := <-read; n == 0 {
		t.Error("the file was never read meanwhile")
	}
}
