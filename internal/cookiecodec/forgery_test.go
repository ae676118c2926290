package cookiecodec_test

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"flag"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dewar-go/dewar/internal/cookiecodec"
)

var (
	seed      = flag.Uint64("seed", 0, "seed of the random mutations and forgeries; 0 takes the time")
	mutations = flag.Int("mutations", 1_000_000, "how many random mutations are tried")
)

// inParallel calls f on every processor with random numbers of its own, and tells the seed.
func inParallel(t *testing.T, total int, f func(random *rand.Rand, rounds int)) {
	t.Helper()
	start := *seed
	if start == 0 {
		start = uint64(time.Now().UnixNano())
	}
	t.Logf("%d in all, -seed %d", total, start)
	var wg sync.WaitGroup
	workers := runtime.GOMAXPROCS(0)
	for i := range workers {
		wg.Go(func() { f(rand.New(rand.NewPCG(start, uint64(i))), (total+workers-1)/workers) })
	}
	wg.Wait()
}

func codecs(t testing.TB) map[string]*cookiecodec.Codec {
	t.Helper()
	return map[string]*cookiecodec.Codec{
		"signed":    newCodec(t, cookiecodec.Options{}),
		"encrypted": newCodec(t, cookiecodec.Options{Encrypt: true}),
	}
}

func accepts(c *cookiecodec.Codec, value string) bool {
	_, err := c.Decode(name, value)
	return err == nil
}

func TestEveryByteReplacedInsertedAndRemoved(t *testing.T) {
	t.Parallel()
	for mode, c := range codecs(t) {
		for _, text := range []string{"a", "abcd", "abcdefg"} { // each length of the padding
			v, err := c.Encode(name, []byte(text))
			if err != nil {
				t.Fatal(err)
			}
			tried := 0
			try := func(s string) {
				tried++
				if s != v && accepts(c, s) {
					t.Errorf("%s: accepted %q for %q", mode, s, v)
				}
			}
			for i := range len(v) + 1 {
				for b := range 256 {
					try(v[:i] + string([]byte{byte(b)}) + v[i:])
					if i < len(v) {
						try(v[:i] + string([]byte{byte(b)}) + v[i+1:])
					}
				}
				try(v[:i])
				try(v[i:] + v[:i])
				if i < len(v) {
					try(v[:i] + v[i+1:])
					try(v[i:])
				}
			}
			try(v + v)
			t.Logf("%s: %d spellings of a value of %d bytes tried", mode, tried, len(v))
		}
	}
}

func TestRandomMutations(t *testing.T) {
	t.Parallel()
	for mode, c := range codecs(t) {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			v := encode(t, c)
			var differing atomic.Int64
			inParallel(t, *mutations, func(random *rand.Rand, rounds int) {
				for done := 0; done < rounds; {
					s := mutate(random, v)
					if s == v {
						continue
					}
					done++
					if accepts(c, s) {
						t.Errorf("accepted %q for %q", s, v)
					}
				}
				differing.Add(int64(rounds))
			})
			if differing.Load() < int64(*mutations) {
				t.Errorf("tried %d mutations, want %d", differing.Load(), *mutations)
			}
		})
	}
}

// mutate changes one to four places of v, mostly so that it still looks like base64.
func mutate(random *rand.Rand, v string) string {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=\n\r+/"
	b := []byte(v)
	for range 1 + random.IntN(4) {
		i := random.IntN(len(b))
		c := letters[random.IntN(len(letters))]
		switch random.IntN(8) {
		case 0:
			b = append(b[:i], b[i+1:]...)
		case 1:
			b = append(b[:i], append([]byte{c}, b[i:]...)...)
		case 2:
			j := random.IntN(len(b))
			b[i], b[j] = b[j], b[i]
		case 3:
			b[i] ^= 1 << random.IntN(8)
		default:
			b[i] = c
		}
		if len(b) == 0 {
			return ""
		}
	}
	return string(b)
}

// TestForgeries signs with 10,000 keys that are not ours, in twelve ways each.
func TestForgeries(t *testing.T) {
	t.Parallel()
	const secret = "a secret for tests"
	c := newCodec(t, cookiecodec.Options{})
	inParallel(t, 10_000, func(random *rand.Rand, rounds int) {
		for range rounds {
			key := make([]byte, 1+random.IntN(64))
			for i := range key {
				key[i] = byte(random.Uint32())
			}
			for way, forged := range forgeries(string(key), secret) {
				if accepts(c, forged) {
					t.Errorf("accepted %s: %q", way, forged)
				}
			}
		}
	})
}

