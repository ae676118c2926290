"""Records what Flask-Session 0.8 writes: its blobs, cookies and times to live, from a real Redis. See README.md.

usage: record.py unix:///path/of/redis.sock > recorded.json
"""

import base64
import datetime
import decimal
import enum
import importlib.metadata
import json
import pickle
import sys
import uuid
import warnings

import flask
import flask_session
import msgspec
import redis
from flask.json.tag import TaggedJSONSerializer
from markupsafe import Markup

warnings.simplefilter("ignore")


class Color(enum.Enum):
    RED = "red"


UTC = datetime.timezone.utc
MOMENT = datetime.datetime(2026, 3, 4, 5, 6, 7, 890123, UTC)

# What the views put into a session.
SESSIONS = {
    "login": {"user_id": 42, "name": "ada"},
    "empty text and none": {"empty": "", "none": None, "yes": True, "no": False},
    "small ints": {f"n{i}": i for i in (0, 1, 31, 32, 127, -1, -31, -32)},
    "ints of one byte": {f"n{i}": i for i in (128, 200, 255, -33, -127, -128)},
    "ints of two bytes": {f"n{i}": i for i in (256, 32767, 32768, 65535, -129, -32768)},
    "ints of four bytes": {f"n{i}": i for i in (65536, 2**31 - 1, 2**31, 2**32 - 1, -32769, -(2**31))},
    "ints of eight bytes": {f"n{i}": i for i in (2**32, 2**53 + 1, 2**63 - 1, 2**63, 2**64 - 1, -(2**31) - 1, -(2**63))},
    "floats": {"a": 0.0, "b": -0.0, "c": 1.0, "d": 0.1, "e": 1e22, "f": 5e-324, "g": 1.7976931348623157e308, "h": -2.5},
    "floats that are not finite": {"nan": float("nan"), "inf": float("inf"), "ninf": float("-inf"), "ok": 1},
    "text": {"greek": "αβγ", "emoji": "🎉", "quotes": '"\\/<>&\'', "controls": "\x00\x01\n\r\t\x7f", "lines": "\u2028\u2029", "": "empty key", "a b": "space", "clé": "é"},
    "text of many lengths": {f"t{n}": "x" * n for n in (0, 1, 31, 32, 255, 256)},
    "lists": {"none": [], "flat": [1, "two", 3.0, None, True], "deep": [[[[]], {}], {"a": [{"b": []}]}], "fifteen": list(range(15)), "sixteen": list(range(16))},
    "mappings": {"none": {}, "flat": {"a": 1, "b": "x"}, "deep": {"a": {"b": {"c": {"d": None}}}}, "sixteen": {f"k{i}": i for i in range(16)}},
    "sixteen keys": {f"k{i}": i for i in range(16)},
    "tags that are none": {"looks": {" t": [1, 2]}, "bytes": {" b": "AA=="}, "escaped": {" di": {" t__": 1}}},
    "integer keys": {"cart": {1: 2, 17: 1, 4000000000: 3}, "n": 1},
    "tuples": {"pair": (1, "two"), "none": (), "in a list": [(1,), (2, (3,))]},
    "sets": {"one": {7}, "frozen": frozenset({"a"})},
    "bytes": {"none": b"", "some": b"\x00\xff\x80abc", "long": bytes(range(256)) * 2},
    "datetimes": {"aware": MOMENT, "whole": MOMENT.replace(microsecond=0), "naive": MOMENT.replace(tzinfo=None), "early": datetime.datetime(1, 1, 1, tzinfo=UTC), "late": datetime.datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC), "offset": MOMENT.astimezone(datetime.timezone(datetime.timedelta(hours=5, minutes=30)))},
    "datetime inside": {"visit": {"at": MOMENT, "n": 1}},
    "dates": {"date": MOMENT.date(), "time": MOMENT.time(), "delta": datetime.timedelta(days=1, seconds=2)},
    "uuid": {"id": uuid.UUID("12345678-1234-5678-1234-567812345678")},
    "decimal": {"price": decimal.Decimal("19.90")},
    "enum": {"color": Color.RED},
    "not permanent": {"_permanent": False, "user_id": 7},
}

# What the serializer refuses, in either format.
REFUSED = {"object": {"o": object()}, "function": {"f": len}, "lone surrogate": {"s": "\ud800"}, "complex": {"c": 1j}, "markup": {"html": Markup("<b>bold</b>")}}


