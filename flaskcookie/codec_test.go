package flaskcookie_test

import (
	"bytes"
	"compress/zlib"
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha512"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"html/template"
	"math"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dewar-go/dewar/flaskcookie"
	"github.com/dewar-go/dewar/internal/taggedjson"
)

const lifetime = 31 * 24 * time.Hour // Flask's default

// signedAt is the time at which the golden cookies were signed.
var signedAt = time.Unix(1_700_000_000, 0)

// Cookies that Flask 3.1 made under the key "dev" at signedAt.
const (
	plainCookie      = "eyJ1c2VyX2lkIjo0Mn0.ZVPxAA.hjhtQRGPO7UK57j5dSOtrXVGqbs"
	compressedCookie = ".eJyrVkpJLElUslJKpANQ0lEqLU4tis9MUbIyMaoFAB0uLTQ.ZVPxAA.e-YLekjSSH7cz-iRUA5Nql2RMqc"
)

type (
	Tuple []any
	UUID  [16]byte
)

func newCodec(t testing.TB, o flaskcookie.Options, keys ...string) *flaskcookie.Codec {
	t.Helper()
	var secrets [][]byte
	for _, key := range keys {
		secrets = append(secrets, []byte(key))
	}
	c, err := flaskcookie.NewCodec(secrets, o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func dev(t testing.TB) *flaskcookie.Codec {
	t.Helper()
	return newCodec(t, flaskcookie.Options{}, "dev")
}

func newJSON(t testing.TB) *taggedjson.Codec {
	t.Helper()
	c, err := taggedjson.New(taggedjson.Types{
		Tuple:  reflect.TypeFor[Tuple](),
		UUID:   reflect.TypeFor[UUID](),
		Markup: reflect.TypeFor[template.HTML](),
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// sign signs any text at all, with the standard library alone.
func sign(digest func() hash.Hash, key, signed string) string {
	mac := hmac.New(digest, []byte(key))
	mac.Write([]byte(signed))
	return signed + "." + encode(mac.Sum(nil))
}

// signDev signs as Flask does under the key "dev".
func signDev(signed string) string { return sign(sha1.New, devKey(), signed) }

func devKey() string { return derive("dev") }

// derive derives the signing key of a secret key as Flask does.
func derive(secret string) string { return salted(sha1.New, secret, "cookie-session") }

func salted(digest func() hash.Hash, secret, salt string) string {
	mac := hmac.New(digest, []byte(secret))
	mac.Write([]byte(salt))
	return string(mac.Sum(nil))
}

func encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// stamp encodes a timestamp.
func stamp(seconds uint64) string {
	b := binary.BigEndian.AppendUint64(nil, seconds)
	return encode(bytes.TrimLeft(b, "\x00"))
}

func deflate(payload []byte) []byte {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	_, _ = w.Write(payload)
	_ = w.Close()
	return b.Bytes()
}

var golden = []struct {
	name, key string
	session   map[string]any
	cookie    string
	same      bool // not compressed, so the bytes must be Flask's
}{
	{"an integer", "dev", map[string]any{"user_id": int64(42)}, plainCookie, true},
	{"flash messages", "dev", map[string]any{"_flashes": []any{Tuple{"message", "hé"}}, "user_id": int64(42)},
		"eyJfZmxhc2hlcyI6W3siIHQiOlsibWVzc2FnZSIsImhcdTAwZTkiXX1dLCJ1c2VyX2lkIjo0Mn0.ZVPxAA.oguizmtduvq2htMabEm-AnwKnZ8", true},
	{"compressed", "dev", map[string]any{"data": strings.Repeat("a", 100), "user_id": int64(42)}, compressedCookie, false},
	{"every tag under a binary key", "\x00\x01secret\xff", map[string]any{
		"T": true,
		"b": []byte{0, 255},
		"d": time.Date(2024, 1, 2, 3, 4, 5, 0, time.UTC),
		"e": map[string]any{" t": int64(5)},
		"f": 1.5,
		"m": template.HTML("<b>hi</b>"),
		"n": map[string]any{"x": Tuple{int64(1)}},
		"t": Tuple{int64(1), "two", []any{int64(3)}},
		"u": UUID{0x12, 0x34, 0x56, 0x78, 0x12, 0x34, 0x56, 0x78, 0x12, 0x34, 0x56, 0x78, 0x12, 0x34, 0x56, 0x78},
		"z": nil,
	}, ".eJx1jEELgkAUhP_KMuel1nW35GFCpyAIOngTkSQlwQzCpUj8771dD526zPC-mXkTctD4dI1EDZogWLE_JzvMEtdAWJFzQSgtjpdBaKWNUDEpQ8qKwyn31WapdsHGqgLZmXELilZW4h44K9I6u3Xpus78avD4vWxARVT6zfi7-Xg9IIu4LDlwIWBFpGNjN9vkn_vfH9Dg-n7-AqEyOds.ZVPxAA.t3HNDCB8RBk1Z0WkPsEGjCq2-vQ", false},
	{"numbers and escapes", "dev", map[string]any{
		"_permanent": true, "big": 1e16, "f": 1.0, "n": int64(1), "s": "😀\x7f/\n<>&\"\\", "tiny": 1e-7,
	}, "eyJfcGVybWFuZW50Ijp0cnVlLCJiaWciOjFlKzE2LCJmIjoxLjAsIm4iOjEsInMiOiJcdWQ4M2RcdWRlMDBcdTAwN2YvXG48PiZcIlxcIiwidGlueSI6MWUtMDd9.ZVPxAA.HRRAiiJHrmmmU8rjfE3_pe4eF0g", true},
	{"a tuple", "dev", map[string]any{"t": Tuple{int64(1), int64(2)}}, "eyJ0Ijp7IiB0IjpbMSwyXX19.ZVPxAA.rDr-UjBorrfBQqf0Gqvw9Mf8JZE", true},
	{"one key", "dev", map[string]any{"a": int64(1)}, "eyJhIjoxfQ.ZVPxAA.D3QXMI0ZQYNZDxORB__kVZyT7hk", true},
}

func TestFlasksCookiesAreRead(t *testing.T) {
	t.Parallel()
	json := newJSON(t)
	for _, tt := range golden {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			payload, key, err := newCodec(t, flaskcookie.Options{}, tt.key).Decode(tt.cookie, signedAt, lifetime)
			if err != nil || key != 0 {
				t.Fatalf("got key %d, %v", key, err)
			}
			session, err := json.Decode(string(payload))
			if err != nil || !reflect.DeepEqual(session, any(tt.session)) {
				t.Errorf("got  %#v, %v\nwant %#v", session, err, tt.session)
			}
			again, err := json.Append(nil, session)
			if err != nil || !bytes.Equal(again, payload) {
				t.Errorf("written again\n got %s\nwant %s", again, payload)
			}
		})
	}
}

func TestCookiesAreFlasks(t *testing.T) {
	t.Parallel()
	json := newJSON(t)
	for _, tt := range golden {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := newCodec(t, flaskcookie.Options{}, tt.key)
			payload, err := json.Append(nil, tt.session)
			if err != nil {
				t.Fatal(err)
			}
			cookie, err := c.Encode(payload, signedAt)
			if err != nil {
				t.Fatal(err)
			}
			if tt.same && cookie != tt.cookie {
				t.Errorf("got  %s\nwant %s", cookie, tt.cookie)
			}
			if compressed := cookie[0] == '.'; compressed == tt.same {
				t.Errorf("compressed: got %v, want %v", compressed, !tt.same)
			}
			back, _, err := c.Decode(cookie, signedAt, 0)
			if err != nil || !bytes.Equal(back, payload) {
				t.Errorf("read: got %s, %v, want %s", back, err, payload)
			}
		})
	}
}

// TestCompressionThreshold has cookies of Flask for {"d":"aa..."}: it compresses when that saves more than a byte. So
// does Encode, but Go's zlib needs five bytes more for these.
func TestCompressionThreshold(t *testing.T) {
	t.Parallel()
	c := dev(t)
	for _, tt := range []struct {
		length     int
		flasks     string
		compressed bool
	}{
		{10, "eyJkIjoiYWFhYWFhYWFhYSJ9.ZVPxAA.2Ovc7EMO7Kl9gVcgUAFfwGodi8g", false},
		{11, "eyJkIjoiYWFhYWFhYWFhYWEifQ.ZVPxAA.L1xw76zHP461u99AJ92dO0Wzcuk", false},
		{14, ".eJyrVkpRslJKRAFKtQBRRAdt.ZVPxAA.SbLRo_wFDc37FBjxOAwYONT8FWo", false},
		{16, ".eJyrVkpRslJKRANKtQBhhwgv.ZVPxAA.KCM1eFSedX7jPGhKcnFF-0SiJoE", false}, // 24 bytes would become 23
		{17, ".eJyrVkpRslJKRAdKtQBqOgiQ.ZVPxAA.btvg0RNWiaOLGIN691TuBkpXQLM", true},  // 25 bytes become 23
		{100, ".eJyrVkpRslJKpANQqgUAZZkoAw.ZVPxAA.Rl3S4cfhQbDaD83APXC1f1VqOPw", true},
	} {
		payload := `{"d":"` + strings.Repeat("a", tt.length) + `"}`
		cookie, err := c.Encode([]byte(payload), signedAt)
		if err != nil {
			t.Fatal(err)
		}
		if got := cookie[0] == '.'; got != tt.compressed {
			t.Errorf("%d letters: compressed %t, want %t", tt.length, got, tt.compressed)
		}
		if tt.flasks[0] != '.' && cookie != tt.flasks {
			t.Errorf("%d letters: got %s, want Flask's %s", tt.length, cookie, tt.flasks)
		}
		if got, _, err := c.Decode(tt.flasks, signedAt, lifetime); err != nil || string(got) != payload {
			t.Errorf("%d letters: read %s, %v of Flask's cookie", tt.length, got, err)
		}
	}
}

func TestKeyDerivations(t *testing.T) {
	t.Parallel()
	sha1Of := func(s string) string { sum := sha1.Sum([]byte(s)); return string(sum[:]) }
	for _, tt := range []struct {
		name    string
		options flaskcookie.Options
		digest  func() hash.Hash
		key     string
	}{
		{"default", flaskcookie.Options{}, sha1.New, devKey()},
		{"hmac", flaskcookie.Options{KeyDerivation: "hmac"}, sha1.New, devKey()},
		{"django-concat", flaskcookie.Options{KeyDerivation: "django-concat"}, sha1.New, sha1Of("cookie-sessionsignerdev")},
		{"concat", flaskcookie.Options{KeyDerivation: "concat"}, sha1.New, sha1Of("cookie-sessiondev")},
		{"none", flaskcookie.Options{KeyDerivation: "none"}, sha1.New, "dev"},
		{"own salt", flaskcookie.Options{Salt: "other"}, sha1.New, salted(sha1.New, "dev", "other")},
		{"SHA-512", flaskcookie.Options{Digest: sha512.New}, sha512.New, salted(sha512.New, "dev", "cookie-session")},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := newCodec(t, tt.options, "dev")
			want := sign(tt.digest, tt.key, encode([]byte(`{"a":1}`))+".ZVPxAA")
			if got, err := c.Encode([]byte(`{"a":1}`), signedAt); err != nil || got != want {
				t.Errorf("got %s, %v, want %s", got, err, want)
			}
			if _, _, err := c.Decode(want, signedAt, lifetime); err != nil {
				t.Error(err)
			}
			if _, _, err := dev(t).Decode(want, signedAt, lifetime); (err == nil) != (tt.key == devKey()) {
				t.Errorf("Flask's defaults take it with error %v", err)
			}
		})
	}
}

