package cookiecodec_test

import (
	"bytes"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"hash"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/securecookie"

	"github.com/dewar-go/dewar/internal/cookiecodec"
)

const name = "session"

var payload = []byte(`{"user_id":42}`)

func newCodec(t testing.TB, o cookiecodec.Options) *cookiecodec.Codec {
	t.Helper()
	if o.Purpose == "" {
		o.Purpose = "session"
	}
	if o.Secrets == nil {
		o.Secrets = []string{"a secret for tests"}
	}
	if o.MaxAge == 0 {
		o.MaxAge = time.Hour
	}
	c, err := cookiecodec.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func encode(t testing.TB, c *cookiecodec.Codec) string {
	t.Helper()
	value, err := c.Encode(name, payload)
	if err != nil {
		t.Fatal(err)
	}
	return value
}

// bare returns securecookie with the keys of a codec.
func bare(t testing.TB, purpose, secret string, encrypt bool) *securecookie.SecureCookie {
	t.Helper()
	mode := "/sign"
	if encrypt {
		mode = "/encrypt"
	}
	derive := func(use string) []byte {
		key, err := hkdf.Key(sha256.New, []byte(secret), nil, "dewar/"+purpose+mode+use, 32)
		if err != nil {
			t.Fatal(err)
		}
		return key
	}
	var block []byte
	if encrypt {
		block = derive("/block")
	}
	return securecookie.New(derive("/mac"), block).SetSerializer(securecookie.NopEncoder{}).MaxAge(3600).MinAge(-60).MaxLength(0)
}

func TestValuesComeBack(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for _, encrypt := range []bool{false, true} {
			for _, size := range []int{1, 2, 3, 100, 100_000} {
				c := newCodec(t, cookiecodec.Options{Encrypt: encrypt})
				want := bytes.Repeat([]byte{0, '|', 255}, size)[:size]
				value, err := c.Encode(name, want)
				if err != nil {
					t.Fatal(err)
				}
				got, err := c.Decode(name, value)
				if err != nil || got.Payload != string(want) || got.Key != 0 || got.SignedAt != time.Now().Unix() {
					t.Errorf("%d bytes, encrypted %t: got %d bytes under key %d of %d, %v", size, encrypt, len(got.Payload), got.Key, got.SignedAt, err)
				}
			}
		}
	})
}

func TestEncryptedValuesCannotBeRead(t *testing.T) {
	t.Parallel()
	signed, encrypted := newCodec(t, cookiecodec.Options{}), newCodec(t, cookiecodec.Options{Encrypt: true})
	if _, err := encrypted.Decode(name, encode(t, signed)); !errors.Is(err, cookiecodec.ErrInvalid) {
		t.Errorf("an encrypting codec took a signed value: %v", err)
	}
	if _, err := signed.Decode(name, encode(t, encrypted)); !errors.Is(err, cookiecodec.ErrInvalid) {
		t.Errorf("a signing codec took an encrypted value: %v", err)
	}
	first, second := encode(t, encrypted), encode(t, encrypted)
	if first == second {
		t.Error("the same payload was encrypted to the same value twice")
	}
}

func TestSeveralSecrets(t *testing.T) {
	t.Parallel()
	secrets := []string{"new", "old", "oldest"}
	c := newCodec(t, cookiecodec.Options{Secrets: secrets})
	for i, secret := range secrets {
		value := encode(t, newCodec(t, cookiecodec.Options{Secrets: []string{secret}}))
		if got, err := c.Decode(name, value); err != nil || got.Key != i {
			t.Errorf("signed with %q: got key %d, %v, want key %d", secret, got.Key, err, i)
		}
	}
	if _, err := newCodec(t, cookiecodec.Options{Secrets: []string{"new"}}).Decode(name, encode(t, c)); err != nil {
		t.Errorf("the first secret did not sign: %v", err)
	}
	for _, secrets := range [][]string{{}, {""}, {"a", ""}} {
		if _, err := cookiecodec.New(cookiecodec.Options{Purpose: "session", Secrets: secrets}); err == nil {
			t.Errorf("New took secrets %q", secrets)
		}
	}
}

func TestAge(t *testing.T) {
	for _, tt := range []struct {
		name string
		age  time.Duration
		ok   bool
	}{
		{"new", 0, true},
		{"at its end", time.Hour, true},
		{"a second older", time.Hour + time.Second, false},
		{"from a clock 60 s ahead", -60 * time.Second, true},
		{"from a clock 61 s ahead", -61 * time.Second, false},
		{"from a clock 10 years ahead", -87_600 * time.Hour, false},
	} {
		for _, encrypt := range []bool{false, true} {
			t.Run(tt.name, func(t *testing.T) {
				c := newCodec(t, cookiecodec.Options{Encrypt: encrypt})
				var value string
				synctest.Test(t, func(t *testing.T) {
					time.Sleep(100_000*time.Hour + max(0, -tt.age))
					value = encode(t, c)
				})
				synctest.Test(t, func(t *testing.T) {
					time.Sleep(100_000*time.Hour + max(0, tt.age))
					if _, err := c.Decode(name, value); (err == nil) != tt.ok {
						t.Errorf("got %v, want accepted %t", err, tt.ok)
					}
				})
			})
		}
	}
}