def make(client, form, signer, **more):
    app = flask.Flask("recorded")
    app.config.update(
        SECRET_KEY="dev", SESSION_TYPE="redis", SESSION_REDIS=client, SESSION_SERIALIZATION_FORMAT=form,
        SESSION_USE_SIGNER=signer, TESTING=True, **more,
    )
    flask_session.Session(app)

    @app.get("/set/<name>")
    def set_(name):
        for key, value in {**SESSIONS, **REFUSED}[name].items():
            flask.session[key] = value
        return "set"

    @app.get("/flash")
    def flash():
        flask.flash("Hello, wörld")
        flask.flash("Careful", "warning")
        flask.session["user_id"] = 42
        return "flashed"

    @app.get("/read")
    def read():
        return tagged(app, dict(flask.session))

    @app.get("/regenerate")
    def regenerate():
        app.session_interface.regenerate(flask.session)
        return "regenerated"

    @app.get("/clear")
    def clear():
        flask.session.clear()
        return "cleared"

    return app


def tagged(app, values):
    """The values as dewar's sessions write them, each by itself: in the tagged JSON of Flask's cookies."""
    with app.app_context():
        serializer = TaggedJSONSerializer()
        return json.dumps({key: serializer.dumps(value) for key, value in values.items()})


def cookie_of(response):
    return next((line for line in response.headers.getlist("Set-Cookie") if line.startswith("session=")), "")


def record(client, form, signer, name, path, **more):
    client.flushall()
    app = make(client, form, signer, **more)
    browser = app.test_client()
    response = browser.get(path)
    assert response.status_code == 200, (name, response.status_code)
    line = cookie_of(response)
    cookie = line.split(";")[0].partition("=")[2]
    (key,) = client.keys("*")
    blob, ttl = client.get(key), client.ttl(key)
    again = browser.get("/read")
    assert again.status_code == 200, (name, form)
    return {
        "name": name, "format": form, "signer": signer, "config": more, "key": key.decode(), "cookie": cookie, "setCookie": line,
        "ttl": ttl, "blob": base64.b64encode(blob).decode(), "values": json.loads(again.data),
        "unchangedByReading": client.get(key) == blob, "setCookieOfReading": cookie_of(again),
    }


def refused(client, form, name):
    app = make(client, form, False)
    app.config["TESTING"] = False
    app.logger.disabled = True
    client.flushall()
    return {"name": name, "format": form, "status": app.test_client().get("/set/" + name).status_code, "keys": len(client.keys("*"))}


def life(client):
    """What becomes of the key and the cookie when a session is regenerated and cleared."""
    client.flushall()
    app = make(client, "msgpack", False)
    browser, steps = app.test_client(), []
    for path in ("/read", "/set/login", "/regenerate", "/read", "/clear", "/read"):
        response = browser.get(path)
        steps.append({
            "path": path, "setCookie": cookie_of(response), "vary": response.headers.get("Vary", ""),
            "keys": [key.decode() for key in client.keys("*")],
        })
    return steps


def main():
    client = redis.Redis.from_url(sys.argv[1])
    sessions = []
    for form in ("msgpack", "json"):
        for name in SESSIONS:
            sessions.append(record(client, form, False, name, "/set/" + name))
        sessions.append(record(client, form, False, "flashes", "/flash"))
        sessions.append(record(client, form, True, "signed", "/set/login"))
        sessions.append(record(client, form, False, "another prefix", "/set/login", SESSION_KEY_PREFIX="shop:"))
        sessions.append(record(client, form, False, "short id", "/set/login", SESSION_ID_LENGTH=16))
        sessions.append(record(client, form, False, "not permanent by default", "/set/login", SESSION_PERMANENT=False))
        sessions.append(record(client, form, False, "an hour", "/set/login", PERMANENT_SESSION_LIFETIME=3600))
    pickles = [
        {"name": f"protocol {n}", "blob": base64.b64encode(pickle.dumps({"_permanent": True, "user_id": 42}, n)).decode()}
        for n in range(pickle.HIGHEST_PROTOCOL + 1)
    ]
    json.dump({
        "versions": {
            "Python": sys.version.split()[0], "Flask": importlib.metadata.version("flask"), "Flask-Session": flask_session.__version__,
            "msgspec": msgspec.__version__, "redis-py": redis.__version__,
            "Redis": client.info("server")["redis_version"],
        },
        "sessions": sessions,
        "refused": [refused(client, form, name) for form in ("msgpack", "json") for name in REFUSED],
        "life": life(client),
        "pickles": pickles,
    }, sys.stdout, indent=1)
    print()


main()
