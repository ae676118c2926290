package dewar

import (
	"cmp"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"net/http"
	"net/url"
	"reflect"
	goruntime "runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dewar-go/dewar/internal/callsite"
	"github.com/dewar-go/dewar/internal/debugpage"
	"github.com/dewar-go/dewar/internal/errtree"
	"github.com/dewar-go/dewar/internal/lazyregexp"
	"github.com/dewar-go/dewar/internal/problem"
	"github.com/dewar-go/dewar/internal/redact"
)

// showsFaults reports whether whoever sent the request sees what went wrong in place of the answer that visitors get. A
// PROPAGATE_EXCEPTIONS that is set, to true or to false, leaves errors to those that it names.
func (c *Context) showsFaults() bool { return c.settings.debugPage && c.DebugAllowed() }

// hidesCause reports whether dewar's own answer to err, which has a status, says less than err does.
func (c *Context) hidesCause(err error, status int) bool {
	if x := c.lazy.Load(); x != nil && x.refused != nil && errtree.Has(err, x.refused) {
		return true
	}
	e := httpErrorOf(err, status)
	return status != clientClosed && (e == nil || e.Err != nil)
}

// answerDebug answers err, to which p is the answer that others get.
func (c *Context) answerDebug(p problem.Problem, err error) error {
	page := c.debugPage(err, p.Status)
	c.response.w.Header().Set("Cache-Control", "no-store")
	switch c.errorFormat() {
	case "text/html":
		text, err := page.HTML()
		if err != nil {
			return err
		}
		c.rare().policy = debugpage.Policy()
		return c.Status(p.Status).HTML(text)
	case "application/problem+json":
		body, err := c.App.JSON.Marshal(debugpage.Details{Problem: p, Debug: page})
		if err != nil {
			return err
		}
		return c.Status(p.Status).Blob("application/problem+json", body)
	}
	return c.Status(p.Status).Text(p.Text() + "\n" + page.Text())
}

// setPolicy lets the debug page work whatever the hooks have said of scripts and styles.
func (c *Context) setPolicy() {
	if x := c.lazy.Load(); x != nil && x.policy != "" {
		c.response.w.Header().Set("Content-Security-Policy", x.policy)
	}
}

// debugPage gathers what there is to say of err.
func (c *Context) debugPage(err error, status int) *debugpage.Page {
	shown := c.cause(err)
	what, cure := debugpage.Split(messageOf(shown))
	p := &debugpage.Page{Status: status, Title: cmp.Or(http.StatusText(status), "Error"), Request: c.born.Method + " " + c.LogPath(), Error: what, Cure: cure}
	p.Causes = causes(shown)
	p.Template = c.templateExcerpt(shown.Error())
	if p.Stack = stackOf(err); p.Stack == nil && c.route != nil {
		p.View = c.viewExcerpt()
	}
	if x := c.lazy.Load(); x != nil && x.refused != nil && errtree.Has(err, x.refused) {
		c.explainOn(p)
	}
	p.Sections = c.sections()
	p.Values = c.visitorsTexts()
	p.Scrub(c.secrets())
	return p
}

// stackOf returns the calls that led to err, nil where nobody knows: those of a panic, or those that an error remembers
// which is the innermost that does.
func stackOf(err error) (stack []debugpage.Frame) {
	if e, ok := errors.AsType[*PanicError](err); ok {
		return debugpage.Stack(e.Stack, isOfLibrary)
	}
	for e := range errtree.All(err) {
		if frames := debugpage.Remembered(e, isOfLibrary); frames != nil {
			stack = frames
		}
	}
	return stack
}

// cause returns err without the HTTPError that dewar puts around an error that picks no status.
func (c *Context) cause(err error) error {
	if e, ok := err.(*HTTPError); ok && e.Err != nil && e.Message == problem.Describe(e.Code) { //nolint:errorlint // the outermost counts
		return e.Err
	}
	return err
}

// causes lists err and what it wraps, no deeper than anybody reads.
func causes(err error) (list []debugpage.Cause) {
	var add func(err error, depth int)
	add = func(err error, depth int) {
		if errtree.IsNil(err) || depth > 20 || len(list) > 50 {
			return
		}
		list = append(list, debugpage.Cause{Type: fmt.Sprintf("%T", err), Text: messageOf(err), Depth: depth})
		for _, inner := range errtree.Wrapped(err) {
			add(inner, depth+1)
		}
	}
	add(err, 0)
	return list
}

