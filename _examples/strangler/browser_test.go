package main

import (
	"bytes"
	"cmp"
	"fmt"
	"html"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
)

// siteURL is what the browser believes to visit, whichever half answers.
const siteURL = "http://blog.test"

// A browser visits the site as people do: it keeps cookies, follows redirects, and sends forms with what is hidden in them. What
// is not as it should be is a panic with a failure, which attempt returns.
type browser struct {
	client   *http.Client
	language string
	page     page
	pages    []page // all so far
}

// A page is an answer.
type page struct {
	method, path string
	half         string
	status       int
	header       http.Header
	body         string
}

func (p page) String() string {
	return fmt.Sprintf("%-4s %s -> %d by %s", p.method, p.path, p.status, p.half)
}

// A failure is what a visitor has found, with the requests that led to it.
type failure struct{ what, where string }

func (f *failure) Error() string { return f.what + "\n" + f.where }

// attempt calls f and returns the failure that ended it.
func attempt(f func()) (failed error) {
	defer func() {
		switch v := recover().(type) {
		case nil:
		case *failure:
			failed = v
		default:
			panic(v)
		}
	}()
	f()
	return nil
}

func newBrowser(halves http.RoundTripper) *browser {
	b := &browser{language: "en"}
	b.client = &http.Client{
		Transport:     halves,
		Timeout:       20 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	b.closeAll()
	return b
}

// closeAll forgets all cookies.
func (b *browser) closeAll() { b.client.Jar, _ = cookiejar.New(nil) }

// restart closes the browser and opens it again: only cookies with a date are left.
func (b *browser) restart() {
	remembered := b.cookie("remember_token")
	b.closeAll()
	if remembered != nil {
		b.client.Jar.SetCookies(b.site(), []*http.Cookie{remembered})
	}
}

// forget removes a cookie.
func (b *browser) forget(name string) {
	b.client.Jar.SetCookies(b.site(), []*http.Cookie{{Name: name, Path: "/", MaxAge: -1}})
}

func (b *browser) site() *url.URL {
	u, _ := url.Parse(siteURL)
	return u
}

func (b *browser) cookie(name string) *http.Cookie {
	for _, c := range b.client.Jar.Cookies(b.site()) {
		if c.Name == name {
			return c
		}
	}
	return nil
}

func (b *browser) fail(format string, args ...any) {
	var where strings.Builder
	for _, p := range b.pages[max(0, len(b.pages)-20):] {
		fmt.Fprintln(&where, " ", p)
	}
	panic(&failure{fmt.Sprintf(format, args...), where.String() + b.page.body[:min(len(b.page.body), 4000)]})
}

// send makes one request and keeps the answer as the page.
func (b *browser) send(method, path, contentType string, body []byte, header ...string) {
	r, err := http.NewRequest(method, siteURL+path, bytes.NewReader(body))
	if err != nil {
		b.fail("broken link: %v", err)
	}
	r.Header.Set("Accept-Language", b.language)
	if method != http.MethodGet {
		r.Header.Set("Content-Type", contentType)
		r.Header.Set("Origin", siteURL)
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	resp, err := b.client.Do(r)
	if err != nil {
		b.fail("%s %s: %v", method, path, err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		b.fail("%s %s: %v", method, path, err)
	}
	b.page = page{method, path, resp.Header.Get(halfHeader), resp.StatusCode, resp.Header, string(text)}
	b.pages = append(b.pages, b.page)
}

// follow goes where the answer redirects to.
func (b *browser) follow() *browser {
	for range 10 {
		if b.page.status < 300 || b.page.status > 399 {
			return b
		}
		b.send("GET", b.target(), "", nil)
	}
	b.fail("redirected in a circle")
	return b
}

// target is the path of the redirect.
func (b *browser) target() string {
	return strings.TrimPrefix(b.page.header.Get("Location"), siteURL)
}

func (b *browser) get(path string) *browser {
	b.send("GET", path, "", nil)
	return b.follow()
}

// want fails unless the page has the status and all of the texts.
func (b *browser) want(status int, texts ...string) *browser {
	if b.page.status != status {
		b.fail("status: got %d, want %d", b.page.status, status)
	}
	for _, text := range texts {
		if !strings.Contains(b.page.body, text) {
			b.fail("the page lacks %q", text)
		}
	}
	return b
}

// without fails if the page has the text.
func (b *browser) without(text string) *browser {
	if strings.Contains(b.page.body, text) {
		b.fail("the page has %q", text)
	}
	return b
}

// at fails unless the page is that of the path.
func (b *browser) at(path string) *browser {
	if b.page.path != path {
		b.fail("path: got %q, want %q", b.page.path, path)
	}
	return b
}

// flashed fails unless exactly these messages are on the page.
func (b *browser) flashed(want ...string) *browser {
	if got := b.flashes(); !slices.Equal(got, want) {
		b.fail("flashed messages: got %q, want %q", got, want)
	}
	return b
}

var (
	flashPattern = regexp.MustCompile(`<p class="flash [a-z]+" role="status">([^<]*)</p>`)
	linkPattern  = regexp.MustCompile(`(?:href|src)="([^"]*)"`)
	userPattern  = regexp.MustCompile(`<a id="user" href="[^"]*">([^<]*)</a>`)
	codePattern  = regexp.MustCompile(`<code id="token">([^<]*)</code>`)
	formPattern  = regexp.MustCompile(`(?s)<form ([^>]*)>(.*?)</form>`)
	fieldPattern = regexp.MustCompile(`(?s)<input [^>]*>|<textarea ([^>]*)>\n(.*?)</textarea>`)
	attrPattern  = regexp.MustCompile(`([a-z]+)="([^"]*)"`)
)

// all returns what the first group of the pattern matches on the page.
func (b *browser) all(pattern *regexp.Regexp) []string {
	var found []string
	for _, match := range pattern.FindAllStringSubmatch(b.page.body, -1) {
		found = append(found, html.UnescapeString(match[1]))
	}
	return found
}

func (b *browser) flashes() []string { return b.all(flashPattern) }

// links returns the paths of this site that the page links to.
func (b *browser) links() []string {
	return slices.DeleteFunc(b.all(linkPattern), func(link string) bool { return !strings.HasPrefix(link, "/") })
}

// user is who is logged in, as the page shows it.
func (b *browser) user() string {
	return strings.Join(b.all(userPattern), " ")
}

// A form is one of a page, with what is written in it.
type form struct {
	action    string
	multipart bool
	values    url.Values
	files     map[string]file
}

type file struct{ name, content string }

func attributes(tag string) map[string]string {
	found := map[string]string{}
	for _, match := range attrPattern.FindAllStringSubmatch(tag, -1) {
		found[match[1]] = html.UnescapeString(match[2])
	}
	return found
}

// form returns the form of the page whose action is the path; "" is the one that is sent to the page itself.
func (b *browser) form(action string) *form {
	for _, match := range formPattern.FindAllStringSubmatch(b.page.body, -1) {
		attrs := attributes(match[1])
		if attrs["action"] != action {
			continue
		}
		f := &form{cmp.Or(action, b.page.path), attrs["enctype"] != "", url.Values{}, map[string]file{}}
		f.read(match[2])
		return f
	}
	b.fail("the page has no form for %q", action)
	return nil
}

// read takes the values that the fields have already.
func (f *form) read(fields string) {
	for _, match := range fieldPattern.FindAllStringSubmatch(fields, -1) {
		if attrs := attributes(match[1]); match[1] != "" {
			f.values.Set(attrs["name"], html.UnescapeString(match[2]))
		} else if attrs = attributes(match[0]); attrs["type"] == "file" {
			f.files[attrs["name"]] = file{}
		} else if attrs["type"] != "checkbox" {
			f.values.Set(attrs["name"], attrs["value"])
		}
	}
}

// set writes pairs of names and values into the form.
func (f *form) set(pairs ...string) *form {
	for i := 0; i+1 < len(pairs); i += 2 {
		f.values.Set(pairs[i], pairs[i+1])
	}
	return f
}

func (f *form) upload(field, name, content string) *form {
	f.files[field] = file{name, content}
	return f
}

// post sends the form and stays at the answer.
func (b *browser) post(f *form) *browser {
	if !f.multipart {
		b.send("POST", f.action, "application/x-www-form-urlencoded", []byte(f.values.Encode()))
		return b
	}
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for name, values := range f.values {
		_ = w.WriteField(name, values[0])
	}
	for field, file := range f.files {
		part, _ := w.CreateFormFile(field, file.name)
		_, _ = io.WriteString(part, file.content)
	}
	w.Close()
	b.send("POST", f.action, w.FormDataContentType(), body.Bytes())
	return b
}

// submit fills the form of the page itself in, sends it, and follows the redirect.
func (b *browser) submit(pairs ...string) *browser {
	return b.post(b.form("").set(pairs...)).follow()
}
