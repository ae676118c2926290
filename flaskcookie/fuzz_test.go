package flaskcookie_test

import (
	"bytes"
	"compress/zlib"
	"crypto/sha1"
	"encoding/base64"
	"io"
	"strings"
	"testing"

	"github.com/dewar-go/dewar/flaskcookie"
)

// FuzzDecode checks that what is accepted is what the holder of the key made, byte by byte.
func FuzzDecode(f *testing.F) {
	for _, g := range golden {
		f.Add(g.cookie)
	}
	for _, s := range []string{"", ".", "..", "...", "e30.ZVPxAA." + encode(make([]byte, 20)), plainCookie + "=", plainCookie[:len(plainCookie)-1] + "p"} {
		f.Add(s)
	}
	known := map[string]bool{}
	for _, g := range golden {
		known[g.cookie] = g.key == "dev"
	}
	c := dev(f)
	f.Fuzz(func(t *testing.T, cookie string) {
		payload, index, err := c.Decode(cookie, signedAt, lifetime)
		if err != nil && (payload != nil || index != -1) {
			t.Fatalf("refused with %q and key %d", payload, index)
		}
		if (err == nil) != known[cookie] {
			t.Fatalf("%q: got %v, want accepted %v", cookie, err, known[cookie])
		}
	})
}

// FuzzDecodeSigned signs whatever comes, to get behind the signature, and holds the result against
// the standard library.
func FuzzDecodeSigned(f *testing.F) {
	for _, g := range golden {
		f.Add(g.cookie[:strings.LastIndexByte(g.cookie, '.')])
	}
	for _, signed := range []string{".ZVPxAA", "..ZVPxAA", "e30.", "e30.AA", "e31.ZVPxAA", "e30.ZVPxAB", "YW\nJj.ZVPxAA", ".eJwDAAAAAAE.ZVPxAA"} {
		f.Add(signed)
	}
	c := newCodec(f, flaskcookie.Options{MaxPayload: 1 << 10}, "dev")
	f.Fuzz(func(t *testing.T, signed string) {
		got, _, err := c.Decode(signDev(signed), signedAt, lifetime)
		if err != nil {
			return
		}
		if len(got) > 1<<10 {
			t.Fatalf("%q: %d bytes are over the limit", signed, len(got))
		}
		payload, stamp, _ := strings.Cut(strings.TrimPrefix(signed, "."), ".")
		want, err := base64.RawURLEncoding.DecodeString(payload)
		if err != nil || encode(want) != payload {
			t.Fatalf("%q: accepted a spelling that is not canonical", signed)
		}
		if seconds, err := base64.RawURLEncoding.DecodeString(stamp); err != nil || encode(seconds) != stamp || seconds[0] == 0 {
			t.Fatalf("%q: accepted the timestamp", signed)
		}
		if signed[0] == '.' {
			want = inflate(t, want)
		}
		if !bytes.Equal(got, want) {
			t.Fatalf("%q: got %q, want %q", signed, got, want)
		}
	})
}

func inflate(t *testing.T, small []byte) []byte {
	t.Helper()
	r, err := zlib.NewReader(bytes.NewReader(small))
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// FuzzEncode checks that every payload comes back, under a signature that the standard library makes.
func FuzzEncode(f *testing.F) {
	f.Add([]byte(`{"a":1}`))
	f.Add([]byte(strings.Repeat("a", 100)))
	f.Add([]byte{0})
	c := dev(f)
	f.Fuzz(func(t *testing.T, payload []byte) {
		cookie, err := c.Encode(payload, signedAt)
		if (err == nil) != (len(payload) > 0) {
			t.Fatalf("%q: got error %v", payload, err)
		}
		if err != nil {
			return
		}
		if want := sign(sha1.New, devKey(), cookie[:strings.LastIndexByte(cookie, '.')]); cookie != want {
			t.Fatalf("got %s, want %s", cookie, want)
		}
		if got, _, err := c.Decode(cookie, signedAt, 0); err != nil || !bytes.Equal(got, payload) {
			t.Fatalf("got %q, %v, want %q", got, err, payload)
		}
	})
}
