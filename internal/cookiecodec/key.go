package cookiecodec

import (
	"bytes"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"hash"
	"slices"
	"sync"
	"time"

	"github.com/gorilla/securecookie"
)

// A key is what is derived from one secret.
type key struct {
	cookie    *securecookie.SecureCookie
	encrypted bool
	maxAge    int64
	macs      sync.Pool
}

func newKey(o Options, secret string) (*key, error) {
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
	k := &key{encrypted: o.Encrypt, maxAge: max(1, int64(o.MaxAge/time.Second))}
	k.cookie = securecookie.New(hashKey, blockKey).SetSerializer(securecookie.NopEncoder{}).
		MaxAge(int(k.maxAge)).MinAge(-clockSkew).MaxLength(0)
	k.macs.New = func() any { return &mac{Hash: hmac.New(sha256.New, hashKey)} }
	return k, nil
}

// open returns the payload of value and when it was signed. Encrypted values are securecookie's to open.
func (k *key) open(name, value string) (payload []byte, at int64, ok bool) {
	if k.encrypted {
		return k.decrypt(name, value)
	}
	return k.verify(name, value)
}

func (k *key) decrypt(name, value string) (payload []byte, at int64, ok bool) {
	if k.cookie.Decode(name, value, &payload) != nil {
		return nil, 0, false
	}
	raw, _ := base64.URLEncoding.DecodeString(value)
	date, _, _ := bytes.Cut(raw, bar)
	at, ok = seconds(date)
	return payload, at, ok
}

// bar stands between the parts of a value: the time, the payload in base64, and the signature of name|time|payload.
var bar = []byte{'|'}

// verify does what securecookie does for a value that is signed alone, with an HMAC and buffers that are used again:
// making them for each cookie would take as long as all the rest.
func (k *key) verify(name, value string) (payload []byte, at int64, ok bool) {
	m := k.macs.Get().(*mac)
	defer k.macs.Put(m)
	raw, ok := m.decode(value)
	date, rest, ok1 := bytes.Cut(raw, bar)
	text, signature, ok2 := bytes.Cut(rest, bar)
	if !ok || !ok1 || !ok2 || !hmac.Equal(signature, m.of(name, raw[:len(date)+1+len(text)])) {
		return nil, 0, false
	}
	at, ok = seconds(date)
	if now := time.Now().Unix(); !ok || at > now+clockSkew || at < now-k.maxAge {
		return nil, 0, false
	}
	payload = make([]byte, base64.URLEncoding.DecodedLen(len(text)))
	n, err := base64.URLEncoding.Decode(payload, text)
	return payload[:n], at, err == nil
}

// seconds reads a time as securecookie writes it.
func seconds(date []byte) (at int64, ok bool) {
	for _, b := range date {
		if b < '0' || b > '9' {
			return 0, false
		}
		at = at*10 + int64(b-'0')
	}
	return at, len(date) > 0 && len(date) < 19
}

// A mac makes signatures, one after the other, in buffers of its own.
type mac struct {
	hash.Hash
	text, raw []byte
	out       [sha256.Size]byte
}

// decode returns what value is in base64, until the next call.
func (m *mac) decode(value string) (raw []byte, ok bool) {
	m.text = append(m.text[:0], value...)
	m.raw = slices.Grow(m.raw[:0], base64.URLEncoding.DecodedLen(len(value)))
	n, err := base64.URLEncoding.Decode(m.raw[:cap(m.raw)], m.text)
	return m.raw[:n], err == nil
}

// of returns the signature of name|signed, until the next call.
func (m *mac) of(name string, signed []byte) []byte {
	m.text = append(append(append(m.text[:0], name...), '|'), signed...)
	m.Reset()
	m.Write(m.text)
	return m.Sum(m.out[:0])
}
