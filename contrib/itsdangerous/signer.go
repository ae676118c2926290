package itsdangerous

import (
	"crypto/hmac"
	"encoding/base64"
	"errors"
	"fmt"
	"hash"
	"io"
	"strings"
)

// A Signer signs text and verifies it. It is safe for concurrent use. Its keys never show: it prints as
// itsdangerous.Signer[redacted].
type Signer struct {
	digest func() hash.Hash
	keys   [][]byte // derived, the one that signs first
	sep    string
}

// NewSigner returns a Signer for the given secret keys: the last signs, all verify. It is an error to give no key, an
// empty key, an unknown key derivation, or a separator that a signature may contain.
func NewSigner(keys []string, o Options) (*Signer, error) {
	return newSigner(keys, o.withDefaults("itsdangerous.Signer"))
}

func newSigner(keys []string, o Options) (*Signer, error) {
	if len(keys) == 0 {
		return nil, errors.New("itsdangerous: no key to sign with; give the SECRET_KEY")
	}
	if err := o.checkSep(); err != nil {
		return nil, err
	}
	s := &Signer{digest: o.Digest, sep: o.Sep}
	for i := len(keys) - 1; i >= 0; i-- {
		if keys[i] == "" {
			return nil, fmt.Errorf("itsdangerous: key %d of %d is empty; set it or leave it out", i+1, len(keys))
		}
		key, err := deriveKey(keys[i], o)
		if err != nil {
			return nil, err
		}
		s.keys = append(s.keys, key)
	}
	return s, nil
}

// deriveKey returns the signing key that a secret key and the salt make.
func deriveKey(secret string, o Options) ([]byte, error) {
	h := o.Digest()
	switch o.KeyDerivation {
	case "django-concat":
		_, _ = io.WriteString(h, o.Salt+"signer"+secret)
	case "concat":
		_, _ = io.WriteString(h, o.Salt+secret)
	case "hmac":
		h = hmac.New(o.Digest, []byte(secret))
		_, _ = io.WriteString(h, o.Salt)
	case "none":
		return []byte(secret), nil
	default:
		return nil, fmt.Errorf("itsdangerous: unknown key derivation %q; use django-concat, hmac, concat or none", o.KeyDerivation)
	}
	return h.Sum(nil), nil
}

// Sign returns value with its signature behind it.
func (s *Signer) Sign(value string) string {
	return value + s.sep + base64.RawURLEncoding.EncodeToString(s.mac(s.keys[0], value))
}

// Unsign returns the value that one of the keys has signed, and ErrBadSignature for any other.
func (s *Signer) Unsign(signed string) (string, error) {
	value, signature, _ := cutLast(signed, s.sep) // without a separator there is no signature, which never fits
	mac, ok := decodeBase64(signature)
	if !ok {
		return "", ErrBadSignature
	}
	for _, key := range s.keys {
		if hmac.Equal(mac, s.mac(key, value)) {
			return value, nil
		}
	}
	return "", ErrBadSignature
}

func (s *Signer) mac(key []byte, value string) []byte {
	mac := hmac.New(s.digest, key)
	_, _ = io.WriteString(mac, value)
	return mac.Sum(nil)
}

// Format writes itsdangerous.Signer[redacted], whatever the verb.
func (s *Signer) Format(f fmt.State, _ rune) { redact(f, "Signer") }

// String returns what Format prints, for templates, which look for it.
func (s *Signer) String() string { return fmt.Sprint(s) }

func redact(f fmt.State, name string) {
	_, _ = io.WriteString(f, "itsdangerous."+name+"[redacted]")
}

// cutLast cuts s around its last separator.
func cutLast(s, sep string) (before, after string, found bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}

// decodeBase64 takes only what encoding the result would give. Nothing at all is refused too.
func decodeBase64(s string) ([]byte, bool) {
	if s == "" || strings.ContainsAny(s, "\r\n") { // which package base64 passes over
		return nil, false
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(s)
	return b, err == nil
}
