package cookiecodec_test

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"hash"
	"math/rand/v2"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dewar-go/dewar/internal/cookiecodec"
)

var (
	seed      = flag.Uint64("seed", 0, "seed of the random mutations and forgeries; 0 takes the time")
	mutations = flag.Int("mutations", 1_000_000, "how many random mutations are tried in full rounds; otherwise a twentieth")
)

// streams is how many streams of random numbers a seed gives: the same on every machine.
const streams = 8

// rounds returns full where make long asks for full rounds, and otherwise a twentieth.
func rounds(full int) int {
	if os.Getenv("DEWAR_ROUNDS") == "full" {
		return full
	}
	return full / 20
}

// inParallel calls f on several goroutines with random numbers of its own, and tells the seed.
func inParallel(t *testing.T, total int, f func(random *rand.Rand, share int)) {
	t.Helper()
	start := *seed
	if start == 0 {
		start = uint64(time.Now().UnixNano())
	}
	t.Logf("%d in all, -seed %d", total, start)
	var wg sync.WaitGroup
	for i := range streams {
		wg.Go(func() { f(rand.New(rand.NewPCG(start, uint64(i))), (total+streams-1)/streams) })
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
			v, total := encode(t, c), rounds(*mutations)
			var differing atomic.Int64
			inParallel(t, total, func(random *rand.Rand, share int) {
				for done := 0; done < share; {
					s := mutate(random, v)
					if s == v {
						continue
					}
					done++
					if accepts(c, s) {
						t.Errorf("accepted %q for %q", s, v)
					}
				}
				differing.Add(int64(share))
			})
			if differing.Load() < int64(total) {
				t.Errorf("tried %d mutations, want %d", differing.Load(), total)
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

// secret is that of the codec under attack.
const secret = "a secret for tests"

// TestForgeries makes 10,000 values in each way that is not ours: with keys of others, and with our secret used for
// something else.
func TestForgeries(t *testing.T) {
	t.Parallel()
	keys := rounds(10_000)
	c, others := newCodec(t, cookiecodec.Options{}), relatives(t)
	if genuine := newForger(rand.New(rand.NewPCG(1, 1))); !accepts(c, genuine.signed(signingKey)) {
		t.Fatal("the forger does not sign as the codec does")
	}
	var differing, ways atomic.Int64
	inParallel(t, keys, func(random *rand.Rand, share int) {
		seen := map[string]bool{}
		for range share {
			forgeries := newForger(random).forgeries(t, others)
			ways.Store(int64(len(forgeries)))
			for way, forged := range forgeries {
				seen[forged] = true
				if accepts(c, forged) {
					t.Errorf("accepted %s: %q", way, forged)
				}
			}
		}
		differing.Add(int64(len(seen)))
	})
	t.Logf("%d forgeries, each another one, in %d ways", differing.Load(), ways.Load())
	if got, want := int(differing.Load()), max(rounds(120_000), keys*int(ways.Load())); got < want {
		t.Errorf("tried %d forgeries, want %d", got, want)
	}
}

// relatives are codecs with the same secret for other uses of it.
func relatives(t testing.TB) map[string]*cookiecodec.Codec {
	t.Helper()
	return map[string]*cookiecodec.Codec{
		"the purpose csrf":  newCodec(t, cookiecodec.Options{Purpose: "csrf"}),
		"the purpose flash": newCodec(t, cookiecodec.Options{Purpose: "flash"}),
		"the purpose token": newCodec(t, cookiecodec.Options{Purpose: "token"}),
		"encrypted values":  newCodec(t, cookiecodec.Options{Encrypt: true}),
	}
}

// A forger has a key that is not ours and makes values for one payload.
type forger struct {
	key, now, text string
	payload        []byte
}

func newForger(random *rand.Rand) *forger {
	key := make([]byte, 8+random.IntN(57))
	for i := range key {
		key[i] = byte(random.Uint32())
	}
	f := &forger{key: string(key), now: fmt.Sprint(time.Now().Unix()), payload: fmt.Appendf(nil, `{"admin":true,"n":%d}`, random.Uint64())}
	f.text = url(f.payload)
	return f
}

func (f *forger) forgeries(t testing.TB, relatives map[string]*cookiecodec.Codec) map[string]string {
	forged := f.foreign(t)
	for way, value := range f.misused() {
		forged[way] = value
	}
	for way, relative := range relatives {
		forged[way] = f.encode(t, relative, name)
	}
	return forged
}

// foreign returns what can be made without our secret.
func (f *forger) foreign(t testing.TB) map[string]string {
	short := sha1.Sum([]byte(f.dated() + f.key))
	return map[string]string{
		"another key":              f.signed(f.key),
		"another secret":           f.encode(t, newCodec(t, cookiecodec.Options{Secrets: []string{f.key}}), name),
		"a hash without a key":     url([]byte(f.now + "|" + f.text + "|" + string(short[:]))),
		"no signature":             url([]byte(f.now + "|" + f.text + "|")),
		"the key as signature":     url([]byte(f.now + "|" + f.text + "|" + f.key)),
		"alg none":                 f.jwt("none") + ".",
		"plain JSON":               base64.StdEncoding.EncodeToString(f.payload),
		"an empty key":             f.signed(""),
		"the cookie's name as key": f.signed(name),
	}
}

// misused returns what is signed with our secret, but in another way.
func (f *forger) misused() map[string]string {
	bare := strings.TrimRight(f.text, "=")
	dated := bare + "." + base64.RawURLEncoding.EncodeToString(binary.BigEndian.AppendUint32(nil, uint32(time.Now().Unix())))
	flask := hmacOf(sha1.New, hmacOf(sha1.New, secret, "cookie-session"), dated)
	jwt := f.jwt("HS256")
	return map[string]string{
		"the secret underived":         f.signed(secret),
		"another name":                 url([]byte(f.now + "|" + f.text + "|" + sum(signingKey, "other|"+f.now+"|"+f.text))),
		"no name":                      url([]byte(f.now + "|" + f.text + "|" + sum(signingKey, f.now+"|"+f.text))),
		"no time":                      url([]byte(f.text + "|" + sum(signingKey, name+"|"+f.text))),
		"SHA-1":                        url([]byte(f.now + "|" + f.text + "|" + hmacOf(sha1.New, signingKey, f.dated()))),
		"a JWT under our secret":       jwt + "." + base64.RawURLEncoding.EncodeToString([]byte(sum(secret, jwt))),
		"Flask's, under our secret":    dated + "." + base64.RawURLEncoding.EncodeToString([]byte(flask)),
		"the key for encrypted values": f.signed(derive("dewar/session/encrypt/mac")),
	}
}

// dated is what a signature is made of.
func (f *forger) dated() string { return name + "|" + f.now + "|" + f.text }

// signed returns a value in the codec's form that key signed.
func (f *forger) signed(key string) string {
	return url([]byte(f.now + "|" + f.text + "|" + sum(key, f.dated())))
}

func (f *forger) jwt(alg string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"`+alg+`"}`)) + "." + strings.TrimRight(f.text, "=")
}

func (f *forger) encode(t testing.TB, c *cookiecodec.Codec, name string) string {
	value, err := c.Encode(name, f.payload)
	if err != nil {
		t.Error(err)
	}
	return value
}

func url(b []byte) string { return base64.URLEncoding.EncodeToString(b) }

func sum(key, text string) string { return hmacOf(sha256.New, key, text) }

func hmacOf(digest func() hash.Hash, key, text string) string {
	mac := hmac.New(digest, []byte(key))
	mac.Write([]byte(text))
	return string(mac.Sum(nil))
}

func TestValuesOfOtherPurposesAndModes(t *testing.T) {
	t.Parallel()
	c := newCodec(t, cookiecodec.Options{})
	for _, purpose := range []string{"csrf", "flash", "token", "Session", "session/sign", " session"} {
		if accepts(c, encode(t, newCodec(t, cookiecodec.Options{Purpose: purpose}))) {
			t.Errorf("accepted a value made for %q", purpose)
		}
	}
}

func TestValuesAreBoundToTheNameOfTheCookie(t *testing.T) {
	t.Parallel()
	for mode, c := range codecs(t) {
		for _, other := range []string{"other", "", "Session", "session|", "sessio"} {
			value, err := c.Encode(other, payload)
			if err != nil {
				t.Fatal(err)
			}
			if accepts(c, value) {
				t.Errorf("%s: accepted a value made for the cookie %q", mode, other)
			}
			if _, err := c.Decode(other, encode(t, c)); !errors.Is(err, cookiecodec.ErrInvalid) {
				t.Errorf("%s: the cookie %q took a value made for %q: got %v, want ErrInvalid", mode, other, name, err)
			}
			if _, err := c.Decode(other, value); err != nil {
				t.Errorf("%s: the cookie %q refused its own value: %v", mode, other, err)
			}
		}
	}
}

// signingKey is what the codec of the tests signs with.
var signingKey = derive("dewar/session/sign/mac")

// derive returns the key that is derived from secret for a use.
func derive(use string) string {
	key, err := hkdf.Key(sha256.New, []byte(secret), nil, use, 32)
	if err != nil {
		panic(err) // that use is far too long
	}
	return string(key)
}

func TestTimesOfOtherForms(t *testing.T) {
	t.Parallel()
	c, key := newCodec(t, cookiecodec.Options{}), signingKey
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
