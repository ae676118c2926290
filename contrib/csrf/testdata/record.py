"""Prints what the Flask-WTF that it finds makes of CSRF tokens, as JSON: python3 testdata/record.py > testdata/flask-wtf-VERSION.json

Tokens are made at one second, and checked some seconds later."""
import json
import sys
import types
from importlib.metadata import version

import itsdangerous.timed
from flask import Flask, session
from flask_wtf import FlaskForm
from flask_wtf import csrf as wtf
from itsdangerous import URLSafeTimedSerializer

AT = 1700000000
RAW = "0123456789abcdef0123456789abcdef01234567"
clock = types.SimpleNamespace(time=lambda: AT)
itsdangerous.timed.time = clock


def make_app(settings):
    app = Flask(__name__)
    app.config.update({"SECRET_KEY": "dev", **settings})
    wtf.CSRFProtect(app)

    @app.errorhandler(wtf.CSRFError)
    def refused(e):
        return e.description, 400

    @app.route("/post", methods=["POST", "PUT", "PATCH", "DELETE"])
    def post():
        return "accepted"

    return app


def forms():
    """The token, the field and the tag of a page, for a session that has its random text already."""
    for settings in [{}, {"WTF_CSRF_SECRET_KEY": "own, key"}, {"WTF_CSRF_SECRET_KEY": ["old", "new"]}, {"WTF_CSRF_FIELD_NAME": "ticket"},
                     {"SECRET_KEY": "new", "SECRET_KEY_FALLBACKS": ["dev"]}, {"WTF_CSRF_ENABLED": False}]:
        app = make_app(settings)
        with app.test_request_context("/"):
            session[settings.get("WTF_CSRF_FIELD_NAME", "csrf_token")] = RAW
            form = FlaskForm()
            field = form.hidden_tag()
            tag = wtf.csrf_meta_tag() if hasattr(wtf, "csrf_meta_tag") else ""
            yield {"settings": settings, "token": wtf.generate_csrf(), "field": str(field), "tag": str(tag)}


def made(key="dev", salt="wtf-csrf-token", at=AT):
    clock.time = lambda: at
    return URLSafeTimedSerializer(key, salt=salt).dumps(RAW)


def checks():
    """What becomes of a request."""
    good, field = made(), "csrf_token"
    for name, settings, kept, form, headers, method, age in [
        ("a field", {}, RAW, {field: good}, {}, "POST", 0), ("an hour later", {}, RAW, {field: good}, {}, "POST", 3600),
        ("a second more", {}, RAW, {field: good}, {}, "POST", 3601), ("a limit, kept", {"WTF_CSRF_TIME_LIMIT": 60}, RAW, {field: good}, {}, "POST", 60),
        ("a limit, passed", {"WTF_CSRF_TIME_LIMIT": 60}, RAW, {field: good}, {}, "POST", 61),
        ("no limit", {"WTF_CSRF_TIME_LIMIT": None}, RAW, {field: good}, {}, "POST", 10**6), ("from the future", {}, RAW, {field: made(at=AT + 1)}, {}, "POST", 0),
        ("nothing", {}, RAW, {}, {}, "POST", 0), ("an empty field", {}, RAW, {field: ""}, {}, "POST", 0), ("no session", {}, None, {field: good}, {}, "POST", 0),
        ("another session", {}, RAW[::-1], {field: good}, {}, "POST", 0), ("another key", {}, RAW, {field: made(key="stolen")}, {}, "POST", 0),
        ("another salt", {}, RAW, {field: made(salt="cookie-session")}, {}, "POST", 0), ("no token", {}, RAW, {field: "x"}, {}, "POST", 0),
        ("the raw text", {}, RAW, {field: RAW}, {}, "POST", 0), ("a header", {}, RAW, {}, {"X-CSRFToken": good}, "POST", 0),
        ("the other header", {}, RAW, {}, {"X-CSRF-Token": good}, "PUT", 0), ("the field goes before", {}, RAW, {field: "x"}, {"X-CSRFToken": good}, "POST", 0),
        ("a prefix", {}, RAW, {"login-csrf_token": good}, {}, "POST", 0), ("DELETE", {}, RAW, {}, {}, "DELETE", 0), ("PATCH", {}, RAW, {}, {}, "PATCH", 0),
        ("other methods", {"WTF_CSRF_METHODS": ["PUT"]}, RAW, {}, {}, "POST", 0), ("other methods, listed", {"WTF_CSRF_METHODS": ["PUT"]}, RAW, {}, {}, "PUT", 0),
        ("another header", {"WTF_CSRF_HEADERS": ["X-Ticket"]}, RAW, {}, {"X-Ticket": good}, "POST", 0),
        ("the usual header where another is set", {"WTF_CSRF_HEADERS": ["X-Ticket"]}, RAW, {}, {"X-CSRFToken": good}, "POST", 0),
        ("another field", {"WTF_CSRF_FIELD_NAME": "ticket"}, RAW, {"ticket": good}, {}, "POST", 0),
        ("the usual field where another is set", {"WTF_CSRF_FIELD_NAME": "ticket"}, RAW, {field: good}, {}, "POST", 0),
        ("off", {"WTF_CSRF_ENABLED": False}, None, {}, {}, "POST", 0), ("not by default", {"WTF_CSRF_CHECK_DEFAULT": False}, None, {}, {}, "POST", 0),
        ("an own key", {"WTF_CSRF_SECRET_KEY": "own, key"}, RAW, {field: made(key="own, key")}, {}, "POST", 0),
        ("the secret key where there is an own one", {"WTF_CSRF_SECRET_KEY": "own, key"}, RAW, {field: good}, {}, "POST", 0),
        ("the older of two own keys", {"WTF_CSRF_SECRET_KEY": ["old", "new"]}, RAW, {field: made(key="old")}, {}, "POST", 0),
        ("the newer of two own keys", {"WTF_CSRF_SECRET_KEY": ["old", "new"]}, RAW, {field: made(key="new")}, {}, "POST", 0),
    ]:
        app, key = make_app(settings), settings.get("WTF_CSRF_FIELD_NAME", "csrf_token")
        clock.time = lambda: AT  # the session is as old as the token
        with app.test_client() as client:
            if kept is not None:
                with client.session_transaction() as s:
                    s[key] = kept
            clock.time = lambda: AT + age
            answer = client.open("/post", method=method, data=form, headers=headers)
        yield {"name": name, "settings": settings, "kept": kept, "form": form, "headers": headers, "method": method, "age": age,
               "status": answer.status_code, "answer": answer.get_data(as_text=True)}


def written(items):
    return "[\n  " + ",\n  ".join(json.dumps(item) for item in items) + "\n ]"


versions = {name: version(name) for name in ["flask", "flask-wtf", "wtforms", "itsdangerous"]}
print('{"python": "%s", "versions": %s, "at": %d, "raw": "%s",' % (sys.version.split()[0], json.dumps(versions), AT, RAW))
print(' "forms": %s,\n "checks": %s}' % (written(forms()), written(checks())))
