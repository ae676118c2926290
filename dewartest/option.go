package dewartest

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
)

// Option is an attribute of a [Client], for [New].
type Option interface{ applyClient(*Client) }

// RequestOption is an attribute of one request, for [Client.Do] and its like. It may be used again for others.
type RequestOption interface{ applyRequest(*request) }

// SharedOption is an attribute of one request or, when it is given to [New], of every request of the client
// that does not say otherwise.
type SharedOption interface {
	Option
	RequestOption
}

type clientOption func(*Client)

func (o clientOption) applyClient(c *Client) { o(c) }

type requestOption func(*request)

func (o requestOption) applyRequest(q *request) { o(q) }

type sharedOption func(*request)

func (o sharedOption) applyClient(c *Client)   { c.defaults = append(c.defaults, o) }
func (o sharedOption) applyRequest(q *request) { o(q) }

// BaseURL sets the scheme and the host that requests go to, as in BaseURL("https://example.com"). The default
// is PREFERRED_URL_SCHEME and SERVER_NAME, or localhost. A path ends the test: APPLICATION_ROOT is what says
// where the application is mounted.
func BaseURL(origin string) Option {
	return clientOption(func(c *Client) {
		c.t.Helper()
		u, err := url.Parse(origin)
		if err != nil || !isWhole(u) || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" {
			c.t.Fatalf("dewartest: BaseURL(%q): want a scheme and a host, as in %q; a path is set by APPLICATION_ROOT", origin, "https://example.com")
		}
		c.base = u
	})
}

// AllowLateSession keeps a change to the session that comes too late to be saved from failing the test: for
// tests that make one on purpose. The error is [Response.Err] when it came before the response was complete.
func AllowLateSession() Option { return clientOption(func(c *Client) { c.allowLate = true }) }

// PropagateErrors ends the test with every unhandled error, and its stack if it was a
// panic. By default such an error is answered with a 500, as in production. Flask's TESTING does this.
func PropagateErrors() Option { return clientOption(func(c *Client) { c.propagate = true }) }

// FollowRedirects follows redirects that stay on the host, at most ten, and returns the last response; the
// others are its History. A 303 is followed by GET, a 301 or 302 too when the request was a POST; otherwise
// method and body are sent again. A redirect to another host ends the test.
func FollowRedirects() SharedOption { return sharedOption(func(q *request) { q.follow = true }) }

// FollowSubdomains is [FollowRedirects] that follows redirects between SERVER_NAME and its subdomains too, as from
// auth.example.com back to example.com. Flask's client has allow_subdomain_redirects.
func FollowSubdomains() SharedOption {
	return sharedOption(func(q *request) { q.follow, q.subdomains = true, true })
}

// Header adds a header field. The same key given twice is sent twice; one that was given to [New] is replaced.
// Cookies sent this way come before the client's own. A value with a line break ends the test.
func Header(key, value string) SharedOption {
	return sharedOption(func(q *request) {
		key := http.CanonicalHeaderKey(key)
		switch {
		case key == "Host":
			q.host = value
		case key == "" || strings.ContainsAny(key+value, "\r\n"):
			q.fail(fmt.Errorf("header %q has no name or a line break in it, which no client can send", key))
		default:
			q.header.Add(key, value)
		}
	})
}

// Host sets the host, and port, that the request asks for. The default is that of [BaseURL].
func Host(host string) SharedOption { return sharedOption(func(q *request) { q.host = host }) }

// Subdomain has the request ask for a subdomain of the host that requests go to otherwise, as in Subdomain("api") for
// api.example.com. It ends the test when SERVER_NAME is not set, without which no route has a subdomain.
func Subdomain(name string) SharedOption {
	return sharedOption(func(q *request) {
		if q.client.app.Config.String("SERVER_NAME") == "" {
			q.fail(fmt.Errorf("Subdomain(%q): the App has no subdomains without SERVER_NAME; set it, as in app.Config.Set(\"SERVER_NAME\", \"example.com\")", name))
		}
		q.host = name + "." + q.client.baseURL().Host
	})
}

// RemoteAddr sets the address the request comes from; a port may be left out. The default is 127.0.0.1.
func RemoteAddr(addr string) SharedOption {
	if _, err := netip.ParseAddr(addr); err == nil {
		addr = net.JoinHostPort(addr, clientPort)
	}
	return sharedOption(func(q *request) { q.remoteAddr = addr })
}

// clientPort is the port that requests come from.
const clientPort = "54321"

// Query adds to the query of the URL: pairs of a key and a value, as in Query("page", 2, "tag", "go"). A
// []string gives its key several values, and a [url.Values] may stand where a key is expected.
func Query(pairs ...any) RequestOption {
	return requestOption(func(q *request) { q.fail(addPairs(q.query, "Query", pairs)) })
}

// Cookie sends a cookie with this request alone, in place of the one of that name the client has. A redirect
// that is followed does not send it again. [Client.SetCookie] is for more than one request.
func Cookie(name, value string) RequestOption {
	return requestOption(func(q *request) {
		q.cookies = append(q.cookies, &http.Cookie{Name: name, Value: value})
	})
}

// Context gives the request a context that ends it early, as a client that goes away does: for handlers that
// stream until then. What was sent so far is the response. By default the request ends with its handler.
func Context(ctx context.Context) RequestOption {
	return requestOption(func(q *request) { q.ctx = ctx })
}

// addPairs adds keys and values to dst.
func addPairs(dst url.Values, option string, pairs []any) error {
	for len(pairs) > 0 {
		switch key := pairs[0].(type) {
		case url.Values:
			for name, list := range key {
				dst[name] = append(dst[name], list...)
			}
			pairs = pairs[1:]
			continue
		case string:
			if len(pairs) == 1 {
				return fmt.Errorf("%s: the key %q has no value; write pairs, as in %s(%q, \"value\")", option, key, option, key)
			}
			if err := addPair(dst, option, key, pairs[1]); err != nil {
				return err
			}
		default:
			return fmt.Errorf("%s: want a key of type string, not %T; write pairs, as in %s(\"key\", \"value\")", option, key, option)
		}
		pairs = pairs[2:]
	}
	return nil
}

func addPair(dst url.Values, option, key string, value any) error {
	switch value := value.(type) {
	case nil:
		return fmt.Errorf("%s: the value of %q is nil; leave the pair out, or send \"\"", option, key)
	case []string:
		dst[key] = append(dst[key], value...)
	default:
		dst.Add(key, fmt.Sprint(value))
	}
	return nil
}
