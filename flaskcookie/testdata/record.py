"""Prints what the Flask that it finds writes in session cookies, as JSON: python3 testdata/record.py > testdata/flask-VERSION.json

All of it is signed at one second, which the tests wait for."""
import datetime
import json
import sys
import types
from importlib.metadata import version

import flask
import flask.sessions
import itsdangerous.timed
from flask.json.tag import TaggedJSONSerializer
from itsdangerous import URLSafeTimedSerializer
from markupsafe import Markup  # noqa: F401, for eval

import flaskapp
from flaskapp import EAST, UTC  # noqa: F401, for eval

AT = 1700000000
OLD, NEW = "the old key of the tests", "the new key of the tests"
tagged = TaggedJSONSerializer()


class Fixed(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return datetime.datetime.fromtimestamp(AT, tz)


itsdangerous.timed.time = types.SimpleNamespace(time=lambda: AT)
flask.sessions.datetime = Fixed


def make_app(**config):
    app = flask.Flask("recorded")
    app.config.update(config)

    @app.post("/set")
    def set():
        if "permanent" in flask.request.args:
            flask.session.permanent = True
        flask.session["n"] = 1
        return ""

    @app.post("/clear")
    def clear():
        flask.session.clear()
        return ""

    return app


def sign(session, *keys):
    """A cookie of keys, the last of which signs."""
    app = make_app(SECRET_KEY=keys[-1])
    interface = app.session_interface
    signing = {"key_derivation": interface.key_derivation, "digest_method": interface.digest_method}
    return URLSafeTimedSerializer(list(keys), salt=interface.salt, serializer=interface.serializer, signer_kwargs=signing).dumps(session)


def ask(app, path, cookie=None):
    """The Set-Cookie lines of an answer."""
    headers = {"Cookie": "session=" + cookie} if cookie else {}
    return app.test_client(use_cookies=False).post(path, headers=headers).headers.getlist("Set-Cookie")


def values():
    import uuid  # noqa: F401, for eval

    for text in flaskapp.values():
        if "200_000" not in text and "4299" not in text:
            session = {"v": eval(text)}
            yield {"name": text, "session": tagged.dumps(session), "cookie": sign(session, OLD)}


def rotations():
    """What becomes of sessions under old keys, and under none of them."""
    for name, fallbacks, cookie in [
        ("no fallback", [], sign({"user": "ann"}, OLD)),
        ("a fallback", [OLD], sign({"user": "ann"}, OLD)),
        ("two fallbacks", ["older", OLD], sign({"user": "ann"}, "older")),
        ("another key", ["older", OLD], sign({"user": "ann"}, "stolen")),
        ("the key itself", [OLD], sign({"user": "ann"}, NEW)),
        ("a list of keys", [OLD], sign({"user": "ann"}, NEW, OLD)),
    ]:
        app = make_app(SECRET_KEY=NEW, SECRET_KEY_FALLBACKS=fallbacks)
        if "SECRET_KEY_FALLBACKS" in app.default_config:
            yield {"name": name, "fallbacks": fallbacks, "cookie": cookie, "answer": ask(app, "/set", cookie)}


def lines():
    """Set-Cookie lines by settings."""
    for settings in [
        {}, {"SESSION_COOKIE_PARTITIONED": True, "SESSION_COOKIE_SECURE": True, "SESSION_COOKIE_SAMESITE": "None"},
        {"SESSION_COOKIE_PARTITIONED": True, "SESSION_COOKIE_SECURE": True, "SESSION_COOKIE_PATH": "/shop"},
        {"SESSION_COOKIE_PARTITIONED": False, "SESSION_COOKIE_SECURE": True}, {"SESSION_COOKIE_SAMESITE": "Strict", "SESSION_COOKIE_HTTPONLY": False},
        {"SESSION_COOKIE_SAMESITE": "Lax", "SESSION_COOKIE_PATH": "/a"}, {"SESSION_COOKIE_DOMAIN": "example.com"}, {"APPLICATION_ROOT": "/app"},
        {"PERMANENT_SESSION_LIFETIME": 600},
    ]:
        app = make_app(SECRET_KEY=NEW, **settings)
        if settings.keys() <= app.default_config.keys():
            for path in ["/set", "/set?permanent", "/clear"]:
                cookie = sign({"user": "ann"}, NEW) if path == "/clear" else None
                yield {"settings": settings, "path": path, "cookie": cookie, "answer": ask(app, path, cookie)}


json.dump({"python": sys.version.split()[0], "flask": version("flask"), "werkzeug": version("werkzeug"), "itsdangerous": version("itsdangerous"),
           "at": AT, "values": list(values()), "rotations": list(rotations()), "lines": list(lines())}, sys.stdout, indent=1)
print()
