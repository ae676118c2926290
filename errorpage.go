package dewar

import (
	"errors"
	"html"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// problem is the body of an error answer for JSON clients, RFC 9457.
type problem struct {
	Title  string       `json:"title"`
	Status int          `json:"status"`
	Detail string       `json:"detail,omitempty"`
	Errors []FieldError `json:"errors,omitempty"`
}

// answerError writes dewar's own answer for a status: an HTML page for browsers, problem+json for JSON
// clients, text for everyone else.
func (c *Context) answerError(err error) error {
	p := problem{Status: http.StatusInternalServerError}
	if status, ok := statusOf(err); ok {
		p.Status = status
	}
	if e, ok := errors.AsType[*HTTPError](err); ok && e.Code == p.Status {
		p.Detail, p.Errors = e.Message, e.Errors
		mergeHeader(c.Response.Header(), e.Header)
	}
	p.Title = http.StatusText(p.Status)
	if p.Title == "" {
		p.Title = "Error"
	}
	addVary(c.Response.Header(), []string{"Accept"})
	switch c.errorFormat() {
	case "text/html":
		return c.Status(p.Status).HTML(p.html())
	case "application/problem+json":
		body, err := c.App.JSON.Marshal(p)
		if err != nil {
			return err
		}
		return c.Status(p.Status).blob("application/problem+json", body)
	}
	return c.Status(p.Status).Text(p.text())
}

// mergeHeader adds the headers of an error, which many requests may share, to those of a response.
func mergeHeader(header, from http.Header) {
	for key, values := range from {
		switch key {
		case "Vary":
			for _, name := range values {
				addVary(header, []string{name})
			}
		case "Set-Cookie":
			header[key] = append(header[key], values...)
		default:
			header[key] = slices.Clone(values)
		}
	}
}

// errorFormat picks the form of an error answer.
func (c *Context) errorFormat() string {
	switch c.Accepts("text/plain", "text/html", "application/problem+json", "application/json") {
	case "text/html":
		return "text/html"
	case "application/problem+json", "application/json":
		return "application/problem+json"
	}
	if c.IsJSON() && !strings.Contains(c.Request.Header.Get("Accept"), "text/") {
		return "application/problem+json"
	}
	return "text/plain"
}

func (p *problem) text() string {
	message := p.Detail
	if message == "" {
		message = p.Title
	}
	var b strings.Builder
	b.WriteString(strconv.Itoa(p.Status) + " " + message + "\n")
	for _, f := range p.Errors {
		b.WriteString(f.Field + ": " + f.Detail + "\n")
	}
	return b.String()
}

func (p *problem) html() string {
	var b strings.Builder
	b.WriteString("<!doctype html>\n<html lang=en>\n<meta name=viewport content=\"width=device-width\">\n<title>")
	b.WriteString(strconv.Itoa(p.Status) + " " + html.EscapeString(p.Title))
	b.WriteString("</title>\n<h1>" + html.EscapeString(p.Title) + "</h1>\n")
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
