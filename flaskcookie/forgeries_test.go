package flaskcookie_test

import (
	"crypto/sha1"
	"crypto/sha256"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http/httptest"
	"reflect"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/flaskcookie"
	"github.com/dewar-go/dewar/internal/cookiecodec"
)

// forge makes 10,000 cookies in each way that is not that of an application under oldKey: with keys of others, and with
// oldKey used for something else.
func forge(t *testing.T, try func(way, cookie string)) {
	t.Helper()
	keys, others := rounds(10_000), newRelatives(t)
	var differing, ways atomic.Int64
	inParallel(t, keys, func(random *rand.Rand, share int) {
		seen := map[string]bool{}
		for range share {
			f := newForger(random)
			forgeries := f.foreign()
			maps.Copy(forgeries, f.misused())
			maps.Copy(forgeries, others.made(t, f))
			ways.Store(int64(len(forgeries)))
			for way, cookie := range forgeries {
				seen[cookie] = true
				try(way, cookie)
			}
		}
		differing.Add(int64(len(seen)))
	})
	t.Logf("%d forgeries, each another one, in %d ways", differing.Load(), ways.Load())
	if got, want := int(differing.Load()), max(rounds(120_000), keys*int(ways.Load())); got < want {
		t.Errorf("tried %d forgeries, want %d", got, want)
	}
}

// genuine is what the forgeries are meant to look like.
func genuine() string {
	return sign(sha1.New, derive(oldKey), newForger(rand.New(rand.NewPCG(1, 1))).signed)
}

// A forger has a key that is not ours and makes cookies for one payload.
type forger struct {
	key, json, payload string
	signed             string // payload and timestamp
}

func newForger(random *rand.Rand) *forger {
	key := make([]byte, 20+random.IntN(45))
	for i := range key {
		key[i] = byte(random.Uint32())
	}
	json := fmt.Sprintf(`{"admin":true,"n":%d}`, random.Uint64())
	payload := encode([]byte(json))
	return &forger{string(key), json, payload, payload + "." + stamp(uint64(time.Now().Unix()))}
}

// foreign returns what can be made without oldKey.
func (f *forger) foreign() map[string]string {
	short := sha1.Sum([]byte(f.signed + f.key))
	return map[string]string{
		"another key":            sign(sha1.New, derive(f.key), f.signed),
		"another key, underived": sign(sha1.New, f.key, f.signed),
		"a hash without a key":   f.signed + "." + encode(short[:]),
		"a random signature":     f.signed + "." + encode([]byte(f.key[:20])),
		"an empty signature":     f.signed + ".",
		"no signature":           f.signed,
		"a JWT, alg none":        f.jwt("none") + ".",
		"plain JSON":             f.json,
	}
}

// misused returns what is signed with oldKey, but in another way.
func (f *forger) misused() map[string]string {
	return map[string]string{
		"the secret key underived":     sign(sha1.New, oldKey, f.signed),
		"a salt of their own":          sign(sha1.New, salted(sha1.New, oldKey, f.key), f.signed),
		"SHA-256 under the right key":  sign(sha256.New, derive(oldKey), f.signed),
		"no timestamp":                 sign(sha1.New, derive(oldKey), f.payload),
		"a JWT under our secret key":   sign(sha256.New, oldKey, f.jwt("HS256")),
		"a JWT under the derived key":  sign(sha1.New, derive(oldKey), f.jwt("HS1")),
		"the timestamp is not covered": f.signed + sign(sha1.New, derive(oldKey), f.payload)[len(f.payload):],
	}
}

func (f *forger) jwt(alg string) string {
	return encode(fmt.Appendf(nil, `{"alg":%q,"typ":"JWT"}`, alg)) + "." + f.payload
}

// relatives are codecs with oldKey for other uses of it.
type relatives struct {
	flask  map[string]*flaskcookie.Codec
	native map[string]*cookiecodec.Codec
}

func newRelatives(t testing.TB) relatives {
	t.Helper()
	r := relatives{native: map[string]*cookiecodec.Codec{}}
	for way, encrypt := range map[string]bool{"dewar's own": false, "dewar's own, encrypted": true} {
		c, err := cookiecodec.New(cookiecodec.Options{Purpose: "session", Secrets: []string{oldKey}, MaxAge: time.Hour, Encrypt: encrypt})
		if err != nil {
			t.Fatal(err)
		}
		r.native[way] = c
	}
	r.flask = map[string]*flaskcookie.Codec{
		"another salt":        newCodec(t, flaskcookie.Options{Salt: "flask-session"}, oldKey),
		"a token in a mail":   newCodec(t, flaskcookie.Options{Salt: "itsdangerous", KeyDerivation: "django-concat"}, oldKey),
		"django-concat":       newCodec(t, flaskcookie.Options{KeyDerivation: "django-concat"}, oldKey),
		"concat":              newCodec(t, flaskcookie.Options{KeyDerivation: "concat"}, oldKey),
		"SHA-256 all through": newCodec(t, flaskcookie.Options{Digest: sha256.New}, oldKey),
	}
	return r
}

func (r relatives) made(t testing.TB, f *forger) map[string]string {
	made := map[string]string{}
	for way, c := range r.flask {
		cookie, err := c.Encode([]byte(f.json), time.Now())
		if err != nil {
			t.Error(err)
		}
		made[way] = cookie
	}
	for way, c := range r.native {
		cookie, err := c.Encode("session", []byte(f.json))
		if err != nil {
			t.Error(err)
		}
		made[way] = cookie
	}
	return made
}

func TestForgeriesAreRefused(t *testing.T) {
	t.Parallel()
	c := newCodec(t, flaskcookie.Options{}, oldKey)
	if _, _, err := c.Decode(genuine(), time.Now(), lifetime); err != nil {
		t.Fatalf("the forger does not sign as Flask does: %v", err)
	}
	forge(t, func(way, cookie string) {
		if payload, index, err := c.Decode(cookie, time.Now(), lifetime); err == nil || payload != nil || index != -1 {
			t.Errorf("%s: accepted %q", way, cookie)
		}
	})
}

// TestForgedCookiesAreLikeNoCookie makes sure that the answer tells nothing about a cookie that others made.
func TestForgedCookiesAreLikeNoCookie(t *testing.T) {
	t.Parallel()
	app := sharingApp(t, nil)
	app.Get("/admin", func(c *dewar.Context) error {
		if !c.Session().Bool("admin") {
			return dewar.Abort(403)
		}
		return c.Text("welcome")
	})
	if got := askRaw(app, "/admin", genuine()); got.Code != 200 {
		t.Fatalf("got %d for the genuine cookie, want 200", got.Code)
	}
	anonymous := map[string]*httptest.ResponseRecorder{"/admin": ask(app, "/admin", ""), "/get": ask(app, "/get", "")}
	forge(t, func(way, cookie string) {
		for path, want := range anonymous {
			got := askRaw(app, path, cookie)
			if got.Code != want.Code || got.Body.String() != want.Body.String() || !reflect.DeepEqual(got.Header(), want.Header()) {
				t.Errorf("%s, %q at %s: got %d %v %s\nwant the answer without a cookie, %d %v %s",
					way, cookie, path, got.Code, got.Header(), got.Body, want.Code, want.Header(), want.Body)
			}
		}
	})
}

// askRaw sends a cookie as it is, also with characters that none may have.
func askRaw(app *dewar.App, path, cookie string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("GET", path, nil)
	r.Header.Set("Cookie", "session="+cookie)
	rec := httptest.NewRecorder()
	app.ServeHTTP(rec, r)
	return rec
}
