package itsdangerous

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"math"
	"time"
)

// A TimestampSigner is a [Signer] that signs the time of signing too. It is safe for concurrent use. Its keys never show.
type TimestampSigner struct {
	signer *Signer
}

// NewTimestampSigner returns a TimestampSigner for keys and options as [NewSigner] takes them.
func NewTimestampSigner(keys []string, o Options) (*TimestampSigner, error) {
	return newTimestampSigner(keys, o.withDefaults("itsdangerous.Signer"))
}

func newTimestampSigner(keys []string, o Options) (*TimestampSigner, error) {
	signer, err := newSigner(keys, o)
	if err != nil {
		return nil, err
	}
	return &TimestampSigner{signer}, nil
}

// Sign returns value with the time and the signature behind it.
func (s *TimestampSigner) Sign(value string) string {
	var now [8]byte
	binary.BigEndian.PutUint64(now[:], uint64(max(time.Now().Unix(), 0)))
	stamp := bytes.TrimLeft(now[:], "\x00")
	return s.signer.Sign(value + s.signer.sep + base64.RawURLEncoding.EncodeToString(stamp))
}

// Unsign returns the value that one of the keys has signed. The error is ErrBadSignature, or ErrBadTimeSignature when
// the time is no time, or ErrSignatureExpired when it does not keep [MaxAge].
func (s *TimestampSigner) Unsign(signed string, opts ...LoadOption) (string, error) {
	signed, err := s.signer.Unsign(signed)
	if err != nil {
		return "", err
	}
	value, stamp, _ := cutLast(signed, s.signer.sep)
	seconds, ok := parseTime(stamp)
	if !ok {
		return "", ErrBadTimeSignature
	}
	var l loading
	for _, o := range opts {
		o(&l)
	}
	if err := l.check(seconds); err != nil {
		return "", err
	}
	return value, nil
}

// Format writes itsdangerous.TimestampSigner[redacted], whatever the verb.
func (s *TimestampSigner) Format(f fmt.State, _ rune) { redact(f, "TimestampSigner") }

// String returns what Format prints, for templates, which look for it.
func (s *TimestampSigner) String() string { return fmt.Sprint(s) }

// lastSecond is the end of the year 9999, behind which neither Python nor RFC 3339 has a time.
const lastSecond = 253402300799

func parseTime(stamp string) (seconds int64, ok bool) {
	b, ok := decodeBase64(stamp)
	if !ok || len(b) > 8 || b[0] == 0 {
		return 0, false
	}
	var whole [8]byte
	copy(whole[8-len(b):], b)
	n := binary.BigEndian.Uint64(whole[:])
	return int64(n & math.MaxInt64), n <= lastSecond
}
