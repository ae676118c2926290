package flaskcookie_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/flaskcookie"
)

// A recording is what one version of Flask has written; testdata/record.py makes it.
type recording struct {
	Python, Flask, Werkzeug, Itsdangerous string
	At                                    int64 // when all of it was signed
	Values                                []struct{ Name, Session, Cookie string }
	Rotations                             []struct {
		Name, Cookie      string
		Fallbacks, Answer []string
	}
	Lines []struct {
		Settings     dewar.Map
		Path, Cookie string
		Answer       []string
	}
}

// recorded runs check for the recording of each version, at the second in which it was made.
func recorded(t *testing.T, check func(t *testing.T, r recording)) {
	t.Helper()
	files, err := filepath.Glob("testdata/flask-*.json")
	if err != nil || len(files) < 2 {
		t.Fatalf("found %d recordings, %v", len(files), err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var r recording
		if err := json.Unmarshal(text, &r); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		t.Run("Flask "+r.Flask, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				time.Sleep(time.Until(time.Unix(r.At, 0)))
				check(t, r)
			})
		})
	}
}

// What Flask has signed is read, and what was read is written as Flask writes it; a compressed one has other bytes, as each
// library has its own zlib.
func TestRecordedSessionsHaveTheBytesOfFlask(t *testing.T) {
	recorded(t, func(t *testing.T, r recording) {
		codec := newCodec(t, flaskcookie.Options{}, oldKey)
		for _, v := range r.Values {
			payload, _, err := codec.Decode(v.Cookie, time.Now(), time.Minute)
			if err != nil || string(payload) != v.Session {
				t.Errorf("%s: got %s, %v, want %s", v.Name, payload, err, v.Session)
				continue
			}
			s := dewar.NewSession()
			if err := dewar.Stored(s).UnmarshalBinary(payload); err != nil || s.Get("v") == nil && v.Name != "None" {
				t.Errorf("%s: %v", v.Name, err)
			}
			again, err := codec.Encode(payload, time.Now())
			if err != nil || again != v.Cookie && again[0] != '.' && v.Cookie[0] != '.' {
				t.Errorf("%s: wrote %s, %v, want %s", v.Name, again, err, v.Cookie)
			}
		}
		if len(r.Values) < 70 {
			t.Errorf("only %d values are recorded", len(r.Values))
		}
	})
}

// setting is the application of testdata/record.py.
func setting(t *testing.T, settings ...dewar.Map) *dewar.App {
	t.Helper()
	app := dewar.New("recorded", dewar.RootPath(t.TempDir()))
	app.SessionInterface = &flaskcookie.SessionInterface{}
	for _, some := range append([]dewar.Map{{"SECRET_KEY": newKey, "SESSION_COOKIE_SAMESITE": "", "TESTING": true}}, settings...) {
		if err := app.Config.Update(some); err != nil {
			t.Fatal(err)
		}
	}
	app.Post("/set", func(c *dewar.Context) error {
		if c.Query().Has("permanent") {
			c.Session().SetPermanent(true)
		}
		c.Session().Set("n", 1)
		return c.Text("")
	}, dewar.Endpoint("set"))
	app.Post("/clear", func(c *dewar.Context) error {
		c.Session().Clear()
		return c.Text("")
	}, dewar.Endpoint("clear"))
	return app
}

// setCookies returns the Set-Cookie lines of an answer, their attributes in order.
func setCookies(app *dewar.App, path, cookie string) []string {
	r := httptest.NewRequest(http.MethodPost, path, nil)
	if cookie != "" {
		r.Header.Set("Cookie", "session="+cookie)
	}
	w := httptest.NewRecorder()
	app.ServeHTTP(w, r)
	return inOrder(w.Header()["Set-Cookie"])
}

func inOrder(lines []string) []string {
	sorted := make([]string, len(lines))
	for i, line := range lines {
		attributes := strings.Split(line, "; ")
		slices.Sort(attributes[1:])
		sorted[i] = strings.Join(attributes, "; ")
	}
	return sorted
}

// An old key verifies, the new one signs, and what no key has signed is no session: the very cookies of Flask.
func TestRecordedRotationsOfKeys(t *testing.T) {
	recorded(t, func(t *testing.T, r recording) {
		for _, tt := range r.Rotations {
			app := setting(t, dewar.Map{"SECRET_KEY_FALLBACKS": tt.Fallbacks})
			if got, want := setCookies(app, "/set", tt.Cookie), inOrder(tt.Answer); !slices.Equal(got, want) {
				t.Errorf("%s: got %q, want %q", tt.Name, got, want)
			}
		}
		if known := strings.HasPrefix(r.Flask, "3.1"); known && len(r.Rotations) < 6 {
			t.Errorf("only %d rotations are recorded", len(r.Rotations))
		}
	})
}

// The attributes are those of Flask, Partitioned of 3.1 too.
func TestRecordedAttributesOfTheCookie(t *testing.T) {
	recorded(t, func(t *testing.T, r recording) {
		partitioned := 0
		for _, tt := range r.Lines {
			got, want := setCookies(setting(t, tt.Settings), tt.Path, tt.Cookie), inOrder(tt.Answer)
			if !slices.Equal(got, want) {
				t.Errorf("%v %s: got %q, want %q", tt.Settings, tt.Path, got, want)
			}
			if strings.Contains(strings.Join(got, ""), "; Partitioned") {
				partitioned++
			}
		}
		if known := strings.HasPrefix(r.Flask, "3.1"); known && partitioned != 6 {
			t.Errorf("%d cookies are partitioned, want 6", partitioned)
		}
	})
}