func TestNewCodecErrors(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		keys    [][]byte
		options flaskcookie.Options
		want    string
	}{
		{"no key", nil, flaskcookie.Options{}, "flaskcookie: no secret key to sign with; set SECRET_KEY"},
		{"empty key", [][]byte{[]byte("a"), {}}, flaskcookie.Options{}, "flaskcookie: secret key 2 of 2 is empty; set it or leave it out"},
		{"derivation", [][]byte{[]byte("secret")}, flaskcookie.Options{KeyDerivation: "HMAC"},
			`flaskcookie: unknown key derivation "HMAC"; use hmac, django-concat, concat or none`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if _, err := flaskcookie.NewCodec(tt.keys, tt.options); err == nil || err.Error() != tt.want {
				t.Errorf("got error %v, want %s", err, tt.want)
			}
		})
	}
}

func TestRotation(t *testing.T) {
	t.Parallel()
	payload := []byte(`{"a":1}`)
	all := newCodec(t, flaskcookie.Options{}, "new", "old", "older")
	for i, key := range []string{"new", "old", "older"} {
		cookie, err := newCodec(t, flaskcookie.Options{}, key).Encode(payload, signedAt)
		if err != nil {
			t.Fatal(err)
		}
		if got, index, err := all.Decode(cookie, signedAt, lifetime); err != nil || index != i || !bytes.Equal(got, payload) {
			t.Errorf("signed by %s: got %s by key %d, %v, want key %d", key, got, index, err, i)
		}
	}
	cookie, _ := all.Encode(payload, signedAt)
	if _, _, err := newCodec(t, flaskcookie.Options{}, "new").Decode(cookie, signedAt, lifetime); err != nil {
		t.Errorf("not signed by the first key: %v", err)
	}
	if _, index, err := newCodec(t, flaskcookie.Options{}, "old", "older").Decode(cookie, signedAt, lifetime); !errors.Is(err, flaskcookie.ErrSignature) || index != -1 {
		t.Errorf("after the key was dropped: got index %d, %v", index, err)
	}
}