// messageOf returns what err says, without what is secret by its form or, in the value of a panic, by its name.
func messageOf(err error) string {
	p, ok := err.(*PanicError) //nolint:errorlint // those inside are asked by themselves
	if !ok {
		return redact.Message(err.Error())
	}
	switch p.Value.(type) {
	case error, fmt.Stringer:
		return redact.Message(p.Error())
	}
	return redact.Message(fmt.Sprintf("panic: %+v", redact.Visible("", p.Value)))
}

// isOfLibrary reports whether a function is dewar's own.
func isOfLibrary(function, _ string) bool {
	const library = "github.com/dewar-go/dewar"
	return strings.HasPrefix(function, library+".") || strings.HasPrefix(function, library+"/") && !strings.HasPrefix(function, library+"/_examples")
}

var templatePlace = lazyregexp.New(`template "?([^\s:"]+)"?:([0-9]+)`)

// templateExcerpt returns the lines of the template that an error tells of.
func (c *Context) templateExcerpt(text string) *debugpage.Excerpt {
	place := templatePlace.FindStringSubmatch(text)
	if place == nil || c.runtime().templates == nil {
		return nil
	}
	source, err := c.runtime().templates.Read(place[1])
	line, broken := strconv.Atoi(place[2])
	if err != nil || broken != nil {
		return nil
	}
	return &debugpage.Excerpt{Name: place[1], Line: line, Lines: debugpage.LinesAround(source, line, 5, 5)}
}

// viewExcerpt returns the beginning of the view, nil when its source is not there.
func (c *Context) viewExcerpt() *debugpage.Excerpt {
	f := goruntime.FuncForPC(reflect.ValueOf(c.route.spec.handler).Pointer())
	if f == nil || isOfLibrary(f.Name(), "") {
		return nil
	}
	file, line := f.FileLine(f.Entry())
	return debugpage.FunctionExcerpt(f.Name(), file, line)
}

// shownRules is how many rules the page of a 404 has.
const shownRules = 8

// near is how far a rule may be from a path that was meant for it.
const near = 2

// explainOn says on p why no route answers.
func (c *Context) explainOn(p *debugpage.Page) {
	p.Causes, p.Error = nil, "no rule matches "+c.LogPath()
	if p.Status == http.StatusMethodNotAllowed {
		p.Error = "no rule for " + c.LogPath() + " takes " + c.born.Method
	}
	all := c.explain("")
	for _, v := range all[:min(len(all), shownRules)] {
		p.Rules = append(p.Rules, debugpage.Rule{Methods: v.Route.shownMethods(), Rule: v.Route.Rule, Site: v.Route.Site, Reason: v.Reason})
	}
	switch {
	case p.Status == http.StatusMethodNotAllowed && len(all) > 0:
		p.Cure = all[0].Route.Rule + " " + all[0].Reason + "; send one of those, or register the rule for " + c.born.Method + " too"
	case len(all) > 0 && all[0].distance <= near:
		p.Cure = "the nearest rule is " + all[0].Route.Rule + ": " + all[0].Reason
	default:
		p.Cure = "no rule is like it; register one, as app.Get or the Get of a blueprint does"
	}
}

// sections describes the request and the App without what is secret.
func (c *Context) sections() []debugpage.Section {
	list := []debugpage.Section{{Name: "Route", Rows: c.routeRows()}, {Name: "Request", Rows: c.requestRows()}}
	if values := c.Request.URL.Query(); len(values) > 0 {
		list = append(list, debugpage.Section{Name: "Query", Rows: valueRows(values)})
	}
	x := c.rare()
	if form := c.parsedForm(); form != nil {
		list = append(list, debugpage.Section{Name: "Form", Rows: valueRows(form)})
	}
	session := debugpage.Section{Name: "Session"}
	if s := c.openedSession(); s != nil {
		for key, value := range s.All() {
			session.Rows = append(session.Rows, debugpage.Row{Name: key, Value: redact.Outline(key, value)})
		}
	} else {
		session.Name = "Session (not opened)"
	}
	g := debugpage.Section{Name: "Values of the request (g)"}
	x.gMu.Lock()
	for _, it := range x.g {
		g.Rows = append(g.Rows, debugpage.Row{Name: it.name, Value: redact.Outline(it.name, it.value)})
	}
	x.gMu.Unlock()
	return append(list, session, g, c.settings.configSection(true), c.settings.configSection(false))
}

