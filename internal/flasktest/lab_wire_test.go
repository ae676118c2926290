package flasktest_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// A labJar has the cookies of one visitor.
type labJar map[string]string

func (jar labJar) String() string {
	var all []string
	for name, value := range jar {
		all = append(all, name+"="+value)
	}
	slices.Sort(all)
	return strings.Join(all, "; ")
}

// request returns the bytes of the request that text stands for.
func (jar labJar) request(text string) (method, target string, raw []byte) {
	head, body, hasBody := strings.Cut(strings.TrimPrefix(text, "+ "), " || ")
	parts := strings.Split(head, " | ")
	method, target, _ = strings.Cut(unescape(parts[0]), " ")
	headers := []string{"Host: localhost", "Accept: text/html", "Connection: close"}
	if hasBody {
		body = unescape(body)
		headers = append(headers, "Content-Length: "+strconv.Itoa(len(body)))
	}
	if cookies := jar.String(); cookies != "" {
		headers = append(headers, "Cookie: "+cookies)
	}
	for _, part := range parts[1:] {
		part = unescape(part)
		name, value, _ := strings.Cut(part, ":")
		headers = slices.DeleteFunc(headers, func(h string) bool {
			return h == part || strings.HasPrefix(h, "Host:") && name == "Host" || strings.HasPrefix(h, "Accept:") && name == "Accept" ||
				strings.HasPrefix(h, "Content-Length:") && (name == "Content-Length" || name == "Transfer-Encoding")
		})
		if value != " -" {
			headers = append(headers, part)
		}
	}
	return method, target, []byte(method + " " + target + " HTTP/1.1\r\n" + strings.Join(headers, "\r\n") + "\r\n\r\n" + body)
}

// unescape resolves Go's backslashes.
func unescape(text string) string {
	var b []byte
	for text != "" {
		char, multibyte, rest, err := strconv.UnquoteChar(text, 0)
		if err != nil {
			panic(fmt.Sprintf("%s: %v", text, err))
		}
		if multibyte {
			b = utf8.AppendRune(b, char)
		} else {
			b = append(b, byte(char))
		}
		text = rest
	}
	return string(b)
}

// send sends the request that text stands for and returns the answer.
func (jar labJar) send(addr, text string) string {
	method, target, raw := jar.request(text)
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return err.Error()
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
	if _, err := conn.Write(raw); err != nil {
		return err.Error()
	}
	resp, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: method})
	if err != nil {
		return "no answer"
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return strconv.Itoa(resp.StatusCode) + " cut off"
	}
	for _, line := range resp.Header.Values("Set-Cookie") {
		pair, _, _ := strings.Cut(line, ";")
		name, value, _ := strings.Cut(pair, "=")
		jar[name] = value
		if value == "" {
			delete(jar, name)
		}
	}
	host := ""
	if found := hostHeader.FindSubmatch(raw); found != nil {
		host = string(found[1])
	}
	return labAnswer(resp, host, target, body)
}

var hostHeader = regexp.MustCompile(`(?m)^Host: (.*)\r$`)

// labHeaders are the headers that matter to a client. Security headers, which dewar adds, and those of the connection are
// not among them.
var labHeaders = []string{
	"Content-Type", "Content-Length", "Location", "Allow", "Vary", "Cache-Control", "ETag", "Last-Modified", "Accept-Ranges", "Content-Range",
	"Content-Disposition", "Content-Encoding", "Retry-After", "WWW-Authenticate", "X-Sendfile", "X-A", "X-B", "X-Steps", "X-After", "X-Own", "X-Method",
	"X-Head", "X-Options",
}

// labAnswer returns what matters of a response to a request for host, in the syntax of the table.
func labAnswer(resp *http.Response, host, target string, body []byte) string {
	var b strings.Builder
	b.WriteString(strconv.Itoa(resp.StatusCode))
	for _, name := range labHeaders {
		if labMeansNothing(resp, target, name, body) {
			continue
		}
		for _, value := range resp.Header.Values(name) {
			b.WriteString(" | " + name + ": " + escape(labHeader(name, value, host)))
		}
	}
	for _, cookie := range resp.Header.Values("Set-Cookie") {
		b.WriteString(" | Set-Cookie: " + escape(labCookie(cookie)))
	}
	if text := labBody(resp, body); text != "" {
		b.WriteString(" || " + escape(text))
	}
	return b.String()
}

// labMeansNothing reports whether a header has nothing to say to a client: the type of no body, what a 304 leaves as it
// was, the name that the URL ends in, the Vary of an answer to an error that is negotiated, the Cache-Control of a page with a session, which is dewar's.
func labMeansNothing(resp *http.Response, target, name string, body []byte) bool {
	vary, code := resp.Header.Get("Vary"), resp.StatusCode
	switch name {
	case "Content-Type":
		return code/100 == 3 || code == 204 || len(body) == 0 && resp.Request.Method != "HEAD"
	case "Content-Length": // is in the body's own length, if there is one
		return resp.Request.Method != "HEAD" || code >= 300
	case "Accept-Ranges", "Content-Encoding":
		return code == 304
	case "Content-Disposition":
		kind, params, _ := mime.ParseMediaType(resp.Header.Get(name))
		return code == 304 || kind == "inline" && lastSegment(target) == params["filename"]
	case "Vary":
		return vary == "Accept" && code >= 400
	case "Cache-Control":
		return strings.Contains(vary, "Cookie")
	}
	return false
}

