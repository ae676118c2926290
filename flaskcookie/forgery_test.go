package flaskcookie_test

import (
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dewar-go/dewar/flaskcookie"
)

var seed = flag.Uint64("seed", 0, "seed of all that is random; 0 takes the time")

// randomSeed returns the seed, and tells it.
func randomSeed(t *testing.T) uint64 {
	t.Helper()
	start := *seed
	if start == 0 {
		start = uint64(time.Now().UnixNano())
	}
	t.Logf("-seed %d", start)
	return start
}

// rounds returns full where make long asks for full rounds, and otherwise a twentieth.
func rounds(full int) int {
	if os.Getenv("DEWAR_ROUNDS") == "full" {
		return full
	}
	return full / 20
}

// streams is how many streams of random numbers a seed gives: the same on every machine.
const streams = 8

// inParallel calls f on several goroutines with random numbers of its own, total in all.
func inParallel(t *testing.T, total int, f func(random *rand.Rand, share int)) {
	t.Helper()
	start := randomSeed(t)
	var wg sync.WaitGroup
	for i := range streams {
		wg.Go(func() { f(rand.New(rand.NewPCG(start, uint64(i))), (total+streams-1)/streams) })
	}
	wg.Wait()
}

// targets are the cookies that the tests here change.
var targets = [2]struct{ name, cookie string }{
	{"plain", plainCookie},
	{"compressed", compressedCookie},
}

// refused reports whether c refuses cookie with a nil payload and index -1.
func refused(c *flaskcookie.Codec, cookie string) bool {
	payload, index, err := c.Decode(cookie, signedAt, lifetime)
	return err != nil && payload == nil && index == -1
}

func TestEveryByteReplaced(t *testing.T) {
	t.Parallel()
	for _, tt := range targets {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := dev(t)
			for i := range len(tt.cookie) {
				changed := []byte(tt.cookie)
				for b := range 256 {
					changed[i] = byte(b)
					if s := string(changed); s != tt.cookie && !refused(c, s) {
						t.Errorf("accepted %q", s)
					}
				}
			}
		})
	}
}

func TestEveryByteInsertedOrRemoved(t *testing.T) {
	t.Parallel()
	for _, tt := range targets {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c, v := dev(t), tt.cookie
			for i := range len(v) + 1 {
				for b := range 256 {
					if s := v[:i] + string([]byte{byte(b)}) + v[i:]; !refused(c, s) {
						t.Errorf("accepted %q", s)
					}
				}
				if i < len(v) && !refused(c, v[:i]+v[i+1:]) {
					t.Errorf("accepted without byte %d", i)
				}
				if i < len(v) && !refused(c, v[:i]) {
					t.Errorf("accepted the first %d bytes", i)
				}
				if i > 0 && !refused(c, v[i:]) {
					t.Errorf("accepted all but the first %d bytes", i)
				}
			}
		})
	}
}

func TestRandomMutations(t *testing.T) {
	t.Parallel()
	c := dev(t)
	var differing [2]atomic.Int64
	inParallel(t, rounds(1_000_000), func(random *rand.Rand, share int) {
		for done := 0; done < share; {
			i := done % len(targets)
			s := mutate(random, targets[i].cookie)
			if s == targets[i].cookie {
				continue
			}
			done++
			differing[i].Add(1)
			if !refused(c, s) {
				t.Errorf("accepted %q", s)
			}
		}
	})
	for i := range targets {
		t.Logf("%d mutations of the %s cookie", differing[i].Load(), targets[i].name)
	}
}

// mutate changes a cookie in one to four places, mostly within the alphabet.
func mutate(random *rand.Rand, cookie string) string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.+/= \r\n\""
	b := []byte(cookie)
	for range 1 + random.IntN(4) {
		i, j := random.IntN(len(b)), random.IntN(len(b))
		switch random.IntN(8) {
		case 0:
			b[i] = byte(random.Uint32())
		case 1:
			b[i] ^= 1 << random.IntN(8)
		case 2:
			b[i], b[j] = b[j], b[i]
		case 3:
			b = append(b[:i], b[i+1:]...)
		case 4:
			b = append(b[:i], append([]byte{alphabet[random.IntN(len(alphabet))]}, b[i:]...)...)
		case 5:
			b = append(b, b[min(i, j):max(i, j)]...)
		default:
			b[i] = alphabet[random.IntN(len(alphabet))]
		}
		if len(b) == 0 {
			b = append(b, '.')
		}
	}
	return string(b)
}

