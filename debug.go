package dewar

import (
	"context"
	"net/http"
	"net/netip"
	"strings"

	"github.com/dewar-go/dewar/internal/hostname"
)

// DebugAllowed reports whether whoever sent this request may see the insides of the App: the debug page, and whatever
// else a tool shows only to the developer. It is true only if all of this holds:
//
//   - DEBUG is on; TESTING does not count.
//   - The other end of the connection is a loopback address of this machine, and so is this end. What TRUSTED_PROXIES
//     and middleware of [App.Use] make of the address plays no part. A Unix socket has none.
//   - The Host header is localhost, 127.0.0.1 or [::1], spelt like this, with or without a port. Any other name may be
//     one that somebody else has pointed at this machine (DNS rebinding).
//   - There is no header that tells of a proxy: Forwarded, X-Forwarded-*, X-Real-IP, Via and those that only some write.
//   - A page that made the browser send the request is of such a host too, if the request tells by Origin.
//
// A proxy on this machine that adds no header, such as ssh -L, socat or a plain TCP forward, cannot be told from a
// browser on this machine: do not put one in front of an App in DEBUG. With DEBUG off DebugAllowed costs nothing.
func (c *Context) DebugAllowed() bool {
	if !c.settings.debug || !comesFromHere(c.born) {
		return false
	}
	if here, known := c.born.Context().Value(doorKey{}).(bool); known && !here {
		return false
	}
	outer := FromContext(c.born.Context()) // of an App around this one
	return outer == nil || outer == c || comesFromHere(outer.born)
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
		outer, known := r.Context().Value(doorKey{}).(bool)
		here := comesFromHere(r) && (outer || !known)
		inner := r.WithContext(context.WithValue(r.Context(), doorKey{}, here))
		defer func() { // what is outside of the App looks at its own request
			r.Pattern = inner.Pattern
			adoptForm(r, inner)
		}()
		next.ServeHTTP(w, inner)
	})
}

// comesFromHere reports whether a program on this machine has sent r to this machine by one of its own names.
func comesFromHere(r *http.Request) bool {
	return peerAddr(r).IsLoopback() && arrivedHere(r) && isOwnName(r.Host) && !isForwarded(r.Header) && isOwnPage(r.Header)
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

// isForwarded reports whether a header tells of a proxy.
func isForwarded(header http.Header) bool {
	for key := range header {
		switch key {
		case "Forwarded", "Via", "X-Real-Ip", "X-Client-Ip", "X-Cluster-Client-Ip", "True-Client-Ip", "Client-Ip":
			return true
		}
		for _, prefix := range [...]string{"X-Forwarded", "X-Original-", "X-Proxy", "Cf-", "Fastly-"} {
			if strings.HasPrefix(key, prefix) {
				return true
			}
		}
	}
	return false
}

// isOwnPage reports whether the page that made the browser send a request is of this machine: another site's could read
// an answer for which a hook allows that (CORS).
func isOwnPage(header http.Header) bool {
	for _, from := range header["Origin"] {
		if _, host, ok := hostname.ParseOrigin(from); !ok || !isOwnName(host) {
			return false
		}
	}
	return true
}
