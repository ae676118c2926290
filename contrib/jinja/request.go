package jinja

import (
	"cmp"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/contrib/jinja/internal/value"
)

// request is Flask's request as templates see it. In Go it is [dewar.TemplateRequest] and the Context.
type request struct {
	dewar.TemplateRequest
	c *dewar.Context
}

func (r request) TypeName() string { return "Request" }

// Attr returns an attribute of Flask's request. None is what Flask has where there is nothing.
func (r request) Attr(_ *value.Runtime, name string) (any, bool) {
	if read := requestAttributes[name]; read != nil {
		return read(r), true
	}
	return nil, false
}

// AttrNames returns the names of the attributes.
func (r request) AttrNames() []string { return slices.Collect(maps.Keys(requestAttributes)) }

// requestAttributes are the attributes by name.
var requestAttributes = map[string]func(r request) any{
	"method":           func(r request) any { return r.Method() },
	"path":             func(r request) any { return r.Path() },
	"full_path":        func(r request) any { return r.Path() + "?" + r.c.Request.URL.RawQuery },
	"url":              func(r request) any { return iri(r.URL()) },
	"base_url":         func(r request) any { return withoutQuery(iri(r.URL())) },
	"url_root":         func(r request) any { return r.root() },
	"root_url":         func(r request) any { return r.root() },
	"host_url":         func(r request) any { return r.Scheme() + "://" + r.Host() + "/" },
	"host":             func(r request) any { return r.Host() },
	"scheme":           func(r request) any { return r.Scheme() },
	"is_secure":        func(r request) any { return r.Scheme() == "https" },
	"script_root":      func(r request) any { return r.prefix() },
	"root_path":        func(r request) any { return r.prefix() },
	"query_string":     func(r request) any { return []byte(r.c.Request.URL.RawQuery) },
	"args":             func(r request) any { return r.args() },
	"form":             func(r request) any { return multiDict{values: r.Form()} },
	"values":           func(r request) any { return bothDicts{r.args(), multiDict{values: r.Form()}} },
	"cookies":          func(r request) any { return multiDict{values: r.c.Cookies()} },
	"headers":          func(r request) any { return headers{r} },
	"view_args":        func(r request) any { return r.viewArgs() },
	"endpoint":         func(r request) any { return noneIfEmpty(r.Endpoint()) },
	"blueprint":        func(r request) any { return noneIfEmpty(r.Blueprint()) },
	"blueprints":       func(r request) any { return blueprints(r.Blueprint()) },
	"url_rule":         func(r request) any { return r.rule() },
	"is_json":          func(r request) any { return r.c.IsJSON() },
	"remote_addr":      func(r request) any { return r.remoteAddr() },
	"user_agent":       func(r request) any { return userAgent(r.Header("User-Agent")) },
	"referrer":         func(r request) any { return noneIfEmpty(r.Header("Referer")) },
	"origin":           func(r request) any { return noneIfEmpty(r.Header("Origin")) },
	"content_type":     func(r request) any { return noneIfEmpty(r.Header("Content-Type")) },
	"mimetype":         func(r request) any { return mimetype(r.Header("Content-Type")) },
	"accept_languages": func(r request) any { return parseLanguages(r.c.Request.Header.Values("Accept-Language")) },
	"authorization":    func(r request) any { return r.authorization() },
	"date":             func(r request) any { return r.date() },
	"content_length":   func(r request) any { return r.contentLength() },
}

// onlyFlasks returns the attributes that Flask's request has beside these, where a template cannot be told that there are none.
func onlyFlasks() []string {
	return strings.Fields(`accept_charsets accept_encodings accept_mimetypes access_control_request_headers access_control_request_method
	access_route application cache_control charset close content_encoding content_md5 data environ files get_data get_json if_match
	if_modified_since if_none_match if_range if_unmodified_since input_stream is_multiprocess is_multithread is_run_once json
	max_content_length max_form_memory_size max_form_parts max_forwards mimetype_params pragma range remote_user routing_exception server
	stream trusted_hosts`)
}

func noneIfEmpty(text string) any {
	if text == "" {
		return nil
	}
	return text
}

// args are the arguments of the query.
func (r request) args() multiDict {
	return multiDict{values: r.Query(), query: r.c.Request.URL.RawQuery}
}

// iri writes the letters beyond ASCII in a URL as themselves, as Werkzeug does.
func iri(u string) string {
	var b []byte
	for i := 0; i < len(u); {
		text := undone(u[i:])
		b, i = append(b, text...), i+3*len(text)
		if len(text) == 0 {
			b, i = append(b, u[i]), i+1
		}
	}
	return string(b)
}

// undone returns the letters that the percent signs at the beginning of u stand for, "" when they are in ASCII or no text.
func undone(u string) string {
	var b []byte
	for len(u) >= 3 && u[0] == '%' {
		c, err := strconv.ParseUint(u[1:3], 16, 8)
		if err != nil || c < utf8.RuneSelf {
			break
		}
		b, u = append(b, byte(c)), u[3:]
	}
	if !utf8.Valid(b) {
		return ""
	}
	return string(b)
}

