package dewar

import (
	"crypto/hmac"
	"crypto/sha512"
	"hash"
	"strings"
	"testing"
)

// TestKeyThatSignsOtherwiseThanSecurecookieStopsTheApp has every key sign with another MAC.
func TestKeyThatSignsOtherwiseThanSecurecookieStopsTheApp(t *testing.T) {
	t.Parallel()
	app := New("test", RootPath(t.TempDir()))
	config := Map{"TESTING": true, "SECRET_KEY": "a key for tests, long enough", "SECRET_KEY_FALLBACKS": []string{"an older key, long enough"}}
	if err := app.Config.FromMapping(config); err != nil {
		t.Fatal(err)
	}
	app.SessionInterface = &SecureCookieSessionInterface{mac: func(key []byte) hash.Hash { return hmac.New(sha512.New512_256, key) }}
	err := app.Build()
	for _, want := range []string{"SECRET_KEY signs session cookies differently from gorilla/securecookie", "SECRET_KEY_FALLBACKS[0] signs"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q in it", err, want)
		}
	}
	app.SessionInterface = &SecureCookieSessionInterface{}
	if err := app.Build(); err != nil {
		t.Errorf("got %v from dewar's own MAC", err)
	}
}
