// Package bind compares how dewar, gin and echo fill a struct of ten fields from a form and from JSON, with the same constraints
// active in each: go-playground/validator in gin and echo, dewar's own tags in dewar.
package bind

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/go-playground/validator/v10"
	"github.com/labstack/echo/v4"

	"github.com/dewar-go/dewar"
)

const (
	formBody = "name=Anna&email=anna%40example.com&password=correct+horse&age=41&city=Bergen&country=no&newsletter=true&score=4.5&lang=go&visits=17"
	jsonBody = `{"name":"Anna","email":"anna@example.com","password":"correct horse","age":41,"city":"Bergen","country":"no","newsletter":true,"score":4.5,"lang":"go","visits":17}`
	badForm  = "name=A&email=anna%40example.com&password=correct+horse&age=41&city=Bergen&country=no&newsletter=true&score=4.5&lang=go&visits=17"
)

type dewarSignup struct {
	Name       string  `form:"name" json:"name" required:"true" minlength:"2" maxlength:"40"`
	Email      string  `form:"email" json:"email" required:"true" format:"email"`
	Password   string  `form:"password" json:"password" required:"true" minlength:"8"`
	Age        int     `form:"age" json:"age" min:"18" max:"150"`
	City       string  `form:"city" json:"city" maxlength:"60"`
	Country    string  `form:"country" json:"country" required:"true" enum:"no,se,dk"`
	Newsletter bool    `form:"newsletter" json:"newsletter"`
	Score      float64 `form:"score" json:"score" min:"0" max:"5"`
	Lang       string  `form:"lang" json:"lang" enum:"go,python"`
	Visits     int64   `form:"visits" json:"visits" min:"0"`
}

type ginSignup struct {
	Name       string  `form:"name" json:"name" binding:"required,min=2,max=40"`
	Email      string  `form:"email" json:"email" binding:"required,email"`
	Password   string  `form:"password" json:"password" binding:"required,min=8"`
	Age        int     `form:"age" json:"age" binding:"min=18,max=150"`
	City       string  `form:"city" json:"city" binding:"max=60"`
	Country    string  `form:"country" json:"country" binding:"required,oneof=no se dk"`
	Newsletter bool    `form:"newsletter" json:"newsletter"`
	Score      float64 `form:"score" json:"score" binding:"min=0,max=5"`
	Lang       string  `form:"lang" json:"lang" binding:"oneof=go python"`
	Visits     int64   `form:"visits" json:"visits" binding:"min=0"`
}

type echoSignup struct {
	Name       string  `form:"name" json:"name" validate:"required,min=2,max=40"`
	Email      string  `form:"email" json:"email" validate:"required,email"`
	Password   string  `form:"password" json:"password" validate:"required,min=8"`
	Age        int     `form:"age" json:"age" validate:"min=18,max=150"`
	City       string  `form:"city" json:"city" validate:"max=60"`
	Country    string  `form:"country" json:"country" validate:"required,oneof=no se dk"`
	Newsletter bool    `form:"newsletter" json:"newsletter"`
	Score      float64 `form:"score" json:"score" validate:"min=0,max=5"`
	Lang       string  `form:"lang" json:"lang" validate:"oneof=go python"`
	Visits     int64   `form:"visits" json:"visits" validate:"min=0"`
}

type rules struct{ v *validator.Validate }

func (r rules) Validate(v any) error { return r.v.Struct(v) }