func withoutQuery(u string) string {
	u, _, _ = strings.Cut(u, "?")
	return u
}

// root returns scheme, host and prefix, with a slash behind.
func (r request) root() string { return strings.TrimSuffix(r.BaseURL(), "/") + "/" }

// prefix returns what the App is mounted below, without a slash behind.
func (r request) prefix() string {
	u, err := url.Parse(r.BaseURL())
	if err != nil {
		return ""
	}
	return strings.TrimSuffix(u.Path, "/")
}

// viewArgs returns the values of the rule; None when no rule matched.
func (r request) viewArgs() any {
	if r.Endpoint() == "" {
		return nil
	}
	names := r.Params().Keys()
	if route, ok := r.c.Route(); ok {
		slices.SortStableFunc(names, func(a, b string) int {
			return cmp.Compare(strings.Index(route.Rule, "{"+a), strings.Index(route.Rule, "{"+b))
		})
	}
	d := &value.Dict{}
	for _, name := range names {
		_ = d.Set(name, r.Params().Get(name)) // a text is a key
	}
	return d
}

func (r request) rule() any {
	route, ok := r.c.Route()
	if !ok {
		return nil
	}
	return urlRule{route}
}

func (r request) remoteAddr() any {
	addr := r.c.ClientIP()
	if !addr.IsValid() {
		return nil
	}
	return addr.String()
}

func (r request) contentLength() any {
	if n := r.c.Request.ContentLength; n > 0 || n == 0 && r.Header("Content-Length") != "" {
		return int(n)
	}
	return nil
}

// authorization is None without the header, and with one that has no scheme and credentials.
func (r request) authorization() any {
	scheme, credentials, ok := strings.Cut(r.Header("Authorization"), " ")
	if !ok || credentials == "" {
		return nil
	}
	user, _, _ := r.c.Request.BasicAuth()
	return authorization{strings.ToLower(scheme), user}
}

// date is None without the header, and with one that is no time.
func (r request) date() any {
	t, err := http.ParseTime(r.Header("Date"))
	if err != nil {
		return nil
	}
	return t
}

// authorization is Werkzeug's Authorization without its secrets.
type authorization struct{ scheme, user string }

func (a authorization) Attr(_ *value.Runtime, name string) (any, bool) {
	switch name {
	case "type":
		return a.scheme, true
	case "username":
		return noneIfEmpty(a.user), true
	}
	return nil, false
}

func (a authorization) String() string { return "<Authorization " + a.scheme + ">" }

func (a authorization) TypeName() string { return "Authorization" }

// blueprints returns the name of a blueprint and of those around it, as Flask's request.blueprints.
func blueprints(name string) any {
	list := &value.List{}
	for name != "" {
		list.Items = append(list.Items, name)
		name = name[:max(strings.LastIndexByte(name, '.'), 0)]
	}
	return list
}

func mimetype(contentType string) string {
	kind, _, _ := strings.Cut(contentType, ";")
	return strings.ToLower(strings.TrimSpace(kind))
}

// urlRule is Werkzeug's Rule.
type urlRule struct{ route dewar.Route }

func (u urlRule) Attr(_ *value.Runtime, name string) (any, bool) {
	switch name {
	case "rule":
		return u.route.Rule, true
	case "endpoint":
		return u.route.Endpoint, true
	case "methods":
		return anysList(u.route.Methods), true
	}
	return nil, false
}

func (u urlRule) String() string { return u.route.Rule }

func (u urlRule) TypeName() string { return "Rule" }

// userAgent is Werkzeug's UserAgent, which knows the text alone.
type userAgent string

func (u userAgent) Attr(_ *value.Runtime, name string) (any, bool) {
	switch name {
	case "string":
		return string(u), true
	case "platform", "browser", "version", "language":
		return nil, true
	}
	return nil, false
}

func (u userAgent) String() string { return string(u) }

func (u userAgent) Truth() bool { return u != "" }

func (u userAgent) TypeName() string { return "UserAgent" }

// headers is a mapping in which case does not count.
type headers struct{ r request }

func (h headers) Attr(_ *value.Runtime, name string) (any, bool) {
	if name == "getlist" || name == "get_all" {
		return getlist(h.r.c.Request.Header.Values), true
	}
	return nil, false
}

func (h headers) Lookup(key any) (any, bool) {
	name, ok := value.AsString(key)
	if !ok {
		return nil, false
	}
	name = http.CanonicalHeaderKey(name)
	if name == "Host" {
		return h.r.Host(), true
	}
	if _, ok := h.r.c.Request.Header[name]; !ok {
		return nil, false
	}
	return h.r.Header(name), true
}

func (h headers) Keys() []any { return append([]any{"Host"}, sortedKeys(h.r.c.Request.Header)...) }

func (h headers) TypeName() string { return "EnvironHeaders" }

func sortedKeys[V any](m map[string]V) []any { return anys(slices.Sorted(maps.Keys(m))) }

func anys(texts []string) []any {
	list := make([]any, len(texts))
	for i, text := range texts {
		list[i] = text
	}
	return list
}

func anysList(texts []string) *value.List { return &value.List{Items: anys(texts)} }
