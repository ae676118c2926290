package dewar_test

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
)

func TestTimesInJSON(t *testing.T) {
	t.Parallel()
	at := time.Date(2024, 5, 6, 9, 8, 9, 5e8, time.FixedZone("", 7200))
	for _, tt := range []struct {
		name   string
		change func(app *dewar.App)
		want   string
	}{
		{"RFC 3339", func(*dewar.App) {}, `{"at":"2024-05-06T09:08:09.5+02:00","n":1}`},
		{"dates of HTTP", func(app *dewar.App) { app.JSON = dewar.HTTPDates(app.JSON) }, `{"at":"Mon, 06 May 2024 07:08:09 GMT","n":1}`},
	} {
		app := newApp(t)
		tt.change(app)
		app.Get("/", func(c *dewar.Context) error {
			return c.JSON(struct {
				At time.Time `json:"at"`
				N  int       `json:"n"`
			}{at, 1})
		})
		app.Post("/", func(c *dewar.Context) error {
			var v struct {
				At time.Time `json:"at"`
			}
			if err := c.BindJSON(&v); err != nil {
				return err
			}
			return c.Text(v.At.UTC().Format(time.RFC3339))
		})
		if got := strings.TrimSpace(get(app, "/").Body.String()); got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.name, got, tt.want)
		}
		if w := post(app, "/", jsonType, `{"at":"2024-05-06T07:08:09Z"}`); w.Body.String() != "2024-05-06T07:08:09Z" {
			t.Errorf("%s: read %d %s", tt.name, w.Code, w.Body)
		}
	}
}

func ExampleHTTPDates() {
	app := dewar.New("api")
	app.JSON = dewar.HTTPDates(app.JSON)
	app.Get("/", func(c *dewar.Context) error {
		return c.JSON(dewar.Map{"created": time.Date(2024, 5, 6, 7, 8, 9, 0, time.UTC)})
	})
	w := httptest.NewRecorder()
	app.ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	fmt.Print(w.Body)
	// Output: {"created":"Mon, 06 May 2024 07:08:09 GMT"}
}
