package dewar

import (
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"github.com/dewar-go/dewar/internal/hostname"
	"github.com/dewar-go/dewar/internal/intake"
)

// An origin is where a request comes from and what it asks for, as its client sees it: from the connection, or
// from the forwarded headers of a trusted proxy. Everything that depends on either asks the origin.
type origin struct {
	client  netip.Addr
	scheme  string
	host    string // with its port; "" while it is not trusted
	proxied bool   // the peer is a trusted proxy
}

// maxForwarded is how many entries of X-Forwarded-For are looked at.
const maxForwarded = 50

// info returns the origin of the request, worked out once.
func (c *Context) info() *origin {
	x := c.rare()
	if known := x.client.Load(); known != nil {
		return known
	}
	x.client.CompareAndSwap(nil, newOrigin(c.born, c.settings))
	return x.client.Load()
}

func newOrigin(r *http.Request, s *settings) *origin {
	o := &origin{client: peerAddr(r), scheme: "http", host: r.Host}
	if r.TLS != nil {
		o.scheme = "https"
	}
	if !trusted(s.trustedProxies, o.client) {
		return o
	}
	o.proxied = true
	o.client = forwardedFor(r.Header.Values("X-Forwarded-For"), o.client, s.trustedProxies)
	if proto := lastValue(r.Header.Values("X-Forwarded-Proto")); strings.EqualFold(proto, "http") || strings.EqualFold(proto, "https") {
		o.scheme = strings.ToLower(proto)
	}
	if host := lastValue(r.Header.Values("X-Forwarded-Host")); host != "" {
		o.host = host
	}
	return o
}

func peerAddr(r *http.Request) netip.Addr {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	addr, err := netip.ParseAddr(host)
	if err != nil {
		return netip.Addr{}
	}
	return addr.Unmap()
}

func trusted(proxies []netip.Prefix, addr netip.Addr) bool {
	for _, p := range proxies {
		if addr.IsValid() && p.Contains(addr.WithZone("")) {
			return true
		}
	}
	return false
}

// forwardedFor walks X-Forwarded-For from the right past the trusted proxies. An entry that is no address
// ends the walk at the last one that could be trusted.
func forwardedFor(lines []string, peer netip.Addr, proxies []netip.Prefix) netip.Addr {
	entries := strings.Split(strings.Join(lines, ","), ",")
	client := peer
	for n := len(entries) - 1; n >= 0 && len(entries)-n <= maxForwarded; n-- {
		addr, err := netip.ParseAddr(strings.TrimSpace(entries[n]))
		if err != nil {
			return client
		}
		client = addr.Unmap()
		if !trusted(proxies, client) {
			return client
		}
	}
	return peer
}

// lastValue returns what the nearest proxy said: the last item of the last line.
func lastValue(lines []string) string {
	if len(lines) == 0 {
		return ""
	}
	last := lines[len(lines)-1]
	return strings.TrimSpace(last[strings.LastIndexByte(last, ',')+1:])
}

// ClientIP returns the address of the client: that of the connection, or what X-Forwarded-For says when the connection
// comes from one of TRUSTED_PROXIES. It is the zero Addr when the connection has no IP address, as with a Unix socket.
func (c *Context) ClientIP() netip.Addr { return c.info().client }

// Scheme returns "https" or "http": that of the connection, or what X-Forwarded-Proto of a trusted proxy says.
func (c *Context) Scheme() string { return c.info().scheme }

// Host returns the host that the client asked for, with its port if it named one: the Host header, or
// X-Forwarded-Host of a trusted proxy. It is "" while the host is not one of TRUSTED_HOSTS.
func (c *Context) Host() string { return c.info().host }

// BaseURL returns scheme, host and what the App is mounted below, or APPLICATION_ROOT, ending in a slash.
func (c *Context) BaseURL() string {
	return c.Scheme() + "://" + c.Host() + c.prefix() + "/"
}

// URL returns the whole URL of the request as the client sees it.
func (c *Context) URL() string {
	u := c.Scheme() + "://" + c.Host() + c.prefix() + c.born.URL.EscapedPath()
	if c.born.URL.RawQuery != "" {
		u += "?" + intake.Escaped(c.born.URL.RawQuery)
	}
	return u
}

// askedHost returns the host that the request asks for as patterns are compared with it, and its port.
func (c *Context) askedHost() (name, port string) {
	o := c.info()
	return hostname.Normal(o.host, o.scheme)
}

// checkHost refuses a request whose Host is malformed or not trusted, before anything else sees it. Error
// handlers and after-request hooks still run, with an empty Host.
func (c *Context) checkHost() error {
	s := c.settings
	if len(s.trustedHosts) == 0 && len(s.trustedProxies) == 0 && c.rt.validHost(c.born.Host) {
		return nil
	}
	o := c.info()
	if !hostname.Valid(o.host) || !s.trustsHost(o.host) {
		o.host = ""
		return &HTTPError{Code: http.StatusBadRequest, Message: "The host name of this request is not served here."}
	}
	return nil
}

// validHost is hostname.Valid, but remembers the first host that was found valid.
func (rt *runtime) validHost(host string) bool {
	known := rt.host.Load()
	if known != nil && *known == host {
		return true
	}
	valid := hostname.Valid(host)
	if valid && known == nil {
		first := host // a copy, so that only this branch allocates
		rt.host.Store(&first)
	}
	return valid
}

// trustsHost reports whether host is one of TRUSTED_HOSTS. Without any every host is.
func (s *settings) trustsHost(host string) bool {
	if len(s.trustedHosts) == 0 {
		return true
	}
	name, ok := hostname.Split(host)
	name = strings.ToLower(strings.TrimSuffix(name, "."))
	for _, p := range s.trustedHosts {
		if ok && p.Matches(name) {
			return true
		}
	}
	return false
}

// checkOrigin refuses unsafe requests that another site made the browser send, by the standard library's
// protection, before any hook runs.
func (c *Context) checkOrigin() error {
	switch c.born.Method {
	case http.MethodGet, http.MethodHead, http.MethodOptions:
		return nil
	}
	if c.settings.crossOrigin == nil || c.route != nil && c.route.exempt {
		return nil
	}
	header := c.born.Header
	if len(header["Origin"]) > 1 || len(header["Sec-Fetch-Site"]) > 1 {
		return Abort(http.StatusBadRequest)
	}
	r := c.born
	if c.Host() != r.Host {
		r = r.Clone(r.Context())
		r.Host = c.Host()
	}
	if err := c.settings.crossOrigin.Check(r); err != nil || c.foreignOrigin() {
		return &HTTPError{Code: http.StatusForbidden, Message: "This request was sent by another site.", Err: err}
	}
	return nil
}

// foreignOrigin finds what the standard library lets pass for browsers that send no Sec-Fetch-Site: an Origin
// of http on a site of https, and one with a user name in it.
func (c *Context) foreignOrigin() bool {
	origin := c.born.Header.Get("Origin")
	if origin == "" || c.born.Header.Get("Sec-Fetch-Site") != "" {
		return false
	}
	u, err := url.Parse(origin)
	return err != nil || u.User != nil || c.Scheme() == "https" && u.Scheme == "http" && !c.settings.trustsOrigin(origin)
}

// forwardedRequestID returns the request id that a trusted proxy sent, if it is a plain one.
func (c *Context) forwardedRequestID() string {
	id := c.born.Header.Get("X-Request-Id")
	if id == "" || len(id) > 128 || !c.info().proxied {
		return ""
	}
	for i := 0; i < len(id); i++ {
		if id[i] <= ' ' || id[i] >= 0x7f {
			return ""
		}
	}
	return id
}
