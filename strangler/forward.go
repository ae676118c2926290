package strangler

import (
	"net/http"
	"net/http/httputil"
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
	strip(pr.Out.Header, x.c.Proxied())
	if !strings.EqualFold(pr.Out.Header.Get("Upgrade"), "websocket") { // such as h2c, by which requests would go around the App
		delete(pr.Out.Header, "Upgrade")
		delete(pr.Out.Header, "Connection")
	}
	if cookies := pr.In.Header["Cookie"]; len(cookies) > 0 { // also if the client calls it a header of the connection
		pr.Out.Header["Cookie"] = cookies
	}
	x.err = dewar.HandOverSession(x.c, pr.Out.Header)
	tell(pr.Out.Header, x.c)
}

// strip takes out what a client may not say of itself. A proxy that the App trusts may say what the App does not.
func strip(header http.Header, trusted bool) {
	for key := range header {
		if written(key) || strings.Contains(key, "_") || !trusted && (strings.HasPrefix(key, "X-Forwarded-") || speaksOfClient(key)) {
			delete(header, key)
		}
	}
}

// written reports whether the App writes a header anew, or what stands in it is between the client and the App.
func written(key string) bool {
	switch key {
	case "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Port", "X-Forwarded-Prefix", "X-Real-Ip", "Forwarded",
		"Http2-Settings", "Proxy":
		return true
	}
	return false
}

// speaksOfClient reports whether applications read a header for the client's address or name, or for the scheme, host, prefix or
// path that it asked for.
func speaksOfClient(key string) bool {
	switch key {
	case "X-Client-Ip", "Client-Ip", "X-Cluster-Client-Ip", "X-Remote-Addr", "True-Client-Ip", "Cf-Connecting-Ip", "Cf-Connecting-Ipv6",
		"Cf-Pseudo-Ipv4", "Fastly-Client-Ip", "Fly-Client-Ip", "X-Appengine-User-Ip", "X-Azure-Clientip", "X-Azure-Socketip",
		"X-Envoy-External-Address", "X-Original-Forwarded-For", "X-Forward-For", "X-Forwarded", "Forwarded-For", "Wl-Proxy-Client-Ip",
		"Remote-User", "X-Remote-User", "X-Authenticated-User",
		"X-Scheme", "X-Url-Scheme", "Front-End-Https", "X-Host", "X-Original-Host", "X-Script-Name", "X-Original-Url", "X-Rewrite-Url":
		return true
	}
	return false
}

// tell writes what the App knows of the client, as Werkzeug's ProxyFix reads it: one value each.
func tell(header http.Header, c *dewar.Context) {
	scheme, host := c.Scheme(), c.Host()
	values := [...]string{host, scheme, port(scheme, host), "", prefix(c, scheme, host)}
	header["X-Forwarded-Host"] = values[0:1:1]
	header["X-Forwarded-Proto"] = values[1:2:2]
	header["X-Forwarded-Port"] = values[2:3:3]
	if client := c.ClientIP(); client.IsValid() {
		values[3] = client.WithZone("").String()
		header["X-Forwarded-For"] = values[3:4:4]
		header["X-Real-Ip"] = values[3:4:4]
	}
	if values[4] != "" {
		header["X-Forwarded-Prefix"] = values[4:5:5]
	}
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
	return base[len(scheme)+len("://")+len(host) : len(base)-1]
}