func lastSegment(target string) string {
	u, err := url.ParseRequestURI(target)
	if err != nil {
		return ""
	}
	return path.Base(u.Path)
}

// labHeader returns value without what is different every time or on every machine.
func labHeader(name, value, host string) string {
	switch name {
	case "ETag":
		return etagValue.ReplaceAllString(value, `"*"`)
	case "X-Sendfile":
		return filepath.Base(value)
	case "Location":
		host = strings.TrimSuffix(strings.ToLower(host), ":80")
		if rest, ok := strings.CutPrefix(value, "http://"+host+"/"); ok {
			return "/" + rest
		}
	case "Vary":
		return strings.TrimPrefix(value, "Accept, ")
	case "Content-Disposition":
		if kind, params, err := mime.ParseMediaType(value); err == nil {
			return mime.FormatMediaType(kind, params)
		}
	case "Allow":
		methods := strings.Split(value, ", ")
		slices.Sort(methods)
		return strings.Join(methods, ", ")
	case "Content-Type", "Cache-Control":
		return strings.ToLower(value)
	}
	return value
}

var etagValue = regexp.MustCompile(`"[^"]{10,}"`)

// labCookie returns a Set-Cookie with its attributes sorted, the time in the future and what is signed left out.
func labCookie(line string) string {
	parts := strings.Split(line, "; ")
	name, value, _ := strings.Cut(parts[0], "=")
	if (name == "session" || name == "own") && value != "" {
		parts[0] = name + "=*"
	}
	for i, part := range parts[1:] {
		if date, ok := strings.CutPrefix(part, "Expires="); ok {
			if at, err := http.ParseTime(date); err == nil && time.Until(at) > 0 && at.Year() < 2090 {
				parts[i+1] = "Expires=*"
			}
		}
	}
	if strings.Contains(line, "Max-Age=") { // goes before Expires
		parts = slices.DeleteFunc(parts, func(part string) bool { return strings.HasPrefix(part, "Expires=") })
	}
	slices.Sort(parts[1:])
	return strings.Join(parts, "; ")
}

// labBody returns a body as it is compared: JSON with its keys sorted, of an error page the title, nothing of a redirect's
// page, and of a long body its length.
func labBody(resp *http.Response, body []byte) string {
	kind := resp.Header.Get("Content-Type")
	switch {
	case resp.StatusCode/100 == 3 && strings.HasPrefix(kind, "text/html"):
		return ""
	case resp.StatusCode >= 400 && strings.HasPrefix(kind, "text/html") && bytes.HasPrefix(body, []byte("<!doctype html>")):
		return "page: " + errorPage(body)
	case strings.HasPrefix(kind, "application/json"):
		return canonicalJSON(body)
	case strings.HasPrefix(kind, "text/html"):
		body = bytes.ReplaceAll(body, []byte("&#43;"), []byte("+"))
	}
	if len(body) > 400 {
		return fmt.Sprintf("%d bytes", len(body))
	}
	return string(body)
}

var pageParts = regexp.MustCompile(`(?s)<h1>(.*?)</h1>\n*(<p>.)?`)

// errorPage returns the title of an error page, and whether it says more. What more is in each one's own words.
func errorPage(body []byte) string {
	parts := pageParts.FindSubmatch(body)
	switch {
	case parts == nil:
		return string(body)
	case parts[2] == nil:
		return html.UnescapeString(string(parts[1]))
	}
	return html.UnescapeString(string(parts[1])) + ", described"
}

func canonicalJSON(body []byte) string {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var v any
	if decoder.Decode(&v) != nil {
		return string(body)
	}
	text, err := json.Marshal(plainNumbers(v))
	if err != nil {
		return string(body)
	}
	return string(text)
}

// plainNumbers returns v with numbers that have a fraction or an exponent in one spelling.
func plainNumbers(v any) any {
	switch v := v.(type) {
	case json.Number:
		if f, err := v.Float64(); err == nil && strings.ContainsAny(v.String(), ".eE") {
			return f
		}
	case []any:
		for i := range v {
			v[i] = plainNumbers(v[i])
		}
	case map[string]any:
		for k := range v {
			v[k] = plainNumbers(v[k])
		}
	}
	return v
}

// escape is the opposite of unescape.
func escape(text string) string {
	quoted := strconv.Quote(text)
	return strings.ReplaceAll(quoted[1:len(quoted)-1], `\"`, `"`)
}
