package flasktest_test

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"flag"
	"fmt"
	"hash"
	"maps"
	"math/rand/v2"
	"net/http/httptest"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gorilla/securecookie"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/flaskcookie"
)

var seedOfForgeries = flag.Uint64("seed", 0, "seed of the forged cookies; 0 takes the time")

// The purposes that dewar derives keys for, and the one it does not.
const (
	forSessions  = "dewar/session/sign/mac"
	forEncrypted = "dewar/session/encrypt/mac"
	toEncrypt    = "dewar/session/encrypt/block"
)

// derived returns the key that dewar makes of a secret for a purpose.
func derived(t testing.TB, secret, purpose string) []byte {
	t.Helper()
	key, err := hkdf.Key(sha256.New, []byte(secret), nil, purpose, 32)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// A forger makes cookies that look like those of an App whose SECRET_KEY is testKey, and are not. Only what signs
// differs from one to the next, and the content, so that no two are the same.
type forger struct {
	t      testing.TB
	random *rand.Rand
	key    []byte               // what signs real sessions
	ours   map[string]hash.Hash // HMACs under testKey, by what it was derived for; "" is underived
	sealed *securecookie.SecureCookie
	flask  *flaskcookie.Codec
}

func newForger(t testing.TB, random *rand.Rand) *forger {
	t.Helper()
	f := &forger{t: t, random: random, key: derived(t, testKey, forSessions)}
	f.ours = map[string]hash.Hash{"": hmac.New(sha256.New, []byte(testKey))}
	for _, purpose := range []string{forSessions, forEncrypted, "dewar/csrf/sign/mac", "dewar/flash/sign/mac", "dewar/token/sign/mac",
		"dewar/session/sign", "dewar/session", "session"} {
		f.ours[purpose] = hmac.New(sha256.New, derived(t, testKey, purpose))
	}
	f.sealed = securecookie.New(derived(t, testKey, forEncrypted), derived(t, testKey, toEncrypt)).SetSerializer(securecookie.NopEncoder{})
	var err error
	if f.flask, err = flaskcookie.NewCodec([][]byte{[]byte(testKey)}, flaskcookie.Options{}); err != nil {
		t.Fatal(err)
	}
	return f
}

// sealing returns a value in the format of dewar, which is time|payload|signature of name|time|payload.
func sealing(mac hash.Hash, name, payload string) string {
	text := fmt.Sprint(time.Now().Unix()) + "|" + base64.URLEncoding.EncodeToString([]byte(payload))
	return base64.URLEncoding.EncodeToString([]byte(text + "|" + sumOf(mac, name+"|"+text)))
}

// sumOf returns the sum of text, with a hash that is used for many.
func sumOf(h hash.Hash, text string) string {
	h.Reset()
	h.Write([]byte(text))
	return string(h.Sum(nil))
}

// forgeries returns values, by the way they were made: by a secret that is not ours, or by ours in another way.
func (f *forger) forgeries(secret string) map[string]string {
	payload := fmt.Sprintf(`{"admin":true,"n":%d}`, f.random.Uint64())
	foreign := hmac.New(sha256.New, derived(f.t, secret, forSessions))
	all := map[string]string{
		"another secret":                  sealing(foreign, "session", payload),
		"another secret, underived":       sealing(hmac.New(sha256.New, []byte(secret)), "session", payload),
		"another secret, another purpose": sealing(hmac.New(sha256.New, derived(f.t, secret, "dewar/csrf/sign/mac")), "session", payload),
		"our secret, another cookie":      sealing(f.ours[forSessions], "other", payload),
		"our secret, no cookie":           sealing(f.ours[forSessions], "", payload),
		"encrypted with our secret":       f.encrypted(payload),
		"Flask's with our secret":         f.flasks(payload),
		"JSON in base64":                  base64.URLEncoding.EncodeToString([]byte(payload)),
		"a JWT of alg none":               jwt("none", payload) + ".",
		"a JWT under our secret":          f.signedJWT(payload),
	}
	for purpose, mac := range f.ours {
		if purpose != forSessions {
			all["our secret for "+purpose] = sealing(mac, "session", payload)
		}
	}
	f.spoil(all, payload)
	return all
}

func (f *forger) encrypted(payload string) string {
	value, err := f.sealed.Encode("session", []byte(payload))
	if err != nil {
		f.t.Error(err)
	}
	return value
}

func (f *forger) flasks(payload string) string {
	value, err := f.flask.Encode([]byte(payload), time.Now())
	if err != nil {
		f.t.Error(err)
	}
	return value
}

func jwt(alg, payload string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"`+alg+`"}`)) + "." + base64.RawURLEncoding.EncodeToString([]byte(payload))
}

func (f *forger) signedJWT(payload string) string {
	text := jwt("HS256", payload)
	return text + "." + base64.RawURLEncoding.EncodeToString([]byte(sumOf(f.ours[""], text)))
}

// spoil adds cookies with a good signature, but not of the right length or not of what stands there.
func (f *forger) spoil(all map[string]string, payload string) {
	text := fmt.Sprint(time.Now().Unix()) + "|" + base64.URLEncoding.EncodeToString([]byte(payload))
	good := sumOf(f.ours[forSessions], "session|"+text)
	flipped := []byte(good)
	flipped[f.random.IntN(len(flipped))] ^= 1 << f.random.IntN(8)
	raised := strings.Replace(text, "|", "0|", 1)
	for way, value := range map[string]string{
		"no signature":                text + "|",
		"a signature cut short":       text + "|" + good[:1+f.random.IntN(len(good)-1)],
		"a signature with more to it": text + "|" + good + string(rune('a'+f.random.IntN(26))),
		"a signature with a bit off":  text + "|" + string(flipped),
		"a signature of zeros":        text + "|" + strings.Repeat("\x00", sha256.Size),
		"another time":                raised + "|" + good,
		"SHA-1":                       text + "|" + sumOf(hmac.New(sha1.New, f.key), "session|"+text),
		"SHA-512 cut to 32 bytes":     text + "|" + sumOf(hmac.New(sha512.New, f.key), "session|"+text)[:32],
	} {
		all[way] = base64.URLEncoding.EncodeToString([]byte(value))
	}
}

// adminApp lets nobody but an administrator in.
func adminApp(t testing.TB, config dewar.Map) *dewar.App {
	t.Helper()
	app := quietApp(t)
	if err := app.Config.FromMapping(config); err != nil {
		t.Fatal(err)
	}
	app.Get("/admin", func(c *dewar.Context) error {
		if !c.Session().Bool("admin") {
			return c.Status(403).Text("go away") // not an error, whose answer begins without the headers that are there
		}
		return c.Text("welcome")
	})
	return app
}

func askAdmin(app *dewar.App, cookie string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("GET", "/admin", nil)
	if cookie != "" {
		r.Header.Set("Cookie", cookie)
	}
	rec := httptest.NewRecorder()
	app.ServeHTTP(rec, r)
	return rec
}

// sameAnswer reports whether two answers cannot be told apart.
func sameAnswer(a, b *httptest.ResponseRecorder) bool {
	return a.Code == b.Code && a.Body.String() == b.Body.String() && reflect.DeepEqual(a.Header(), b.Header())
}

// TestForgedCookiesAreLikeNoCookie sends what others signed, or nobody: the answer tells nothing about it.
func TestForgedCookiesAreLikeNoCookie(t *testing.T) {
	t.Parallel()
	app := adminApp(t, nil)
	anonymous := askAdmin(app, "")
	if anonymous.Code != 403 {
		t.Fatalf("without a cookie: got %d, want 403", anonymous.Code)
	}
	keys := rounds(500, 10_000)
	seed := *seedOfForgeries
	if seed == 0 {
		seed = uint64(time.Now().UnixNano())
	}
	var sent atomic.Int64
	var wg sync.WaitGroup
	workers := runtime.GOMAXPROCS(0)
	for i := range workers {
		f := newForger(t, rand.New(rand.NewPCG(seed, uint64(i))))
		wg.Go(func() {
			for range (keys + workers - 1) / workers {
				for way, value := range f.forgeries(fmt.Sprintf("%x%x", f.random.Uint64(), f.random.Uint64())) {
					sent.Add(1)
					if res := askAdmin(app, "session="+value); !sameAnswer(res, anonymous) {
						t.Errorf("%s: %q got %d %v, want the answer without a cookie, %v", way, value, res.Code, res.Header(), anonymous.Header())
					}
				}
			}
		})
	}
	wg.Wait()
	t.Logf("%d forgeries by %d keys sent, -seed %d", sent.Load(), keys, seed)
	if sent.Load() < 12*int64(keys) {
		t.Errorf("sent %d forgeries, want 12 for each of %d keys", sent.Load(), keys)
	}
}

// TestForgeriesAreGenuineElsewhere shows that each forged cookie is what it claims to be, so that nothing but the one
// difference keeps it out.
func TestForgeriesAreGenuineElsewhere(t *testing.T) {
	t.Parallel()
	f := newForger(t, rand.New(rand.NewPCG(1, 2)))
	const foreign = "another key that is long enough to be one"
	forged := f.forgeries(foreign)
	flask := adminApp(t, nil)
	flask.SessionInterface = &flaskcookie.SessionInterface{}
	for _, tt := range []struct {
		name, cookie string
		app          *dewar.App
	}{
		{"the format", "session=" + sealing(f.ours[forSessions], "session", `{"admin":true}`), adminApp(t, nil)},
		{"another secret", "session=" + forged["another secret"], adminApp(t, dewar.Map{"SECRET_KEY": foreign})},
		{"another cookie", "other=" + forged["our secret, another cookie"], adminApp(t, dewar.Map{"SESSION_COOKIE_NAME": "other"})},
		{"encrypted", "session=" + forged["encrypted with our secret"], adminApp(t, dewar.Map{"SESSION_COOKIE_ENCRYPT": true})},
		{"Flask's", "session=" + forged["Flask's with our secret"], flask},
	} {
		if res := askAdmin(tt.app, tt.cookie); res.Code != 200 {
			t.Errorf("%s: got %d where the cookie is genuine, want 200", tt.name, res.Code)
		}
	}
	if values := slices.Compact(slices.Sorted(maps.Values(forged))); len(values) != len(forged) {
		t.Errorf("%d ways to forge a cookie give %d cookies", len(forged), len(values))
	}
}

func TestMalformedCookiesAreLikeNoCookie(t *testing.T) {
	t.Parallel()
	app := adminApp(t, nil)
	good := sessionJar(t, app, func(s *dewar.Session) { s.Set("admin", true) })["session"]
	anonymous := askAdmin(app, "")
	for _, cookie := range []string{
		"session=", "session=" + strings.Repeat("A", 4092), "session=" + strings.Repeat("A", 60_000), "session=" + good[1:],
		"session=" + good + ",", "session=" + good + " x", `session="` + good, "other=" + good, "__Host-session=" + good,
		"=session=" + good, "$Version=1,session=" + good, "session=eyJhZG1pbiI6dHJ1ZX0=", "session=%7B%22admin%22%3Atrue%7D",
		"session=s:abc." + good, "session=BAh7BkkiC2FkbWluBjoGRVRU--0123", "session=bad; session=" + good, "Session=" + good,
	} {
		if res := askAdmin(app, cookie); !sameAnswer(res, anonymous) {
			t.Errorf("%.80q: got %d %v, want the answer without a cookie, %d %v", cookie, res.Code, res.Header(), anonymous.Code, anonymous.Header())
		}
	}
	for _, cookie := range []string{"session=" + good, `session="` + good + `"`, " session =" + good, "a=b; session=" + good + "; session=bad"} {
		if res := askAdmin(app, cookie); res.Code != 200 {
			t.Errorf("%.80q: got %d, want 200 as net/http and Werkzeug read it", cookie, res.Code)
		}
	}
}

