"""The applications that internal/flasktest compares with dewar's, one for each configuration, on Werkzeug's own server.

It makes the files that they serve below the folder given as its argument, and prints a line of JSON: the versions, and
the address of each application by its name. It ends when its standard input does.
"""

import datetime
import decimal
import importlib.metadata
import io
import json
import os
import sys
import threading
import uuid

import flask
import werkzeug.serving
from flask import (Blueprint, Flask, Response, abort, after_this_request, flash, g, get_flashed_messages, jsonify,
                   make_response, redirect, render_template_string, request, send_file, send_from_directory, session,
                   stream_with_context, url_for)
from flask.views import MethodView, View
from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.routing import BaseConverter

ROOT = sys.argv[1]
MODIFIED = 1700000000  # Tue, 14 Nov 2023 22:13:20 GMT
KEY = "a key for the laboratory, long enough"
MOMENT = datetime.datetime(2024, 5, 6, 7, 8, 9, tzinfo=datetime.timezone.utc)
ALL = ["GET", "POST", "PUT", "PATCH", "DELETE"]
FILES = {
    "static/a.txt": b"0123456789",
    "static/page.html": b"<p>page</p>\n",
    "static/style.css": b"p { color: red }\n",
    "static/app.js": b"let a = 1\n",
    "static/data.json": b"{}\n",
    "static/pic.svg": b"<svg/>",
    "static/pic.png": b"\x89PNG\r\n",
    "static/archive.tar.gz": b"\x1f\x8b",
    "static/table.csv.gz": b"\x1f\x8b",
    "static/unknown.qqq": b"q",
    "static/noextension": b"n",
    "static/empty.txt": b"",
    "static/gr\u00fc\u00dfe.txt": b"hello",
    "static/with space.txt": b"space",
    "static/sub/index.html": b"index",
    "static/.hidden": b"hidden",
    "static/.well-known/a.txt": b"known",
    "static/UPPER.TXT": b"upper",
    "outside.txt": b"outside",
}


