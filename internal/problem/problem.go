// Package problem writes error answers: problem details of RFC 9457, pages and plain text.
package problem

import (
	"cmp"
	"html"
	"strconv"
	"strings"
)

// Problem is what an error answer says. As JSON it is the body that RFC 9457 describes.
type Problem struct {
	Title  string  `json:"title"`
	Status int     `json:"status"`
	Detail string  `json:"detail,omitempty"`
	Errors []Field `json:"errors,omitempty"`
}

// Field is what is wrong with one field of a request.
type Field struct {
	Field  string `json:"field"`
	Detail string `json:"detail"`
}

// Text returns it in plain text: the status and what there is to say of it, after its name if that is no more than the
// standard description.
func (p *Problem) Text() string {
	message := cmp.Or(p.Detail, p.Title)
	if message == Describe(p.Status) {
		message = p.Title + "\n" + p.Detail
	}
	var b strings.Builder
	b.WriteString(strconv.Itoa(p.Status) + " " + message + "\n")
	for _, f := range p.Errors {
		b.WriteString(f.Field + ": " + f.Detail + "\n")
	}
	return b.String()
}

// style is that of a page: in the colours of the reader's system, light or dark.
const style = "<style>:root{color-scheme:light dark;font:1.125rem/1.6 system-ui,sans-serif}body{background:Canvas;color:CanvasText;max-width:36rem;margin:16vh auto;padding:0 1.5rem}" +
	"h1{margin:0;font-size:2rem;line-height:1.2}b{color:light-dark(#0b6670,#7fd1d3)}main{overflow-wrap:anywhere}</style>\n"

// HTML returns it as a page.
func (p *Problem) HTML() string {
	var b strings.Builder
	b.Grow(len(style) + 256 + 3*len(p.Detail))
	b.WriteString("<!doctype html>\n<html lang=en>\n<meta name=viewport content=\"width=device-width\">\n<title>")
	b.WriteString(strconv.Itoa(p.Status) + " " + html.EscapeString(p.Title))
	b.WriteString("</title>\n" + style + "<main>\n<b>" + strconv.Itoa(p.Status) + "</b>\n<h1>" + html.EscapeString(p.Title) + "</h1>\n")
	if p.Detail != "" {
		b.WriteString("<p>" + strings.ReplaceAll(html.EscapeString(p.Detail), "\n", "<br>") + "</p>\n")
	}
	if len(p.Errors) > 0 {
		b.WriteString("<ul>\n")
		for _, f := range p.Errors {
			b.WriteString("<li>" + html.EscapeString(f.Field+": "+f.Detail) + "</li>\n")
		}
		b.WriteString("</ul>\n")
	}
	return b.String()
}
