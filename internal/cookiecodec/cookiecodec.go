// Package cookiecodec signs, and on request encrypts, cookie values with gorilla/securecookie. It is the only
// package that imports it.
//
// # What it adds
//
// Keys are derived from one secret by HKDF-SHA-256, one for each purpose, so that a value made for one
// purpose is worth nothing for another. A value that is not in canonical base64 is refused before any
// cryptography, so that no two spellings of a cookie are accepted. Timestamps in the future are refused
// beyond a minute. Several secrets may be accepted; only the first one signs.
//
// # What is securecookie's, and what is not
//
// The format and all encryption are securecookie's. Values that are signed alone are signed and verified here, with
// HMACs that are used again: securecookie sets up a new one for each value, which takes most of its time. It stays the
// judge: [Codec.Differing] has it open what each key seals here, and the other way round, and an App that finds a
// difference does not start.
//
// # Sessions
//
// The payload of a session is its JSON behind a [Seal], which says when it began and to which epoch it belongs. It
// is compressed where that helps.
package cookiecodec

import (
	"errors"
	"fmt"
	"hash"
	"time"

	"github.com/dewar-go/dewar/internal/deflate"
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
	// MAC makes what signs here, for tests of [Codec.Differing]. It is HMAC-SHA-256 if nil, which is securecookie's.
	MAC func(key []byte) hash.Hash
}

// Codec encodes and decodes cookie values. It is safe for concurrent use.
type Codec struct {
	keys []*key
	pool deflate.Pool
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

// Encode returns the cookie value for payload, bound to the cookie's name and to the current time.
func (c *Codec) Encode(name string, payload []byte) (string, error) {
	value, err := c.AppendEncode(nil, name, payload, time.Now().Unix())
	return string(value), err
}

// AppendEncode is Encode for a caller who knows the time, in seconds since 1970, and appends the value to dst. An encrypted
// value has the time that it is all the same.
func (c *Codec) AppendEncode(dst []byte, name string, payload []byte, now int64) ([]byte, error) {
	return c.keys[0].seal(dst, name, payload, now)
}

// A Value is what was in a cookie.
type Value struct {
	// Payload is what Encode was given.
	Payload string
	// Key is the index of the secret that signed it. Unless it is 0 the value should be signed anew.
	Key int
	// SignedAt is when Encode was called, in seconds since 1970.
	SignedAt int64
}

// Decode returns what is in a value that Encode made. Any other value, and one that is too old, is ErrInvalid.
func (c *Codec) Decode(name, value string) (Value, error) {
	for i, k := range c.keys {
		if payload, at, ok := k.open(name, value); ok {
			return Value{Payload: payload, Key: i, SignedAt: at}, nil
		}
	}
	return Value{}, ErrInvalid
}

// Differing returns the indexes of the secrets whose values securecookie does not open, or whose values from
// securecookie do not open here. There are none unless one of the two was changed.
func (c *Codec) Differing() (secrets []int) {
	for i, k := range c.keys {
		if !k.agrees() {
			secrets = append(secrets, i)
		}
	}
	return secrets
}