func (c *Context) routeRows() (rows []debugpage.Row) {
	if c.route == nil {
		return nil
	}
	plain := func(name, value string) {
		if value != "" {
			rows = append(rows, debugpage.Row{Name: name, Value: value, Plain: true})
		}
	}
	plain("rule", c.route.Rule)
	plain("methods", c.route.shownMethods())
	plain("host", c.route.Host)
	plain("endpoint", c.route.Endpoint)
	plain("blueprint", c.route.Blueprint)
	plain("registered at", c.route.Site)
	for name, value := range (*paramSource)(c).all() {
		text := redact.Outline(name, value)
		if slices.Contains(c.route.private, name) {
			text = redact.Mark
		}
		rows = append(rows, debugpage.Row{Name: "{" + name + "}", Value: text})
	}
	slices.SortStableFunc(rows, func(a, b debugpage.Row) int {
		return cmp.Compare(strings.Index(a.Name, "{"), strings.Index(b.Name, "{"))
	})
	return rows
}

func (c *Context) requestRows() []debugpage.Row {
	rows := []debugpage.Row{
		{Name: "method", Value: c.born.Method, Plain: true},
		{Name: "path", Value: c.LogPath()},
		{Name: "protocol", Value: c.born.Proto, Plain: true},
		{Name: "request id", Value: c.RequestID()},
	}
	for _, name := range sortedNames(c.born.Header) {
		for _, value := range c.born.Header[name] {
			if !isPlainHeader(name) {
				value = redact.Outline(name, value)
			}
			rows = append(rows, debugpage.Row{Name: name, Value: value})
		}
	}
	return rows
}

// isPlainHeader reports whether a header says how a browser works, and nothing of who uses it.
func isPlainHeader(name string) bool {
	switch name {
	case "Accept", "Accept-Encoding", "Accept-Language", "Cache-Control", "Connection", "Content-Encoding", "Content-Length", "Content-Type",
		"Origin", "Pragma", "Priority", "Upgrade-Insecure-Requests", "User-Agent", "X-Requested-With":
		return true
	}
	return strings.HasPrefix(name, "Sec-Fetch-") || strings.HasPrefix(name, "Sec-Ch-Ua")
}

func sortedNames[V any](m map[string]V) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// parsedForm returns the form if somebody has read it by now.
func (c *Context) parsedForm() url.Values {
	if form := c.Request.PostForm; form != nil {
		return form
	}
	if x := c.rare(); x.form != nil {
		if source, ok := x.form.src.(*textSource); ok {
			return source.values
		}
	}
	return nil
}

func valueRows(values url.Values) (rows []debugpage.Row) {
	for _, name := range sortedNames(values) {
		for _, value := range values[name] {
			rows = append(rows, debugpage.Row{Name: name, Value: redact.Outline(name, value)})
		}
	}
	return rows
}

// configSection lists the configuration that was set, or what is left at its defaults.
func (s *settings) configSection(set bool) debugpage.Section {
	section := debugpage.Section{Name: "Configuration", Quiet: !set}
	if !set {
		section.Name = "Configuration at its defaults"
	}
	for _, setting := range s.snapshot.All() {
		attrs := setting.LogValue().Group()
		value, source := redact.Message(attrs[1].Value.String()), setting.Source
		if isSet := source != "default" && source != ""; isSet == set {
			section.Rows = append(section.Rows, debugpage.Row{Name: setting.Key, Value: value, Source: source})
		}
	}
	return section
}

// tells reports whether errors are written to the terminal as a block of lines: in DEBUG, while neither the App nor the
// program has a logger of its own.
func (app *App) tells() bool {
	return app.Config.settings().debug && app.Logger == nil && fmt.Sprintf("%T", slog.Default().Handler()) == "*slog.defaultHandler"
}

// tell writes err to where the log package writes. Receivers of RequestLogged get the record that stands for the block.
func (c *Context) tell(err error, attrs []any) {
	status := http.StatusInternalServerError
	if code, ok := statusOf(err); ok {
		status = code
	}
	log.Print(c.debugPage(err, status).Text() + "\n  " + c.where() + "\n")
	if c.App.RequestLogged.connected() {
		record := slog.NewRecord(time.Now(), slog.LevelError, "request failed", 0)
		record.Add(attrs...)
		c.App.RequestLogged.Send(LogRecord{c, record})
	}
}

// where says which request and view an error belongs to.
func (c *Context) where() string {
	text := "request id " + c.RequestID()
	if c.route != nil && c.route.Site != "" {
		text += ", route " + c.route.Rule + " registered at " + callsite.Short(c.route.Site)
	}
	return text
}