func TestInflateIsExactAndBounded(t *testing.T) {
	t.Parallel()
	c := newCodec(t, cookiecodec.Options{})
	big := []byte(strings.Repeat("abc", 5000))
	small := string(c.Deflate(big))
	if got, err := c.Inflate(small, len(big)); err != nil || got != string(big) {
		t.Errorf("got %d bytes, %v, want %d", len(got), err, len(big))
	}
	for name, tt := range map[string]struct {
		small string
		size  int
	}{
		"a byte less": {small, len(big) - 1}, "a byte more": {small, len(big) + 1}, "nothing": {"", 1},
		"cut short": {small[:len(small)-1], len(big)}, "something behind": {small + "\x00", len(big)},
		"garbage": {"garbage", 10},
	} {
		if _, err := c.Inflate(tt.small, tt.size); !errors.Is(err, cookiecodec.ErrInvalid) {
			t.Errorf("%s: got %v, want ErrInvalid", name, err)
		}
	}
}

// FuzzDecode holds Decode against securecookie's own: the same values are valid, with the same payload, except for
// those in another spelling of base64.
func FuzzDecode(f *testing.F) {
	c, sc := newCodec(f, cookiecodec.Options{}), bare(f, "session", "a secret for tests", false)
	value := encode(f, c)
	for _, s := range []string{value, value + "=", value[:len(value)-1], value + "\n", "", "=", "====", "fA==", "fHw=", "MXx8", "MTd8fA=="} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, value string) {
		var want []byte
		accepted := sc.Decode(name, value, &want) == nil
		raw, _ := base64.URLEncoding.DecodeString(value)
		canonical := base64.URLEncoding.EncodeToString(raw) == value
		got, err := c.Decode(name, value)
		if (err == nil) != (accepted && canonical) || err == nil && got.Payload != string(want) {
			t.Errorf("%q: got %q, %v, and securecookie %q, %t", value, got.Payload, err, want, accepted)
		}
	})
}

func TestSecurecookieReadsTheSameValues(t *testing.T) {
	t.Parallel()
	for _, encrypt := range []bool{false, true} {
		c, sc := newCodec(t, cookiecodec.Options{Encrypt: encrypt}), bare(t, "session", "a secret for tests", encrypt)
		var got []byte
		if err := sc.Decode(name, encode(t, c), &got); err != nil || !bytes.Equal(got, payload) {
			t.Errorf("encrypted %t: securecookie read %q, %v", encrypt, got, err)
		}
		value, err := sc.Encode(name, bytes.Clone(payload)) // which it encrypts in place
		if err != nil {
			t.Fatal(err)
		}
		if got, err := c.Decode(name, value); err != nil || got.Payload != string(payload) {
			t.Errorf("encrypted %t: got %q, %v of securecookie's", encrypt, got.Payload, err)
		}
	}
}

func TestSecurecookieIsTheJudge(t *testing.T) {
	t.Parallel()
	for _, encrypt := range []bool{false, true} {
		c := newCodec(t, cookiecodec.Options{Secrets: []string{"new", "old"}, Encrypt: encrypt})
		if got := c.Differing(); len(got) > 0 {
			t.Errorf("encrypted %t: the secrets %v differ from securecookie", encrypt, got)
		}
	}
	for name, mac := range map[string]func(key []byte) hash.Hash{
		"another hash": func(key []byte) hash.Hash { return hmac.New(sha512.New512_256, key) },
		"another key":  func(key []byte) hash.Hash { return hmac.New(sha256.New, key[1:]) },
	} {
		c := newCodec(t, cookiecodec.Options{Secrets: []string{"new", "old"}, MAC: mac})
		if got := c.Differing(); !slices.Equal(got, []int{0, 1}) {
			t.Errorf("%s: the secrets %v differ, want both", name, got)
		}
	}
}

// A key has signed such a payload, but not through Pack: it is refused before anything is allocated for it.
func TestUnpackRefusesWhatPackDoesNotMake(t *testing.T) {
	t.Parallel()
	const created, deflated = 1, 4
	c := newCodec(t, cookiecodec.Options{})
	field := func(flags byte, n int64, rest string) string {
		return string(binary.AppendVarint([]byte{flags}, n)) + rest
	}
	long := `{"a":"` + strings.Repeat("x", 256<<10) + `"}`
	fits := long[len(long)-(256<<10):]
	for _, tt := range []struct {
		name, payload string
		ok            bool
	}{
		{"as much as may be", field(deflated, int64(len(fits)), string(c.Deflate([]byte(fits)))), true},
		{"more than may be", field(deflated, int64(len(long)), string(c.Deflate([]byte(long)))), false},
		{"more than it says", field(deflated, int64(len(long)-1), string(c.Deflate([]byte(long)))), false},
		{"less than it says", field(deflated, 100, string(c.Deflate(payload))), false},
		{"less than nothing", field(deflated, -1, string(c.Deflate(payload))), false},
		{"from 1970", field(created, 1, "{}"), true},
		{"from before 1970", field(created, -1, "{}"), false},
		{"a flag that there is not", "\x10{}", false},
		{"a flag without its number", "\x01", false},
	} {
		if _, _, err := c.Unpack(tt.payload); (err == nil) != tt.ok {
			t.Errorf("%s: got %v, want it to be right: %v", tt.name, err, tt.ok)
		}
	}
}
