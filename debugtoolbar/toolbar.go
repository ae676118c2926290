package debugtoolbar

import (
	"crypto/rand"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/dewar-go/dewar"
)

// root is where the pages of the toolbar are.
const root = "/_debug/toolbar/"

// ownPackage begins the names of the toolbar's own functions, which are no part of the application.
const ownPackage = "github.com/dewar-go/dewar/debugtoolbar."

// Defaults of [Keep] and [KeepBytes].
const (
	defaultKeep  = 100
	defaultBytes = 16 << 20
)

// Register adds a toolbar to app. Call it once, right after [dewar.New]: its middleware is then the outermost and its
// after-request hook the last. An Observer that app has by then stays; one that is set later has to be set before. Like
// everything that registers it panics once app serves.
func Register(app *dewar.App, opts ...Option) {
	t := &toolbar{app: app, shown: defaultShown(), token: rand.Text(), epoch: strings.ToLower(rand.Text()[:6])}
	t.ring.limit, t.ring.limitBytes = defaultKeep, defaultBytes
	for _, opt := range opts {
		opt(t)
	}
	app.Use(t.around)
	app.Observer = t.observer(app.Observer)
	app.AfterRequest(t.addBar)
	app.RequestStarted.Connect(func(c *dewar.Context) { t.of(c) })
	app.RequestTearingDown.Connect(t.finish)
}

// A toolbar records the requests of one App and shows them.
type toolbar struct {
	app    *dewar.App
	panels []Panel
	shown  allowed
	ring   ring
	token  string // proves that a repeat was asked for by a page of the toolbar
	epoch  string // begins the ids of this process, so that a page of an earlier one leads nowhere
	last   atomic.Int64
	watch  sync.Once
}

// An Option is an attribute of the toolbar, for [Register].
type Option func(*toolbar)

// Keep sets how many requests are kept; the oldest goes first. The default is 100. Below 1 it is 1.
func Keep(n int) Option { return func(t *toolbar) { t.ring.limit = max(1, n) } }

// KeepBytes sets about how many bytes the kept requests may have together. The default is 16 MiB. The newest request
// is kept whatever its size, which has a bound of its own.
func KeepBytes(n int64) Option { return func(t *toolbar) { t.ring.limitBytes = n } }

// Panels adds panels of the application's own, in their order.
func Panels(panels ...Panel) Option {
	return func(t *toolbar) { t.panels = append(t.panels, panels...) }
}

// Show lets the values of names be seen in a panel; "*" stands for all of them. Case does not count. The panels are
// "request" and "response" for headers, "query", "form", "session", "flashes" by category, "sql" by the name or the number of
// the argument, "log" by the attribute, "errors" by the type of the error, and those of [Panels] by their titles. What
// is shown is kept as text, shortened to 500 bytes.
//
// By default only headers that describe the message are shown, such as Content-Type, Accept and Vary.
func Show(panel string, names ...string) Option {
	return func(t *toolbar) { t.shown.add(panel, names...) }
}

// around answers for the pages of the toolbar, and has bodies remembered for the requests of the application.
func (t *toolbar) around(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !t.app.Config.Bool("DEBUG") {
			next.ServeHTTP(w, r)
			return
		}
		if page, ok := strings.CutPrefix(r.URL.Path, root[:len(root)-1]); ok && (page == "" || page[0] == '/') && t.serve(w, r, page) {
			return
		}
		if r.Body == nil || r.Body == http.NoBody {
			next.ServeHTTP(w, r)
			return
		}
		inner := captured(r)
		next.ServeHTTP(w, inner)
		r.Pattern, r.Form, r.PostForm, r.MultipartForm = inner.Pattern, inner.Form, inner.PostForm, inner.MultipartForm
	})
}

// observer records what next, if there is one, observes too.
func (t *toolbar) observer(next dewar.Observer) dewar.Observer {
	return func(c *dewar.Context, at dewar.Station, name string) (done func(error)) {
		if next != nil {
			done = next(c, at, name)
		}
		rec := t.of(c)
		if rec == nil || strings.HasPrefix(name, ownPackage) {
			return done
		}
		return rec.station(c, at, name, done)
	}
}

// of returns the recording of a request, which begins with the first call. It is nil with DEBUG off.
func (t *toolbar) of(c *dewar.Context) *recording {
	if rec := current.Get(c); rec != nil {
		return rec
	}
	if !c.Config().Bool("DEBUG") {
		return nil
	}
	t.watch.Do(t.connect)
	rec := newRecording(t, c)
	current.Set(c, rec)
	return rec
}

// connect listens to what only recorded requests are asked for.
func (t *toolbar) connect() {
	app := t.app
	app.RequestLogged.Connect(logged)
	app.GotRequestException.Connect(func(e dewar.RequestException) {
		current.Get(e.Context).fail(e.Err)
		current.Get(e.Context).point(signal, "got_request_exception")
	})
	app.BeforeRender.Connect(func(e dewar.Rendering) { current.Get(e.Context).point(signal, "before_render_template "+e.Name) })
	app.TemplateRendered.Connect(func(e dewar.Rendering) { current.Get(e.Context).point(signal, "template_rendered "+e.Name) })
	app.MessageFlashed.Connect(flashed)
}

// flashed records a message that the user will see.
func flashed(e dewar.FlashMessage) {
	rec := current.Get(e.Context)
	if rec == nil {
		return
	}
	rec.add(entry{kind: flash, name: e.Category, start: rec.now(), fields: []line{{e.Category, rec.bar.value("flashes", e.Category, e.Message)}}})
}
