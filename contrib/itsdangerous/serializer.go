package itsdangerous

import (
	"bytes"
	"compress/zlib"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// A URLSafeSerializer makes tokens of values that never expire, for URLs and forms. It is safe for concurrent use. Its
// keys never show.
type URLSafeSerializer struct {
	signer     *Signer
	maxPayload int
}

// NewURLSafeSerializer returns a URLSafeSerializer for the given secret keys: the last signs, all verify. Errors are
// those of [NewSigner].
func NewURLSafeSerializer(keys []string, o Options) (*URLSafeSerializer, error) {
	o = o.withDefaults("itsdangerous")
	signer, err := newSigner(keys, o)
	if err != nil {
		return nil, err
	}
	return &URLSafeSerializer{signer, o.MaxPayload}, nil
}

// Dumps returns a token for v, which is what [json.Marshal] can write. Text that is not UTF-8 and a payload larger than
// MaxPayload are errors too.
func (s *URLSafeSerializer) Dumps(v any) (string, error) {
	payload, err := dumpPayload(v, s.maxPayload)
	if err != nil {
		return "", err
	}
	return s.signer.Sign(payload), nil
}

// Loads stores in v, as [json.Unmarshal] does, what a key has signed. The error wraps ErrBadSignature or ErrBadPayload;
// what v points to must not be used then.
func (s *URLSafeSerializer) Loads(token string, v any) error {
	payload, err := s.signer.Unsign(token)
	if err != nil {
		return err
	}
	return loadPayload(payload, v, s.maxPayload)
}

// Format writes itsdangerous.URLSafeSerializer[redacted], whatever the verb.
func (s *URLSafeSerializer) Format(f fmt.State, _ rune) { redact(f, "URLSafeSerializer") }

// String returns what Format prints, for templates, which look for it.
func (s *URLSafeSerializer) String() string { return fmt.Sprint(s) }

// A URLSafeTimedSerializer makes tokens of values that can expire: for resetting passwords and confirming addresses. It
// is safe for concurrent use. Its keys never show.
type URLSafeTimedSerializer struct {
	signer     *TimestampSigner
	maxPayload int
}

// NewURLSafeTimedSerializer returns a URLSafeTimedSerializer for the given secret keys: the last signs, all verify.
// Errors are those of [NewSigner].
func NewURLSafeTimedSerializer(keys []string, o Options) (*URLSafeTimedSerializer, error) {
	o = o.withDefaults("itsdangerous")
	signer, err := newTimestampSigner(keys, o)
	if err != nil {
		return nil, err
	}
	return &URLSafeTimedSerializer{signer, o.MaxPayload}, nil
}

// Dumps returns a token for v, signed now; see [URLSafeSerializer.Dumps].
func (s *URLSafeTimedSerializer) Dumps(v any) (string, error) {
	payload, err := dumpPayload(v, s.maxPayload)
	if err != nil {
		return "", err
	}
	return s.signer.Sign(payload), nil
}

// Loads stores in v, as [json.Unmarshal] does, what a key has signed. Give it [MaxAge], or the token never expires. The
// error wraps ErrSignatureExpired, ErrBadSignature or ErrBadPayload; what v points to must not be used then.
func (s *URLSafeTimedSerializer) Loads(token string, v any, opts ...LoadOption) error {
	payload, err := s.signer.Unsign(token, opts...)
	if err != nil {
		return err
	}
	return loadPayload(payload, v, s.maxPayload)
}

// Format writes itsdangerous.URLSafeTimedSerializer[redacted], whatever the verb.
func (s *URLSafeTimedSerializer) Format(f fmt.State, _ rune) { redact(f, "URLSafeTimedSerializer") }

// String returns what Format prints, for templates, which look for it.
func (s *URLSafeTimedSerializer) String() string { return fmt.Sprint(s) }

// dumpPayload returns v as JSON in base64, compressed and marked by a dot if that saves more than a byte.
func dumpPayload(v any, limit int) (string, error) {
	text, err := appendJSON(v)
	if err != nil {
		return "", err
	}
	if len(text) > limit {
		return "", fmt.Errorf("itsdangerous: the payload has %d bytes, MaxPayload is %d; sign an id and keep the rest", len(text), limit)
	}
	var small bytes.Buffer
	w := zlib.NewWriter(&small)
	_, _ = w.Write(text) // a Buffer does not fail
	_ = w.Close()
	if small.Len() < len(text)-1 {
		return "." + base64.RawURLEncoding.EncodeToString(small.Bytes()), nil
	}
	return base64.RawURLEncoding.EncodeToString(text), nil
}

// loadPayload stores in v what dumpPayload, or Python, has written. It was signed.
func loadPayload(payload string, v any, limit int) error {
	encoded, compressed := strings.CutPrefix(payload, ".")
	text, ok := decodeBase64(encoded)
	if ok && compressed {
		text, ok = inflate(text, limit)
	}
	if !ok || len(text) > limit {
		return ErrBadPayload
	}
	if !utf8.Valid(text) {
		return fmt.Errorf("%w: it is not UTF-8", ErrBadPayload)
	}
	if err := json.Unmarshal(text, v); err != nil {
		return fmt.Errorf("%w as %T: it is other JSON", ErrBadPayload, v) // the cause may quote the payload
	}
	return nil
}

// inflate returns at most limit bytes and one.
func inflate(small []byte, limit int) ([]byte, bool) {
	from := bytes.NewReader(small)
	r, err := zlib.NewReader(from)
	if err != nil {
		return nil, false
	}
	text, err := io.ReadAll(io.LimitReader(r, int64(limit)+1))
	return text, err == nil && (from.Len() == 0 || len(text) > limit)
}
