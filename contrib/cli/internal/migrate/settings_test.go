package migrate_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/contrib/cli/internal/migrate"
	"github.com/dewar-go/dewar/strangler"
)

// checked returns the checklist as text, with files in the folder.
func checked(t *testing.T, site migrate.Site, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		write(t, dir, name, text)
	}
	site.Folders = []string{dir}
	items, err := migrate.Check(site)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, item := range items {
		b.WriteString(item.String() + "\n")
	}
	return b.String()
}

// flaskDefaults are the settings that Flask has where nobody has set anything, but for what Go has otherwise.
func flaskDefaults(extra dewar.Map) *migrate.Listing {
	settings := dewar.Map{"SESSION_COOKIE_SAMESITE": "Lax", "MAX_CONTENT_LENGTH": json.Number("16777216")}
	for key, value := range extra {
		settings[key] = value
	}
	return &migrate.Listing{Settings: settings, Routes: []migrate.Route{}}
}

func TestSettingsOfBothHalves(t *testing.T) {
	t.Parallel()
	classes := "class Config:\n    SESSION_COOKIE_NAME = 'a'\nclass Production(Config):\n    SESSION_COOKIE_SECURE = True\n    WTF_CSRF_TIME_LIMIT = None\n"
	for _, tt := range []struct {
		name  string
		flask *migrate.Listing
		here  string // what config --shared prints
		files map[string]string
		want  string
	}{
		{"alike without a file", flaskDefaults(nil), "", nil, "- [x] settings: Flask and dewar's defaults have the same"},
		{"Flask's own SameSite", flaskDefaults(dewar.Map{"SESSION_COOKIE_SAMESITE": nil}), "", nil, `- [ ] settings (dewar's defaults): SESSION_COOKIE_SAMESITE: Go has "lax", Python has unset; `},
		{"the class that differs least", flaskDefaults(dewar.Map{"SESSION_COOKIE_NAME": "a", "SESSION_COOKIE_SECURE": true, "WTF_CSRF_TIME_LIMIT": nil}), "", map[string]string{"config.py": classes},
			"- [x] settings: Flask and config.py, class Production have the same"},
		{"another key in the file", flaskDefaults(dewar.Map{"SECRET_KEY": map[string]any{"fingerprint": strangler.FingerprintOf("one").Sum}}), "", map[string]string{"config.py": "SECRET_KEY = 'two'\n"},
			"- [ ] settings (config.py): SECRET_KEY: Go has set, Python has set; "},
		{"the same key in the file", flaskDefaults(dewar.Map{"SECRET_KEY": map[string]any{"fingerprint": strangler.FingerprintOf("two").Sum}}), "", map[string]string{"config.py": "SECRET_KEY = 'two'\n"},
			"- [x] settings: Flask and config.py have the same"},
		{"what a Go program prints", flaskDefaults(nil), `{"SESSION_COOKIE_NAME": "other", "REMEMBER_COOKIE_DURATION": 60, "SESSION_COOKIE_ENCRYPT": true, "WTF_CSRF_TIME_LIMIT": null}`, map[string]string{"config.py": "A = 1\n"},
			`- [ ] settings (the Go program): SESSION_COOKIE_NAME: Go has "other", Python has "session"; `},
		{"None of a Go program", flaskDefaults(nil), `{"SESSION_COOKIE_NAME": "session", "WTF_CSRF_TIME_LIMIT": null}`, nil, `WTF_CSRF_TIME_LIMIT: Go has unset, Python has 1h0m0s`},
		{"no key at all", flaskDefaults(nil), "", nil, "- [ ] settings: Flask had no SECRET_KEY when it was listed"},
		{"a value that dewar refuses", flaskDefaults(nil), "", map[string]string{"config.py": "SERVER_NAME = 'https://x'\n"}, "- [ ] config key SERVER_NAME from config.py: want a host name"},
		{"the rest of a file with such a value", flaskDefaults(nil), "", map[string]string{"config.py": "SERVER_NAME = 'https://x'\nSESSION_COOKIE_NAME = 'a'\n"}, `SESSION_COOKIE_NAME: Go has "a"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			site := migrate.Site{Flask: tt.flask}
			if tt.here != "" {
				var err error
				if site.Go, err = migrate.ParseShared([]byte(tt.here)); err != nil {
					t.Fatal(err)
				}
			}
			if got := checked(t, site, tt.files); !strings.Contains(got, tt.want) {
				t.Errorf("got no %q in\n%s", tt.want, got)
			}
		})
	}
}

func TestWhatIsNoPrintOfSettings(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"[]": "config --shared prints", "{}": "it has no settings", "": "config --shared prints"} {
		if _, err := migrate.ParseShared([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %s", text, err, want)
		}
	}
}

// A setting that is compared is one that the script prints, but for those that only Go has.
func TestScriptPrintsWhatIsCompared(t *testing.T) {
	t.Parallel()
	for key := range strangler.Shared(dewar.New("shop").Config) {
		if !strings.Contains(migrate.Script, key) && !slices.Contains([]string{"SESSION_COOKIE_ENCRYPT", "SESSION_ABSOLUTE_LIFETIME"}, key) {
			t.Errorf("the script does not print %s", key)
		}
	}
}
