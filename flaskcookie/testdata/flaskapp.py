"""The Flask side of the tests that share sessions with Flask.

    flaskapp.py serve      serve /old and /new, two apps with a key each, on a free port, which is printed first
    flaskapp.py read       for each cookie on stdin print the session in tagged JSON, or "none"
    flaskapp.py write AGE  for each session in tagged JSON on stdin print a cookie that is AGE seconds old
    flaskapp.py make N S   print N random sessions of seed S: cookie, a space, tagged JSON
    flaskapp.py wild N S   the same, also with what JSON and Go's text do not know, and "zz": 1 in the JSON alone
    flaskapp.py table      for each value of VALUES print its expression, and a cookie with it as "v", with a tab between
    flaskapp.py repr       for each cookie on stdin print the Python expression of "v"
"""
import datetime
import random
import sys
import time
import uuid

import flask
from flask.json.tag import TaggedJSONSerializer
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import BadSignature, TimestampSigner, URLSafeTimedSerializer
from markupsafe import Markup
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.serving import WSGIRequestHandler, make_server

tagged = TaggedJSONSerializer()


class WithFallbacks(SecureCookieSessionInterface):
    """What Flask does with SECRET_KEY_FALLBACKS since 3.1, for older versions, which pass them over."""

    def get_signing_serializer(self, app):
        signing = {"key_derivation": self.key_derivation, "digest_method": self.digest_method}
        keys = [*app.config["SECRET_KEY_FALLBACKS"], app.secret_key]  # the last one signs
        return URLSafeTimedSerializer(keys, salt=self.salt, serializer=self.serializer, signer_kwargs=signing)


def make_app(key, fallbacks=()):
    app = flask.Flask(__name__)
    if "SECRET_KEY_FALLBACKS" not in app.config:
        app.session_interface = WithFallbacks()
    app.config.update(SECRET_KEY=key, SECRET_KEY_FALLBACKS=list(fallbacks), SESSION_COOKIE_PATH="/")

    @app.get("/get")
    def get():
        return tagged.dumps(dict(flask.session))

    @app.post("/set")
    def set():
        flask.session.update(tagged.loads(flask.request.get_data(as_text=True)))
        return "set"

    @app.get("/clear")
    def clear():
        flask.session.clear()
        return "cleared"

    @app.get("/flash")
    def flash():
        flask.flash("hé from Python", "info")
        return "flashed"

    @app.get("/flashed")
    def flashed():
        return flask.jsonify(flask.get_flashed_messages(with_categories=True))

    @app.get("/permanent")
    def permanent():
        flask.session.permanent = True
        return "permanent"

    @app.get("/version")
    def version():
        return "%s %s" % (sys.version.split()[0], version_of_flask())

    return app


def version_of_flask():
    from importlib.metadata import version

    return version("flask")


class Quiet(WSGIRequestHandler):
    def log(self, *args):
        pass


def serve():
    old, new = make_app("the old key of the tests"), make_app("the new key of the tests", ["the old key of the tests"])
    server = make_server("127.0.0.1", 0, DispatcherMiddleware(old, {"/old": old, "/new": new}), request_handler=Quiet)
    print(server.server_port, flush=True)
    server.serve_forever()


def in_batch(work):
    app = make_app("the old key of the tests")
    with app.app_context():
        signer = app.session_interface.get_signing_serializer(app)
        work(signer)


def read(signer):
    for line in sys.stdin:
        try:
            print(tagged.dumps(signer.loads(line.rstrip("\n"), max_age=3600)))
        except BadSignature:
            print("none")


def write(signer):
    class Aged(TimestampSigner):
        def get_timestamp(self):
            return int(time.time() - float(sys.argv[2]))

    signer.signer = Aged
    for line in sys.stdin:
        print(signer.dumps(tagged.loads(line)))


TEXTS = ["", "a", "hé", "😀", "\x00\x1f\x7f", "<>&\"'\\/", " t", " di", "long " * 40, "\u2028\ud7ff\uffff"]


WILD = [
    lambda r: r.choice([float("inf"), float("-inf"), float("nan"), 1e400, -0.0, 5e-324]),
    lambda r: r.choice(TEXTS) + r.choice(["\ud800", "\udfff\ud800", "\udc00x"]),
    lambda r: r.choice([1, -1]) * r.randrange(10 ** r.randrange(300)),
    lambda r: datetime.date.fromordinal(r.randrange(366 * 100, 3652059)),
    lambda r: datetime.datetime.fromtimestamp(r.randrange(2**35), datetime.timezone(datetime.timedelta(minutes=r.randrange(-840, 840)))),
    lambda r: datetime.datetime(2024, 1, 1, 12, 30, r.randrange(60), r.randrange(10**6)),
]


