// Package strangler moves a Flask application to dewar one route at a time, behind one port and without a logout.
//
//	app := dewar.New("blog", dewar.StaticFolder("")) // until static files move: they are Python's too
//	python := strangler.Proxy("http://127.0.0.1:5001")
//	app.SessionInterface = &flaskcookie.SessionInterface{}
//	app.Fallback(python, dewar.CrossOriginExempt())
//
// What a route of the App matches is answered in Go, everything else by Python. A route is moved by writing it, and moved
// back by taking it out.
//
// # What Python sees
//
// The client's request as it came: path and query byte for byte, method, body, Host, and every header but these. What a
// client says of itself is taken out:
//
//   - X-Forwarded- and whatever stands behind it, Forwarded, X-Real-Ip,
//   - X-Client-Ip, Client-Ip, X-Cluster-Client-Ip, X-Remote-Addr, True-Client-Ip, Cf-Connecting-Ip, Cf-Connecting-Ipv6,
//     Cf-Pseudo-Ipv4, Fastly-Client-Ip, Fly-Client-Ip, X-Appengine-User-Ip, X-Azure-Clientip, X-Azure-Socketip,
//     X-Envoy-External-Address, X-Original-Forwarded-For, X-Forward-For, X-Forwarded, Forwarded-For and Wl-Proxy-Client-Ip,
//   - Remote-User, X-Remote-User and X-Authenticated-User,
//   - X-Scheme, X-Url-Scheme, Front-End-Https, X-Host, X-Original-Host, X-Script-Name, X-Original-Url and X-Rewrite-Url,
//   - headers with an underscore in their name, because WSGI takes it for a hyphen, as nginx has it, and Proxy,
//   - what is for one connection: Connection and what that names, Keep-Alive, TE but for trailers, Upgrade but for websocket.
//
// X-Http-Method-Override and its like pass: what reads them in Python is not seen by the App, whose routes and hooks go by the
// method of the request. What one of TRUSTED_PROXIES says in the second line, the third, and in others of X-Forwarded- such
// as X-Forwarded-User, passes. Written anew from what the App knows are X-Forwarded-For with one address, X-Forwarded-Host,
// -Proto, -Port and -Prefix, and X-Real-Ip. In the Flask application:
//
//	from werkzeug.middleware.proxy_fix import ProxyFix
//	app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1, x_prefix=1)
//
// Python must listen where nobody but the App comes to it.
//
// # What the client sees
//
// Python's answer, its errors included: they do not go to the App's error handlers. The App's hooks run around it. A
// header of the answer replaces one that a hook before it has set; Set-Cookie, Vary, Link and Server-Timing are added. What
// DEFAULT_SECURITY_HEADERS adds to the App's own answers is not: a page of Python may be meant for frames of another site.
// Websockets, and no other protocol by Upgrade, server-sent events, uploads, ranges, trailers and 1xx answers pass; an
// answer whose length Python does not tell is sent on as it comes, and a larger one than 64 kB before it is whole: an
// after-request hook can change the bodies of smaller ones alone.
//
// # The session
//
// A session that no hook opens costs nothing, and Python's cookie passes byte for byte. One that is open is handed over, see
// [dewar.HandOverSession]: what a hook changed before the proxy is in the Cookie header that Python gets, and what
// it changes after it is put on what Python has left. Exactly one Set-Cookie of the session leaves. [Check]
// compares the settings of both. The proxy may be in an App that is mounted in another: the sessions of both are handed over.
//
// # What goes wrong
//
// Python that cannot be reached is a 503 with Retry-After, one that answers nonsense a 502, and one that takes longer than
// HeaderTimeout a 504, all by the App's error handlers. The request is not sent again once a byte of it may have
// reached Python, except as net/http does it: without a body, for a method that may be repeated, on a
// connection that was kept and is dead. A client that goes away, or closes the half of its connection
// that it sends on, cancels the request to Python.
package strangler
