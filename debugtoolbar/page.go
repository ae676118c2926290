package debugtoolbar

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"
	"strconv"
	"strings"

	"github.com/dewar-go/dewar"
)

//go:embed page
var files embed.FS

// pages are the templates of the toolbar.
var pages = template.Must(template.New("").Funcs(template.FuncMap{"count": count}).ParseFS(files, "page/*.html"))

// policy lets the pages load nothing but what is the toolbar's own.
const policy = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// serve answers for a page of the toolbar. It reports false for a request that may not see any, which is as if there
// were none. No hook of the application runs, and no session is opened.
func (t *toolbar) serve(w http.ResponseWriter, r *http.Request, page string) bool {
	c, end, err := t.app.NewContext(w, r)
	if err != nil || !c.DebugAllowed() {
		return false
	}
	c.Header("Content-Security-Policy", policy).Header("Cache-Control", "no-store").Header("Referrer-Policy", "same-origin")
	err = t.answer(c, page)
	if ended := end(); err == nil {
		err = ended
	}
	if err != nil {
		c.Logger().Error("the debug toolbar could not answer", "err", err)
	}
	return true
}

func (t *toolbar) answer(c *dewar.Context, page string) error {
	method := c.Request.Method
	page, below := strings.CutPrefix(page, "/")
	id, action, acts := strings.Cut(page, "/")
	switch {
	case !below:
		return c.Redirect(home(c))
	case method == http.MethodPost && action == "repeat":
		return t.answerRepeat(c, t.recording(id))
	case method != http.MethodGet && method != http.MethodHead || acts:
		return t.missing(c)
	case page == "":
		return t.list(c)
	case page == "events":
		return t.events(c)
	case strings.HasSuffix(page, ".css") || strings.HasSuffix(page, ".js"):
		return t.file(c, page)
	}
	rec := t.recording(id)
	if rec == nil {
		return t.missing(c)
	}
	return t.show(c, rec)
}

// recording returns what is kept under the key, or nil.
func (t *toolbar) recording(key string) *recording {
	text, ours := strings.CutPrefix(key, t.epoch+"-")
	id, err := strconv.ParseInt(text, 10, 64)
	if !ours || err != nil {
		return nil
	}
	return t.ring.find(id)
}

func (t *toolbar) render(c *dewar.Context, name string, data any) error {
	var b bytes.Buffer
	if err := pages.ExecuteTemplate(&b, name, data); err != nil {
		return err
	}
	return c.HTML(b.String())
}

func (t *toolbar) file(c *dewar.Context, name string) error {
	data, err := files.ReadFile("page/" + name)
	if err != nil {
		return t.missing(c)
	}
	if strings.HasSuffix(name, ".css") {
		return c.Blob("text/css; charset=utf-8", data)
	}
	return c.Blob("text/javascript; charset=utf-8", data)
}

// missing says that a request is not kept.
func (t *toolbar) missing(c *dewar.Context) error {
	c.Status(http.StatusNotFound)
	return t.render(c, "notice.html", notice{
		"Nothing here any more", "The toolbar keeps the newest " + count(t.ring.limit, "request") + " of this process. This one is not among them.", "./",
	})
}

// A notice is a page with one message.
type notice struct{ Title, Text, Back string }

// A listPage is the page of all requests.
type listPage struct {
	App   string
	Limit int
	Rows  []summary
}

// A summary is a request in the list.
type summary struct {
	Key, At, Method, Path, Rule, Took, Class string
	Status, SQL, Repeated, Logs              int
	Again                                    string
	Failed                                   bool
}

// summarize returns the row of a recording that is over.
func (rec *recording) summarize() summary {
	s := summary{
		Key: rec.key(), At: rec.began.Format("15:04:05"), Method: rec.method, Path: rec.path, Rule: rec.rule, Took: milliseconds(rec.took),
		Class: strconv.Itoa(rec.status/100) + "xx", Status: rec.status, Failed: rec.err != "",
	}
	s.SQL, s.Repeated = countStatements(rec.entries)
	for _, e := range rec.entries {
		if e.kind == logLine {
			s.Logs++
		}
	}
	if rec.repeat != 0 {
		s.Again = rec.bar.keyOf(rec.repeat)
	}
	return s
}

func (t *toolbar) list(c *dewar.Context) error {
	p := listPage{App: t.app.Name(), Limit: t.ring.limit}
	for _, rec := range t.ring.newest() {
		p.Rows = append(p.Rows, rec.summarize())
	}
	return t.render(c, "list.html", p)
}

// events sends the row of each new request.
func (t *toolbar) events(c *dewar.Context) error {
	news, stop := t.ring.watch()
	defer stop()
	return c.Events(func(e *dewar.EventStream) error {
		for {
			select {
			case <-e.Context().Done():
				return e.Context().Err()
			case rec := <-news:
				var b bytes.Buffer
				if err := pages.ExecuteTemplate(&b, "row", rec.summarize()); err != nil {
					return err
				}
				if err := e.SendData(b.String()); err != nil {
					return err
				}
			}
		}
	})
}

// A requestPage is the page of one request.
type requestPage struct {
	summary
	App, Endpoint, Error    string
	Waterfall               waterfall
	Dropped                 int
	Sections                []section
	Token, NoRepeat, Recipe string
}

func (t *toolbar) show(c *dewar.Context, rec *recording) error {
	_, why := rec.body.whole()
	p := requestPage{
		summary: rec.summarize(), App: t.app.Name(), Endpoint: rec.endpoint, Error: rec.err,
		Waterfall: draw(rec), Dropped: rec.dropped, Sections: t.sections(rec),
		Token: t.token, NoRepeat: why, Recipe: rec.recipe(),
	}
	return t.render(c, "request.html", p)
}
