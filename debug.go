package dewar

import (
	"context"
	"net/http"
	"net/netip"
	"strings"

	"github.com/dewar-go/dewar/internal/hostname"
)

// DebugAllowed reports whether whoever sent this request may see the insides of the App: the debug page, and whatever
// else a tool shows only to the developer. It is true only if all of this held when the request came:
//
//   - DEBUG is on, also of the App that this one is mounted in; TESTING does not count.
//   - The other end of the connection is a loopback address of this machine, and so is this end. What TRUSTED_PROXIES,
//     middleware of [App.Use] and hooks make of the address plays no part. A Unix socket has none.
//   - The Host header is localhost, 127.0.0.1 or [::1], spelt like this, with or without a port. Any other name may be
//     one that somebody else has pointed at this machine (DNS rebinding).
//   - There is no header that tells of a proxy: Forwarded, X-Forwarded-*, X-Real-IP, Via and those that only some write.
//     HTTP/1.0, in which proxies ask, and a whole URL in the request line, which is for proxies, tell of one too.
//   - A page that made the browser send the request is of such a host too, as far as Origin and Sec-Fetch-Site tell. A link
//     of another site may lead here, as one does after a login elsewhere: that site cannot read the answer.
//
// A proxy on this machine that adds no header, such as ssh -L, socat or a plain TCP forward, cannot be told from a
// browser on this machine: do not put one in front of an App in DEBUG. Nor can a handler around the App be seen through
// that gives requests another address and takes their headers off; [App.Use] is the place for those. With DEBUG off
// DebugAllowed costs nothing.
func (c *Context) DebugAllowed() bool { return c.fromHere && c.settings.debug }

// isFromHere reports whether r comes from here, and came from here before anything of the App or of one around it
// touched it.
func isFromHere(r *http.Request) bool {
	if here, known := r.Context().Value(doorKey{}).(bool); known && !here {
		return false
	}
	outer := FromContext(r.Context()) // of an App around this one
	return comesFromHere(r) && (outer == nil || outer.fromHere)
}

// A doorKey is what stands in the context of a request for whether it came from here, before middleware saw it.
type doorKey struct{}

// atDoor remembers, in DEBUG, whether a request comes from here. Middleware may then give it another address, host or
// header, as that does which believes in proxies.
func (rt *runtime) atDoor(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !rt.app.Config.settings().debug {
			next.ServeHTTP(w, r)
			return
		}
		inner := r.WithContext(context.WithValue(r.Context(), doorKey{}, isFromHere(r)))
		defer func() { // what is outside of the App looks at its own request
			r.Pattern = inner.Pattern
			adoptForm(r, inner)
		}()
		next.ServeHTTP(w, inner)
	})
}

// comesFromHere reports whether a program on this machine has sent r to this machine by one of its own names.
func comesFromHere(r *http.Request) bool {
	return peerAddr(r).IsLoopback() && arrivedHere(r) && isOwnName(r.Host) && !isForwarded(r) && isOwnPage(r.Header)
}

// arrivedHere reports whether the connection came to a loopback address; a request without a connection did.
func arrivedHere(r *http.Request) bool {
	local := localAddr(r)
	if local == nil {
		return true
	}
	addr, err := netip.ParseAddrPort(local.String())
	return err == nil && addr.Addr().Unmap().IsLoopback()
}

// isOwnName reports whether host, with or without a port, is a name that only this machine has.
func isOwnName(host string) bool {
	name, ok := hostname.Split(host)
	return ok && (name == "localhost" || name == "127.0.0.1" || name == "[::1]")
}

// isForwarded reports whether a request tells of a proxy: by a header, by the form of its target, or by its protocol, for
// browsers ask in no HTTP/1.0, but nginx does unless it is told otherwise, and adds no header then.
func isForwarded(r *http.Request) bool {
	if !r.ProtoAtLeast(1, 1) || r.RequestURI != "" && r.RequestURI != "*" && r.RequestURI[0] != '/' {
		return true
	}
	for key := range r.Header {
		if isOfProxy(strings.ReplaceAll(key, "_", "-")) { // which some make of each other
			return true
		}
	}
	return false
}

// isOfProxy reports whether a header is one that proxies write, in whatever letters.
func isOfProxy(key string) bool {
	for _, name := range [...]string{"Via", "X-Real-IP", "X-Client-IP", "X-Cluster-Client-IP", "True-Client-IP", "Client-IP"} {
		if strings.EqualFold(key, name) {
			return true
		}
	}
	for _, prefix := range [...]string{"Forwarded", "X-Forwarded", "X-Original-", "X-Proxy", "X-Envoy-", "Proxy-", "Cf-", "Fastly-"} {
		if len(key) >= len(prefix) && strings.EqualFold(key[:len(prefix)], prefix) {
			return true
		}
	}
	return false
}

// isOwnPage reports whether the page that made the browser send a request is of this machine: another site's could read
// an answer for which a hook allows that (CORS), or make it a part of itself. A browser that goes to the answer leaves the
// other site behind.
func isOwnPage(header http.Header) bool {
	for _, from := range header["Origin"] {
		if _, host, ok := hostname.ParseOrigin(from); !ok || !isOwnName(host) {
			return false
		}
	}
	if len(header["Origin"]) > 0 || header.Get("Sec-Fetch-Mode") == "navigate" && header.Get("Sec-Fetch-Dest") == "document" {
		return true
	}
	for _, site := range header["Sec-Fetch-Site"] {
		if site != "same-origin" && site != "same-site" && site != "none" {
			return false
		}
	}
	return true
}
