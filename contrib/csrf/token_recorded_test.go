package csrf_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/contrib/csrf"
	"github.com/dewar-go/dewar/dewartest"
)

// A recording is what one version of Flask-WTF makes of tokens; testdata/record.py makes it.
type recording struct {
	Versions map[string]string
	At       int64  // when the tokens were made
	Raw      string // what sessions have in them
	Forms    []struct {
		Settings          dewar.Map
		Token, Field, Tag string
	}
	Checks []struct {
		Name, Method, Answer string
		Settings             dewar.Map
		Kept                 *string // what this session has in it
		Form, Headers        map[string]string
		Age                  int64 // of the token, in seconds
		Status               int
	}
}

func recorded(t *testing.T, check func(t *testing.T, r recording)) {
	t.Helper()
	files, err := filepath.Glob("testdata/flask-wtf-*.json")
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
		t.Run("Flask-WTF "+r.Versions["flask-wtf"], func(t *testing.T) { check(t, r) })
	}
}

// keeping is the application whose sessions get what is asked for.
func keeping(t *testing.T, settings dewar.Map) *dewar.App {
	app := newSite(t, settings)
	app.Get("/keep", func(c *dewar.Context) error {
		c.Session().Set(app.Config.String("WTF_CSRF_FIELD_NAME"), c.Query().String("text"))
		return c.Text("")
	}, dewar.Endpoint("keep"))
	app.Get("/tag", func(c *dewar.Context) error {
		tag, err := csrf.MetaTag(c)
		if err != nil {
			return err
		}
		return c.Text(string(tag))
	}, dewar.Endpoint("tag"))
	return app
}

// Requests that Flask-WTF has accepted are accepted, and others are refused with its words.
func TestRecordedChecks(t *testing.T) {
	recorded(t, func(t *testing.T, r recording) {
		for _, tt := range r.Checks {
			t.Run(tt.Name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					time.Sleep(time.Until(time.Unix(r.At, 0)))
					client := dewartest.New(t, keeping(t, tt.Settings))
					if tt.Kept != nil {
						client.Get("/keep?text=" + *tt.Kept)
					}
					time.Sleep(time.Duration(tt.Age) * time.Second)
					var opts []dewartest.RequestOption
					var fields []any
					for name, value := range tt.Form {
						fields = append(fields, name, value)
					}
					opts = append(opts, dewartest.Form(fields...))
					for name, value := range tt.Headers {
						opts = append(opts, dewartest.Header(name, value))
					}
					got := client.Do(tt.Method, "/post", opts...)
					if got.StatusCode != tt.Status || got.Text() != tt.Answer {
						t.Errorf("got %d %q, want %d %q", got.StatusCode, got.Text(), tt.Status, tt.Answer)
					}
				})
			})
		}
		if len(r.Checks) < 30 {
			t.Errorf("only %d requests are recorded", len(r.Checks))
		}
	})
}

// Fields and tags are written as Flask-WTF writes them, around a token of the same payload and time: what is compressed has
// other bytes, and so another signature.
func TestRecordedForms(t *testing.T) {
	recorded(t, func(t *testing.T, r recording) {
		for _, tt := range r.Forms {
			synctest.Test(t, func(t *testing.T) {
				time.Sleep(time.Until(time.Unix(r.At, 0)))
				app := keeping(t, tt.Settings)
				client := dewartest.New(t, app)
				client.Get("/keep?text=" + r.Raw)
				token := client.Get("/token").Text()
				if strings.Split(token, ".")[2] != strings.Split(tt.Token, ".")[2] {
					t.Errorf("%v: the time of %s is not that of %s", tt.Settings, token, tt.Token)
				}
				if got, want := client.Get("/field").Text(), strings.ReplaceAll(tt.Field, tt.Token, token); got != want {
					t.Errorf("%v: got %s, want %s", tt.Settings, got, want)
				}
				if got, want := client.Get("/tag").Text(), strings.ReplaceAll(tt.Tag, tt.Token, token); got != want && tt.Tag != "" { // 1.1 has none
					t.Errorf("%v: got %s, want %s", tt.Settings, got, want)
				}
				for _, one := range []string{token, tt.Token} {
					got := client.Post("/post", dewartest.Form(app.Config.String("WTF_CSRF_FIELD_NAME"), one))
					if got.StatusCode != 200 {
						t.Errorf("%v: %s is refused: %s", tt.Settings, one, got.Text())
					}
				}
			})
		}
	})
}
