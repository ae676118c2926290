// Requestid gives every request a name that stands in each place where one looks for it: the answer, the page, the lines of the log, and
// the requests to other services that are made for it.
//
// Run it in the folder _examples:
//
//	go run ./recipes/requestid
//	curl -i http://127.0.0.1:5000/            # X-Request-Id
//	curl -i http://127.0.0.1:5000/nowhere     # on errors too, and in their page
//
// The id of a proxy is taken over if it is one of TRUSTED_PROXIES. With nginx: proxy_set_header X-Request-Id $request_id;
package main

import (
	"context"
	"embed"
	"fmt"
	"log"
	"log/slog"
	"net/http"
	"os"
	"time"

	"github.com/dewar-go/dewar"
)

//go:embed templates
var files embed.FS

func main() {
	plain := slog.NewJSONHandler(os.Stderr, nil)
	slog.SetDefault(slog.New(named{plain})) // for libraries
	app, err := newApp(plain)
	if err == nil {
		err = app.Run("")
	}
	if err != nil {
		log.Fatal(err)
	}
}

func newApp(logs slog.Handler) (*dewar.App, error) {
	app := dewar.New("requestid", dewar.FS(files), dewar.AccessLog())
	app.Logger = slog.New(logs) // c.Logger() and the access log have the id already
	app.BeforeRequest(func(c *dewar.Context) error {
		c.Header("X-Request-Id", c.RequestID())
		return nil
	})
	app.TemplateFunc("request_id", (*dewar.Context).RequestID)
	dewar.HandleError(app, func(c *dewar.Context, err *dewar.HTTPError) error {
		return c.Status(err.Code).Render("error.html", dewar.Map{"error": err})
	})
	app.Get("/", index)
	app.Get("/weather", weather)
	return app, app.Config.FromPrefixedEnv()
}

func index(c *dewar.Context) error {
	c.Logger().Info("somebody is here")
	return c.Render("index.html", nil)
}

// A named is a handler of logs that adds the id to what is logged with the context of a request. Libraries do that, which know nothing of
// dewar: slog.InfoContext(ctx, ...).
type named struct{ slog.Handler }

func (h named) Handle(ctx context.Context, r slog.Record) error {
	if c := dewar.FromContext(ctx); c != nil {
		r.AddAttrs(slog.String("requestID", c.RequestID()))
	}
	return h.Handler.Handle(ctx, r)
}

func (h named) WithAttrs(attrs []slog.Attr) slog.Handler { return named{h.Handler.WithAttrs(attrs)} }

func (h named) WithGroup(name string) slog.Handler { return named{h.Handler.WithGroup(name)} }

// A passing is a transport that passes the id on to the service that is asked.
type passing struct{ http.RoundTripper }

func (t passing) RoundTrip(r *http.Request) (*http.Response, error) {
	if c := dewar.FromContext(r.Context()); c != nil {
		r = r.Clone(r.Context())
		r.Header.Set("X-Request-Id", c.RequestID())
	}
	return t.RoundTripper.RoundTrip(r)
}

var services = &http.Client{Transport: passing{http.DefaultTransport}, Timeout: 10 * time.Second}

// weather asks another service, at WEATHER_URL.
func weather(c *dewar.Context) error {
	url, err := dewar.Require[string](c.Config(), "WEATHER_URL")
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(c, "GET", url, nil) // c is the context of the request
	if err != nil {
		return err
	}
	res, err := services.Do(r)
	if err != nil {
		return fmt.Errorf("ask for the weather: %w", err)
	}
	defer res.Body.Close()
	return c.Text(fmt.Sprintf("The weather service says %s.\n", res.Status))
}