// forgeries returns values that claim to be ours: key is not ours, secret is, but used in another way.
func forgeries(key, secret string) map[string]string {
	url, std := base64.URLEncoding.EncodeToString, base64.StdEncoding.EncodeToString
	now := fmt.Sprint(time.Now().Unix())
	text := url([]byte(`{"admin":true,"n":` + fmt.Sprint(len(key)) + `}`))
	signed := func(mac, over string) string { return url([]byte(now + "|" + text + "|" + sum(mac, over))) }
	over := name + "|" + now + "|" + text
	jwt := func(alg string) string {
		return base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"`+alg+`"}`)) + "." + strings.TrimRight(text, "=")
	}
	short := sha1.Sum([]byte(over + key))
	return map[string]string{
		"another key":             signed(key, over),
		"the secret underived":    signed(secret, over+key[:1]),
		"another key, no name":    signed(key, now+"|"+text),
		"another name":            signed(key, "other|"+now+"|"+text),
		"a hash without a key":    url([]byte(now + "|" + text + "|" + string(short[:]))),
		"no signature":            url([]byte(now + "|" + text + "|")),
		"the key as signature":    url([]byte(now + "|" + text + "|" + key)),
		"alg none":                jwt("none") + ".",
		"a JWT under our secret":  jwt("HS256") + "." + strings.TrimRight(url([]byte(sum(secret, jwt("HS256")))), "="),
		"Flask's, our secret":     strings.TrimRight(text, "=") + "." + url([]byte(now)) + "." + url([]byte(sum(sum(secret, "cookie-session"), text))),
		"plain JSON":              std([]byte(`{"admin":true,"key":"` + url([]byte(key)) + `"}`)),
		"no time, signed by them": url([]byte(text + "|" + sum(key, text))),
	}
}

func sum(key, text string) string {
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write([]byte(text))
	return string(mac.Sum(nil))
}

func TestValuesOfOtherPurposesNamesAndModes(t *testing.T) {
	t.Parallel()
	c := newCodec(t, cookiecodec.Options{})
	for _, purpose := range []string{"csrf", "flash", "token", "Session", "session/sign", " session"} {
		if accepts(c, encode(t, newCodec(t, cookiecodec.Options{Purpose: purpose}))) {
			t.Errorf("accepted a value made for %q", purpose)
		}
	}
	for _, other := range []string{"other", "", "Session", "session|", "sessio"} {
		value, err := c.Encode(other, payload)
		if err != nil {
			t.Fatal(err)
		}
		if accepts(c, value) {
			t.Errorf("accepted a value made for the cookie %q", other)
		}
	}
}

// deriveMAC returns the key that the codec of the tests signs with.
func deriveMAC(t testing.TB) string {
	t.Helper()
	key, err := hkdf.Key(sha256.New, []byte("a secret for tests"), nil, "dewar/session/sign/mac", 32)
	if err != nil {
		t.Fatal(err)
	}
	return string(key)
}

func TestTimesOfOtherForms(t *testing.T) {
	t.Parallel()
	c, key := newCodec(t, cookiecodec.Options{}), deriveMAC(t)
	for _, date := range []string{"", "0", "-1", "+5", " 5", "5.0", "0x5", "2147483648", "9223372036854775807", "18446744073709551615",
		"99999999999999999999", "+" + fmt.Sprint(time.Now().Unix()), fmt.Sprint(time.Now().Unix()) + " "} {
		signed := date + "|" + base64.URLEncoding.EncodeToString(payload)
		value := base64.URLEncoding.EncodeToString([]byte(signed + "|" + sum(key, name+"|"+signed)))
		if accepts(c, value) {
			t.Errorf("accepted the time %q", date)
		}
	}
	signed := fmt.Sprint(time.Now().Unix()) + "|" + base64.URLEncoding.EncodeToString(payload)
	if !accepts(c, base64.URLEncoding.EncodeToString([]byte(signed+"|"+sum(key, name+"|"+signed)))) {
		t.Error("the test does not sign as the codec does")
	}
}