def make_files():
    for name, data in FILES.items():
        path = os.path.join(ROOT, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(data)
        os.utime(path, (MODIFIED, MODIFIED))


def new(name, **options):
    config = options.pop("config", {})
    static = options.pop("static_folder", None)
    app = Flask("lab." + name, root_path=ROOT, static_folder=static, **options)
    app.config.update(SECRET_KEY=KEY)
    app.config.update(config)
    return app


def text(value, status=200):
    return Response(value, status, content_type="text/plain; charset=utf-8")


def pairs(values):
    """The pairs of a MultiDict, sorted by key."""
    return "".join(f"{key}={value}\n" for key, all in sorted(values.lists()) for value in all)


def show(**values):
    """The endpoint and the values of the route."""
    return text(request.endpoint + "".join(f" {key}={value!s}" for key, value in sorted(values.items())))


# Routing


def routing(name, **options):
    app = new(name, **options)

    class List(BaseConverter):
        regex = r"[a-z]+(?:\+[a-z]+)*"

        def to_python(self, value):
            return "|".join(value.split("+"))

        def to_url(self, value):
            return "+".join(value.split("|"))

    class Even(BaseConverter):
        def to_python(self, value):
            if not value.isdecimal() or int(value) % 2:
                raise werkzeug.routing.ValidationError
            return int(value)

    app.url_map.converters.update(list=List, even=Even)
    for endpoint, rule, *more in [
        ("index", "/"), ("int", "/int/<int:v>"), ("signed", "/signed/<int(signed=True):v>"),
        ("fixed", "/fixed/<int(fixed_digits=3):v>"), ("range", "/range/<int(min=2, max=20):v>"),
        ("str", "/str/<v>"), ("len", "/len/<string(length=2):v>"), ("minmax", "/minmax/<string(minlength=2,maxlength=4):v>"),
        ("path", "/path/<path:v>"), ("edit", "/mid/<path:v>/edit"), ("revision", "/mid/<path:v>/rev/<int:n>"),
        ("uuid", "/uuid/<uuid:v>"), ("any", "/any/<any(red,green,'light blue'):v>"), ("anydot", "/anydot/<any('a.b','c+d'):v>"),
        ("two", "/two/<a>-<b>"), ("dotted", "/ext/<name>.<ext>"), ("version", "/v<int:n>/x"), ("at", "/@<user>"),
        ("branch", "/branch/"), ("leaf", "/leaf"), ("deep", "/branch/deep/leaf"), ("namebranch", "/names/<v>/"),
        ("pathbranch", "/paths/<path:v>/"), ("intbranch", "/ints/<int:v>/"),
        ("loose", "/loose", dict(strict_slashes=False)), ("loosebranch", "/loosebranch/", dict(strict_slashes=False)),
        ("unmerged", "/unmerged/<path:v>", dict(merge_slashes=False)),
        ("page", "/pages/", dict(defaults={"page": 1})), ("page", "/pages/<int:page>"),
        ("both", "/both", dict(defaults={"v": "x"})), ("both", "/both/<v>"),
        ("umlaut", "/gr\u00fc\u00dfe"), ("umlautname", "/gr\u00fc\u00dfe/<v>"), ("case", "/Case/Sensitive"),
        ("prioname", "/prio/<v>"), ("priostatic", "/prio/static"), ("prioint", "/prio/<int:v>"), ("priopath", "/prio/<path:v>"),
        ("priotwo", "/prio/<a>/<b>"), ("priotwostatic", "/prio/<a>/edit"), ("priostatictwo", "/prio/static/<b>"),
        ("space", "/with space"), ("plus", "/a+b"), ("percent", "/100%"), ("semi", "/semi;colon"), ("tilde", "/~home"),
        ("list", "/list/<list:v>"), ("even", "/even/<even:v>"), ("catch", "/catch/<path:v>"), ("catchroot", "/catch/"),
        ("dotfile", "/.dot/<v>"), ("colon", "/a:b/<v>"), ("comma", "/a,b"), ("dollar", "/$x"), ("paren", "/p(x)"),
        ("threes", "/three/<a>/<b>/<c>"), ("mixedint", "/mixed/<int:a>x<int:b>"), ("email", "/mail/<user>@<host>"),
    ]:
        app.add_url_rule(rule, endpoint, show, **(more[0] if more else {}))
    for endpoint, rule in [("float", "/float/<float:v>"), ("sfloat", "/sfloat/<float(signed=True):v>"),
                           ("rfloat", "/rfloat/<float(min=0.5,max=2.5):v>")]:
        app.add_url_rule(rule, endpoint, lambda v: text(f"{request.endpoint} v={v:.6f}"))
    app.add_url_rule("/old/<int:v>", "old", redirect_to="/int/<v>")
    app.add_url_rule("/olds/<v>", "olds", redirect_to="/str/<v>")
    app.add_url_rule("/oldpath/<path:v>", "oldpath", redirect_to="path/<v>")
    app.add_url_rule("/oldout/<v>", "oldout", redirect_to="https://example.org/<v>")
    return app


def methods(name, **options):
    app = new(name, **options)

    def answer():
        return Response(request.endpoint + " " + request.method, content_type="text/plain; charset=utf-8",
                        headers={"X-Method": request.method})

    for endpoint, rule, *more in [
        ("get", "/get"), ("post", "/post", ["POST"]), ("both", "/both", ["GET", "POST"]), ("put", "/put", ["PUT"]),
        ("patch", "/patch", ["PATCH"]), ("delete", "/delete", ["DELETE"]), ("all", "/all", ALL), ("head", "/head", ["HEAD"]),
        ("propfind", "/dav", ["PROPFIND"]), ("mkcol", "/dav", ["MKCOL"]), ("options", "/options", ["GET", "OPTIONS"]),
        ("splitget", "/split", ["GET"]), ("splitpost", "/split", ["POST"]), ("lower", "/lower", ["post", "put"]),
        ("item", "/items/<int:n>", ["GET"]), ("itemdelete", "/items/<int:n>", ["DELETE"]), ("itemname", "/items/<name>", ["POST"]),
        ("trace", "/trace", ["TRACE"]), ("branch", "/branch/", ["GET", "POST"]), ("branchpost", "/postbranch/", ["POST"]),
        ("mixed1", "/mixed/<name>", ["GET"]), ("mixed2", "/mixed/new", ["POST"]), ("link", "/link", ["LINK"]),
        ("query", "/query", ["QUERY"]),
    ]:
        view = (lambda n=None, name=None: answer())
        app.add_url_rule(rule, endpoint, view, methods=more[0] if more else None)
    app.add_url_rule("/noopts", "noopts", lambda: answer(), provide_automatic_options=False)

    class Things(MethodView):
        init_every_request = False

        def get(self, n=None):
            return text(f"things get {n}")

        def post(self, n=None):
            return text(f"things post {n}", 201)

        def delete(self, n=None):
            return "", 204

    class Heads(MethodView):
        def get(self):
            return text("get")

        def head(self):
            return Response("", headers={"X-Head": "yes"})

        def options(self):
            return Response("", headers={"X-Options": "yes"})

    class Plain(View):
        methods = ["GET", "PUT"]

        def dispatch_request(self):
            return text("plain " + request.method)

    view = Things.as_view("things")
    app.add_url_rule("/things", view_func=view, methods=["GET", "POST"])
    app.add_url_rule("/things/<int:n>", view_func=view, methods=["GET", "DELETE"])
    app.add_url_rule("/heads", view_func=Heads.as_view("heads"))
    app.add_url_rule("/plain", view_func=Plain.as_view("plain"))

    @app.errorhandler(405)
    def not_allowed(e):
        if request.path.startswith("/post"):
            return text("own 405", 405)
        return e

    class Override:
        def __init__(self, inner):
            self.inner = inner

        def __call__(self, environ, start_response):
            method = environ.get("HTTP_X_HTTP_METHOD_OVERRIDE", "").upper()
            if method in ALL:
                environ["REQUEST_METHOD"] = method
            return self.inner(environ, start_response)

    app.wsgi_app = Override(app.wsgi_app)
    return app


def hosts(name, **options):
    app = Flask("lab." + name, root_path=ROOT, static_folder=None, host_matching=True)
    app.config.update(SECRET_KEY=KEY)
    app.add_url_rule("/", "main", show, host="example.com")
    app.add_url_rule("/", "www", show, host="www.example.com")
    app.add_url_rule("/", "user", show, host="<user>.example.org")
    app.add_url_rule("/", "port", show, host="example.net:8080")
    app.add_url_rule("/only", "only", show, host="example.com")
    app.add_url_rule("/branch/", "branch", show, host="example.com")
    app.add_url_rule("/post", "post", show, host="example.com", methods=["POST"])
    app.add_url_rule("/links", "links", lambda: text(" ".join([
        url_for("main"), url_for("www"), url_for("user", user="ann"), url_for("only"), url_for("main", _external=True)])),
        host="example.com")
    return app


def subdomains(name, **options):
    app = Flask("lab." + name, root_path=ROOT, static_folder=None, subdomain_matching=True)
    app.config.update(SECRET_KEY=KEY, SERVER_NAME=options.get("server_name", "example.com"))
    app.add_url_rule("/", "main", show)
    app.add_url_rule("/", "api", show, subdomain="api")
    app.add_url_rule("/", "user", show, subdomain="<user>")
    app.add_url_rule("/only", "only", show, subdomain="api")
    app.add_url_rule("/branch/", "branch", show, subdomain="api")
    app.add_url_rule("/links", "links", lambda: text(" ".join([
        url_for("main"), url_for("api"), url_for("user", user="ann"), url_for("only"), url_for("main", _external=True)])))
    bp = Blueprint("bp", __name__, subdomain="bp")
    bp.add_url_rule("/", "index", show)
    bp.add_url_rule("/x/<int:n>", "x", show)
    app.register_blueprint(bp)
    return app


# Input


def inputs(name, **options):
    app = new(name, **options)

    @app.get("/query")
    def query():
        return text(pairs(request.args))

    @app.get("/typed")
    def typed():
        return text("n={} f={:.3f}".format(request.args.get("n", 5, type=int), request.args.get("f", 0.5, type=float)))

    @app.get("/need")
    def need():
        return text(request.args["q"])

    @app.get("/has")
    def has():
        return text(str("q" in request.args).lower() + " " + ",".join(request.args.getlist("q")))

    @app.get("/first")
    def first():
        return text(request.args.get("q", "none"))

    @app.route("/form", methods=ALL)
    def form():
        files = "".join(
            f"{key}: {f.filename} {f.mimetype} {f.read().hex()}\n"
            for key, all in sorted(request.files.lists()) for f in all)
        return text(pairs(request.form) + files)

    @app.route("/form/need", methods=ALL)
    def form_need():
        return text(request.form["q"])

    @app.route("/form/file", methods=ALL)
    def form_file():
        return text(request.files["file"].filename)

    @app.route("/both", methods=ALL)
    def both():
        return text("query " + pairs(request.args) + "form " + pairs(request.form))

    @app.route("/values", methods=ALL)
    def values():
        return text(str(request.values.get("q")))

    @app.route("/raw", methods=ALL)
    def raw():
        return text(str(len(request.get_data())) + " " + request.get_data().hex()[:80])

    @app.route("/rawform", methods=ALL)
    def rawform():
        data = request.get_data()
        return text(str(len(data)) + " " + pairs(request.form))

    @app.route("/json", methods=ALL)
    def get_json():
        return jsonify(request.get_json())

    @app.route("/json/silent", methods=ALL)
    def json_silent():
        return jsonify(request.get_json(silent=True))

    @app.route("/json/force", methods=ALL)
    def json_force():
        return jsonify(request.get_json(force=True))

    @app.route("/json/session", methods=ALL)
    def json_session():
        session["v"] = request.get_json()
        return jsonify(session["v"])

    @app.route("/isjson", methods=ALL)
    def is_json():
        return text(str(request.is_json).lower())

    @app.get("/cookie")
    def cookie():
        return text("".join(f"{n}={request.cookies[n]}\n" for n in ("a", "b", "c", "d e", "\u00fc") if n in request.cookies))

    @app.get("/header")
    def header():
        return text("[" + request.headers.get("X-A", "none") + "]")

    @app.get("/accept")
    def accept():
        return text(request.accept_mimetypes.best_match(["text/html", "application/json", "text/plain"]) or "none")

    @app.route("/seen/<path:v>", methods=ALL)
    @app.route("/seen/", methods=ALL)
    def seen(v=""):
        return text("".join(f"{n}={x}\n" for n, x in [
            ("path", request.path), ("query", request.query_string.decode()), ("url", request.url),
            ("base", request.url_root), ("host", request.host), ("scheme", request.scheme), ("v", v)]))

    @app.get("/session/query")
    def session_query():
        session["q"] = request.args.get("q", "")
        flash(request.args.get("q", ""))
        return text(session["q"])

    return app


# Output


def outputs(name, **options):
    app = new(name, **options)

    def gives(rule, value, **more):
        app.add_url_rule(rule, rule, (lambda **_: value()) if callable(value) else (lambda **_: value), **more)

    gives("/str", "<p>hello</p>")
    gives("/empty", "")
    gives("/bytes", b"\xff\xfe")
    gives("/unicode", "gr\u00fc\u00dfe \u20ac \U0001f600")
    gives("/201", ("made", 201))
    gives("/headers", ("x", 200, {"X-A": "1", "X-B": "\u00fc"}))
    gives("/headerlist", ("x", [("X-A", "1"), ("X-A", "2")]))
    gives("/type", ("x", 200, {"Content-Type": "text/csv"}))
    gives("/typeupper", lambda: Response("x", content_type="TEXT/Plain"))
    gives("/mimetype", lambda: Response("x", mimetype="text/xml"))
    gives("/octets", lambda: Response(b"\0\1", mimetype="application/octet-stream"))
    gives("/204", ("", 204))
    gives("/204body", ("body", 204))
    gives("/205", ("", 205))
    gives("/304", ("", 304))
    gives("/304body", lambda: Response("body", 304, headers={"ETag": '"x"'}))
    gives("/299", ("x", 299))
    gives("/400", ("x", 400))
    gives("/500", ("x", 500))
    gives("/599", ("x", 599))
    gives("/none", None)
    gives("/dict", {"b": 1, "a": 2})
    gives("/list", [1, "a", None])
    gives("/dict201", ({"a": 1}, 201))
    gives("/dictheaders", ({"a": 1}, {"X-A": "1"}))
    gives("/head", "0123456789")
    gives("/large", "x" * 100000)
    gives("/huge", "x" * 3000000)
    for key, value in JSON.items():
        gives("/json/" + key, (lambda value: lambda: jsonify(value))(value))

    @app.get("/redirect")
    def to():
        return redirect(request.args["to"], int(request.args.get("code", 302)))

    @app.get("/redirect/fixed/<name>")
    def fixed(name):
        return redirect(TARGETS[name])

    @app.get("/autocorrect")
    def auto():
        r = redirect("/x")
        r.autocorrect_location_header = True
        return r

    @app.get("/setheader")
    def setheader():
        r = make_response("x")
        r.headers["X-A"] = request.args["v"]
        return r

    @app.get("/setcookie/<name>")
    def setcookie(name):
        r = make_response("x")
        for args, options in COOKIES[name]:
            r.set_cookie(*args, **options)
        return r

    @app.get("/deletecookie/<name>")
    def deletecookie(name):
        r = make_response("x")
        if name == "plain":
            r.delete_cookie("a")
        elif name == "path":
            r.delete_cookie("a", path="/x", domain="example.com")
        elif name == "secure":
            r.delete_cookie("a", secure=True, httponly=True, samesite="Strict")
        elif name == "setanddelete":
            r.set_cookie("a", "1")
            r.delete_cookie("a")
        return r

    @app.get("/stream")
    def stream():
        return Response((part for part in ["a", "b", "c"]), mimetype="text/plain")

    @app.get("/stream/default")
    def stream_default():
        return Response(part for part in ["<p>", "b", "</p>"])

    @app.get("/stream/empty")
    def stream_empty():
        return Response(iter(()))

    @app.get("/stream/status")
    def stream_status():
        return Response((part for part in ["a"]), 201, {"X-A": "1", "Content-Type": "text/csv"})

    @app.get("/stream/context")
    def stream_context():
        def parts():
            yield "hello "
            yield request.args.get("name", "nobody")
        return Response(stream_with_context(parts()))

    @app.get("/stream/fails")
    def stream_fails():
        raise RuntimeError("before the first")

    @app.get("/etag")
    def etag():
        r = make_response("0123456789")
        r.set_etag("abc", weak=request.args.get("weak") == "1")
        r.last_modified = MODIFIED and datetime.datetime.fromtimestamp(MODIFIED, datetime.timezone.utc)
        return r.make_conditional(request, accept_ranges=True, complete_length=10)

    @app.get("/cache")
    def cache():
        r = make_response("x")
        r.cache_control.max_age = 60
        r.cache_control.public = True
        r.headers["Vary"] = "Accept"
        return r

    @app.get("/vary")
    def vary():
        session.get("x")
        r = make_response("x")
        r.headers["Vary"] = "Accept-Encoding"
        return r

    @app.get("/after")
    def after():
        @after_this_request
        def add(r):
            r.headers["X-After"] = "1"
            return r
        return "x"

    @app.get("/retry")
    def retry():
        return "later", 503, {"Retry-After": "120"}

    @app.get("/auth")
    def auth():
        return Response("who", 401, {"WWW-Authenticate": 'Basic realm="x"'})

    for name, source in TEMPLATES.items():
        app.add_url_rule("/tpl/" + name, "tpl" + name, (lambda source: lambda: render_template_string(
            source, name="<b>\"x\" & 'y'</b>", items=["a", "<"], n=7, empty="", none=None, nested={"k": "v"}))(source))

    @app.get("/tplarg")
    def tplarg():
        return render_template_string("<p title=\"{{ q }}\">{{ q }}</p>", q=request.args.get("q", ""))

    return app


JSON = {
    "object": {"b": 1, "a": 2, "C": 3}, "nested": {"z": {"y": 1, "x": [1, {"b": 0, "a": 0}]}}, "empty": {}, "list": [],
    "null": None, "true": True, "int": 7, "big": 12345678901234567890123, "neg": -1, "float": 1.5, "whole": 1.0,
    "exp": 1e30, "small": 1e-7, "third": 1 / 3, "max": 9007199254740993, "str": "hello", "quote": "\"\\/\b\f\n\r\t",
    "html": "<script>&'", "unicode": "gr\u00fc\u00dfe", "astral": "\U0001f600", "control": "\x00\x1f\x7f",
    "separators": "\u2028\u2029", "key": {"\u00fc": 1, "<": 2}, "mixed": [1, "a", None, True, 1.5, {}, []],
    "date": datetime.date(2024, 5, 6), "datetime": MOMENT, "naive": datetime.datetime(2024, 5, 6, 7, 8, 9),
    "micro": datetime.datetime(2024, 5, 6, 7, 8, 9, 123456, datetime.timezone.utc),
    "zone": datetime.datetime(2024, 5, 6, 7, 8, 9, tzinfo=datetime.timezone(datetime.timedelta(hours=2))),
    "uuid": uuid.UUID("12345678-1234-5678-1234-567812345678"), "decimal": decimal.Decimal("1.50"),
    "tuple": (1, 2), "intkeys": {2: "b", 10: "a"}, "deep": [[[[[[[[[[]]]]]]]]]], "emptystr": "", "zero": 0, "negzero": -0.0,
    "spaces": {"a b": " "},
}

TARGETS = {
    "relative": "x", "dot": "./x", "dotdot": "../x", "absolute": "/x", "query": "/x?a=1&b=2", "fragment": "/x#top",
    "external": "https://example.com/a?b=c#d", "scheme": "//example.com/x", "umlaut": "/gr\u00fc\u00dfe?q=\u00fc",
    "space": "/a b", "quote": "/a\"b", "angle": "/a<b>", "percent": "/100%25?q=%20", "badpercent": "/100%", "plus": "/a+b?c+d",
    "idn": "https://b\u00fccher.example/x", "emptyquery": "/x?", "pipe": "/a|b", "brace": "/{a}", "caret": "/a^b`c",
    "mailto": "mailto:a@example.com", "javascript": "javascript:alert(1)", "backslash": "/a\\b", "empty": "", "port": "http://h:8080/x",
    "user": "http://u:p@h/x", "ipv6": "http://[::1]:80/x", "semi": "/a;b=c", "encoded": "/%2F%2e", "apostrophe": "/a'b", "star": "/a*b",
    "astral": "/\U0001f600", "latin": "/caf\u00e9", "upper": "HTTP://EXAMPLE.com/X", "brackets": "/a[1]", "at": "/@x", "tilde": "/~x",
}

EXPIRES = datetime.datetime(2099, 1, 2, 3, 4, 5, tzinfo=datetime.timezone.utc)
COOKIES = {
    "plain": [(("a", "1"), {})], "empty": [(("a", ""), {})], "default": [(("a",), {})],
    "space": [(("a", "x y"), {})], "quote": [(("a", 'x"y'), {})], "semi": [(("a", "x;y"), {})], "comma": [(("a", "x,y"), {})],
    "backslash": [(("a", "x\\y"), {})], "umlaut": [(("a", "gr\u00fc\u00dfe"), {})], "astral": [(("a", "\U0001f600"), {})],
    "equals": [(("a", "x=y="), {})], "plus": [(("a", "x+y/z"), {})], "control": [(("a", "x\x01y"), {})], "newline": [(("a", "x\ny"), {})],
    "percent": [(("a", "%20"), {})], "edges": [(("a", " x "), {})], "json": [(("a", '{"k": [1, "v"]}'), {})],
    "maxage": [(("a", "1"), dict(max_age=60))], "maxage0": [(("a", "1"), dict(max_age=0))],
    "expires": [(("a", "1"), dict(expires=EXPIRES))], "path": [(("a", "1"), dict(path="/x"))], "nopath": [(("a", "1"), dict(path=None))],
    "domain": [(("a", "1"), dict(domain="example.com"))], "dotdomain": [(("a", "1"), dict(domain=".example.com"))],
    "secure": [(("a", "1"), dict(secure=True))], "httponly": [(("a", "1"), dict(httponly=True))],
    "lax": [(("a", "1"), dict(samesite="Lax"))], "strict": [(("a", "1"), dict(samesite="Strict"))],
    "none": [(("a", "1"), dict(samesite="None"))], "nonesecure": [(("a", "1"), dict(samesite="None", secure=True))],
    "partitioned": [(("a", "1"), dict(partitioned=True))],
    "everything": [(("a", "1"), dict(max_age=60, expires=EXPIRES, path="/x", domain="example.com", secure=True, httponly=True, samesite="Lax"))],
    "two": [(("a", "1"), {}), (("b", "2"), {})], "same": [(("a", "1"), {}), (("a", "2"), {})],
    "samepath": [(("a", "1"), {}), (("a", "2"), dict(path="/x"))], "large": [(("a", "x" * 5000), {})],
    "host": [(("__Host-a", "1"), dict(secure=True))], "dotname": [(("a.b", "1"), {})],
}

TEMPLATES = {
    "plain": "hello", "escape": "<p>{{ name }}</p>", "attr": "<p title=\"{{ name }}\">x</p>", "safe": "{{ '<b>'|safe }}",
    "missing": "[{{ nothing }}]", "loop": "{% for i in items %}{{ i }},{% endfor %}", "number": "{{ n }}", "empty": "[{{ empty }}]",
    "if": "{% if n == 7 %}yes{% else %}no{% endif %}", "nested": "{{ nested.k }}", "missingkey": "[{{ nested.x }}]",
    "unicode": "gr\u00fc\u00dfe {{ n }} \u20ac", "comment": "a{# no #}b", "elseloop": "{% for i in [] %}x{% else %}none{% endfor %}",
}


# Errors


class Own(Exception):
    pass


class OwnChild(Own):
    pass


class Unhandled(Exception):
    pass


class Broken(Exception):
    pass


class Teapot(HTTPException):
    code = 418
    description = "short and stout"


def errors(name, handlers=True, **options):
    app = new(name, **options)

    @app.route("/abort/<int:code>", methods=ALL)
    def abort_code(code):
        abort(code)

    @app.get("/abort/<int:code>/<message>")
    def abort_message(code, message):
        abort(code, message)

    @app.get("/abort/response")
    def abort_response():
        abort(Response("own", 409, {"X-Own": "1"}))

    @app.get("/abort/html")
    def abort_html():
        abort(400, "<b>&")

    @app.get("/abort/retry")
    def abort_retry():
        raise werkzeug.exceptions.ServiceUnavailable(retry_after=30)

    @app.get("/abort/auth")
    def abort_auth():
        raise werkzeug.exceptions.Unauthorized(www_authenticate=werkzeug.datastructures.WWWAuthenticate("basic", {"realm": "x"}))

    @app.get("/abort/allow")
    def abort_allow():
        raise werkzeug.exceptions.MethodNotAllowed(["GET", "PUT"])

    @app.get("/abort/range")
    def abort_range():
        raise werkzeug.exceptions.RequestedRangeNotSatisfiable(length=10)

    for kind, error in [("own", Own), ("child", OwnChild), ("unhandled", Unhandled), ("teapot", Teapot), ("broken", Broken),
                        ("key", KeyError), ("value", ValueError), ("zero", ZeroDivisionError)]:
        def raiser(error=error):
            raise error("message")
        app.add_url_rule("/raise/" + kind, "raise" + kind, raiser)

    @app.get("/partial")
    def partial():
        @after_this_request
        def add(r):
            r.headers["X-After"] = "1"
            return r
        session["x"] = 1
        abort(409)

    @app.get("/wrapped")
    def wrapped():
        try:
            abort(404)
        except NotFound as e:
            raise RuntimeError("wrapped") from e

    @app.get("/only/get")
    def only_get():
        return text("get")

    def blueprint(name, **more):
        bp = Blueprint(name, __name__, **more)

        @bp.get("/own")
        def own():
            raise Own("message")

        @bp.get("/child")
        def child():
            raise OwnChild("message")

        @bp.get("/abort/<int:code>")
        def bp_abort(code):
            abort(code)

        @bp.get("/unhandled")
        def unhandled():
            raise Unhandled("message")
        return bp

    with_handlers, without = blueprint("bp", url_prefix="/bp"), blueprint("plain", url_prefix="/plain")
    inner = blueprint("inner", url_prefix="/inner")
    if handlers:
        @app.errorhandler(404)
        def not_found(e):
            return text("app 404 " + e.name, 404)

        @app.errorhandler(409)
        def conflict(e):
            return text("app 409 without a status")

        @app.errorhandler(410)
        def gone(e):
            return redirect("/moved")

        @app.errorhandler(413)
        def jsoned(e):
            return jsonify(error=e.code), 413

        @app.errorhandler(Own)
        def own(e):
            return text("app Own " + type(e).__name__, 400)

        @app.errorhandler(Broken)
        def broken(e):
            raise RuntimeError("the handler fails")

        @app.errorhandler(422)
        def aborts(e):
            abort(404)

        @app.errorhandler(500)
        def internal(e):
            original = getattr(e, "original_exception", None)
            return text("app 500 " + type(original or e).__name__, 500)

        @with_handlers.errorhandler(404)
        def bp_not_found(e):
            return text("bp 404", 404)

        @with_handlers.errorhandler(OwnChild)
        def bp_child(e):
            return text("bp OwnChild", 400)

        @with_handlers.app_errorhandler(451)
        def bp_legal(e):
            return text("bp app 451", 451)

        @inner.errorhandler(403)
        def inner_forbidden(e):
            return text("inner 403", 403)
    with_handlers.register_blueprint(inner)
    app.register_blueprint(with_handlers)
    app.register_blueprint(without)
    return app


def generic(name, **options):
    app = errors(name, handlers=False, **options)

    @app.errorhandler(HTTPException)
    def http(e):
        return text(f"http {e.code} {e.name}", e.code)

    @app.errorhandler(Exception)
    def every(e):
        return text("every " + type(e).__name__, 500)

    return app


# Hooks


def hooks(name, **options):
    app = new(name, **options)
    parent, child = Blueprint("parent", __name__, url_prefix="/parent"), Blueprint("child", __name__, url_prefix="/child")

    def note(step):
        g.setdefault("steps", []).append(step)

    def before(scope, label):
        def hook():
            note("before " + label)
            if request.args.get("stop") == label:
                return text("stopped by " + label + ": " + ", ".join(g.steps))
            if request.args.get("abort") == label:
                abort(403)
            if request.args.get("fail") == label:
                raise RuntimeError("fails")
        scope.before_request(hook)

    def after(scope, label):
        def hook(r):
            note("after " + label)
            if request.args.get("failafter") == label:
                raise RuntimeError("fails")
            r.headers["X-Steps"] = ", ".join(g.steps)
            if request.args.get("replace") == label:
                return text("replaced", 202)
            return r
        scope.after_request(hook)

    before(app, "app1")
    before(app, "app2")
    after(app, "app1")
    after(app, "app2")
    before(parent, "parent")
    after(parent, "parent")
    before(child, "child")
    after(child, "child")

    @parent.before_app_request
    def parent_app():
        note("before parent-app")

    @parent.after_app_request
    def parent_after_app(r):
        note("after parent-app")
        return r

    @app.url_value_preprocessor
    def pull(endpoint, values):
        note("values app")
        if values and "lang" in values:
            g.lang = values.pop("lang")

    @child.url_value_preprocessor
    def pull_child(endpoint, values):
        note("values child")

    @app.url_defaults
    def push(endpoint, values):
        if app.url_map.is_endpoint_expecting(endpoint, "lang") and "lang" not in values:
            values["lang"] = g.get("lang", "en")

    def view(**values):
        note("view")
        if request.args.get("this"):
            @after_this_request
            def this(r):
                note("this")
                return r
        if request.args.get("error"):
            abort(int(request.args["error"]))
        if request.args.get("raise"):
            raise RuntimeError("raised")
        return text(", ".join(g.steps))

    app.add_url_rule("/", "index", view)
    app.add_url_rule("/post", "post", view, methods=["POST"])
    app.add_url_rule("/<lang>/page", "page", lambda: text(url_for("page") + " " + url_for("page", lang="fr") + " " + g.lang))
    parent.add_url_rule("/", "index", view)
    child.add_url_rule("/", "index", view)
    child.add_url_rule("/<int:n>", "number", view)
    parent.register_blueprint(child)
    app.register_blueprint(parent)

    @app.errorhandler(418)
    def teapot(e):
        note("handler 418")
        return text(", ".join(g.steps), 418)

    return app


# URLs


def urls(name, **options):
    prefix = options.pop("mounted", None)
    app = new(name, **options)
    bp = Blueprint("bp", __name__, url_prefix="/bp")
    inner = Blueprint("inner", __name__, url_prefix="/inner")

    def nothing(**values):
        return text("")

    for endpoint, rule in [("index", "/"), ("int", "/int/<int:v>"), ("str", "/str/<v>"), ("path", "/path/<path:v>"),
                           ("float", "/float/<float:v>"), ("uuid", "/uuid/<uuid:v>"), ("any", "/any/<any(a,b):v>"),
                           ("fixed", "/fixed/<int(fixed_digits=4):v>"), ("branch", "/branch/"), ("umlaut", "/gr\u00fc\u00dfe/<v>")]:
        app.add_url_rule(rule, endpoint, nothing)
    app.add_url_rule("/pages/", "page", nothing, defaults={"page": 1})
    app.add_url_rule("/pages/<int:page>", "page", nothing)
    app.add_url_rule("/post", "method", nothing, methods=["POST"])
    app.add_url_rule("/get", "method", nothing, methods=["GET"])
    for blueprint in (bp, inner):
        blueprint.add_url_rule("/", "index", nothing)
        blueprint.add_url_rule("/here", "here", lambda: text(" ".join([url_for(".index"), url_for("index"), url_for(".here")])))
    bp.register_blueprint(inner)
    app.register_blueprint(bp)
    for key, (endpoint, values) in URLS.items():
        app.add_url_rule("/for/" + key, "for" + key,
                         (lambda endpoint, values: lambda: text(url_for(endpoint, **values)))(endpoint, values))
    app.add_url_rule("/go/<endpoint>", "go", lambda endpoint: redirect(url_for(endpoint)))
    app.add_url_rule("/seen", "seen", lambda: text(f"{request.path} {request.script_root} {request.url} {request.url_root}"))
    app.add_url_rule("/session", "session", lambda: (session.update(a=1), text("set"))[1])
    return app


URLS = {
    "index": ("index", {}), "int": ("int", {"v": 7}), "intneg": ("int", {"v": -7}), "inttext": ("int", {"v": "7"}), "str": ("str", {"v": "a"}),
    "space": ("str", {"v": "a b"}), "slash": ("str", {"v": "a/b"}), "umlaut": ("str", {"v": "\u00fc"}), "percent": ("str", {"v": "100%"}),
    "question": ("str", {"v": "a?b#c"}), "reserved": ("str", {"v": "!$&'()*+,;=:@-._~"}), "quote": ("str", {"v": "\"<>\\^`{|}[]"}),
    "empty": ("str", {"v": ""}), "dots": ("str", {"v": ".."}), "path": ("path", {"v": "a/b c/d"}), "pathlead": ("path", {"v": "/a"}),
    "pathdots": ("path", {"v": "a/../b"}), "pathdouble": ("path", {"v": "a//b"}), "float": ("float", {"v": 1.5}), "floatint": ("float", {"v": 2}),
    "floatbig": ("float", {"v": 1e20}), "uuid": ("uuid", {"v": uuid.UUID("12345678-1234-5678-1234-567812345678")}),
    "any": ("any", {"v": "a"}), "anybad": ("any", {"v": "c"}), "fixed": ("fixed", {"v": 7}), "fixedbig": ("fixed", {"v": 12345}), "branch": ("branch", {}),
    "umlautrule": ("umlaut", {"v": "x"}), "query": ("index", {"q": "a b"}), "querylist": ("index", {"q": [1, 2]}), "querynone": ("index", {"q": None}),
    "queryempty": ("index", {"q": ""}), "queryumlaut": ("index", {"q": "\u00fc"}), "queryreserved": ("index", {"q": "a&b=c+d/e?f#g%h"}),
    "querysort": ("index", {"b": 1, "a": 2}), "querybool": ("index", {"q": True}), "queryint": ("index", {"q": 7}), "queryfloat": ("index", {"q": 1.5}),
    "extra": ("int", {"v": 7, "x": 1}), "anchor": ("index", {"_anchor": "top"}), "anchorspace": ("index", {"_anchor": "a b"}),
    "anchorreserved": ("index", {"_anchor": "x&y=1?/z#\u00fc"}), "external": ("index", {"_external": True}), "scheme": ("index", {"_scheme": "https"}),
    "schemeexternal": ("index", {"_scheme": "https", "_external": True}), "externalint": ("int", {"v": 1, "_external": True}),
    "page": ("page", {"page": 2}), "pagedefault": ("page", {"page": 1}), "pagenone": ("page", {}), "methodpost": ("method", {"_method": "POST"}),
    "methodget": ("method", {"_method": "GET"}), "method": ("method", {}), "bp": ("bp.index", {}), "inner": ("bp.inner.index", {}),
    "unknown": ("nothing", {}), "missing": ("int", {}), "bad": ("int", {"v": "x"}), "querykey": ("index", {"a b": "1"}), "both": ("index", {"q": "1", "_anchor": "x"}),
}


# Sessions


def sessions(name, **options):
    app = new(name, **options)

    @app.get("/set")
    def set_values():
        for key, value in request.args.items():
            session[key] = value
        return text("set")

    @app.get("/get")
    def get_values():
        return text(" ".join(f"{key}={'' if value is None else value}" for key, value in sorted(session.items()) if not key.startswith("_")))

    @app.get("/none")
    def none():
        return text("none")

    @app.get("/pop/<key>")
    def pop(key):
        return text(str(session.pop(key, "nothing")))

    @app.get("/clear")
    def clear():
        session.clear()
        return text("clear")

    @app.get("/permanent")
    def permanent():
        session.permanent = True
        session["p"] = "1"
        return text("permanent")

    @app.get("/volatile")
    def volatile():
        session.permanent = False
        return text("volatile")

    @app.get("/onlypermanent")
    def only_permanent():
        session.permanent = True
        return text("only")

    @app.get("/touch")
    def touch():
        session.modified = True
        return text("touch")

    @app.get("/in")
    def contains():
        return text(str("a" in session).lower())

    @app.get("/same")
    def same():
        session["a"] = session.get("a")
        return text("same")

    @app.get("/nested")
    def nested():
        session["cart"] = {"items": [1, 2]}
        return text("nested")

    @app.get("/nested/read")
    def nested_read():
        return jsonify(session.get("cart"))

    @app.get("/types")
    def types():
        session["v"] = {"t": (1, 2), "b": b"x", "d": MOMENT, "u": uuid.UUID(int=1), "n": None, "f": 1.0, "i": 2**70}
        return text("types")

    @app.get("/types/read")
    def types_read():
        v = session["v"]
        return text(f"{len(v['t'])} {v['b'].hex()} {v['d'].isoformat()} {v['u']} {v['f']:.1f} {v['i']}")

    @app.get("/setdefault")
    def setdefault():
        return text(session.setdefault("a", "default"))

    @app.get("/error")
    def error():
        session["e"] = "1"
        abort(400)

    @app.get("/crash")
    def crash():
        session["e"] = "1"
        raise RuntimeError("crash")

    @app.get("/vary")
    def vary():
        session.get("a")
        r = make_response("x")
        r.headers["Vary"] = "Accept"
        return r

    @app.get("/redirect")
    def redirected():
        session["r"] = "1"
        return redirect("/get")

    @app.get("/large")
    def large():
        session["l"] = "".join(chr(33 + i * 7919 % 90) for i in range(2000))
        return text("large")

    @app.get("/flash/<message>")
    def flash_message(message):
        flash(message, request.args.get("category", "message"))
        return text("flashed")

    @app.get("/flashtwo")
    def flash_two():
        flash("one", "error")
        flash("two")
        flash("three", "error")
        return text("flashed")

    @app.get("/flashes")
    def flashes():
        messages = get_flashed_messages(with_categories=True, category_filter=request.args.getlist("only"))
        return text("".join(f"{category}: {message}\n" for category, message in messages))

    @app.get("/flashtwice")
    def flash_twice():
        first = get_flashed_messages()
        return text(f"{len(first)} {len(get_flashed_messages())}")

    @app.get("/flashhere")
    def flash_here():
        flash("here")
        return text(" ".join(get_flashed_messages()))

    @app.get("/sub/get")
    def sub_get():
        return get_values()

    return app


# Files


def files(name, **options):
    app = new(name, **options)
    folder = os.path.join(ROOT, "static")

    @app.get("/send/<path:name>")
    def send(name):
        return send_from_directory(folder, name)

    def sends(kind, *args, **kwargs):
        app.add_url_rule("/file/" + kind, "file" + kind, lambda: send_file(*args, **kwargs))

    path = os.path.join(folder, "a.txt")
    sends("plain", path)
    sends("attachment", path, as_attachment=True)
    sends("named", path, as_attachment=True, download_name="report.txt")
    sends("inline", path, download_name="report.csv")
    sends("umlaut", path, as_attachment=True, download_name="gr\u00fc\u00dfe.txt")
    sends("quoted", path, as_attachment=True, download_name='a "b".txt')
    sends("spaced", path, as_attachment=True, download_name="a b.txt")
    sends("type", path, mimetype="application/x-own")
    sends("texttype", path, mimetype="text/x-own")
    sends("maxage", path, max_age=60)
    sends("maxage0", path, max_age=0)
    sends("etag", path, etag="abc")
    sends("noetag", path, etag=False)
    sends("modified", path, last_modified=1600000000)
    sends("unconditional", path, conditional=False)
    sends("gz", os.path.join(folder, "table.csv.gz"))
    sends("targz", os.path.join(folder, "archive.tar.gz"))
    sends("png", os.path.join(folder, "pic.png"))
    sends("noextension", os.path.join(folder, "noextension"))
    sends("missing", os.path.join(folder, "missing.txt"))
    sends("folder", folder)
    app.add_url_rule("/file/bytes", "filebytes", lambda: send_file(io.BytesIO(b"0123456789"), mimetype="text/plain"))
    app.add_url_rule("/file/bytesnamed", "filebytesnamed", lambda: send_file(io.BytesIO(b"0123456789"), download_name="b.csv", as_attachment=True))
    app.add_url_rule("/file/bytesnotype", "filebytesnotype", lambda: send_file(io.BytesIO(b"0123456789")))
    app.add_url_rule("/file/bytesetag", "filebytesetag", lambda: send_file(io.BytesIO(b"0123456789"), mimetype="text/plain", etag="abc", last_modified=1600000000))

    @app.get("/file/session")
    def with_session():
        session["a"] = 1
        return send_file(path)
    return app


def mounted(name):
    from werkzeug.middleware.dispatcher import DispatcherMiddleware

    app = new(name)
    app.add_url_rule("/", "index", lambda: text("outer"))
    inner = urls(name + "inner")
    app.wsgi_app = DispatcherMiddleware(app.wsgi_app, {"/m": inner.wsgi_app})
    return app


def proxied(name):
    from werkzeug.middleware.proxy_fix import ProxyFix

    app = urls(name)
    app.add_url_rule("/client", "client", lambda: text(f"{request.remote_addr} {request.host} {request.scheme} {request.url}"))
    app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1, x_port=1, x_prefix=1)
    return app