func TestMangledCookies(t *testing.T) {
	t.Parallel()
	c, v := dev(t), plainCookie
	reversed := []byte(v)
	for i, j := 0, len(v)-1; i < j; i, j = i+1, j-1 {
		reversed[i], reversed[j] = reversed[j], reversed[i]
	}
	parts := strings.Split(v, ".")
	for _, tt := range []struct{ name, cookie string }{
		{"nothing", ""}, {"a dot", "."}, {"two dots", ".."}, {"three dots", "..."}, {"one byte", "e"},
		{"twice", v + v}, {"twice with a dot", v + "." + v}, {"reversed", string(reversed)}, {"quoted", `"` + v + `"`},
		{"upper case", strings.ToUpper(v)}, {"percent-encoded dot", strings.Replace(v, ".", "%2E", 1)},
		{"parts swapped", parts[1] + "." + parts[0] + "." + parts[2]}, {"without timestamp", parts[0] + "." + parts[2]},
		{"marked as compressed", "." + v}, {"compressed no more", compressedCookie[1:]},
		{"payload of another cookie", golden[6].cookie[:strings.IndexByte(golden[6].cookie, '.')] + v[len(parts[0]):]},
		{"signature of another cookie", v[:len(v)-27] + golden[6].cookie[len(golden[6].cookie)-27:]},
		{"signed text cut elsewhere", parts[0] + parts[1][:2] + "." + parts[1][2:] + "." + parts[2]},
		{"other spelling of the last letter, p", v[:len(v)-1] + "p"},
		{"other spelling of the last letter, q", v[:len(v)-1] + "q"},
		{"other spelling of the last letter, r", v[:len(v)-1] + "r"},
		{"padded", v + "="}, {"standard alphabet", strings.NewReplacer("-", "+", "_", "/").Replace(compressedCookie)},
		{"4,095 bytes", strings.Repeat("A", 4095)}, {"4,097 dots", strings.Repeat(".", 4097)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if !refused(c, tt.cookie) {
				t.Errorf("accepted %q", tt.cookie)
			}
		})
	}
}

func TestForeignPurposes(t *testing.T) {
	t.Parallel()
	c := dev(t)
	for _, tt := range []struct {
		name    string
		options flaskcookie.Options
		keys    []string
	}{
		{"salt of flask-session", flaskcookie.Options{Salt: "flask-session"}, []string{"dev"}},
		{"salt of a mail token", flaskcookie.Options{Salt: "itsdangerous"}, []string{"dev"}},
		{"longer salt", flaskcookie.Options{Salt: "cookie-session2"}, []string{"dev"}},
		{"no derivation", flaskcookie.Options{KeyDerivation: "none"}, []string{"dev"}},
		{"other derivation", flaskcookie.Options{KeyDerivation: "django-concat"}, []string{"dev"}},
		{"salt as key, key as salt", flaskcookie.Options{Salt: "dev"}, []string{"cookie-session"}},
		{"other digest", flaskcookie.Options{Digest: sha256.New}, []string{"dev"}},
		{"longer key", flaskcookie.Options{}, []string{"dev2"}},
		{"key with a line break", flaskcookie.Options{}, []string{"dev\n"}},
		{"key in upper case", flaskcookie.Options{}, []string{"DEV"}},
		{"the right key second", flaskcookie.Options{}, []string{"other", "dev"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			cookie, err := newCodec(t, tt.options, tt.keys...).Encode([]byte(`{"admin":true}`), signedAt)
			if err != nil {
				t.Fatal(err)
			}
			if !refused(c, cookie) {
				t.Errorf("accepted %q", cookie)
			}
		})
	}
}

