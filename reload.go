package dewar

import (
	"crypto/subtle"
	"html"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/dewar-go/dewar/internal/csp"
	"github.com/dewar-go/dewar/internal/reload"
)

// Where an App that dewar dev runs is told of changes, and where its pages ask for them.
const (
	reloadStream = "/_dewar/reload"
	reloadScript = "/_dewar/reload.js"
)

// reloadVariable has the token of whoever runs the program while it is edited.
const reloadVariable = "DEWAR_RELOAD"

// What the App tells its runner beside READY=1: the folders whose files it reads again by itself, and how to reach it.
const (
	reloadLive   = "X_DEWAR_LIVE="
	reloadScheme = "X_DEWAR_SCHEME="
)

// A reloader keeps the pages of an App up to date while its program is edited.
type reloader struct {
	token string
	hub   *reload.Hub
	live  []string // folders that are read again when their files change
}

// newReloader returns nil in a program that nobody runs while it is edited.
func newReloader(app *App) *reloader {
	token := os.Getenv(reloadVariable)
	if token == "" {
		return nil
	}
	return &reloader{token: token, hub: reload.NewHub(), live: app.liveFolders()}
}

// liveFolders returns the folders on the disk that need no new program when their files change.
func (app *App) liveFolders() (live []string) {
	if !app.Config.Bool("DEBUG") {
		return nil
	}
	all := []*folders{&app.folders}
	for _, bp := range app.blueprintsOnce() {
		if bp.folders.given && bp.folders.fsys == nil {
			all = append(all, &bp.folders)
		}
	}
	templates := ValueOr(app.Config, "TEMPLATES_AUTO_RELOAD", true)
	for i, f := range all {
		if name := f.templates.or("templates"); templates && name != "" && (i == 0 || f.templates.given) {
			live = append(live, filepath.Join(app.RootPath(), filepath.FromSlash(name)))
		}
		if name := f.static.or("static"); name != "" && (i == 0 || f.static.given) {
			live = append(live, filepath.Join(app.RootPath(), filepath.FromSlash(name)))
		}
	}
	slices.Sort(live)
	return slices.Compact(live)
}

// ready is what the runner is told when the App accepts requests.
func (rt *runtime) ready(scheme string) []string {
	states := []string{"READY=1"}
	if rt.reload != nil {
		states = append(states, reloadLive+strings.Join(rt.reload.live, string(filepath.ListSeparator)), reloadScheme+scheme)
	}
	return states
}

// reloading answers what a page and the runner ask for, in front of all middleware and only where the insides of the
// App may be seen.
func (rt *runtime) reloading(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer := rt.reload.answerTo(r)
		if answer == nil {
			next.ServeHTTP(w, r)
			return
		}
		c := newContext(rt, w, r)
		c.bare = true
		if !c.DebugAllowed() {
			next.ServeHTTP(w, r)
			return
		}
		defer c.end()
		c.advance(handling)
		if err := answer(c); err != nil {
			c.fail(err)
		}
		c.finish()
		c.ran = true
	})
}

// answerTo returns nil for a request that is none of the reloader's.
func (l *reloader) answerTo(r *http.Request) Handler {
	reads := r.Method == http.MethodGet || r.Method == http.MethodHead
	switch {
	case r.URL.Path == reloadScript && reads:
		return l.script
	case r.URL.Path == reloadStream && reads:
		return l.stream
	case r.URL.Path == reloadStream && r.Method == http.MethodPost && l.knows(r.Header.Get("Dewar-Reload")):
		return l.told
	}
	return nil
}

func (l *reloader) knows(token string) bool {
	return subtle.ConstantTimeCompare([]byte(token), []byte(l.token)) == 1
}

func (l *reloader) script(c *Context) error {
	c.Response.Header().Set("Cache-Control", "no-store")
	return c.Blob("text/javascript; charset=utf-8", []byte(l.hub.Script()))
}

// stream tells a page of what changes until it has gone or the App stops.
func (l *reloader) stream(c *Context) error {
	return c.Events(func(e *EventStream) error {
		start, events, leave := l.hub.Join()
		defer leave()
		if err := e.Send(Event{Event: start.Name, Data: start.ID, Retry: 100 * time.Millisecond}); err != nil {
			return err
		}
		for {
			select {
			case <-e.Context().Done():
				return nil
			case event := <-events:
				if err := e.Send(Event{Event: event.Name, Data: event.ID}); err != nil {
					return err
				}
			}
		}
	})
}

// told hands on what the runner has seen to change.
func (l *reloader) told(c *Context) error {
	body, err := io.ReadAll(io.LimitReader(c.Request.Body, 64))
	if err != nil {
		return err
	}
	switch name := string(body); name {
	case "css", "reload":
		l.hub.Tell(name)
		return c.NoContent()
	}
	return c.Status(http.StatusBadRequest).Text("the body is css or reload\n")
}

// notInto are the headers of answers that the script does not go into: files, parts of something, and what has a sum of
// its bytes in the header. A page that has a validator of its own would keep it without the script.
var notInto = [...]string{
	"Accept-Ranges", "Content-Digest", "Content-Disposition", "Content-Encoding", "Content-Range", "Digest", "Etag",
	"Last-Modified", "Repr-Digest", "Transfer-Encoding", "Trailer",
}

// addReloadScript puts the script into a complete page.
func (c *Context) addReloadScript() {
	header := c.response.w.Header()
	if FromContext(c.born.Context()) != nil { // the App around this one does it, which the runner knows
		return
	}
	if bodyless(c.response.StatusCode()) || !isHTML(header.Get("Content-Type")) || !c.DebugAllowed() {
		return
	}
	for _, key := range notInto {
		if len(header[key]) > 0 {
			return
		}
	}
	body := c.response.Body()
	if int64(len(body)) != c.response.length() || !csp.AllowsScript(header["Content-Security-Policy"]) ||
		!csp.AllowsScript(header["Content-Security-Policy-Report-Only"]) {
		return
	}
	whole, ok := reload.Insert(body, `<script src="`+html.EscapeString(c.prefix())+reloadScript+`"></script>`)
	if !ok {
		return
	}
	delete(header, "Content-Length")
	c.response.touched = true
	c.response.dropBody()
	_, _ = c.response.buffer().Write(whole) // it never fails
}

func isHTML(contentType string) bool {
	kind, _, _ := strings.Cut(contentType, ";")
	return strings.EqualFold(strings.TrimSpace(kind), "text/html")
}
