package login_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/contrib/login"
	"github.com/dewar-go/dewar/dewartest"
	"github.com/dewar-go/dewar/flaskcookie"
)

// A recording is what one version of Flask-Login does; testdata/record.py makes it.
type recording struct {
	Versions map[string]string
	At       int64  // the second of all of it
	Address  string // of all visitors
	Cookies  []struct{ Secret, ID, Cookie string }

	Identifiers []struct {
		Address, Identifier string
		Agent               *string
	}
	Visits []struct {
		Name     string
		Settings dewar.Map
		Steps    []recordedStep
	}
}

// A recordedStep is a request of a visit, and what there is after it.
type recordedStep struct {
	Method, Path, Agent string
	Form                map[string]string
	Forget              bool // the session's cookie before
	Status              int
	Location            string
	Body                any
	Signals             []string
	Session             string // as tagged JSON
	Remember            []string
}

func recorded(t *testing.T, check func(t *testing.T, r recording)) {
	t.Helper()
	files, err := filepath.Glob("testdata/flask-login-*.json")
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
		t.Run("Flask-Login "+r.Versions["flask-login"], func(t *testing.T) { check(t, r) })
	}
}

// old reports whether the recording is of Flask-Login 0.6.
func (r recording) old() bool { return strings.HasPrefix(r.Versions["flask-login"], "0.6") }

// The cookies of every key and id are written alike, and read under that key, whether it is the newest or an older one.
func TestRecordedRememberCookies(t *testing.T) {
	recorded(t, func(t *testing.T, r recording) {
		for _, tt := range r.Cookies {
			if made, err := login.EncodeCookie(tt.ID, tt.Secret); err != nil || made != tt.Cookie {
				t.Errorf("%q: made %s, %v, want %s", tt.ID, made, err, tt.Cookie)
			}
			for _, keys := range [][]string{{tt.Secret}, {"newer", tt.Secret}, {"newest", tt.Secret, "oldest"}} {
				if id, ok := login.DecodeCookie(tt.Cookie, keys...); !ok || id != tt.ID {
					t.Errorf("%s by key %d: got %q, %t", tt.Cookie, slices.Index(keys, tt.Secret), id, ok)
				}
			}
			if id, ok := login.DecodeCookie(tt.Cookie, "newer", "oldest"); ok {
				t.Errorf("%s is read without its key, as %q", tt.Cookie, id)
			}
		}
		if len(r.Cookies) < 40 {
			t.Errorf("only %d cookies are recorded", len(r.Cookies))
		}
	})
}

