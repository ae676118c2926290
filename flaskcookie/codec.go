package flaskcookie

import (
	"crypto/sha1"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"io"
	"strings"
	"time"

	"github.com/dewar-go/dewar/internal/deflate"
	"github.com/dewar-go/dewar/internal/strictbase64"
)

// DefaultSalt is the salt of Flask's session cookie. A salt keeps apart what one secret key signs for
// different purposes.
const DefaultSalt = "cookie-session"

// DefaultMaxPayload is the largest payload, 256 KiB, counted before compression.
const DefaultMaxPayload = 256 << 10

// Why a cookie was refused, for errors.Is. No error holds a part of the cookie.
var (
	// ErrMalformed means that the value does not have the form of a Flask cookie, or that its payload,
	// though signed, cannot be inflated.
	ErrMalformed = errors.New("flaskcookie: malformed cookie")
	// ErrSignature means that none of the keys made the signature.
	ErrSignature = errors.New("flaskcookie: the signature does not match")
	// ErrExpired means that the cookie is older than allowed.
	ErrExpired = errors.New("flaskcookie: the cookie has expired")
	// ErrFuture means that the cookie was signed later than now, as by a server whose clock is ahead.
	ErrFuture = errors.New("flaskcookie: the cookie is from the future")
	// ErrTooLarge means that the payload is larger than Options.MaxPayload.
	ErrTooLarge = errors.New("flaskcookie: the payload is too large")
)

// Options are the settings of a [Codec]. They must be those of the Flask application; the zero value
// has Flask's defaults.
type Options struct {
	// Salt is DefaultSalt if empty.
	Salt string
	// KeyDerivation says how a signing key is made of a secret key and the salt, by its name in
	// itsdangerous: "hmac", "django-concat", "concat" or "none". It is "hmac" if empty.
	KeyDerivation string
	// Digest makes the hash of the signature and of the key derivation. It is SHA-1 if nil, which is
	// sound inside an HMAC.
	Digest func() hash.Hash
	// MaxPayload is the largest payload in bytes, counted before compression, that is written or read.
	// It is DefaultMaxPayload if 0 or less.
	MaxPayload int
}

// A Codec signs and verifies cookies. It is safe for concurrent use. Its keys never show: it prints as
// flaskcookie.Codec[redacted].
type Codec struct {
	signers    []*signer
	maxPayload int
	pool       deflate.Pool
}

// NewCodec returns a Codec for the given secret keys, newest first: the first signs, all verify. It is
// an error to give no key, an empty key, or an unknown key derivation.
func NewCodec(keys [][]byte, o Options) (*Codec, error) {
	if len(keys) == 0 {
		return nil, errors.New("flaskcookie: no secret key to sign with; set SECRET_KEY")
	}
	if o.Salt == "" {
		o.Salt = DefaultSalt
	}
	if o.Digest == nil {
		o.Digest = sha1.New
	}
	if o.MaxPayload <= 0 {
		o.MaxPayload = DefaultMaxPayload
	}
	c := &Codec{maxPayload: o.MaxPayload, pool: deflate.Pool{Format: deflate.Zlib}}
	for i, key := range keys {
		if len(key) == 0 {
			return nil, fmt.Errorf("flaskcookie: secret key %d of %d is empty; set it or leave it out", i+1, len(keys))
		}
		s, err := newSigner(key, o)
		if err != nil {
			return nil, err
		}
		c.signers = append(c.signers, s)
	}
	return c, nil
}

// Format writes flaskcookie.Codec[redacted], whatever the verb.
func (c *Codec) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "flaskcookie.Codec[redacted]") }

// String returns what Format prints, for templates, which look for it.
func (c *Codec) String() string { return fmt.Sprint(c) }

// Encode returns the cookie for payload, signed at now with the first key. A payload is compressed if
// that saves more than a byte. An empty payload and a time before 1970 are errors, a payload larger
// than MaxPayload is ErrTooLarge. How long the cookie may be is the caller's to check.
func (c *Codec) Encode(payload []byte, now time.Time) (string, error) {
	switch {
	case len(payload) == 0:
		return "", errors.New("flaskcookie: nothing to encode; give a payload")
	case len(payload) > c.maxPayload:
		return "", ErrTooLarge
	case now.Unix() <= 0:
		return "", errors.New("flaskcookie: cannot sign at a time before 1970; set the clock")
	}
	signer := c.signers[0]
	var cookie []byte
	if small := c.deflate(payload); small != nil {
		payload = small
		cookie = append(cookie, '.')
	}
	cookie = base64.RawURLEncoding.AppendEncode(cookie, payload)
	cookie = append(cookie, '.')
	cookie = appendTime(cookie, now)
	mac := signer.sign(cookie)
	cookie = append(cookie, '.')
	return string(base64.RawURLEncoding.AppendEncode(cookie, mac)), nil
}

