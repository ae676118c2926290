package itsdangerous

import (
	"cmp"
	"crypto/sha1"
	"fmt"
	"hash"
	"strings"
	"time"
)

// DefaultMaxPayload is the largest payload, 256 KiB, counted before compression.
const DefaultMaxPayload = 256 << 10

// Options say how values are signed. They must be those of the Python application; the zero value has the defaults of
// itsdangerous.
type Options struct {
	// Salt keeps apart what one key signs for different purposes. It is "itsdangerous" for serializers and
	// "itsdangerous.Signer" for signers if empty.
	Salt string
	// KeyDerivation says how a signing key is made of a secret key and the salt: "django-concat", "hmac", "concat" or
	// "none". It is "django-concat" if empty; Flask's session cookie has "hmac".
	KeyDerivation string
	// Digest makes the hash of the signature and of the key derivation. It is SHA-1 if nil, which is sound inside an HMAC.
	Digest func() hash.Hash
	// Sep stands before the signature and before the time. It is "." if empty.
	Sep string
	// MaxPayload is the largest payload of a serializer in bytes, counted before compression, that is written or read.
	// It is DefaultMaxPayload if 0 or less.
	MaxPayload int
}

func (o Options) withDefaults(salt string) Options {
	o.Salt = cmp.Or(o.Salt, salt)
	o.KeyDerivation = cmp.Or(o.KeyDerivation, "django-concat")
	o.Sep = cmp.Or(o.Sep, ".")
	if o.Digest == nil {
		o.Digest = sha1.New
	}
	if o.MaxPayload <= 0 {
		o.MaxPayload = DefaultMaxPayload
	}
	return o
}

// inSignatures are the characters that a signature may have in Python.
const inSignatures = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_="

func (o Options) checkSep() error {
	if strings.ContainsAny(o.Sep, inSignatures) {
		return fmt.Errorf("itsdangerous: Sep %q may be a part of a signature; use one without letters, digits, - _ and =", o.Sep)
	}
	return nil
}

// Keys returns Flask's SECRET_KEY and SECRET_KEY_FALLBACKS in the order that itsdangerous has: the secret key last, so
// that it signs.
//
//	itsdangerous.Keys(config.String("SECRET_KEY"), config.Strings("SECRET_KEY_FALLBACKS")...)
func Keys(secretKey string, fallbacks ...string) []string {
	return append(append(make([]string, 0, len(fallbacks)+1), fallbacks...), secretKey)
}

// A LoadOption asks more of the time of a signature.
type LoadOption func(*loading)

type loading struct {
	maxAge   time.Duration
	limited  bool
	signedAt *time.Time
}

// MaxAge refuses what was signed longer ago than d, counted in whole seconds as Python does, and what was signed later
// than now, by any. Without it a value never expires. Python has max_age.
func MaxAge(d time.Duration) LoadOption {
	return func(l *loading) { l.maxAge, l.limited = d, true }
}

// SignedAt stores in t when the value was signed, in UTC, also when it has expired. It is unchanged when nobody has
// signed the value. Python has return_timestamp.
func SignedAt(t *time.Time) LoadOption {
	return func(l *loading) { l.signedAt = t }
}

// check says whether seconds, a time since 1970, is young enough.
func (l *loading) check(seconds int64) error {
	if l.signedAt != nil {
		*l.signedAt = time.Unix(seconds, 0).UTC()
	}
	if !l.limited {
		return nil
	}
	age := time.Now().Unix() - seconds
	if age < 0 || age > int64(l.maxAge/time.Second) || l.maxAge < 0 {
		return ErrSignatureExpired
	}
	return nil
}
