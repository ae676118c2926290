package dewar

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"unsafe"
)

// TestPhasesOnlyMoveForward tries every move between two phases, those that are not allowed above all.
func TestPhasesOnlyMoveForward(t *testing.T) {
	allowed := map[phase][]phase{
		matching:   {handling, over},
		handling:   {finalizing, over},
		finalizing: {sent, over},
		sent:       {over},
	}
	for from := matching; from <= over; from++ {
		for to := matching; to <= over; to++ {
			t.Run(from.String()+" to "+to.String(), func(t *testing.T) {
				c := &Context{phase: from}
				panicked := func() (value any) {
					defer func() { value = recover() }()
					c.advance(to)
					return nil
				}()
				want := from == to || slices.Contains(allowed[from], to)
				if (panicked == nil) != want {
					t.Errorf("allowed %t, want %t (%v)", panicked == nil, want, panicked)
				}
				if after := map[bool]phase{true: to, false: from}[want]; c.phase != after {
					t.Errorf("got to %v, want %v", c.phase, after)
				}
			})
		}
	}
}

func TestOutcomeIsTheWorstThatHappened(t *testing.T) {
	first, second := Abort(500), Abort(503)
	for _, tt := range []struct {
		name         string
		steps        []outcome
		want         outcome
		ended, twice bool
	}{
		{"nothing", nil, answered, false, false},
		{"an error nobody wanted", []outcome{unhandled}, unhandled, false, false},
		{"cut after it", []outcome{unhandled, cut}, cut, false, true},
		{"a milder one after a cut", []outcome{cut, unhandled}, cut, false, true},
		{"leaves the App", []outcome{unhandled, propagated}, propagated, true, true},
		{"aborted counts most", []outcome{aborted, cut}, aborted, true, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := &Context{}
			for i, o := range tt.steps {
				c.conclude(o, []error{first, second}[i])
				c.conclude(o, []error{first, second}[i]) // told again
			}
			if c.outcome != tt.want || c.ended() != tt.ended {
				t.Errorf("got %d, ended %t, want %d and %t", c.outcome, c.ended(), tt.want, tt.ended)
			}
			if _, joined := c.failure().(interface{ Unwrap() []error }); joined != tt.twice {
				t.Errorf("got failure %v, joined %t, want %t", c.failure(), joined, tt.twice)
			}
		})
	}
}

func TestContextIsSmall(t *testing.T) {
	if unsafe.Sizeof(uintptr(0)) != 8 {
		t.Skip("the size is promised for 64 bits")
	}
	if size := unsafe.Sizeof(Context{}); size > 176 {
		t.Errorf("a Context with its Response has %d bytes, want at most 176", size)
	}
}

func TestPlainRequestNeedsNothingRare(t *testing.T) {
	app := New("plain", RootPath(t.TempDir()))
	var seen []*Context
	keep := func(c *Context) error { seen = append(seen, c); return nil }
	app.BeforeRequest(keep)
	app.AfterRequest(keep)
	app.Get("/", func(c *Context) error { return c.Text("text") })
	app.Get("/{a}/{b:int}", func(c *Context) error {
		return c.Status(201).Header("X-A", "1").JSON(Map{c.Params().String("a"): c.Params().Int("b")})
	})
	for _, path := range []string{"/", "/x/7"} {
		app.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, path, nil))
	}
	for _, c := range seen {
		if c.lazy.Load() != nil {
			t.Errorf("%s made something rare: %+v", c.Request.URL.Path, c.lazy.Load())
		}
	}
	if len(seen) != 4 {
		t.Errorf("hooks ran %d times, want 4", len(seen))
	}
}