// appendTime appends t as Flask does, in as few bytes as it needs.
func appendTime(dst []byte, t time.Time) []byte {
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], uint64(t.Unix()))
	start := 0
	for b[start] == 0 {
		start++
	}
	return base64.RawURLEncoding.AppendEncode(dst, b[start:])
}

// Decode returns the payload of a cookie that one of the keys signed, and the index of that key: not 0
// means that the cookie should be signed anew. A cookie may be as old as maxAge, in whole seconds, and
// must not be from the future by any. The error, if any, is one of ErrMalformed, ErrSignature,
// ErrExpired, ErrFuture and ErrTooLarge, and the index is then -1.
func (c *Codec) Decode(cookie string, now time.Time, maxAge time.Duration) (payload []byte, keyIndex int, err error) {
	p, keyIndex, err := c.decode(cookie, now, maxAge)
	if err != nil {
		return nil, -1, err
	}
	return p.payload, keyIndex, nil
}

// decode returns the parts of a cookie, its payload inflated.
func (c *Codec) decode(cookie string, now time.Time, maxAge time.Duration) (p parts, keyIndex int, err error) {
	if p, err = parse(cookie); err != nil {
		return p, -1, err
	}
	if keyIndex = c.verify(p); keyIndex < 0 {
		return p, -1, ErrSignature
	}
	if err := checkAge(p.signedAt, now, maxAge); err != nil {
		return p, -1, err
	}
	p.verified = true
	if p.compressed {
		if p.payload, err = c.inflate(p.payload); err != nil {
			return p, -1, err
		}
	}
	if len(p.payload) > c.maxPayload {
		return p, -1, ErrTooLarge
	}
	return p, keyIndex, nil
}

// verify returns the index of the key that signed p, or -1.
func (c *Codec) verify(p parts) int {
	for i, s := range c.signers {
		if s.verify(p.signed, p.mac) {
			return i
		}
	}
	return -1
}

func checkAge(signedAt uint64, now time.Time, maxAge time.Duration) error {
	seconds := now.Unix()
	if seconds < 0 || signedAt > uint64(seconds) {
		return ErrFuture
	}
	if age := seconds - int64(signedAt); maxAge < 0 || age > int64(maxAge/time.Second) {
		return ErrExpired
	}
	return nil
}

// The parts of a cookie.
type parts struct {
	signed     []byte // payload and timestamp as they came
	payload    []byte
	compressed bool
	signedAt   uint64 // seconds since 1970
	verified   bool   // one of the keys has signed it, and it has not expired
	mac        []byte
}

// parse takes a cookie apart and refuses every spelling but the one that Encode writes.
func parse(cookie string) (p parts, err error) {
	signed, mac, found := cutLast(cookie)
	payload, signedAt, foundToo := cutLast(signed)
	if !found || !foundToo {
		return p, ErrMalformed
	}
	payload, p.compressed = strings.CutPrefix(payload, ".")
	var timeOK, macOK, payloadOK bool
	p.signedAt, timeOK = parseTime(signedAt)
	p.mac, macOK = decodeBase64(mac)
	p.payload, payloadOK = decodeBase64(payload)
	if !timeOK || !macOK || !payloadOK {
		return p, ErrMalformed
	}
	p.signed = []byte(signed)
	return p, nil
}

// cutLast cuts s around its last dot.
func cutLast(s string) (before, after string, found bool) {
	i := strings.LastIndexByte(s, '.')
	if i < 0 {
		return "", "", false
	}
	return s[:i], s[i+1:], true
}

// decodeBase64 takes only what encoding the result would give. Nothing at all is refused too.
func decodeBase64(s string) (b []byte, ok bool) {
	b, ok = strictbase64.RawURL.DecodeString(s)
	return b, ok && s != ""
}

func parseTime(s string) (seconds uint64, ok bool) {
	b, ok := decodeBase64(s)
	if !ok || len(b) > 8 || b[0] == 0 {
		return 0, false
	}
	for _, c := range b {
		seconds = seconds<<8 | uint64(c)
	}
	return seconds, true
}
