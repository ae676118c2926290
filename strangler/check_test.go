package strangler_test

import (
	"encoding/json"
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
	same := dewar.Map{"SECRET_KEY": testKey, "SESSION_COOKIE_SAMESITE": "Lax", "MAX_CONTENT_LENGTH": 16 << 20}
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
		{"fingerprints of the same", dewar.Map{"SECRET_KEY_FALLBACKS": []string{"old old old old"}},
			dewar.Map{"SECRET_KEY": strangler.FingerprintOf(testKey), "SECRET_KEY_FALLBACKS": []any{map[string]any{"fingerprint": strangler.FingerprintOf("old old old old").Sum}}}, nil, ""},
		{"a fingerprint of another", nil, dewar.Map{"SECRET_KEY": strangler.FingerprintOf("something else")}, []string{"SECRET_KEY"}, "Go has set, Python has set"},
		{"an own key for tokens", nil, dewar.Map{"WTF_CSRF_SECRET_KEY": strangler.FingerprintOf("something else")}, []string{"WTF_CSRF_SECRET_KEY"}, "Go has unset, Python has set"},
		{"own keys for tokens", dewar.Map{"WTF_CSRF_SECRET_KEY": []string{"an, older", "newer"}}, dewar.Map{"WTF_CSRF_SECRET_KEY": []any{"an, older", "newer"}}, nil, ""},
		{"one own key for tokens", dewar.Map{"WTF_CSRF_SECRET_KEY": "a, comma"}, dewar.Map{"WTF_CSRF_SECRET_KEY": strangler.FingerprintOf("a, comma")}, nil, ""},
		{"the defaults of the extensions", nil, dewar.Map{"REMEMBER_COOKIE_DURATION": json.Number("31536000"), "REMEMBER_COOKIE_SAMESITE": nil, "REMEMBER_COOKIE_SECURE": 0, "SESSION_PROTECTION": "basic",
			"WTF_CSRF_METHODS": []any{"POST", "PUT", "PATCH", "DELETE"}, "WTF_CSRF_TIME_LIMIT": 3600.0, "BABEL_DEFAULT_LOCALE": "en"}, nil, ""},
		{"what the extensions have else", dewar.Map{"REMEMBER_COOKIE_DURATION": 60}, dewar.Map{"REMEMBER_COOKIE_DURATION": 90 * time.Second, "REMEMBER_COOKIE_SAMESITE": "Strict", "SESSION_PROTECTION": "strong",
			"WTF_CSRF_TIME_LIMIT": nil, "WTF_CSRF_METHODS": []string{"POST"}, "BABEL_DOMAIN": "shop"},
			[]string{"REMEMBER_COOKIE_DURATION", "REMEMBER_COOKIE_SAMESITE", "SESSION_PROTECTION", "WTF_CSRF_METHODS", "WTF_CSRF_TIME_LIMIT", "BABEL_DOMAIN"}, "Go has 1m0s, Python has 1m30s"},
		{"what both have else", dewar.Map{"REMEMBER_COOKIE_DURATION": 60, "SESSION_PROTECTION": "Strong", "REMEMBER_COOKIE_SECURE": "true"},
			dewar.Map{"REMEMBER_COOKIE_DURATION": 60, "SESSION_PROTECTION": "strong", "REMEMBER_COOKIE_SECURE": true}, nil, ""},
		{"no limit of tokens in both", dewar.Map{"WTF_CSRF_TIME_LIMIT": nil}, dewar.Map{"WTF_CSRF_TIME_LIMIT": nil}, nil, ""},
		{"what Python cannot read", dewar.Map{"SESSION_COOKIE_ENCRYPT": true, "SESSION_ABSOLUTE_LIFETIME": "1h"}, nil, []string{"SESSION_COOKIE_ENCRYPT", "SESSION_ABSOLUTE_LIFETIME"}, "Python cannot read"},
		{"limits", dewar.Map{"MAX_FORM_PARTS": 0}, dewar.Map{"MAX_CONTENT_LENGTH": nil, "MAX_FORM_MEMORY_SIZE": nil, "MAX_FORM_PARTS": nil},
			[]string{"MAX_CONTENT_LENGTH", "MAX_FORM_MEMORY_SIZE"}, "Go has 16777216, Python has unset"},
		{"hosts", dewar.Map{"SERVER_NAME": "shop.test", "TRUSTED_HOSTS": []string{"shop.test"}}, dewar.Map{"SERVER_NAME": "shop.test", "SESSION_COOKIE_DOMAIN": ".shop.test", "PREFERRED_URL_SCHEME": "https"},
			[]string{"SESSION_COOKIE_DOMAIN", "PREFERRED_URL_SCHEME", "TRUSTED_HOSTS"}, ""},
		{"earlier keys", dewar.Map{"SECRET_KEY_FALLBACKS": []string{"old old old old"}}, nil, []string{"SECRET_KEY_FALLBACKS"}, "Go has set, Python has unset"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			app := quietApp(t)
			if err := app.Config.Declare("WTF_CSRF_TIME_LIMIT", nil, "as csrf.Protect declares it"); err != nil {
				t.Fatal(err)
			}
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

func TestFingerprintIsThatOfPython(t *testing.T) {
	t.Parallel()
	if got, want := strangler.FingerprintOf("a key with ü").Sum, "d6cd7961c27a61ded615467bddc64115"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// What is printed of an App has no difference to the App, read back from JSON.
func TestSharedIsWhatCheckCompares(t *testing.T) {
	t.Parallel()
	app := quietApp(t)
	err := app.Config.FromMapping(dewar.Map{"SECRET_KEY_FALLBACKS": []string{"old old old old"}, "REMEMBER_COOKIE_DURATION": "90m", "WTF_CSRF_METHODS": []string{"POST"},
		"SERVER_NAME": "shop.test", "SESSION_COOKIE_SECURE": true, "WTF_CSRF_SECRET_KEY": []string{"another"}, "MAX_FORM_PARTS": 0})
	if err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(strangler.Shared(app.Config))
	if err != nil || strings.Contains(string(data), testKey) || strings.Contains(string(data), "old old") || strings.Contains(string(data), "another") {
		t.Fatalf("got %s, %v", data, err)
	}
	var printed dewar.Map
	if err := json.Unmarshal(data, &printed); err != nil || printed["REMEMBER_COOKIE_DURATION"] != 5400.0 || printed["MAX_FORM_PARTS"] != nil {
		t.Fatalf("got %v, %v", printed, err)
	}
	if differences := strangler.Check(app.Config, printed); len(differences) > 0 {
		t.Errorf("got %v", differences)
	}
}

func ExampleShared() {
	app := dewar.New("shop")
	shared := strangler.Shared(app.Config)
	fmt.Println(shared["SESSION_COOKIE_NAME"], shared["PERMANENT_SESSION_LIFETIME"], shared["SECRET_KEY"])
	// Output: session 2.6784e+06 <nil>
}

func ExampleFingerprintOf() {
	app := dewar.New("shop")
	_ = app.Config.Set("SECRET_KEY", "the key that both halves have")
	// What a program of Python prints about app.config.
	python := dewar.Map{"SECRET_KEY": strangler.FingerprintOf("the key that both halves have"), "SESSION_COOKIE_SAMESITE": "Lax", "MAX_CONTENT_LENGTH": 16 << 20}
	fmt.Println(strangler.Check(app.Config, python))
	// Output: []
}

// A Difference says in one line what to do.
func ExampleDifference() {
	app := dewar.New("shop")
	for _, d := range strangler.Check(app.Config, dewar.Map{"SESSION_COOKIE_NAME": "shop", "SESSION_COOKIE_SAMESITE": "Lax", "MAX_CONTENT_LENGTH": 16 << 20}) {
		fmt.Println(d)
	}
	// Output: SESSION_COOKIE_NAME: Go has "session", Python has "shop"; each half would have a session of its own; give both the same name
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
	// MAX_CONTENT_LENGTH 16777216 unset
}
