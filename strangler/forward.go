package strangler

import (
	"net/http"
	"net/http/httputil"
	"net/netip"
	"strings"

	"github.com/dewar-go/dewar"
)

// rewrite makes the request to Python of the client's.
func (b *Backend) rewrite(pr *httputil.ProxyRequest) {
	x := exchangeOf(pr.In)
	pr.SetURL(b.target)
	pr.Out.URL.RawQuery = pr.In.URL.RawQuery // also what net/url would not read
	pr.Out.Trailer = pr.In.Trailer           // the one that is filled at the end of the body
	pr.Out.Host = x.c.Host()
	strip(pr.Out.Header)
	if !strings.EqualFold(pr.Out.Header.Get("Upgrade"), "websocket") { // such as h2c, by which requests would go around the App
		delete(pr.Out.Header, "Upgrade")
		delete(pr.Out.Header, "Connection")
	}
	if cookies := x.cookies["Cookie"]; len(cookies) > 0 {
		pr.Out.Header["Cookie"] = cookies
	} else {
		delete(pr.Out.Header, "Cookie")
	}
	tell(pr.Out.Header, x.c)
}

// strip takes out what a client may not say of itself.
func strip(header http.Header) {
	for key := range header {
		if strings.Contains(key, "_") || strings.HasPrefix(key, "X-Forwarded-") || key == "Forwarded" || key == "X-Real-Ip" || key == "Http2-Settings" {
			delete(header, key)
		}
	}
}

// tell writes what the App knows of the client, as Werkzeug's ProxyFix reads it: one value each.
func tell(header http.Header, c *dewar.Context) {
	scheme, host := c.Scheme(), c.Host()
	values := make([]string, 0, 7)
	set := func(key, value string) {
		values = append(values, value)
		header[key] = values[len(values)-1 : len(values) : len(values)]
	}
	forwarded := "host=\"" + host + "\";proto=" + scheme
	if client := c.ClientIP().WithZone(""); client.IsValid() {
		address := client.String()
		set("X-Forwarded-For", address)
		set("X-Real-Ip", address)
		forwarded = "for=" + node(client, address) + ";" + forwarded
	}
	set("X-Forwarded-Host", host)
	set("X-Forwarded-Proto", scheme)
	set("X-Forwarded-Port", port(scheme, host))
	set("Forwarded", forwarded)
	if prefix := prefix(c, scheme, host); prefix != "" {
		set("X-Forwarded-Prefix", prefix)
	}
}

// node writes an address as RFC 7239 has it.
func node(client netip.Addr, address string) string {
	if client.Is4() {
		return address
	}
	return "\"[" + address + "]\""
}

// port returns the port that the client asked for.
func port(scheme, host string) string {
	if i := strings.LastIndexByte(host, ':'); i > strings.LastIndexByte(host, ']') {
		return host[i+1:]
	}
	if scheme == "https" {
		return "443"
	}
	return "80"
}

// prefix returns what stands in front of the App's paths.
func prefix(c *dewar.Context, scheme, host string) string {
	base := c.BaseURL()
	return strings.TrimSuffix(base[len(scheme)+len("://")+len(host):], "/")
}
