package dewar

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"unicode"

	"github.com/dewar-go/dewar/internal/callsite"
	"github.com/dewar-go/dewar/internal/pages"
)

// A templateFunc is a function given to TemplateFunc, and where.
type templateFunc struct {
	fn   any
	site string
}

// TemplateFunc makes fn a function of all templates, called name. fn returns one value, or one value and an
// error, which ends the rendering. It must be safe for concurrent use. TemplateFunc panics if fn is no such
// function and if name cannot be written in a template or is taken. Flask has template_filter and
// template_global.
func (s *scaffold) TemplateFunc(name string, fn any) {
	s.setup("TemplateFunc")
	if problem := s.refuseFunc(name, fn); problem != "" {
		panic(fmt.Sprintf("dewar: %s: TemplateFunc(%q): %s", callsite.Site(), name, problem))
	}
	if s.templateFuncs == nil {
		s.templateFuncs = Map{}
	}
	s.templateFuncs[name] = templateFunc{fn, callsite.Site()}
}

// refuseFunc says why fn cannot be a function called name, or "".
func (s *scaffold) refuseFunc(name string, fn any) string {
	_, builtin := requestFunctions(new(*Context))[name]
	taken, ok := s.templateFuncs[name].(templateFunc)
	typ := reflect.TypeOf(fn)
	switch {
	case !identifier(name):
		return "a name is made of letters, digits and underscores and begins with a letter"
	case builtin || pages.Reserved(name):
		return "the name is taken by templates themselves; choose another"
	case ok:
		return fmt.Sprintf("the name is taken at %s; choose another", taken.site)
	case typ == nil || typ.Kind() != reflect.Func || reflect.ValueOf(fn).IsNil():
		return fmt.Sprintf("a value of type %T cannot be called; pass a function", fn)
	case !templateResults(typ):
		return fmt.Sprintf("a %s cannot be called by templates; return one value, or one value and an error", typ)
	}
	return ""
}

func identifier(name string) bool {
	for i, r := range name {
		if !unicode.IsLetter(r) && (i == 0 || r != '_' && !unicode.IsDigit(r)) {
			return false
		}
	}
	return name != ""
}

func templateResults(typ reflect.Type) bool {
	return typ.NumOut() == 1 || typ.NumOut() == 2 && typ.Out(1) == reflect.TypeFor[error]()
}

// templateFunctions returns the functions of the app and of all blueprints.
func (app *App) templateFunctions() (map[string]any, error) {
	scaffolds := []*scaffold{&app.scaffold}
	for _, bp := range app.blueprintsOnce() {
		scaffolds = append(scaffolds, &bp.scaffold)
	}
	funcs, sites := map[string]any{}, map[string]string{}
	var problems []error
	for _, s := range scaffolds {
		for _, name := range sortedKeys(s.templateFuncs) {
			f := s.templateFuncs[name].(templateFunc)
			if first, taken := sites[name]; taken {
				problems = append(problems, fmt.Errorf("template function %q is added at %s and %s; rename one of them", name, first, f.site))
			}
			funcs[name], sites[name] = f.fn, f.site
		}
	}
	return funcs, errors.Join(problems...)
}

// requestFunctions returns the functions that depend on the request that *c points to when they are called.
func requestFunctions(c **Context) map[string]any {
	return map[string]any{
		"url_for":              func(endpoint string, pairs ...any) (string, error) { return (*c).templateURL(endpoint, pairs) },
		"get_flashed_messages": func(categories ...string) []Flash { return (*c).FlashedMessages(categories...) },
		"request":              func() TemplateRequest { return TemplateRequest{*c} },
		"session":              func() Map { return (*c).sessionValues() },
		"g":                    func() Map { return (*c).globals() },
		"config":               func() Map { return (*c).shownConfig() },
	}
}

// functionCure says what to do about an unknown function in a template.
func functionCure(name, near string) string {
	switch {
	case name == "csrf_token":
		return "; leave it out, requests from other sites are refused without a token (CROSS_ORIGIN_PROTECTION)"
	case near != "":
		return fmt.Sprintf("; did you mean %q?", near)
	}
	return fmt.Sprintf("; add it with app.TemplateFunc(%q, f), or write .%s for a value that the view gives", name, name)
}

