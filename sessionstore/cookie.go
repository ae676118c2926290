package sessionstore

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"hash"
	"sync"
	"time"

	"github.com/dewar-go/dewar"
)

// The cookie is handle.secret.mac. The MAC has macSize bytes and covers the cookie's name, the handle and the secret.
const (
	macSize   = 16
	macLen    = 22
	cookieLen = handleLen + 1 + secretLen + 1 + macLen
)

// A cookie is what a valid one holds.
type cookie struct {
	id     string // the handle as text
	handle Handle
	secret string
	stale  bool // a fallback key has signed it
}

// keys is what follows from one state of the configuration.
type keys struct {
	config   *dewar.Values
	name     string // of the cookie
	signers  []*signer
	idle     time.Duration
	absolute time.Duration
	refresh  bool
}

func deriveKeys(config *dewar.Values) (*keys, error) {
	k := &keys{
		config: config, name: config.String("SESSION_COOKIE_NAME"), refresh: config.Bool("SESSION_REFRESH_EACH_REQUEST"),
		idle: config.Duration("PERMANENT_SESSION_LIFETIME"), absolute: config.Duration("SESSION_ABSOLUTE_LIFETIME"),
	}
	secret := config.String("SECRET_KEY")
	if secret == "" {
		return k, nil
	}
	for _, secret := range append([]string{secret}, config.Strings("SECRET_KEY_FALLBACKS")...) {
		s, err := newSigner(secret)
		if err != nil {
			return nil, err
		}
		k.signers = append(k.signers, s)
	}
	return k, nil
}

// newCookie returns a handle with a new secret.
func newCookie(h Handle) cookie {
	var secret [32]byte
	_, _ = rand.Read(secret[:]) // never fails: the process ends instead
	return cookie{id: h.String(), handle: h, secret: base64.RawURLEncoding.EncodeToString(secret[:])}
}

func newHandle() (h Handle) {
	_, _ = rand.Read(h[:])
	return h
}

// encode returns the value of a cookie.
func (k *keys) encode(c cookie) string {
	value := make([]byte, 0, cookieLen)
	value = append(append(append(value, c.id...), '.'), c.secret...)
	mac := k.signers[0].sum(k.name, string(value))
	return string(append(append(value, '.'), mac[:]...))
}

// decode returns what is in a cookie that one of the keys has signed.
func (k *keys) decode(value string) (c cookie, ok bool) {
	const dot1, dot2 = handleLen, handleLen + 1 + secretLen
	if len(value) != cookieLen || value[dot1] != '.' || value[dot2] != '.' {
		return c, false
	}
	h, err := ParseHandle(value[:dot1])
	if err != nil {
		return c, false
	}
	for n, s := range k.signers {
		if mac := s.sum(k.name, value[:dot2]); subtle.ConstantTimeCompare(mac[:], []byte(value[dot2+1:])) == 1 {
			return cookie{id: value[:dot1], handle: h, secret: value[dot1+1 : dot2], stale: n > 0}, true
		}
	}
	return c, false
}

// A signer makes MACs with one key, as text.
type signer struct{ macs sync.Pool }

func newSigner(secret string) (*signer, error) {
	key, err := hkdf.Key(sha256.New, []byte(secret), nil, "dewar/sessionstore/mac", sha256.Size)
	if err != nil {
		return nil, fmt.Errorf("sessionstore: derive key: %w", err)
	}
	return &signer{sync.Pool{New: func() any { return &mac{Hash: hmac.New(sha256.New, key)} }}}, nil
}

// A mac is an HMAC that is used again, with room for what it needs.
type mac struct {
	hash.Hash
	text []byte
	out  [sha256.Size]byte
}

func (s *signer) sum(name, value string) (text [macLen]byte) {
	m := s.macs.Get().(*mac)
	m.Reset()
	m.text = append(append(append(m.text[:0], name...), 0), value...)
	_, _ = m.Write(m.text)
	base64.RawURLEncoding.Encode(text[:], m.Sum(m.out[:0])[:macSize])
	s.macs.Put(m)
	return text
}
