package dewartest

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// maxRedirects is how many redirects are followed before it is called a loop.
const maxRedirects = 10

// follow goes where the redirect res points, and on from there.
func (c *Client) follow(q *request, res *Response) *Response {
	c.t.Helper()
	var history []*Response
	for res.redirects() {
		history = append(history, res)
		if len(history) > maxRedirects {
			c.t.Fatalf("dewartest: more than %d redirects: %s", maxRedirects, trail(history))
		}
		next, err := q.redirected(res)
		if err != nil {
			c.t.Fatalf("dewartest: %s redirects to %q: %v", res.line(), res.Location(), err)
		}
		q, res = next, c.send(next)
	}
	res.History = history
	return res
}

// redirects reports whether res is a redirect that can be followed.
func (r *Response) redirects() bool {
	switch r.StatusCode {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther,
		http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return r.Location() != "" && !r.Aborted
	}
	return false
}

// trail lists the requests that led to the last one of history.
func trail(history []*Response) string {
	lines := make([]string, len(history))
	for i, res := range history {
		lines[i] = res.line()
	}
	return strings.Join(lines, ", ")
}

// redirected returns the request that follows the redirect res.
func (q *request) redirected(res *Response) (*request, error) {
	from := q.browserURL()
	to, err := from.Parse(res.Location())
	if err != nil {
		return nil, errors.New("that is no URL")
	}
	switch ofSite := q.client.isOfSite(to); {
	case sameHost(from, to) || ofSite && q.subdomains:
	case ofSite:
		return nil, fmt.Errorf("that leaves %s; pass dewartest.FollowSubdomains to follow it", from.Host)
	default:
		return nil, fmt.Errorf("that leaves %s, which is all the application serves; do not pass dewartest.FollowRedirects and check Location, or ask for the URL itself if the application serves that host too", from.Host)
	}
	next := *q
	next.cookies = nil
	if err := next.aimAtURL(to); err != nil {
		return nil, err
	}
	next.method = methodAfter(res.StatusCode, q.method)
	if next.method != q.method {
		next.dropBody()
	}
	if next.stream != nil {
		return nil, errors.New("with the body once more, but a BodyReader can be read only once; use dewartest.Body")
	}
	return &next, nil
}

// methodAfter returns the method that a redirect of this status is followed with.
func methodAfter(status int, method string) string {
	switch {
	case status == http.StatusSeeOther && method != http.MethodHead:
		return http.MethodGet
	case (status == http.StatusMovedPermanently || status == http.StatusFound) && method == http.MethodPost:
		return http.MethodGet
	}
	return method
}

// dropBody takes the body off, and the headers that described it.
func (q *request) dropBody() {
	q.hasBody, q.contentType, q.data, q.stream = false, "", nil, nil
	q.header = q.header.Clone()
	for key := range q.header {
		if strings.HasPrefix(key, "Content-") {
			delete(q.header, key)
		}
	}
}

// sameHost reports whether two URLs have the same host and port; http and https count as one.
func sameHost(a, b *url.URL) bool {
	return isWhole(b) && strings.EqualFold(a.Hostname(), b.Hostname()) && port(a) == port(b)
}

// isOfSite reports whether u is on SERVER_NAME or a subdomain of it.
func (c *Client) isOfSite(u *url.URL) bool {
	name := c.app.Config.String("SERVER_NAME")
	if name == "" || !isWhole(u) {
		return false
	}
	site := &url.URL{Scheme: u.Scheme, Host: name}
	host, root := strings.ToLower(u.Hostname()), strings.ToLower(site.Hostname())
	return port(u) == port(site) && (host == root || strings.HasSuffix(host, "."+root))
}

// port returns the port of u, or "" when it is that of its scheme.
func port(u *url.URL) string {
	usual := map[string]string{"http": "80", "https": "443"}[u.Scheme]
	if p := cmp.Or(u.Port(), usual); p != usual {
		return p
	}
	return ""
}
