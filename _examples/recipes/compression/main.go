// Compression sends pages and files as gzip or zstd where the browser takes it, by the middleware github.com/klauspost/compress/gzhttp.
// Events of a stream leave at once all the same, and a browser that has a page already gets 304.
//
// Run it in the folder _examples/recipes/compression:
//
//	go run .
//	curl -i --compressed http://127.0.0.1:5000/          # Content-Encoding: gzip or zstd
//	curl -i --compressed http://127.0.0.1:5000/short     # too short to gain anything
//	curl -iN --compressed http://127.0.0.1:5000/clock    # a line a second
//
// What is in a compressed page besides a secret, such as a token in a form, can be used to guess it if others choose that text (the
// attack BREACH). RandomJitter makes the length of an answer say less.
package main

import (
	"embed"
	"log"
	"net/http"
	"strings"
	"time"

	"github.com/klauspost/compress/gzhttp"

	"github.com/dewar-go/dewar"
)

//go:embed static
var files embed.FS

func main() {
	app, err := newApp()
	if err == nil {
		err = app.Run("")
	}
	if err != nil {
		log.Fatal(err)
	}
}

func newApp() (*dewar.App, error) {
	app := dewar.New("compression", dewar.FS(files))
	compress, err := compression()
	if err != nil {
		return nil, err
	}
	app.Use(compress)
	app.Get("/", long)
	app.Get("/short", func(c *dewar.Context) error { return c.Text("Hello!\n") })
	app.Get("/report", report)
	app.Get("/clock", clock)
	return app, app.Config.FromPrefixedEnv()
}

// plainTag takes off an ETag what tells the compressed form of an answer from the plain one. The App knows the plain one alone.
var plainTag = strings.NewReplacer(`-gzip"`, `"`, `-zstd"`, `"`)

// compression compresses answers of a kilobyte and more. A page of a view comes whole, since dewar holds it back until hooks and
// session are done, so short ones are seen to be short.
func compression() (func(http.Handler) http.Handler, error) {
	wrap, err := gzhttp.NewWrapper(gzhttp.MinSize(1024), gzhttp.SuffixETag("-gzip"), gzhttp.RandomJitter(32, 0, false))
	if err != nil {
		return nil, err
	}
	return func(next http.Handler) http.Handler {
		compressed := wrap(next)
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			// EventSource waits for the header, and the library would keep it until the first event; a websocket is nothing to compress.
			if strings.Contains(r.Header.Get("Accept"), "text/event-stream") || r.Header.Get("Upgrade") != "" {
				next.ServeHTTP(w, r)
				return
			}
			if tag := r.Header.Get("If-None-Match"); tag != "" {
				r = r.Clone(r.Context())
				r.Header.Set("If-None-Match", plainTag.Replace(tag))
			}
			compressed.ServeHTTP(w, r)
		})
	}, nil
}

func long(c *dewar.Context) error {
	return c.HTML("<!doctype html><title>Long</title>" + strings.Repeat("<p>The same again.</p>\n", 500))
}

// report is the same file every time, so its ETag, which is of its content, is too.
func report(c *dewar.Context) error {
	return c.SendBytes("report.csv", []byte(strings.Repeat("1;one;eins\n", 500)))
}

// clock sends the time until the browser leaves.
func clock(c *dewar.Context) error {
	return c.Events(func(e *dewar.EventStream) error {
		for {
			if err := e.Send(dewar.Event{Data: time.Now().Format(time.TimeOnly)}); err != nil {
				return err
			}
			select {
			case <-e.Context().Done():
				return nil
			case <-time.After(time.Second):
			}
		}
	})
}
