package flaskcookie_test

import (
	"errors"
	"testing"

	"github.com/dewar-go/dewar/flaskcookie"
)

func BenchmarkEncode(b *testing.B) {
	c, payload := dev(b), []byte(`{"user_id":42}`)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Encode(payload, signedAt); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDecode(b *testing.B) {
	for _, bench := range []struct{ name, cookie string }{
		{"plain", plainCookie},
		{"compressed", compressedCookie},
	} {
		b.Run(bench.name, func(b *testing.B) {
			c := dev(b)
			b.ReportAllocs()
			for b.Loop() {
				if _, _, err := c.Decode(bench.cookie, signedAt, lifetime); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkDecodeBomb(b *testing.B) {
	c, cookie := dev(b), signDev(bomb()+".ZVPxAA")
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := c.Decode(cookie, signedAt, lifetime); !errors.Is(err, flaskcookie.ErrTooLarge) {
			b.Fatal(err)
		}
	}
}
