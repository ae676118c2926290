package dev

import (
	"context"
	_ "embed" // the page
	"fmt"
	"html/template"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync/atomic"

	"github.com/dewar-go/dewar"
)

//go:embed page.html
var pageText string

// A trouble is why there is no program that could answer.
type trouble struct {
	Title, Cure string
	Faults      []fault
	Output      string // the last of the program, or all that go build has said
	Again       bool   // the program can be started again as it is
}

// text is the trouble for those who read no HTML.
func (t *trouble) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%s\n", t.Title, t.Cure)
	if t.Output != "" {
		fmt.Fprintf(&b, "\n%s\n", t.Output)
	}
	return b.String()
}

// A page answers in place of a program that is not there.
type page struct {
	trouble atomic.Pointer[trouble]
	cancel  context.CancelFunc
	done    chan struct{}
}

// againPath is where the button of the page leads to.
const againPath = "/_dewar/again"

// servePage answers on l until it is stopped. again is called when somebody wants the program to be started again.
func servePage(l net.Listener, t *trouble, again func()) (*page, error) {
	layout, err := template.New("page").Parse(pageText)
	if err != nil {
		_ = l.Close()
		return nil, err
	}
	p := &page{done: make(chan struct{})}
	p.trouble.Store(t)
	app := dewar.New("dewar dev", dewar.StaticFolder(""), dewar.TemplateFolder(""))
	app.Logger = slog.New(slog.NewTextHandler(io.Discard, nil))
	if err := app.Config.FromMapping(dewar.Map{"DEBUG": isLoopback(l.Addr()), "TESTING": false, "DRAIN_DELAY": 0, "SHUTDOWN_TIMEOUT": "1s"}); err != nil {
		_ = l.Close()
		return nil, err
	}
	app.Post(againPath, func(c *dewar.Context) error {
		if !c.DebugAllowed() {
			return c.Status(http.StatusServiceUnavailable).Text(unavailable)
		}
		again()
		return c.Redirect("/")
	})
	app.Fallback(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { p.answer(w, r, layout) }), dewar.CrossOriginExempt())
	if err := app.Build(); err != nil {
		_ = l.Close()
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	p.cancel = cancel
	go func() {
		defer close(p.done)
		_ = app.Serve(ctx, l)
	}()
	return p, nil
}

// unavailable is what is told to those who may not see the insides of the program.
const unavailable = "The program is being edited and cannot answer now.\n"

func (p *page) answer(w http.ResponseWriter, r *http.Request, layout *template.Template) {
	t, header := p.trouble.Load(), w.Header()
	header.Set("Cache-Control", "no-store")
	header.Set("Retry-After", "1")
	c := dewar.FromContext(r.Context())
	allowed := c != nil && c.DebugAllowed()
	if !allowed || !strings.Contains(r.Header.Get("Accept"), "text/html") {
		header.Set("Content-Type", "text/plain; charset=utf-8")
		w.WriteHeader(http.StatusServiceUnavailable)
		text := unavailable
		if allowed {
			text = t.text()
		}
		_, _ = io.WriteString(w, text)
		return
	}
	header.Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(http.StatusServiceUnavailable)
	_ = layout.Execute(w, t) // a client that has gone
}

// stop ends the page when it has answered.
func (p *page) stop() {
	p.cancel()
	<-p.done
}
