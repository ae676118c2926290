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
// The client's request as it came: path and query byte for byte, method, body, Host. What a client says in X-Forwarded-
// headers, Forwarded and X-Real-Ip is taken out, and written anew from what the App knows, which heeds TRUSTED_PROXIES:
// X-Forwarded-For with one address, X-Forwarded-Host, -Proto, -Port and -Prefix, and X-Real-Ip. In the Flask application:
//
//	from werkzeug.middleware.proxy_fix import ProxyFix
//	app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1, x_prefix=1)
//
// Headers with an underscore in their name do not pass, because WSGI takes it for a hyphen, as nginx has it. Python must
// listen where nobody but the App comes to it.
//
// # What the client sees
//
// Python's answer, its errors included: they do not go to the App's error handlers. The App's hooks run around it. A
// header of the answer replaces one that a hook before it has set; Set-Cookie, Vary, Link and Server-Timing are added. What
// DEFAULT_SECURITY_HEADERS adds to the App's own answers is not: a page of Python may be meant for frames of another site.
// Websockets, and no other protocol by Upgrade, server-sent events, uploads, ranges, trailers and 1xx answers pass; an answer whose length Python does not
// tell is sent on as it comes, and a larger one than 64 kB before it is whole: an after-request hook can change the bodies
// of smaller ones alone.
//
// # The session
//
// A session that no hook opens costs nothing, and Python's cookie passes byte for byte. One that is open is handed over, see
// [dewar.HandOverSession]: what a hook changed before the proxy is in the Cookie header that Python gets, and what
// it changes after it is put on what Python has left. Exactly one Set-Cookie of the session leaves. [Check]
// compares the settings of both. The proxy belongs into the outermost App: one that is mounted in another hands over its own
// session alone.
//
// # What goes wrong
//
// Python that cannot be reached is a 503 with Retry-After, one that answers nonsense a 502, and one that takes longer than
// HeaderTimeout a 504, all by the App's error handlers. The request is not sent again once a byte of it may have
// reached Python, except as net/http does it: without a body, for a method that may be repeated, on a
// connection that was kept and is dead. A client that goes away cancels the request to Python.
package strangler