func TestRecordedIdentifiers(t *testing.T) {
	recorded(t, func(t *testing.T, r recording) {
		identify := login.Identifier07
		if r.old() {
			identify = login.Identifier06
		}
		app := dewar.New("test")
		for _, tt := range r.Identifiers {
			request, err := http.NewRequest(http.MethodGet, "/", nil)
			if err != nil {
				t.Fatal(err)
			}
			request.RemoteAddr = tt.Address
			if strings.Contains(tt.Address, ":") {
				request.RemoteAddr = "[" + tt.Address + "]"
			}
			request.RemoteAddr += ":1234"
			agent := "none"
			if tt.Agent != nil {
				agent = *tt.Agent
				request.Header.Set("User-Agent", agent)
			}
			c, end, err := app.NewContext(httptest.NewRecorder(), request)
			if err != nil {
				t.Fatal(err)
			}
			if got := identify(c); got != tt.Identifier {
				t.Errorf("%s, %q: got %s, want %s", tt.Address, agent, got, tt.Identifier)
			}
			if err := end(); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// hear connects to all signals, and returns what was heard.
func hear(users *login.Manager[*member]) *[]string {
	var heard []string
	for name, signal := range map[string]*dewar.Signal[login.Event[*member]]{
		"user_logged_in": &users.UserLoggedIn, "user_logged_out": &users.UserLoggedOut,
		"user_loaded_from_cookie": &users.UserLoadedFromCookie, "user_loaded_from_request": &users.UserLoadedFromRequest,
	} {
		signal.Connect(func(login.Event[*member]) { heard = append(heard, name) })
	}
	for name, signal := range map[string]*dewar.Signal[*dewar.Context]{
		"user_login_confirmed": &users.UserLoginConfirmed, "user_unauthorized": &users.UserUnauthorized, "user_needs_refresh": &users.UserNeedsRefresh,
		"user_accessed": &users.UserAccessed, "session_protected": &users.SessionProtected,
	} {
		signal.Connect(func(*dewar.Context) { heard = append(heard, name) })
	}
	return &heard
}

// differences are where dewar does something else for a reason, by visit and number of the step.
var differences = map[string]string{
	"a remembered login 2":                    "the session gets an _id, so that strong protection does not end the login with the second request",
	"a remembered login 3":                    "the session has that _id, so it is not protected",
	"another browser, strong and permanent 0": "a session without a user is left alone",
	"everybody 0":                             "0.7 knows LOGIN_DISABLED no more",
}

// Each request is answered as Flask-Login has answered it, with the same signals, and leaves the same session and the same
// remember cookie, to the byte.
func TestRecordedVisits(t *testing.T) {
	recorded(t, func(t *testing.T, r recording) {
		differ := maps.Clone(differences)
		if r.old() {
			delete(differ, "everybody 0")
		}
		for _, visit := range r.Visits {
			inBubble(t, visit.Name, func(t *testing.T) {
				time.Sleep(time.Until(time.Unix(r.At, 0)))
				users := newManager()
				if !r.old() {
					users.Identifier = login.Identifier07
				}
				heard := hear(users)
				settings := dewar.Map{"SECRET_KEY": "dev", "TESTING": true}
				maps.Copy(settings, visit.Settings)
				client := dewartest.New(t, newApp(t, users, settings))
				for i, step := range visit.Steps {
					*heard = nil
					problems := step.differences(t, client, heard)
					name := fmt.Sprint(visit.Name, " ", i)
					if reason := differ[name]; reason != "" {
						if problems == "" {
							t.Errorf("%s: nothing differs, though %s", name, reason)
						}
						continue
					}
					if problems != "" {
						t.Errorf("%s: %s %s:%s", name, step.Method, step.Path, problems)
					}
				}
			})
		}
	})
}

func inBubble(t *testing.T, name string, check func(t *testing.T)) {
	t.Helper()
	t.Run(name, func(t *testing.T) { synctest.Test(t, check) })
}

// differences takes the step, and says what is not as it was.
func (s recordedStep) differences(t *testing.T, client *dewartest.Client, heard *[]string) string {
	t.Helper()
	if s.Forget {
		client.SetCookie(&http.Cookie{Name: "session", MaxAge: -1})
	}
	opts := []dewartest.RequestOption{dewartest.Header("User-Agent", s.Agent)}
	if s.Method == http.MethodPost {
		var fields []any
		for name, value := range s.Form {
			fields = append(fields, name, value)
		}
		opts = append(opts, dewartest.Form(fields...))
	}
	answer := client.Do(s.Method, s.Path, opts...)
	var body any
	if answer.StatusCode == http.StatusOK {
		if err := json.Unmarshal([]byte(answer.Text()), &body); err != nil {
			t.Fatal(err)
		}
	}
	var remember []string
	for _, line := range answer.Header["Set-Cookie"] {
		if !strings.HasPrefix(line, "session=") {
			remember = append(remember, line)
		}
	}
	var problems strings.Builder
	for _, tt := range []struct {
		what      string
		got, want any
	}{
		{"status", answer.StatusCode, s.Status},
		{"location", where(t, answer.Header.Get("Location")), where(t, s.Location)},
		{"body", body, s.Body},
		{"signals", strings.Join(*heard, " "), strings.Join(s.Signals, " ")},
		{"session", sessionOf(t, client), s.Session},
		{"remember cookie", attributes(remember), attributes(s.Remember)},
	} {
		if !reflect.DeepEqual(tt.got, tt.want) {
			fmt.Fprintf(&problems, "\n\t%s: got  %v\n\t%s: want %v", tt.what, tt.got, tt.what, tt.want)
		}
	}
	return problems.String()
}

// sessionOf is the session of a client as JSON, "" without one.
func sessionOf(t *testing.T, client *dewartest.Client) string {
	t.Helper()
	cookie := client.Cookie("session")
	if cookie == nil {
		return ""
	}
	codec, err := flaskcookie.NewCodec([][]byte{[]byte("dev")}, flaskcookie.Options{})
	if err != nil {
		t.Fatal(err)
	}
	payload, _, err := codec.Decode(cookie.Value, time.Now(), time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	return string(payload)
}

// attributes returns Set-Cookie lines with their attributes in order. One that deletes says HttpOnly here too, which is nothing to
// browsers.
func attributes(lines []string) string {
	sorted := slices.Clone(lines)
	for i, line := range sorted {
		parts := strings.Split(line, "; ")
		if strings.Contains(line, "Max-Age=0") {
			parts = slices.DeleteFunc(parts, func(part string) bool { return part == "HttpOnly" })
		}
		slices.Sort(parts[1:])
		sorted[i] = strings.Join(parts, "; ")
	}
	return strings.Join(sorted, "\n")
}