// peers are the frameworks, each with a view that binds, checks and answers 204, or 400.
func peers(t testing.TB) map[string]http.Handler {
	t.Helper()
	app := dewar.New("bench")
	app.Post("/", func(c *dewar.Context) error {
		var s dewarSignup
		if err := c.Bind(&s); err != nil || s.Visits != 17 || s.Name != "Anna" {
			return dewar.Abort(400)
		}
		return c.NoContent()
	})
	if err := app.Build(); err != nil {
		t.Fatal(err)
	}
	gin.SetMode(gin.ReleaseMode)
	g := gin.New()
	g.POST("/", func(c *gin.Context) {
		var s ginSignup
		if err := c.ShouldBind(&s); err != nil || s.Visits != 17 || s.Name != "Anna" {
			c.Status(400)
			c.Writer.WriteHeaderNow()
			return
		}
		c.Status(204)
		c.Writer.WriteHeaderNow()
	})
	e := echo.New()
	e.Validator = rules{validator.New()}
	e.POST("/", func(c echo.Context) error {
		var s echoSignup
		if err := c.Bind(&s); err != nil {
			return c.NoContent(400)
		}
		if err := c.Validate(&s); err != nil || s.Visits != 17 || s.Name != "Anna" {
			return c.NoContent(400)
		}
		return c.NoContent(204)
	})
	return map[string]http.Handler{"dewar": app, "gin": g, "echo": e}
}

func post(h http.Handler, contentType, body string) int {
	r := httptest.NewRequest("POST", "/", strings.NewReader(body))
	r.Header.Set("Content-Type", contentType)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Code
}

var bodies = []struct{ name, contentType, body string }{
	{"form", "application/x-www-form-urlencoded", formBody},
	{"json", "application/json", jsonBody},
}

func TestAllAgree(t *testing.T) {
	for name, h := range peers(t) {
		for _, b := range bodies {
			if got := post(h, b.contentType, b.body); got != 204 {
				t.Errorf("%s %s: got %d, want 204", name, b.name, got)
			}
		}
		if got := post(h, bodies[0].contentType, badForm); got != 400 {
			t.Errorf("%s: a name that is too short: got %d, want 400", name, got)
		}
	}
}

func BenchmarkBind(b *testing.B) {
	handlers := peers(b)
	for _, body := range bodies {
		for _, name := range []string{"dewar", "gin", "echo"} {
			b.Run(body.name+"/"+name, func(b *testing.B) {
				run(b, handlers[name], body.contentType, body.body, b.N)
			})
		}
	}
}

// run serves n requests, made once and rewound.
func run(b testing.TB, h http.Handler, contentType, body string, n int) {
	reader := strings.NewReader(body)
	first := httptest.NewRequest("POST", "/", reader)
	first.Header.Set("Content-Type", contentType)
	if bench, ok := b.(*testing.B); ok {
		bench.ReportAllocs()
		bench.ResetTimer()
	}
	w := &discard{header: http.Header{}}
	for range n {
		reader.Reset(body)
		r := *first
		r.Body, r.Form, r.PostForm = io.NopCloser(reader), nil, nil
		clear(w.header)
		h.ServeHTTP(w, &r)
	}
	if w.status != 204 {
		b.Fatalf("got %d, want 204", w.status)
	}
}

type discard struct {
	header http.Header
	status int
}

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) Write(p []byte) (int, error) { return len(p), nil }
func (d *discard) WriteHeader(status int)      { d.status = status }

// TestBindIsFaster compares medians of 20 interleaved rounds. It takes seconds and a machine that is not busy: run it with
// BIND_ROUNDS=1.
func TestBindIsFaster(t *testing.T) {
	if os.Getenv("BIND_ROUNDS") == "" {
		t.Skip("set BIND_ROUNDS=1")
	}
	handlers := peers(t)
	for _, body := range bodies {
		times := map[string][]time.Duration{}
		for range 20 {
			for name, h := range handlers {
				began := time.Now()
				run(t, h, body.contentType, body.body, 5000)
				times[name] = append(times[name], time.Since(began)/5000)
			}
		}
		median := map[string]time.Duration{}
		for name, list := range times {
			slices.Sort(list)
			median[name] = list[len(list)/2]
		}
		t.Logf("%s: %v", body.name, median)
		for _, other := range []string{"gin", "echo"} {
			if median["dewar"] > median[other] {
				t.Errorf("%s: dewar takes %v, %s %v", body.name, median["dewar"], other, median[other])
			}
		}
	}
}