def anything(r, depth=0):
    if wild and r.randrange(4) == 0:
        return r.choice(WILD)(r)
    kind = r.randrange(16 if depth < (9 if wild else 4) else 12)
    if kind < 12:
        return [
            lambda: None,
            lambda: r.random() < 0.5,
            lambda: r.randrange(-(2**70), 2**70),
            lambda: r.randrange(-100, 100),
            lambda: r.choice([0.0, -0.0, 1.0, 0.1, 1e16, 1e-7, 1e300, -2.5e-310, r.random(), r.uniform(-1e20, 1e20)]),
            lambda: r.choice(TEXTS) + r.choice(TEXTS),
            lambda: r.randbytes(r.randrange(20)),
            lambda: Markup("<b>") + r.choice(TEXTS),
            lambda: uuid.UUID(int=r.getrandbits(128)),
            lambda: datetime.datetime.fromtimestamp(r.randrange(-(2**35), 2**37), datetime.timezone.utc),
            lambda: 2**53 + 1,
            lambda: r.choice(TEXTS),
        ][kind]()
    several = range(r.randrange(4))
    if kind == 12:
        return tuple(anything(r, depth + 1) for _ in several)
    if kind == 13:
        return [anything(r, depth + 1) for _ in several]
    if kind == 14:
        return {r.choice([" t", " di", " d", " t__", " x"]): anything(r, depth + 1)}
    return {r.choice(TEXTS) + str(i): anything(r, depth + 1) for i in several}


wild = sys.argv[1:2] == ["wild"]


def make(signer):
    r = random.Random(int(sys.argv[3]))
    for _ in range(int(sys.argv[2])):
        session = {r.choice(TEXTS) + str(i): anything(r) for i in range(r.randrange(1, 6))}
        print(signer.dumps(session), tagged.dumps({**session, "zz": 1} if wild else session))


UTC, EAST = datetime.timezone.utc, datetime.timezone(datetime.timedelta(hours=2))
VALUES = """
None  True  False  0  -1  2**63-1  -2**63  2**63  -2**63-1  10**4299  0.0  -0.0  1.0  0.1  1e16  1e-7  5e-324  1.7976931348623157e308
float("inf")  float("-inf")  float("nan")  1e400
""  "a"  "\\x00\\x1f\\x7f"  "\\u00e9"  "\\u65e5\\u672c"  "\\U0001f600"  "\\U0010ffff"  "\\u2028\\ufeff\\ufffd\\uffff"  "<&>'\\"\\\\/"
"\\ud800"  "a\\udfffb"  "\\udc00\\ud800"  ["\\ud800",1]  {"k":"\\udfff"}
b""  b"\\x00\\xff"  bytes(range(256))  ()  (1,)  ((),)  (1,"two",[3])  []  [[]]  [()]  {}  {"a":{}}  {"a":[{"b":({},)}]}
[[[[[[[[[[1]]]]]]]]]]  {"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":1}}}}}}}}}}  ((((((((((1,),),),),),),),),),)
datetime.datetime(2024,1,2,3,4,5,tzinfo=UTC)  datetime.datetime(2024,1,2,3,4,5,tzinfo=EAST)  datetime.datetime(2024,1,2,3,4,5,999)
datetime.datetime(1900,1,1)  datetime.datetime(9999,12,31,23,59,59)  datetime.date(2024,2,29)
uuid.UUID(int=0)  uuid.UUID(int=2**128-1)  Markup("")  Markup("<b>")  [Markup("<b>"),"<b>"]
{" t":1}  {" t":[1]}  {" t__":1}  {" t____":1}  {" di":1}  {" di":{" t__":1}}  {" b":"AA=="}  {" m":"x"}  {" u":"x"}  {" d":"x"}  {" x":1}  {" ":1}  {"":1}
{"__":1}  {"t__":1}  {" t":1,"b":2}  [{" t":()}]  "x"*200_000
"""


def values():
    return [text for line in VALUES.split("\n") for text in line.split("  ") if text]


def table(signer):
    for text in values():
        print(text, signer.dumps({"v": eval(text)}), sep="\t")


def represent(signer):
    for line in sys.stdin:
        session = signer.loads(line.rstrip("\n"), max_age=3600)
        print(ascii(session["v"]))


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        serve()
    else:
        in_batch({"read": read, "write": write, "make": make, "wild": make, "table": table, "repr": represent}[sys.argv[1]])