func TestCookieOfOneNameIsNoSessionUnderAnother(t *testing.T) {
	t.Parallel()
	for _, encrypt := range []bool{false, true} {
		session := adminApp(t, dewar.Map{"SESSION_COOKIE_ENCRYPT": encrypt})
		other := adminApp(t, dewar.Map{"SESSION_COOKIE_ENCRYPT": encrypt, "SESSION_COOKIE_NAME": "other"})
		admin := func(s *dewar.Session) { s.Set("admin", true) }
		moved := sessionJar(t, session, admin)["session"]
		if res := askAdmin(other, "other="+moved); !sameAnswer(res, askAdmin(other, "")) {
			t.Errorf("encrypted %t: got %d %v for a cookie of another name, want the answer without one", encrypt, res.Code, res.Header())
		}
		if own := sessionJar(t, other, admin)["other"]; askAdmin(other, "other="+own).Code != 200 {
			t.Errorf("encrypted %t: its own cookie was refused", encrypt)
		}
	}
}

// TestHostPrefixIsNotSpoofed sends names that some server takes for __Host-session, and no browser does.
func TestHostPrefixIsNotSpoofed(t *testing.T) {
	t.Parallel()
	app := adminApp(t, dewar.Map{"SESSION_COOKIE_NAME": "__Host-session", "SESSION_COOKIE_SECURE": true})
	good := sessionJar(t, app, func(s *dewar.Session) { s.Set("admin", true) })["__Host-session"]
	anonymous := askAdmin(app, "")
	for _, name := range []string{
		"=__Host-session", "__host-session", "__HOST-SESSION", "\u2000__Host-session", "\u00a0__Host-session", "\x85__Host-session",
		"$Version=1,__Host-session", "$Version=1, __Host-session", "%5f_Host-session", "__Host-session\x00", "__Host-session\u2000",
		"session", "Host-session", "x__Host-session", "a=b,__Host-session", `"__Host-session"`,
	} {
		if res := askAdmin(app, name+"="+good); !sameAnswer(res, anonymous) {
			t.Errorf("%q: got %d, want the answer without a cookie", name, res.Code)
		}
	}
	for _, name := range []string{"__Host-session", "__Host-session ", "$Version=1; __Host-session"} {
		if res := askAdmin(app, name+"="+good); res.Code != 200 {
			t.Errorf("%q: got %d, want 200 as net/http and Werkzeug read it", name, res.Code)
		}
	}
}
