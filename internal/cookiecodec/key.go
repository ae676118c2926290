package cookiecodec

import (
	"bytes"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"fmt"
	"hash"
	"strconv"
	"sync"
	"time"

	"github.com/gorilla/securecookie"

	"github.com/dewar-go/dewar/internal/strictbase64"
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
	newMAC := o.MAC
	if newMAC == nil {
		newMAC = func(key []byte) hash.Hash { return hmac.New(sha256.New, key) }
	}
	k.macs.New = func() any { return &mac{Hash: newMAC(hashKey)} }
	return k, nil
}

// agrees reports whether securecookie opens what k seals, and k what securecookie seals.
func (k *key) agrees() bool {
	const name, text = "cookie", "the same text"
	ours, err := k.seal(nil, name, []byte(text), time.Now().Unix())
	theirs, theirErr := k.cookie.Encode(name, []byte(text))
	var plain []byte
	if err != nil || theirErr != nil || k.cookie.Decode(name, string(ours), &plain) != nil || string(plain) != text {
		return false
	}
	payload, _, ok := k.open(name, theirs)
	return ok && payload == text
}

// open returns the payload of value and when it was signed. Encrypted values are securecookie's to open.
func (k *key) open(name, value string) (payload string, at int64, ok bool) {
	if k.encrypted {
		return k.decrypt(name, value)
	}
	return k.verify(name, value)
}

func (k *key) decrypt(name, value string) (payload string, at int64, ok bool) {
	raw, ok := strictbase64.URL.AppendDecode(nil, []byte(value))
	var plain []byte
	if !ok || k.cookie.Decode(name, value, &plain) != nil {
		return "", 0, false
	}
	date, _, _ := cutBar(raw)
	at, ok = seconds(date)
	return string(plain), at, ok
}

// seal appends the value for payload, signed now, to dst.
func (k *key) seal(dst []byte, name string, payload []byte, now int64) ([]byte, error) {
	if k.encrypted {
		value, err := k.cookie.Encode(name, bytes.Clone(payload)) // it encrypts in place
		return append(dst, value...), err
	}
	m := k.macs.Get().(*mac)
	defer k.keep(m)
	return m.seal(dst, name, now, payload), nil
}

// bar stands between the parts of a value: the time, the payload in base64, and the signature of name|time|payload.
const bar = '|'

// verify does what securecookie does for a value that is signed alone, with an HMAC and buffers that are used again:
// making them for each cookie takes longer than all the rest of a session.
func (k *key) verify(name, value string) (payload string, at int64, ok bool) {
	m := k.macs.Get().(*mac)
	defer k.keep(m)
	date, text, ok := m.open(name, value)
	if !ok {
		return "", 0, false
	}
	at, ok = seconds(date)
	if now := time.Now().Unix(); !ok || at > now+clockSkew || at < now-k.maxAge {
		return "", 0, false
	}
	m.plain, ok = strictbase64.URL.AppendDecode(m.plain[:0], text)
	return string(m.plain), at, ok
}

// cutBar is bytes.Cut at a bar.
func cutBar(b []byte) (before, after []byte, found bool) {
	if i := bytes.IndexByte(b, bar); i >= 0 {
		return b[:i], b[i+1:], true
	}
	return b, nil, false
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

// maxKept is how many bytes of buffers are kept for the next cookie: more than browsers take.
const maxKept = 32 << 10

// keep gives m back, unless a large session has been there.
func (k *key) keep(m *mac) {
	if cap(m.raw)+cap(m.plain) <= maxKept {
		k.macs.Put(m)
	}
}

// A mac makes and checks signatures, one after the other, in buffers of its own.
type mac struct {
	hash.Hash
	raw, plain []byte
	sum        [sha256.Size]byte
}

// seal appends time|payload|signature in base64 to dst, the payload in base64 of its own before that, as it is signed with
// the name in front: name|time|payload.
func (m *mac) seal(dst []byte, name string, at int64, payload []byte) []byte {
	m.raw = append(append(m.raw[:0], name...), bar)
	start := len(m.raw)
	m.raw = append(strconv.AppendInt(m.raw, at, 10), bar)
	m.raw = strictbase64.URL.AppendEncode(m.raw, payload)
	m.Reset()
	m.Write(m.raw)
	m.raw = m.Sum(append(m.raw, bar))
	return strictbase64.URL.AppendEncode(dst, m.raw[start:])
}

// open takes value apart, which is time|payload|signature in base64, and reports whether the signature is that of
// name|time|payload. What it returns is good until the next call.
func (m *mac) open(name, value string) (date, text []byte, ok bool) {
	m.raw = append(append(m.raw[:0], name...), bar)
	start := len(m.raw)
	m.raw, ok = strictbase64.URL.AppendDecode(m.raw, []byte(value))
	date, rest, ok1 := cutBar(m.raw[start:])
	text, signature, ok2 := cutBar(rest)
	if !ok || !ok1 || !ok2 {
		return nil, nil, false
	}
	m.Reset()
	m.Write(m.raw[:len(m.raw)-len(signature)-1])
	return date, text, hmac.Equal(signature, m.Sum(m.sum[:0]))
}
