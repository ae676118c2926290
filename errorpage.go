package dewar

import (
	"errors"
	"html"
	"maps"
	"net/http"
	"strconv"
	"strings"
)

// problem is the body of an error answer for JSON clients, RFC 9457.
type problem struct {
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail,omitempty"`
}

// answerError writes dewar's own answer for a status: an HTML page for browsers, problem+json for JSON
// clients, text for everyone else.
func (c *Context) answerError(err error) error {
	code, message := http.StatusInternalServerError, ""
	if status, ok := statusOf(err); ok {
		code = status
	}
	if e, ok := errors.AsType[*HTTPError](err); ok && e.Code == code {
		message = e.Message
		maps.Copy(c.Response.Header(), e.Header)
	}
	title := http.StatusText(code)
	if title == "" {
		title = "Error"
	}
	addVary(c.Response.Header(), "Accept")
	switch c.errorFormat() {
	case "text/html":
		return c.Status(code).HTML(errorHTML(code, title, message))
	case "application/problem+json":
		body, err := c.App.JSON.Marshal(problem{Title: title, Status: code, Detail: message})
		if err != nil {
			return err
		}
		return c.Status(code).blob("application/problem+json", body)
	}
	if message == "" {
		message = title
	}
	return c.Status(code).Text(strconv.Itoa(code) + " " + message + "\n")
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

func errorHTML(code int, title, message string) string {
	var b strings.Builder
	b.WriteString("<!doctype html>\n<html lang=en>\n<meta name=viewport content=\"width=device-width\">\n<title>")
	b.WriteString(strconv.Itoa(code) + " " + html.EscapeString(title))
	b.WriteString("</title>\n<h1>" + html.EscapeString(title) + "</h1>\n")
	if message != "" {
		b.WriteString("<p>" + strings.ReplaceAll(html.EscapeString(message), "\n", "<br>") + "</p>\n")
	}
	return b.String()
}