// templateURL is url_for. Options, which are Go values elsewhere, are pairs here, named as in Flask.
func (c *Context) templateURL(endpoint string, pairs []any) (string, error) {
	args := make([]any, 0, len(pairs))
	for i := 0; i < len(pairs); i += 2 {
		name, _ := pairs[i].(string)
		if i+1 == len(pairs) || !strings.HasPrefix(name, "_") {
			args = append(args, pairs[i:min(i+2, len(pairs))]...)
			continue
		}
		opt, err := templateURLOption(name, pairs[i+1])
		if err != nil {
			return "", fmt.Errorf("URL for %q: %w", endpoint, err)
		}
		args = append(args, opt)
	}
	return c.URLFor(endpoint, args...)
}

func templateURLOption(name string, value any) (URLOption, error) {
	text, isText := value.(string)
	on, isBool := value.(bool)
	switch {
	case name == "_external" && isBool:
		if on {
			return External(), nil
		}
		return func(*urlRequest) {}, nil
	case name == "_external":
		return nil, fmt.Errorf("%q wants true or false, not a %T", name, value)
	case name != "_anchor" && name != "_scheme" && name != "_method":
		return nil, fmt.Errorf("no option %q; known are _anchor, _external, _method and _scheme", name)
	case !isText:
		return nil, fmt.Errorf("%q wants text, not a %T", name, value)
	case name == "_anchor":
		return Anchor(text), nil
	case name == "_scheme":
		return Scheme(text), nil
	}
	return ForMethod(text), nil
}

// sessionValues returns what templates see as session.
func (c *Context) sessionValues() Map {
	s := c.Session()
	values := make(Map, s.Len())
	for key, value := range s.All() {
		values[key] = value
	}
	return values
}

// shownConfig returns what templates see as config: every key that has a value and is not declared secret.
func (c *Context) shownConfig() Map { return c.settings.snapshot.Visible() }

// TemplateRequest is what templates see of the request, as request: {{request.Path}}, {{request.Endpoint}},
// {{request.Form.String "title"}}. Its methods are those of the Context under Flask's names where they
// differ.
type TemplateRequest struct{ c *Context }

// Method returns the HTTP method.
func (r TemplateRequest) Method() string { return r.c.Request.Method }

// Path returns the path of the URL, decoded, without APPLICATION_ROOT.
func (r TemplateRequest) Path() string { return r.c.Request.URL.Path }

// URL returns the whole URL. See [Context.URL].
func (r TemplateRequest) URL() string { return r.c.URL() }

// BaseURL returns scheme, host and APPLICATION_ROOT. See [Context.BaseURL].
func (r TemplateRequest) BaseURL() string { return r.c.BaseURL() }

// Host returns the host that the client asked for. See [Context.Host].
func (r TemplateRequest) Host() string { return r.c.Host() }

// Scheme returns "https" or "http". See [Context.Scheme].
func (r TemplateRequest) Scheme() string { return r.c.Scheme() }

// Endpoint returns the endpoint that matched, or "".
func (r TemplateRequest) Endpoint() string { return r.c.Endpoint() }

// Blueprint returns the dotted name of the route's blueprint, or "".
func (r TemplateRequest) Blueprint() string { return r.c.Blueprint() }

// Params returns the values of the matched rule. Flask calls them view_args.
func (r TemplateRequest) Params() *Values { return r.c.Params() }

// Query returns the values of the URL's query. Flask calls them args.
func (r TemplateRequest) Query() *Values { return r.c.Query() }

// Form returns the values of a form in the body. See [Context.Form].
func (r TemplateRequest) Form() *Values { return r.c.Form() }

// Cookie returns the value of a cookie, or "".
func (r TemplateRequest) Cookie(name string) string { return r.c.Cookie(name) }

// Header returns the first value of a header field, or "".
func (r TemplateRequest) Header(name string) string { return r.c.Request.Header.Get(name) }