APPS = {
    "routing": lambda n: routing(n),
    "methods": lambda n: methods(n),
    "nooptions": lambda n: methods(n, config={"PROVIDE_AUTOMATIC_OPTIONS": False}),
    "hosts": hosts,
    "subdomains": subdomains,
    "subport": lambda n: subdomains(n, server_name="example.com:8080"),
    "inputs": lambda n: inputs(n),
    "limits": lambda n: inputs(n, config={"MAX_CONTENT_LENGTH": 1000, "MAX_FORM_MEMORY_SIZE": 500, "MAX_FORM_PARTS": 3}),
    "trusted": lambda n: inputs(n, config={"TRUSTED_HOSTS": ["example.com", ".example.org"]}),
    "outputs": lambda n: outputs(n),
    "errors": lambda n: errors(n),
    "bare": lambda n: errors(n, handlers=False),
    "generic": lambda n: generic(n),
    "hooks": lambda n: hooks(n),
    "urls": lambda n: urls(n),
    "rooted": lambda n: urls(n, config={"APPLICATION_ROOT": "/root"}),
    "named": lambda n: urls(n, config={"SERVER_NAME": "example.com"}),
    "https": lambda n: urls(n, config={"PREFERRED_URL_SCHEME": "https"}),
    "mounted": mounted,
    "proxied": proxied,
    "sessions": lambda n: sessions(n),
    "strict": lambda n: sessions(n, config={
        "SESSION_COOKIE_NAME": "own", "SESSION_COOKIE_DOMAIN": "example.com", "SESSION_COOKIE_PATH": "/sub", "SESSION_COOKIE_SECURE": True,
        "SESSION_COOKIE_HTTPONLY": False, "SESSION_COOKIE_SAMESITE": "Strict", "SESSION_COOKIE_PARTITIONED": True}),
    "unrefreshed": lambda n: sessions(n, config={"SESSION_REFRESH_EACH_REQUEST": False}),
    "nokey": lambda n: sessions(n, config={"SECRET_KEY": None}),
    "files": lambda n: files(n, static_folder="static"),
    "aged": lambda n: files(n, static_folder="static", config={"SEND_FILE_MAX_AGE_DEFAULT": 3600}),
    "rootstatic": lambda n: files(n, static_folder="static", static_url_path=""),
    "sendfile": lambda n: files(n, static_folder="static", config={"USE_X_SENDFILE": True}),
    "assets": lambda n: files(n, static_folder="static", static_url_path="/assets"),
}


class Quiet(werkzeug.serving.WSGIRequestHandler):
    def log(self, *args):
        pass


def main():
    version = importlib.metadata.version("flask")
    if tuple(map(int, version.split(".")[:2])) < (3, 1):
        sys.exit(f"the answers are those of Flask 3.1, and this is {version}")
    make_files()
    addresses = {}
    for name, make in APPS.items():
        app = make(name)
        app.logger.disabled = True
        server = werkzeug.serving.make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        addresses[name] = f"127.0.0.1:{server.server_port}"
    print(json.dumps({"flask": version, "apps": addresses}), flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
