// Package password hashes passwords for storage and checks them. It reads and writes the strings of Werkzeug's
// generate_password_hash, so that the accounts of a Flask application can move in both directions:
//
//	scrypt:32768:8:1$salt$hex
//	pbkdf2:sha256:1000000$salt$hex
//
// A check at scrypt's usual cost takes 32 MiB and some 60 ms of one core. A [Hasher] bounds how many run at once, so an
// application has one Hasher and keeps it:
//
//	var passwords password.Hasher
//
//	hash, err := passwords.Hash(c, form.Password)
//	ok, err := passwords.Check(c, user.PasswordHash, form.Password)
//
// # Unknown users
//
// An empty hash belongs to nobody: its check costs what a real one costs and is false. A login that looks a user up and
// checks what it found, found or not, answers as slowly for names that do not exist, and so does not tell which do.
//
// # Old hashes
//
// The unsalted and single-round forms that Werkzeug removed (plain$, md5$, sha1$, sha256$ ...) are refused by an error
// that wraps [ErrUnsupported]; such accounts need a new password. A form that is readable but no longer written is
// checked as ever, and [Hasher.NeedsRehash] says when to store a new one.
package password

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
)

// ErrUnsupported is wrapped by the errors for hashes and methods that are malformed, of another kind or dearer than the
// bounds of this package. The errors name the method and never the salt, the hash or the password.
var ErrUnsupported = errors.New("unsupported password hash")

// DefaultMethod is what a Hasher writes when its Method is empty, as Werkzeug 3 does.
const DefaultMethod = "scrypt:32768:8:1"

// saltLength is that of Werkzeug, so that no column of a database is too short.
const saltLength = 16

// A Hasher hashes and checks passwords, and bounds how many of these run at once. Its zero value is ready. Its fields
// must not be changed once it is in use, nor the Hasher copied; its methods are safe for concurrent use.
type Hasher struct {
	// Method is what Hash writes: "scrypt", "scrypt:N:r:p", "pbkdf2", "pbkdf2:HASH" or "pbkdf2:HASH:ITERATIONS". The
	// default is DefaultMethod; pbkdf2 without the rest is pbkdf2:sha256:1000000. HASH is one of sha224, sha256, sha384
	// and sha512; sha1 is only read. A scrypt hash is read by Werkzeug 2.3 and later, pbkdf2 by all of them.
	Method string

	// Concurrency is how many hashes are computed at once; others wait for their turn, or for their context. The default
	// is the number of processors the program may use. At scrypt's usual cost each takes 32 MiB, and none 128 MiB.
	Concurrency int

	once  sync.Once
	turns chan struct{}
}

// Hash returns a hash of password with a new random salt, fit for [Hasher.Check] and Werkzeug's check_password_hash:
// generate_password_hash. It fails when Method is wrong and when ctx ends before its turn comes. A password is taken as
// its bytes, of any length and also empty; whether it is good enough is not asked here.
func (h *Hasher) Hash(ctx context.Context, password string) (string, error) {
	m, err := h.method()
	if err != nil {
		return "", err
	}
	salt := rand.Text()[:saltLength]
	key, err := h.derive(ctx, m, password, salt)
	if err != nil {
		return "", err
	}
	return m.String() + "$" + salt + "$" + hex.EncodeToString(key), nil
}

// Check reports whether password is the one that hash was made of: check_password_hash. The comparison takes constant
// time. An empty hash is nobody's and gives false after the time of a real check. A hash that cannot be read gives an
// error that wraps [ErrUnsupported], where Werkzeug gives False or raises; when ctx ends before the turn comes, the
// error wraps that of ctx. The answer is false whenever there is an error.
func (h *Hasher) Check(ctx context.Context, hash, password string) (bool, error) {
	if hash == "" {
		return false, h.checkNobody(ctx, password)
	}
	m, salt, want, err := split(hash)
	if err != nil {
		return false, err
	}
	key, err := h.derive(ctx, m, password, salt)
	if err != nil {
		return false, err
	}
	return subtle.ConstantTimeCompare([]byte(hex.EncodeToString(key)), []byte(want)) == 1, nil
}

// NeedsRehash reports whether hash is not what Hash would write today: another method or other costs, or nothing that can
// be read. Ask after a check that succeeded, the one moment when the password is at hand, and store a new hash. It is false
// when Method is wrong, which Hash tells.
func (h *Hasher) NeedsRehash(hash string) bool {
	today, err := h.method()
	if err != nil {
		return false
	}
	m, _, _, err := split(hash)
	return err != nil || m.String() != today.String()
}

// Validate returns the error that Hash would give for Method, and computes nothing. A program that takes Method from its
// configuration asks when it starts, so that no user is the first to try it.
func (h *Hasher) Validate() error {
	_, err := h.method()
	return err
}

// checkNobody costs what a check of a hash of today costs.
func (h *Hasher) checkNobody(ctx context.Context, password string) error {
	m, err := h.method()
	if err != nil {
		return err
	}
	_, err = h.derive(ctx, m, password, rand.Text()[:saltLength])
	return err
}

func (h *Hasher) method() (method, error) {
	m, err := parseMethod(cmp.Or(h.Method, DefaultMethod))
	if p, ok := m.(pbkdf2Method); ok && p.hash == "sha1" {
		err = fmt.Errorf("password: %w: pbkdf2:sha1 is read but not written", ErrUnsupported)
	}
	if err != nil {
		return nil, fmt.Errorf("%w; set Method to %q", err, DefaultMethod)
	}
	return m, nil
}

// derive computes a key when its turn has come.
func (h *Hasher) derive(ctx context.Context, m method, password, salt string) ([]byte, error) {
	h.once.Do(func() {
		n := h.Concurrency
		if n <= 0 {
			n = runtime.GOMAXPROCS(0)
		}
		h.turns = make(chan struct{}, n)
	})
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("password: not begun: %w", err)
	}
	select {
	case h.turns <- struct{}{}:
	case <-ctx.Done():
		return nil, fmt.Errorf("password: waited for a turn: %w", ctx.Err())
	}
	defer func() { <-h.turns }()
	return m.derive(password, salt)
}

// split takes a stored hash apart and checks its shape.
func split(hash string) (m method, salt, want string, err error) {
	parts := strings.SplitN(hash, "$", 3)
	if len(parts) != 3 {
		return nil, "", "", fmt.Errorf("password: %w: a hash is written method$salt$hex, this one has %d of the three parts", ErrUnsupported, len(parts))
	}
	if m, err = parseMethod(parts[0]); err != nil {
		return nil, "", "", err
	}
	if parts[1] == "" {
		return nil, "", "", fmt.Errorf("password: %w: the salt of a %s hash is empty", ErrUnsupported, parts[0])
	}
	if got, want := len(parts[2]), 2*m.size(); got != want {
		return nil, "", "", fmt.Errorf("password: %w: a %s hash ends with %d hex digits, this one with %d; was it cut by a short column?",
			ErrUnsupported, parts[0], want, got)
	}
	return m, parts[1], parts[2], nil
}
