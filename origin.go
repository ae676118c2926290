package dewar

import (
	"cmp"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"github.com/dewar-go/dewar/internal/forwarded"
	"github.com/dewar-go/dewar/internal/hostname"
	"github.com/dewar-go/dewar/internal/intake"
)

// An origin is where a request comes from and what it asks for, as its client sees it: from the connection, or
// from the forwarded headers of a trusted proxy. Everything that depends on either asks the origin.
type origin struct {
	client  netip.Addr
	scheme  string
	host    string // canonical, with a port that is not the scheme's own; "" while it is not trusted
	prefix  string // in front of the App's paths, escaped and without a slash at its end
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

// newOrigin is the one place where an origin is made.
func newOrigin(r *http.Request, s *settings) *origin {
	at := mountOf(r)
	o := &origin{client: peerAddr(r), scheme: "http", host: hostname.WithoutZone(r.Host), prefix: at.prefix}
	if r.TLS != nil {
		o.scheme = "https"
	}
	if o.host == "" && len(s.trustedHosts) == 0 {
		o.host = s.ownHost(r)
	}
	if o.proxied = s.trustsPeer(o.client, r); o.proxied {
		o.believe(r.Header, s, at)
	}
	if hostname.Valid(o.host) {
		o.host = hostname.Canonical(o.host, o.scheme)
	}
	return o
}

// believe takes over what a trusted proxy says. What it says twice it has said last; an item that is none of its kind
// is passed over, except a host, which makes the request a 400.
func (o *origin) believe(header http.Header, s *settings, at mountPoint) {
	o.client = forwardedFor(header["X-Forwarded-For"], o.client, s)
	if scheme := forwarded.Scheme(forwarded.Last(header["X-Forwarded-Proto"])); scheme != "" {
		o.scheme = scheme
	}
	if host := forwarded.Last(header["X-Forwarded-Host"]); host != "" {
		o.host = hostname.WithoutZone(host)
	}
	if port := forwarded.Port(forwarded.Last(header["X-Forwarded-Port"])); port != "" && hostname.Valid(o.host) {
		name, _ := hostname.Split(o.host)
		o.host = name + ":" + port
	}
	if prefix, ok := forwarded.Prefix(forwarded.Last(header["X-Forwarded-Prefix"])); ok && !at.told {
		o.prefix = prefix + o.prefix
	}
}

// ownHost is the host of a request that names none, as HTTP/1.0 allows: SERVER_NAME, or the address that the
// connection came to.
func (s *settings) ownHost(r *http.Request) string {
	if s.serverName != "" {
		return s.serverName
	}
	if local := localAddr(r); local != nil {
		if ap, err := netip.ParseAddrPort(local.String()); err == nil {
			return netip.AddrPortFrom(ap.Addr().Unmap().WithZone(""), ap.Port()).String()
		}
	}
	return "localhost"
}

// localAddr returns the address that the connection came to, nil if the request came over none.
func localAddr(r *http.Request) net.Addr {
	addr, _ := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
	return addr
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

// trustsPeer reports whether the other end of the connection is one of TRUSTED_PROXIES.
func (s *settings) trustsPeer(peer netip.Addr, r *http.Request) bool {
	if peer.IsValid() || !s.trustsSocket {
		return s.trustsProxy(peer)
	}
	local := localAddr(r)
	return local != nil && strings.HasPrefix(local.Network(), "unix")
}

func (s *settings) trustsProxy(addr netip.Addr) bool {
	for _, p := range s.trustedProxies {
		if addr.IsValid() && p.Contains(addr.WithZone("")) {
			return true
		}
	}
	return false
}

// forwardedFor walks X-Forwarded-For from the right past the trusted proxies. An entry that is no address
// ends the walk at the last one that could be trusted. What stands on the left of a client never counts. When all are
// proxies it is the peer, or who came to it if that has no address.
func forwardedFor(lines []string, peer netip.Addr, s *settings) netip.Addr {
	entries := strings.Split(strings.Join(lines, ","), ",")
	client := peer
	for n := len(entries) - 1; n >= 0 && len(entries)-n <= maxForwarded; n-- {
		if s.trustsSocket && forwarded.IsSocket(entries[n]) {
			continue
		}
		addr, ok := forwarded.Addr(entries[n])
		if !ok {
			return client
		}
		client = addr
		if !s.trustsProxy(client) {
			return client
		}
		if !peer.IsValid() {
			peer = client
		}
	}
	return peer
}

// ClientIP returns the address of the client: that of the connection, or what X-Forwarded-For says when the connection
// comes from one of TRUSTED_PROXIES. A port behind the address, and brackets around it, are taken off. It is the zero
// Addr when the connection has no IP address, as with a Unix socket, and no trusted proxy tells one.
func (c *Context) ClientIP() netip.Addr { return c.info().client }

// Proxied reports whether the connection comes from one of TRUSTED_PROXIES, so that what it says of the client is believed.
func (c *Context) Proxied() bool { return c.info().proxied }

// Scheme returns "https" or "http": that of the connection, or what X-Forwarded-Proto of a trusted proxy says.
func (c *Context) Scheme() string { return c.info().scheme }

// Host returns the host that the client asked for: that of the Host header, or of X-Forwarded-Host and
// X-Forwarded-Port of a trusted proxy. It is in lower case, and has a port only if that is not the one the scheme has
// anyway. A request that names no host has SERVER_NAME, or else the address it came to. Host is "" while the host is
// not one of TRUSTED_HOSTS.
func (c *Context) Host() string { return c.info().host }

// BaseURL returns scheme, host and what stands in front of the App's paths, ending in a slash: the prefix that an
// App, a [http.StripPrefix] or a trusted proxy with X-Forwarded-Prefix has taken off. WSGI calls it SCRIPT_NAME.
func (c *Context) BaseURL() string {
	return c.Scheme() + "://" + c.Host() + c.prefix() + "/"
}

// URL returns the whole URL of the request as the client sees it.
func (c *Context) URL() string {
	u := c.Scheme() + "://" + c.Host() + c.prefix() + cmp.Or(c.born.URL.EscapedPath(), "/")
	if c.born.URL.RawQuery != "" {
		u += "?" + intake.Escaped(c.born.URL.RawQuery)
	}
	return u
}

// prefix returns what stands in front of the App's paths in URLs.
func (c *Context) prefix() string {
	if len(c.settings.trustedProxies) == 0 && !c.settings.trustsSocket {
		return mountOf(c.born).prefix
	}
	return c.info().prefix
}

// askedHost returns the host that the request asks for as patterns are compared with it, and its port.
func (c *Context) askedHost() (name, port string) {
	o := c.info()
	return hostname.Normal(o.host, o.scheme)
}

// checkHost refuses a request whose Host is malformed or not trusted, or whose target has a scheme and then neither host
// nor path, before anything else sees it. Error handlers and after-request hooks still run, with an empty Host.
func (c *Context) checkHost() error {
	s := c.settings
	if c.born.URL.Opaque != "" { // "GET http:admin": the path is not what others would take it for
		return &HTTPError{Code: http.StatusBadRequest, Message: "The request has no path."}
	}
	if len(s.trustedHosts) == 0 && len(s.trustedProxies) == 0 && !s.trustsSocket && c.runtime().validHost(c.born.Host) {
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

// checkOrigin refuses unsafe requests that another site made the browser send, before any hook runs: by the standard
// library's protection, and where the browser sends no Sec-Fetch-Site by its origin.
func (c *Context) checkOrigin() error {
	switch c.born.Method {
	case http.MethodGet, http.MethodHead, http.MethodOptions:
		return nil
	}
	s, header := c.settings, c.born.Header
	if s.crossOrigin == nil || c.route != nil && c.route.exempt {
		return nil
	}
	if len(header["Origin"]) > 1 || len(header["Sec-Fetch-Site"]) > 1 {
		return Abort(http.StatusBadRequest)
	}
	from, fetch := header.Get("Origin"), header.Get("Sec-Fetch-Site")
	if from == "" && fetch == "" || s.trustsOrigin(from) {
		return nil
	}
	if fetch != "" {
		if s.crossOrigin.Check(c.born) == nil {
			return nil
		}
	} else if c.info().sends(from) {
		return nil
	}
	return c.refuseOrigin(from, fetch)
}

// refuseOrigin says in the log what did not fit, and what to do if it should have.
func (c *Context) refuseOrigin(from, fetch string) error {
	own := c.Scheme() + "://" + c.Host()
	c.Logger().Warn("cross-origin request refused (CSRF)", "origin", clipped(from), "secFetchSite", clipped(fetch), "own", own,
		"cure", "if it should pass, add the origin to TRUSTED_ORIGINS, or dewar.CrossOriginExempt() to a route that trusts no cookie; "+
			"if own is not what browsers see, set TRUSTED_PROXIES to the proxy that tells it")
	return &HTTPError{Code: http.StatusForbidden, Message: "This request was sent by another site.",
		Err: fmt.Errorf("dewar: origin %q, Sec-Fetch-Site %q: not from %s", clipped(from), clipped(fetch), own)}
}

// clipped keeps a header that may have any length out of the log.
func clipped(text string) string { return text[:min(len(text), 200)] }

// sends reports whether pages of o send unsafe requests with from for their Origin. A proxy that takes TLS off and does
// not say so leaves https of the same host; http on a site of https is another one.
func (o *origin) sends(from string) bool {
	scheme, host, ok := hostname.ParseOrigin(from)
	if !ok || scheme != o.scheme && scheme != "https" {
		return false
	}
	name, port := hostPort(host, scheme)
	ownName, ownPort := hostPort(o.host, o.scheme)
	return host == o.host || name == ownName && port == ownPort
}

// hostPort splits a canonical host into its name and the port that counts.
func hostPort(host, scheme string) (name, port string) {
	name, _ = hostname.Split(host)
	return name, cmp.Or(strings.TrimPrefix(host[len(name):], ":"), hostname.DefaultPort(scheme))
}

// trustsOrigin reports whether from is one of TRUSTED_ORIGINS.
func (s *settings) trustsOrigin(from string) bool {
	if len(s.trustedOrigins) == 0 || from == "" {
		return false
	}
	scheme, host, ok := hostname.ParseOrigin(from)
	return ok && slices.Contains(s.trustedOrigins, scheme+"://"+host)
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
