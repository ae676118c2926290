package dewartest

import (
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/dewar-go/dewar/internal/cookies"
)

// A request is what a test wants to send: the options applied, nothing of it sent.
type request struct {
	client *Client
	method string
	scheme string
	host   string
	target *url.URL // path and query as the App sees them

	header     http.Header
	query      url.Values
	cookies    []*http.Cookie
	remoteAddr string
	ctx        context.Context
	follow     bool
	subdomains bool // redirects to them are followed too

	isForm bool
	fields url.Values
	files  []file

	hasBody     bool
	contentType string
	data        []byte
	stream      io.Reader // in place of data

	err error
}

// fail remembers the first thing that is wrong with the options.
func (q *request) fail(err error) {
	if q.err == nil {
		q.err = err
	}
}

// newRequest applies the options of the client and of the request.
func (c *Client) newRequest(method, path string, opts []RequestOption) (*request, error) {
	base := c.baseURL()
	q := &request{
		client: c, method: method, scheme: base.Scheme, header: http.Header{}, query: url.Values{}, fields: url.Values{},
		remoteAddr: net.JoinHostPort("127.0.0.1", clientPort), ctx: context.Background(),
	}
	for _, opt := range c.defaults {
		opt.applyRequest(q)
	}
	inherited := q.header
	q.header = http.Header{}
	q.host = cmp.Or(q.host, base.Host)
	if err := q.aim(path); err != nil {
		return nil, err
	}
	for _, opt := range opts {
		opt.applyRequest(q)
	}
	q.fail(q.encodeForm())
	for key, values := range inherited {
		if _, own := q.header[key]; !own {
			q.header[key] = values
		}
	}
	q.addQuery()
	if method == "" {
		q.fail(errors.New("the method is missing; pass one such as http.MethodGet"))
	}
	return q, q.err
}

// baseURL returns the origin that requests go to.
func (c *Client) baseURL() *url.URL {
	if c.base != nil {
		return c.base
	}
	config := c.app.Config
	return &url.URL{
		Scheme: cmp.Or(config.String("PREFERRED_URL_SCHEME"), "http"),
		Host:   cmp.Or(config.String("SERVER_NAME"), "localhost"),
	}
}

// root returns the path that browsers see before every path of the App, without a slash at its end.
func (c *Client) root() string {
	return strings.TrimRight(c.app.Config.String("APPLICATION_ROOT"), "/")
}

// aim sets where the request goes, from a path or from a whole URL.
func (q *request) aim(path string) error {
	path, _, _ = strings.Cut(path, "#")
	if strings.HasPrefix(path, "/") || path == "*" {
		return q.aimAt(path)
	}
	u, err := url.Parse(path)
	if err != nil || !isWhole(u) {
		return errors.New("the path must begin with a slash, or be a whole URL such as http://localhost/")
	}
	return q.aimAtURL(u)
}

// aimAtURL sets where the request goes from a URL as a browser has it.
func (q *request) aimAtURL(u *url.URL) error {
	root := q.client.root()
	rest, ok := strings.CutPrefix(u.EscapedPath(), root)
	if !ok || rest != "" && rest[0] != '/' {
		return fmt.Errorf("%s is not below the APPLICATION_ROOT %q, so the application does not serve it", u, root)
	}
	q.scheme, q.host = u.Scheme, u.Host
	rest = cmp.Or(rest, "/")
	if u.ForceQuery || u.RawQuery != "" {
		rest += "?" + u.RawQuery
	}
	return q.aimAt(rest)
}

func (q *request) aimAt(target string) error {
	u, err := url.ParseRequestURI(target)
	if err != nil {
		return fmt.Errorf("the path cannot be sent (%w); escape its parts with url.PathEscape", errors.Unwrap(err))
	}
	u.RawQuery = strings.ReplaceAll(u.RawQuery, " ", "%20")
	q.target = u
	return nil
}

// addQuery puts the pairs of Query behind what the path has for a query.
func (q *request) addQuery() {
	if len(q.query) == 0 {
		return
	}
	if q.target.RawQuery != "" {
		q.target.RawQuery += "&"
	}
	q.target.RawQuery += q.query.Encode()
}

// isWhole reports whether u says scheme and host.
func isWhole(u *url.URL) bool {
	return (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" && u.User == nil
}

// browserURL returns the URL as a browser has it.
func (q *request) browserURL() *url.URL {
	u := *q.target
	root := q.client.root()
	if u.RawPath != "" {
		u.RawPath = root + u.RawPath
	}
	u.Scheme, u.Host, u.Path = q.scheme, q.host, root+u.Path
	return &u
}

// build makes the request that a server would hand to its handler, and its body.
func (q *request) build(ctx context.Context) (*http.Request, *requestBody) {
	u := *q.target
	body := &requestBody{Reader: q.stream}
	if q.stream == nil {
		body.Reader = bytes.NewReader(q.data)
	}
	r := &http.Request{
		Method: q.method, URL: &u, Host: q.host, RequestURI: q.requestURI(), RemoteAddr: q.remoteAddr,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: q.header.Clone(), Body: http.NoBody,
	}
	if q.hasBody && (q.stream != nil || len(q.data) > 0) {
		r.Body = body
	}
	q.describeBody(r)
	if _, ok := r.Header["User-Agent"]; !ok {
		r.Header.Set("User-Agent", "dewartest")
	}
	if q.scheme == "https" {
		r.TLS = &tls.ConnectionState{Version: tls.VersionTLS13, HandshakeComplete: true, ServerName: hostname(q.host)}
	}
	return r.WithContext(ctx), body
}

// requestURI returns what stands in the request line of the browser; what is in front of the App has taken
// APPLICATION_ROOT off the path behind it.
func (q *request) requestURI() string {
	if target := q.target.RequestURI(); strings.HasPrefix(target, "/") {
		return q.client.root() + target
	}
	return q.target.RequestURI()
}

// describeBody sets what says how long the body is and what is in it.
func (q *request) describeBody(r *http.Request) {
	if _, ok := r.Header["Content-Type"]; !ok && q.contentType != "" {
		r.Header.Set("Content-Type", q.contentType)
	}
	if q.stream != nil {
		r.ContentLength, r.TransferEncoding = -1, []string{"chunked"}
		return
	}
	r.ContentLength = int64(len(q.data))
	switch q.method {
	case http.MethodPost, http.MethodPut, http.MethodPatch:
		r.Header.Set("Content-Length", strconv.Itoa(len(q.data)))
	default:
		if q.hasBody {
			r.Header.Set("Content-Length", strconv.Itoa(len(q.data)))
		}
	}
}

// addCookies adds to r the cookies that the client has for u and the request does not bring itself, and then
// its own.
func (q *request) addCookies(r *http.Request, u *url.URL) {
	for _, cookie := range q.client.jar.Load().Cookies(u) {
		if !slices.ContainsFunc(q.cookies, func(own *http.Cookie) bool { return own.Name == cookie.Name }) {
			sendCookie(r, cookie.Name, cookie.Value)
		}
	}
	for _, cookie := range q.cookies {
		sendCookie(r, cookie.Name, cookies.Quote(cookie.Value))
	}
}

// sendCookie adds a cookie to r, its value as it is.
func sendCookie(r *http.Request, name, value string) {
	line := name + "=" + value
	if before := r.Header.Get("Cookie"); before != "" {
		line = before + "; " + line
	}
	r.Header.Set("Cookie", line)
}

// hostname takes the port off host.
func hostname(host string) string { return (&url.URL{Host: host}).Hostname() }
