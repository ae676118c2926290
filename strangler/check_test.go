package strangler_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/strangler"
)

func TestCheckFindsWhatDiffers(t *testing.T) {
	t.Parallel()
	same := dewar.Map{"SECRET_KEY": testKey, "SESSION_COOKIE_SAMESITE": "Lax"}
	for _, tt := range []struct {
		name       string
		here       dewar.Map
		there      dewar.Map
		want       []string
		differText string
	}{
		{"nothing", nil, nil, nil, ""},
		{"the same in other words", dewar.Map{"PERMANENT_SESSION_LIFETIME": "1h", "SESSION_COOKIE_DOMAIN": "Shop.test", "SECRET_KEY_FALLBACKS": []string{"old old old old"}},
			dewar.Map{"PERMANENT_SESSION_LIFETIME": 3600.0, "SESSION_COOKIE_DOMAIN": ".shop.test", "SESSION_COOKIE_SAMESITE": "lax", "SECRET_KEY_FALLBACKS": []any{"old old old old"}}, nil, ""},
		{"Flask's timedelta and default", nil, dewar.Map{"PERMANENT_SESSION_LIFETIME": 31 * 24 * time.Hour, "SESSION_COOKIE_PATH": "/", "SESSION_COOKIE_DOMAIN": false}, nil, ""},
		{"another key", nil, dewar.Map{"SECRET_KEY": "something else"}, []string{"SECRET_KEY"}, "Go has set, Python has set"},
		{"Flask's SameSite", nil, dewar.Map{"SESSION_COOKIE_SAMESITE": nil}, []string{"SESSION_COOKIE_SAMESITE"}, `Go has "lax", Python has unset`},
		{"the path by APPLICATION_ROOT", dewar.Map{"APPLICATION_ROOT": "/app"}, nil, []string{"SESSION_COOKIE_PATH", "APPLICATION_ROOT"}, ""},
		{"much", dewar.Map{"SESSION_COOKIE_SECURE": true, "SESSION_COOKIE_NAME": "s"}, dewar.Map{"SESSION_COOKIE_HTTPONLY": false, "PERMANENT_SESSION_LIFETIME": 60},
			[]string{"SESSION_COOKIE_NAME", "SESSION_COOKIE_HTTPONLY", "SESSION_COOKIE_SECURE", "PERMANENT_SESSION_LIFETIME"}, ""},
		{"earlier keys", dewar.Map{"SECRET_KEY_FALLBACKS": []string{"old old old old"}}, nil, []string{"SECRET_KEY_FALLBACKS"}, "Go has set, Python has unset"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			app := quietApp(t)
			if err := app.Config.FromMapping(tt.here); err != nil {
				t.Fatal(err)
			}
			python := dewar.Map{}
			for _, m := range []dewar.Map{same, tt.there} {
				for key, value := range m {
					python[key] = value
				}
			}
			var keys, text []string
			for _, d := range strangler.Check(app.Config, python) {
				keys, text = append(keys, d.Key), append(text, d.String())
			}
			if !slices.Equal(keys, tt.want) || !strings.Contains(strings.Join(text, "\n"), tt.differText) {
				t.Errorf("got %q\n%q\nwant %q", keys, text, tt.want)
			}
			if all := fmt.Sprint(text); strings.Contains(all, testKey) || strings.Contains(all, "something else") || strings.Contains(all, "old old") {
				t.Errorf("a secret is printed: %s", all)
			}
		})
	}
}

func ExampleCheck() {
	app := dewar.New("shop")
	python := dewar.Map{"SESSION_COOKIE_NAME": "shop"}
	for _, d := range strangler.Check(app.Config, python) {
		fmt.Println(d.Key, d.Go, d.Python)
	}
	// Output:
	// SESSION_COOKIE_NAME "session" "shop"
	// SESSION_COOKIE_SAMESITE "lax" unset
}
