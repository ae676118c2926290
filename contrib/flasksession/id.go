package flasksession

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1"
	"encoding/base64"
	"strings"

	"github.com/dewar-go/dewar"
)

// leastIDLength is the fewest random bytes that an id may have.
const leastIDLength = 16

// newID returns an id of n random bytes, as Python's secrets.token_urlsafe does.
func newID(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b) // it never fails
	return base64.RawURLEncoding.EncodeToString(b)
}

// isID reports whether id may be one of Flask-Session: n bytes in the one spelling that base64 has for them, or a random
// UUID, which it made before 0.6. Nothing else may become part of a key in Redis.
func isID(id string, n int) bool {
	if len(id) == base64.RawURLEncoding.EncodedLen(n) && !strings.ContainsAny(id, "\r\n") {
		_, err := base64.RawURLEncoding.Strict().DecodeString(id)
		return err == nil
	}
	u, err := dewar.ParseUUID(id)
	return err == nil && u.String() == id && id[14] == '4'
}

// A signer signs ids as the Signer of itsdangerous does that Flask-Session makes with SESSION_USE_SIGNER.
type signer struct{ key []byte }

func newSigner(secret string) signer {
	mac := hmac.New(sha1.New, []byte(secret))
	mac.Write([]byte("flask-session"))
	return signer{mac.Sum(nil)}
}

func (s signer) mac(id string) []byte {
	mac := hmac.New(sha1.New, s.key)
	mac.Write([]byte(id))
	return mac.Sum(nil)
}

func (s signer) sign(id string) string {
	return id + "." + base64.RawURLEncoding.EncodeToString(s.mac(id))
}

// unsign returns the id of a cookie, and the index of the signer that signed it, or -1.
func unsign(signers []signer, cookie string) (id string, index int) {
	dot := strings.LastIndexByte(cookie, '.')
	if dot < 0 {
		return "", -1
	}
	id = cookie[:dot]
	mac, err := base64.RawURLEncoding.Strict().DecodeString(cookie[dot+1:])
	if err != nil || strings.ContainsAny(cookie[dot:], "\r\n") {
		return "", -1
	}
	for i, s := range signers {
		if hmac.Equal(mac, s.mac(id)) {
			return id, i
		}
	}
	return "", -1
}
