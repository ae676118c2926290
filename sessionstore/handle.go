package sessionstore

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"io"

	"github.com/dewar-go/dewar/internal/strictbase64"
)

// A Handle names a session in its store for as long as it lives: 128 random bits. It opens nothing by itself and may be
// logged.
type Handle [16]byte

// handleLen and secretLen are how many characters a handle and a secret have as text.
const (
	handleLen = 22
	secretLen = 43
)

// String returns the handle as 22 characters of A-Z, a-z, 0-9, - and _.
func (h Handle) String() string { return base64.RawURLEncoding.EncodeToString(h[:]) }

// ParseHandle returns the handle that String wrote. Any other text is an error.
func ParseHandle(text string) (Handle, error) {
	var h Handle
	if len(text) == handleLen {
		var buffer [handleLen]byte
		if b, ok := strictbase64.RawURL.AppendDecode(buffer[:0], []byte(text)); ok {
			copy(h[:], b)
			return h, nil
		}
	}
	return h, fmt.Errorf("sessionstore: %q is no handle; one has 22 characters of A-Z, a-z, 0-9, - and _", text)
}

// A Hash is the SHA-256 of a secret, which opens a session. It never shows: it prints as [redacted].
type Hash [sha256.Size]byte

// hashOf returns the hash of a secret as it stands in the cookie.
func hashOf(secret string) Hash {
	var text [secretLen]byte
	return sha256.Sum256(text[:copy(text[:], secret)])
}

// Equal compares in constant time.
func (h Hash) Equal(other Hash) bool { return subtle.ConstantTimeCompare(h[:], other[:]) == 1 }

// Format writes [redacted], for every verb.
func (h Hash) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "[redacted]") }
