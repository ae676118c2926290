package main

import (
	"context"
	"errors"
	"strings"
	"testing"
)

func newCheapHasher(t *testing.T) *hasher {
	t.Helper()
	h, err := newHasher(cheapMethod)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestHasher_Matches(t *testing.T) {
	t.Parallel()
	h := newCheapHasher(t)
	long := strings.Repeat("long ", 100)
	hash, err := h.hash(t.Context(), long)
	if err != nil {
		t.Fatal(err)
	}
	// made by werkzeug.security.generate_password_hash
	const werkzeugHash = "scrypt:32768:8:1$mbg3TZBet4SDthWo$a6ad9dc7b722a1cbc5906003fa7cfb3d7d1905729a27bd4cbf74331d5bafcc1a" +
		"62aeb403cdaef40aa847f1d967b343fbec7260c2542d84100df00c52c8273f3c"
	for _, tt := range []struct {
		name, hash, password string
		want                 bool
	}{
		{"own", hash, long, true},
		{"own, different at its end", hash, long[:len(long)-1], false},
		{"own, empty password", hash, "", false},
		{"Werkzeug's", werkzeugHash, "tèst ☃", true},
		{"Werkzeug's, of another salt", strings.Replace(werkzeugHash, "$m", "$n", 1), "tèst ☃", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := h.matches(t.Context(), tt.hash, tt.password)
			if err != nil || got != tt.want {
				t.Errorf("got (%v, %v), want %v", got, err, tt.want)
			}
		})
	}
}

func TestHasher_UnknownHash(t *testing.T) {
	t.Parallel()
	zeros := strings.Repeat("0", 2*keyLength)
	for _, tt := range []struct{ name, hash string }{
		{"empty", ""},
		{"plain text", "secret"},
		{"other method", "pbkdf2:sha256:600000$salt$" + zeros},
		{"short key", "scrypt:16:8:1$salt$00"},
		{"empty key", "scrypt:16:8:1$salt$"},
		{"cost out of range", "scrypt:15:8:1$salt$" + zeros},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			h := newCheapHasher(t)
			if ok, err := h.matches(t.Context(), tt.hash, ""); ok || err == nil {
				t.Errorf("got (%v, %v), want an error", ok, err)
			}
			if len(h.slots) != 0 {
				t.Error("the place of a hash that failed is still taken")
			}
		})
	}
}

func TestHasher_Salted(t *testing.T) {
	t.Parallel()
	h := newCheapHasher(t)
	first, err1 := h.hash(t.Context(), "secret")
	second, err2 := h.hash(t.Context(), "secret")
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	if first == second {
		t.Error("two hashes of one password are equal")
	}
}

func TestHasher_GivesUpWithTheRequest(t *testing.T) {
	t.Parallel()
	h := newCheapHasher(t)
	for range cap(h.slots) {
		h.slots <- struct{}{}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := h.hash(ctx, "secret"); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
}
