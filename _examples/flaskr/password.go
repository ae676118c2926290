package main

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"runtime"
	"strings"

	"golang.org/x/crypto/scrypt"
)

// A hasher makes and checks the hashes of passwords. They are written as Werkzeug writes them,
// scrypt:32768:8:1$salt$key, so users of Flask's tutorial keep their passwords. scrypt, unlike bcrypt, takes
// passwords of any length.
type hasher struct {
	// method is the cost of new hashes. A kept one says its own.
	method string
	// slots has room for the hashes that are worked on at once; the others wait. Each takes a lot of memory,
	// 32 MB with the default method.
	slots chan struct{}
}

const (
	defaultMethod = "scrypt:32768:8:1"
	keyLength     = 64
)

// newHasher returns a hasher that works on as many hashes at once as there are processors. It makes one to see
// whether method is any good.
func newHasher(method string) (*hasher, error) {
	h := &hasher{method, make(chan struct{}, runtime.NumCPU())}
	if _, err := h.hash(context.Background(), ""); err != nil {
		return nil, fmt.Errorf("config key PASSWORD_METHOD: %w; the default is %q", err, defaultMethod)
	}
	return h, nil
}

// hash returns what to keep of a password.
func (h *hasher) hash(ctx context.Context, password string) (string, error) {
	salt := rand.Text()
	key, err := h.key(ctx, password, h.method, salt)
	if err != nil {
		return "", err
	}
	return h.method + "$" + salt + "$" + hex.EncodeToString(key), nil
}

// matches reports whether kept is the hash of password.
func (h *hasher) matches(ctx context.Context, kept, password string) (bool, error) {
	method, rest, _ := strings.Cut(kept, "$")
	salt, digits, _ := strings.Cut(rest, "$")
	want, err := hex.DecodeString(digits)
	if err != nil || len(want) != keyLength {
		return false, errors.New("a hash of a password in the database has an unknown form; delete its user, who can register again then")
	}
	got, err := h.key(ctx, password, method, salt)
	return err == nil && subtle.ConstantTimeCompare(got, want) == 1, err
}

// key derives the key of a password, or gives up when ctx ends before its turn.
func (h *hasher) key(ctx context.Context, password, method, salt string) ([]byte, error) {
	var n, r, p int
	if _, err := fmt.Sscanf(method, "scrypt:%d:%d:%d", &n, &r, &p); err != nil {
		return nil, fmt.Errorf("unknown method %q for hashes of passwords, want scrypt:N:r:p", method)
	}
	select {
	case h.slots <- struct{}{}:
		defer func() { <-h.slots }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return scrypt.Key([]byte(password), []byte(salt), n, r, p, keyLength)
}