func TestAge(t *testing.T) {
	t.Parallel()
	c := dev(t)
	for _, tt := range []struct {
		name   string
		age    time.Duration
		maxAge time.Duration
		want   error
	}{
		{"new", 0, lifetime, nil},
		{"a second too young to expire", lifetime - time.Second, lifetime, nil},
		{"as old as allowed", lifetime, lifetime, nil},
		{"a second older", lifetime + time.Second, lifetime, flaskcookie.ErrExpired},
		{"a second from the future", -time.Second, lifetime, flaskcookie.ErrFuture},
		{"ten years from the future", -10 * 365 * 24 * time.Hour, lifetime, flaskcookie.ErrFuture},
		{"no age allowed, none reached", 0, 0, nil},
		{"no age allowed", time.Second, 0, flaskcookie.ErrExpired},
		{"whole seconds count", time.Second + 999*time.Millisecond, 1500 * time.Millisecond, nil},
		{"less than none", 0, -1, flaskcookie.ErrExpired},
		{"longest age", lifetime, math.MaxInt64, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if _, _, err := c.Decode(plainCookie, signedAt.Add(tt.age), tt.maxAge); !errors.Is(err, tt.want) {
				t.Errorf("got %v, want %v", err, tt.want)
			}
		})
	}
}

func TestTimestamps(t *testing.T) {
	t.Parallel()
	c, payload := dev(t), encode([]byte(`{"a":1}`))
	for _, tt := range []struct {
		name, stamp string
		want        error
	}{
		{"empty, which is 0", "", flaskcookie.ErrMalformed},
		{"zero byte", encode([]byte{0}), flaskcookie.ErrMalformed},
		{"leading zero", encode([]byte{0, 0x65, 0x53, 0xf1, 0}), flaskcookie.ErrMalformed},
		{"1", stamp(1), flaskcookie.ErrExpired},
		{"2^31", stamp(1 << 31), flaskcookie.ErrFuture},
		{"2^32", stamp(1 << 32), flaskcookie.ErrFuture},
		{"2^63-1", stamp(1<<63 - 1), flaskcookie.ErrFuture},
		{"2^63", stamp(1 << 63), flaskcookie.ErrFuture},
		{"2^64-1, or -1", stamp(1<<64 - 1), flaskcookie.ErrFuture},
		{"nine bytes", encode(bytes.Repeat([]byte{1}, 9)), flaskcookie.ErrMalformed},
		{"a thousand bytes", encode(bytes.Repeat([]byte{1}, 1000)), flaskcookie.ErrMalformed},
		{"decimal digits", "1700000000", flaskcookie.ErrMalformed}, // spare bits
		{"twenty digits", "17000000001700000000", flaskcookie.ErrMalformed},
		{"sign", "+5", flaskcookie.ErrMalformed},
		{"space", " 5", flaskcookie.ErrMalformed},
		{"float", "5.0", flaskcookie.ErrMalformed},
		{"padding", "ZVPxAA==", flaskcookie.ErrMalformed},
		{"spare bits", "ZVPxAB", flaskcookie.ErrMalformed},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if _, _, err := c.Decode(signDev(payload+"."+tt.stamp), signedAt, lifetime); !errors.Is(err, tt.want) {
				t.Errorf("signed: got %v, want %v", err, tt.want)
			}
			unsigned := payload + "." + tt.stamp + "." + encode(make([]byte, 20))
			if _, _, err := c.Decode(unsigned, signedAt, lifetime); err == nil {
				t.Error("not signed: accepted")
			}
		})
	}
	if _, _, err := c.Decode(signDev(payload+"."+stamp(1)), time.Unix(-5, 0), lifetime); !errors.Is(err, flaskcookie.ErrFuture) {
		t.Errorf("a clock before 1970: got %v", err)
	}
}