func TestSignaturesOfOtherShapes(t *testing.T) {
	t.Parallel()
	c := dev(t)
	signed := plainCookie[:strings.LastIndexByte(plainCookie, '.')]
	whole, err := base64.RawURLEncoding.DecodeString(plainCookie[len(signed)+1:])
	if err != nil {
		t.Fatal(err)
	}
	raw := func(key string) []byte {
		mac := hmac.New(sha1.New, []byte(key))
		mac.Write([]byte(signed))
		return mac.Sum(nil)
	}
	plainHash := sha1.Sum([]byte(signed))
	for _, tt := range []struct {
		name string
		mac  []byte
	}{
		{"empty", nil},
		{"1 byte", whole[:1]},
		{"19 bytes", whole[:19]},
		{"21 bytes", append(whole[:20:20], 0)},
		{"twice", append(whole[:20:20], whole...)},
		{"31 bytes", make([]byte, 31)},
		{"33 bytes", make([]byte, 33)},
		{"64 bytes", make([]byte, 64)},
		{"zeros", make([]byte, 20)},
		{"under the empty key", raw("")},
		{"under the secret key itself", raw("dev")},
		{"under the salt", raw("cookie-session")},
		{"without a key", plainHash[:]},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if s := signed + "." + encode(tt.mac); !refused(c, s) {
				t.Errorf("accepted %q", s)
			}
		})
	}
	t.Run("SHA-256", func(t *testing.T) {
		t.Parallel()
		if s := sign(sha256.New, devKey(), signed); !refused(c, s) {
			t.Errorf("accepted %q", s)
		}
	})
	t.Run("SHA-512 cut to 20 bytes", func(t *testing.T) {
		t.Parallel()
		mac := hmac.New(sha512.New, []byte(devKey()))
		mac.Write([]byte(signed))
		if s := signed + "." + encode(mac.Sum(nil)[:20]); !refused(c, s) {
			t.Errorf("accepted %q", s)
		}
	})
}

func TestForeignFormats(t *testing.T) {
	t.Parallel()
	c := dev(t)
	admin := encode([]byte(`{"admin":true}`))
	jwtHeader := func(alg string) string { return encode(fmt.Appendf(nil, `{"alg":"%s","typ":"JWT"}`, alg)) }
	std := base64.StdEncoding.EncodeToString([]byte(`{"admin":true}`))
	cookies := map[string]string{
		"JWT without algorithm":           jwtHeader("none") + "." + admin + ".",
		"JWT without algorithm or dot":    jwtHeader("none") + "." + admin,
		"JWT under the secret key":        sign(sha256.New, "dev", jwtHeader("HS256")+"."+admin),
		"JWT under the derived key":       sign(sha256.New, devKey(), jwtHeader("HS256")+"."+admin),
		"JWT that claims RSA":             sign(sha256.New, "dev", jwtHeader("RS256")+"."+admin),
		"JWT with SHA-1":                  signDev(jwtHeader("HS1") + "." + admin), // the signature is right, the timestamp is not
		"Rails":                           std + "--" + fmt.Sprintf("%x", sha1.Sum([]byte(std))),
		"Express":                         "s:abcdef." + std,
		"Express, escaped":                "s%3Aabcdef." + std,
		"PHP":                             "n8j2o4v1k3qd5s6r7t8u9w0x1y",
		"Java":                            "rO0ABXNyABFqYXZhLnV0aWwuSGFzaE1hcA",
		"pickle":                          encode([]byte("\x80\x04\x95\x00\x00\x00\x00.")),
		"gob":                             encode([]byte("\x0e\xff\x81\x04\x01\x02\xff\x82\x00\x01\x0c\x01\x10")),
		"JSON":                            `{"admin":true}`,
		"Django":                          "eyJhZG1pbiI6dHJ1ZX0:1r3abc:" + encode(make([]byte, 20)),
		"itsdangerous without timestamp":  signDev(admin),
		"itsdangerous, decimal timestamp": signDev(admin + ".1700000000"),
	}
	for dots := range 6 {
		cookies[fmt.Sprintf("unsigned with %d dots behind", dots)] = admin + strings.Repeat(".", dots)
		cookies[fmt.Sprintf("unsigned with %d dots before", dots)] = strings.Repeat(".", dots) + admin
		cookies[fmt.Sprintf("unsigned with %d dots between", dots)] = strings.Join(strings.Split("e30ZVPxAA", ""), strings.Repeat(".", dots))
	}
	for name, cookie := range cookies {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if !refused(c, cookie) {
				t.Errorf("accepted %q", cookie)
			}
		})
	}
}

func TestErrorsHoldNothingOfTheCookie(t *testing.T) {
	t.Parallel()
	c := dev(t)
	for _, cookie := range []string{"secret", "secret.secret.secret", signDev("secret.ZVPxAA"), signDev("secret!.ZVPxAA"), signDev(".c2VjcmV0.ZVPxAA")} {
		_, _, err := c.Decode(cookie, signedAt.Add(2*lifetime), lifetime)
		if err == nil || strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), "c2VjcmV0") {
			t.Errorf("%q: got error %v", cookie, err)
		}
	}
}
