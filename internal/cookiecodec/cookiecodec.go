// Package cookiecodec signs, and on request encrypts, cookie values with gorilla/securecookie. It is the only
// package that imports it.
//
// # What it adds
//
// Keys are derived from one secret by HKDF-SHA-256, one for each purpose, so that a value made for one
// purpose is worth nothing for another. A value that is not in canonical base64 is refused before any
// cryptography, so that no two spellings of a cookie are accepted. Timestamps in the future are refused
// beyond a minute. Several secrets may be accepted; only the first one signs.
package cookiecodec

import (
	"crypto/hkdf"
	"crypto/sha256"
	"errors"
	"fmt"
	"time"

	"github.com/gorilla/securecookie"
)

// clockSkew is how far in the future, in seconds, a timestamp may lie.
const clockSkew = 60

// Options say how a Codec works.
type Options struct {
	// Purpose keeps values of different uses apart, for example "session".
	Purpose string
	// Secrets are the keys: the first one signs, all of them verify. There must be at least one, and none
	// may be empty.
	Secrets []string
	// MaxAge is how long a value is valid. It is counted in whole seconds, at least one.
	MaxAge time.Duration
	// Encrypt makes values unreadable, with AES-256 in counter mode, authenticated by the signature.
	Encrypt bool
}

// Codec encodes and decodes cookie values. It is safe for concurrent use.
type Codec struct {
	keys []*securecookie.SecureCookie
}

// ErrInvalid is returned for every value that is not accepted, whatever is wrong with it.
var ErrInvalid = errors.New("cookiecodec: value is not valid")

// New returns a Codec. It fails when there is no secret or an empty one.
func New(o Options) (*Codec, error) {
	if len(o.Secrets) == 0 {
		return nil, errors.New("cookiecodec: no secret; pass at least one")
	}
	c := &Codec{}
	for i, secret := range o.Secrets {
		if secret == "" {
			return nil, fmt.Errorf("cookiecodec: secret %d is empty", i)
		}
		key, err := newKey(o, secret)
		if err != nil {
			return nil, err
		}
		c.keys = append(c.keys, key)
	}
	return c, nil
}

func newKey(o Options, secret string) (*securecookie.SecureCookie, error) {
	mode := "sign"
	if o.Encrypt {
		mode = "encrypt"
	}
	hashKey, err := hkdf.Key(sha256.New, []byte(secret), nil, "dewar/"+o.Purpose+"/"+mode+"/mac", 32)
	if err != nil {
		return nil, fmt.Errorf("cookiecodec: derive key: %w", err)
	}
	var blockKey []byte
	if o.Encrypt {
		blockKey, err = hkdf.Key(sha256.New, []byte(secret), nil, "dewar/"+o.Purpose+"/"+mode+"/block", 32)
		if err != nil {
			return nil, fmt.Errorf("cookiecodec: derive key: %w", err)
		}
	}
	sc := securecookie.New(hashKey, blockKey)
	sc.SetSerializer(securecookie.NopEncoder{})
	sc.MaxAge(max(1, int(o.MaxAge/time.Second)))
	sc.MinAge(-clockSkew)
	sc.MaxLength(0)
	return sc, nil
}

// Encode returns the cookie value for payload, bound to the cookie's name and to the current time.
func (c *Codec) Encode(name string, payload []byte) (string, error) {
	return c.keys[0].Encode(name, payload)
}

// Decode returns the payload of a value that Encode made, and the index of the secret that signed it. Any
// other value, and one that is too old, is ErrInvalid.
func (c *Codec) Decode(name, value string) (payload []byte, key int, err error) {
	if !canonical(value) {
		return nil, 0, ErrInvalid
	}
	for i, sc := range c.keys {
		payload = nil
		if sc.Decode(name, value, &payload) == nil {
			return payload, i, nil
		}
	}
	return nil, 0, ErrInvalid
}

// canonical reports whether s is padded URL-safe base64 exactly as an encoder writes it: only letters of the
// alphabet, and no stray bits in the last one.
func canonical(s string) bool {
	if len(s) == 0 || len(s)%4 != 0 {
		return false
	}
	body, spare := s, byte(0)
	switch {
	case s[len(s)-2:] == "==":
		body, spare = s[:len(s)-2], 0x0f
	case s[len(s)-1] == '=':
		body, spare = s[:len(s)-1], 0x03
	}
	last := byte(0)
	for i := 0; i < len(body); i++ {
		last = sextets[body[i]]
		if last == invalid {
			return false
		}
	}
	return last&spare == 0
}

const (
	alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	invalid  = 0xff
)

// sextets gives the value of each letter of the alphabet.
var sextets = func() (table [256]byte) {
	for i := range table {
		table[i] = invalid
	}
	for i := 0; i < len(alphabet); i++ {
		table[alphabet[i]] = byte(i)
	}
	return table
}()