func TestSignedPayloads(t *testing.T) {
	t.Parallel()
	c := dev(t)
	small := deflate([]byte(`{"a":1}`))
	changed := bytes.Clone(small)
	changed[len(changed)-1] ^= 1
	for _, tt := range []struct {
		name, payload string
		want          error
	}{
		{"plain", encode([]byte(`{"a":1}`)), nil},
		{"compressed", "." + encode(small), nil},
		{"compressed though it is longer", "." + encode(deflate([]byte("1"))), nil},
		{"empty", "", flaskcookie.ErrMalformed},
		{"empty and compressed", ".", flaskcookie.ErrMalformed},
		{"two dots", ".." + encode(small), flaskcookie.ErrMalformed},
		{"no zlib", "." + encode([]byte(`{"a":1}`)), flaskcookie.ErrMalformed},
		{"cut zlib", "." + encode(small[:len(small)-5]), flaskcookie.ErrMalformed},
		{"cut checksum", "." + encode(small[:len(small)-1]), flaskcookie.ErrMalformed},
		{"wrong checksum", "." + encode(changed), flaskcookie.ErrMalformed},
		{"a byte behind", "." + encode(append(bytes.Clone(small), 0)), flaskcookie.ErrMalformed},
		{"twice", "." + encode(append(bytes.Clone(small), small...)), flaskcookie.ErrMalformed},
		{"needs a dictionary", "." + encode([]byte{0x78, 0xbb, 0, 0, 0, 1}), flaskcookie.ErrMalformed},
		{"gzip", "." + encode([]byte{0x1f, 0x8b, 8, 0}), flaskcookie.ErrMalformed},
		{"padding", base64.URLEncoding.EncodeToString([]byte("1234")), flaskcookie.ErrMalformed},
		{"spare bits", "QR", flaskcookie.ErrMalformed},
		{"other alphabet", "ab+/", flaskcookie.ErrMalformed},
		{"line break", "YW\nJj", flaskcookie.ErrMalformed},
		{"carriage return at the end", "YWJj\r", flaskcookie.ErrMalformed},
		{"impossible length", "YWJjZ", flaskcookie.ErrMalformed},
		{"a dot inside", "YW.Jj", flaskcookie.ErrMalformed},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			payload, _, err := c.Decode(signDev(tt.payload+".ZVPxAA"), signedAt, lifetime)
			if !errors.Is(err, tt.want) || (err != nil && payload != nil) {
				t.Errorf("got %q, %v, want %v", payload, err, tt.want)
			}
		})
	}
}

