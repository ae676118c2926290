package dewar

import (
	"maps"
	"net/http"
	"slices"

	"github.com/dewar-go/dewar/internal/headers"
)

// Link adds a header Link, so that return c.Link("/static/site.css", "preload", "as", "style").Render(...) reads as it
// acts. rel says what target is to the page, and attrs are names and values in turn; a value of "" leaves the name
// alone, as in "crossorigin". What may not stand in a URL is escaped, values are quoted where they must be, and one that is
// not ASCII is written in the way of RFC 8187; a line that is there already is not added again. After the commit it has no
// effect.
//
// A target, rel or attribute with a control character in it, a name that is none, and a name without a value are a 500,
// as in [Context.Header]. [Context.EarlyHints] sends the links ahead.
func (c *Context) Link(target, rel string, attrs ...string) *Context {
	r := &c.response
	if c.phase == over {
		return c
	}
	line, fault := headers.Link(target, rel, attrs)
	if fault != "" {
		c.refuseHeader("Link", fault)
		return c
	}
	header := r.header()
	if !slices.Contains(header["Link"], line) {
		header.Add("Link", line)
	}
	return c
}

// EarlyHints sends the links that were set by now ahead of the answer, with status 103, so that a browser fetches
// style sheets and scripts while the view still works. They stand in the answer once more. Nothing else of the header is
// sent, no hook runs and nothing is committed. Without a link, and to a client of HTTP/1.0, nothing is sent.
//
//	err := c.Link("/static/site.css", "preload", "as", "style").EarlyHints()
//
// It is an error after the commit, and when a link cannot be sent. Browsers look at early hints over HTTP/2 alone; a proxy
// in front of the App must pass them on, and some old ones take them for the answer.
func (c *Context) EarlyHints() error {
	r := &c.response
	if err := c.hintsError(); err != nil {
		return err
	}
	header := r.w.Header()
	links := header["Link"]
	if len(links) == 0 || !c.born.ProtoAtLeast(1, 1) {
		return nil
	}
	rest := maps.Clone(header)
	clear(header)
	header["Link"] = links
	r.w.WriteHeader(http.StatusEarlyHints)
	clear(header)
	maps.Copy(header, rest)
	return nil
}

// hintsError says why there can be no early hints, or nil.
func (c *Context) hintsError() error {
	r := &c.response
	switch {
	case r.replaced:
		return c.rare().finalErr
	case r.Committed():
		return r.lateError("there can be no early hints")
	}
	return c.headerError()
}
