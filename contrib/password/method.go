package password

import (
	"crypto/pbkdf2"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"fmt"
	"hash"
	"math/bits"
	"strconv"
	"strings"

	"golang.org/x/crypto/scrypt"
)

// What one check may cost, so that a hash from a foreign table cannot stop the server.
const (
	maxMemory     = 128 << 20   // of scrypt, in bytes: four times Werkzeug's
	maxWork       = 8 * 1 << 20 // N*r*p of scrypt: 32 times Werkzeug's
	maxIterations = 10_000_000  // of pbkdf2: ten times Werkzeug's

	defaultIterations = 1_000_000 // Werkzeug's since 3.1
)

// A method derives a key from a password, and prints itself as the first part of a hash.
type method interface {
	derive(password, salt string) ([]byte, error)
	size() int // of the key, in bytes
	String() string
}

type scryptMethod struct{ n, r, p int }

func (m scryptMethod) String() string { return fmt.Sprintf("scrypt:%d:%d:%d", m.n, m.r, m.p) }

func (m scryptMethod) size() int { return 64 } // what Python's hashlib.scrypt gives by default

func (m scryptMethod) derive(password, salt string) ([]byte, error) {
	return scrypt.Key([]byte(password), []byte(salt), m.n, m.r, m.p, m.size())
}

type pbkdf2Method struct {
	hash       string
	iterations int
}

func (m pbkdf2Method) String() string { return fmt.Sprintf("pbkdf2:%s:%d", m.hash, m.iterations) }

func (m pbkdf2Method) size() int { return digests(m.hash)().Size() }

func (m pbkdf2Method) derive(password, salt string) ([]byte, error) {
	return pbkdf2.Key(digests(m.hash), password, []byte(salt), m.iterations, m.size())
}

// digests gives the hash function of one of Python's names, or nil.
func digests(name string) func() hash.Hash {
	switch name {
	case "sha1":
		return sha1.New
	case "sha224":
		return sha256.New224
	case "sha256":
		return sha256.New
	case "sha384":
		return sha512.New384
	case "sha512":
		return sha512.New
	}
	return nil
}

// parseMethod reads the first part of a hash.
func parseMethod(text string) (method, error) {
	name, rest, _ := strings.Cut(text, ":")
	var args []string
	if rest != "" {
		args = strings.Split(rest, ":")
	}
	switch name {
	case "scrypt":
		return parseScrypt(text, args)
	case "pbkdf2":
		return parsePBKDF2(text, args)
	case "plain", "md5", "sha1", "sha224", "sha256", "sha384", "sha512":
		return nil, fmt.Errorf("password: %w: method %q is a hash without rounds, which Werkzeug 3 refuses too; have these users set a new password",
			ErrUnsupported, name)
	}
	return nil, fmt.Errorf("password: %w: its method is neither scrypt nor pbkdf2; a hash of another library, such as bcrypt or argon2, is checked by that library",
		ErrUnsupported)
}

func parseScrypt(text string, args []string) (method, error) {
	if len(args) == 0 {
		return scryptMethod{1 << 15, 8, 1}, nil
	}
	n, okN := parameter(args, 0)
	r, okR := parameter(args, 1)
	p, okP := parameter(args, 2)
	if len(args) != 3 || !okN || !okR || !okP || n < 2 || bits.OnesCount(uint(n)) != 1 {
		return nil, fmt.Errorf("password: %w: %q; scrypt is written scrypt:N:r:p, with N a power of two, such as %s",
			ErrUnsupported, shorten(text), DefaultMethod)
	}
	if n > maxMemory/128/r || n*r > maxWork/p {
		return nil, fmt.Errorf("password: %w: %q costs more than %d MiB or %d times the work of %s",
			ErrUnsupported, shorten(text), maxMemory>>20, maxWork/(1<<15*8), DefaultMethod)
	}
	return scryptMethod{n, r, p}, nil
}

func parsePBKDF2(text string, args []string) (method, error) {
	m := pbkdf2Method{"sha256", defaultIterations}
	if len(args) > 0 {
		m.hash = args[0]
	}
	ok := len(args) <= 2
	if len(args) == 2 {
		m.iterations, ok = parameter(args, 1)
	}
	if !ok || digests(m.hash) == nil {
		return nil, fmt.Errorf("password: %w: %q; pbkdf2 is written pbkdf2:HASH:ITERATIONS, with HASH one of sha1, sha224, sha256, sha384 and sha512",
			ErrUnsupported, shorten(text))
	}
	if m.iterations > maxIterations {
		return nil, fmt.Errorf("password: %w: %q has more than %d iterations", ErrUnsupported, shorten(text), maxIterations)
	}
	return m, nil
}

// parameter reads a positive decimal of at most nine digits.
func parameter(args []string, i int) (int, bool) {
	if i >= len(args) || len(args[i]) > 9 {
		return 0, false
	}
	n, err := strconv.ParseUint(args[i], 10, 32)
	return int(n), err == nil && n > 0
}

// shorten keeps what may be a whole secret out of an error.
func shorten(text string) string {
	if len(text) > 32 {
		return text[:32] + "..."
	}
	return text
}