func TestConcurrentUse(t *testing.T) {
	t.Parallel()
	c := dev(t)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			payload := []byte(strings.Repeat(string(rune('a'+i)), 200))
			for range 50 {
				cookie, err := c.Encode(payload, signedAt)
				if err != nil {
					t.Error(err)
				}
				if got, _, err := c.Decode(cookie, signedAt, 0); err != nil || !bytes.Equal(got, payload) {
					t.Errorf("got %q, %v, want %q", got, err, payload)
				}
			}
		})
	}
	wg.Wait()
}

func TestEncodeErrors(t *testing.T) {
	t.Parallel()
	c := dev(t)
	for _, tt := range []struct {
		name    string
		payload string
		now     time.Time
		want    string
	}{
		{"nothing", "", signedAt, "flaskcookie: nothing to encode; give a payload"},
		{"1970", "{}", time.Unix(0, 0), "flaskcookie: cannot sign at a time before 1970; set the clock"},
		{"no time", "{}", time.Time{}, "flaskcookie: cannot sign at a time before 1970; set the clock"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got, err := c.Encode([]byte(tt.payload), tt.now); err == nil || err.Error() != tt.want || got != "" {
				t.Errorf("got %q, %v, want %s", got, err, tt.want)
			}
		})
	}
}

func TestCodecDoesNotShowItsKeys(t *testing.T) {
	t.Parallel()
	c := newCodec(t, flaskcookie.Options{}, "secret")
	if _, err := c.Encode([]byte("{}"), signedAt); err != nil { // fills the pools
		t.Fatal(err)
	}
	for _, format := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		if got, want := fmt.Sprintf(format, c), "flaskcookie.Codec[redacted]"; got != want {
			t.Errorf("%s: got %s, want %s", format, got, want)
		}
	}
}
