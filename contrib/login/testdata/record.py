"""Prints what the Flask-Login that it finds does, as JSON: python3 testdata/record.py > testdata/flask-login-VERSION.json

Remember cookies by key, identifiers of browsers, and visits: for each request what is answered, which signals are sent, and what
is in the session and the remember cookie after it. It is the first second of 2100 all
the time, so that the client keeps the cookies."""
import datetime
import json
import sys
from importlib.metadata import version

import flask_login.login_manager
import flask_login.signals
from flask.json.tag import TaggedJSONSerializer
from flask_login.utils import _create_identifier, encode_cookie

from app import app

AT, ADDRESS = 4102444800, "127.0.0.1"


class Fixed(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return cls.fromtimestamp(AT, tz)

    @classmethod
    def utcnow(cls):
        return cls.fromtimestamp(AT, datetime.timezone.utc).replace(tzinfo=None)


flask_login.login_manager.datetime = Fixed
SIGNALS = ["user_logged_in", "user_logged_out", "user_loaded_from_cookie", "user_loaded_from_request", "user_login_confirmed",
           "user_unauthorized", "user_needs_refresh", "user_accessed", "session_protected"]
heard = []
kept = []  # receivers, which signals know weakly
for signal in SIGNALS:
    kept.append(lambda sender, name=signal, **more: heard.append(name))
    getattr(flask_login.signals, signal).connect(kept[-1])


def cookies():
    for secret in ["dev", "kK2b8Zx0Qd7WmT4yLr9VhS3nPfG6cJ1u", "grüße", "a key with spaces, and more of them", "\x00\xff"]:
        for id in ["1", "ann", "é", "日本", "a|b", "", "with \"quotes\"", "x" * 100]:
            yield {"secret": secret, "id": id, "cookie": encode_cookie(id, key=secret)}


def identifiers():
    for address in ["127.0.0.1", "192.0.2.7", "2001:db8::1"]:
        for agent in ["Mozilla/5.0 (X11; Linux x86_64)", "", None, "it's", 'it\'s "quoted" \\', "tab\there", "é"]:
            environ = {"REMOTE_ADDR": address}
            if agent is not None:
                environ["HTTP_USER_AGENT"] = agent.encode().decode("latin1")
            with app.test_request_context("/", environ_overrides=environ) as context:
                if agent is None:
                    context.request.environ.pop("HTTP_USER_AGENT", None)
                yield {"address": address, "agent": agent, "identifier": _create_identifier()}


VISITS = [
    ("a visitor", {}, [
        ("GET", "/who", {}, ""), ("GET", "/private/x?a=b&c=%C3%A9", {}, ""), ("GET", "/login", {}, ""), ("POST", "/login", {"user": "ann"}, ""),
        ("GET", "/who", {}, ""), ("GET", "/private/x", {}, ""), ("GET", "/fresh", {}, ""), ("POST", "/confirm", {}, ""), ("POST", "/logout", {}, ""),
        ("GET", "/who", {}, "")]),
    ("a remembered login", {}, [
        ("POST", "/login", {"user": "ann|é", "remember": "1"}, ""), ("GET", "/who", {}, ""), ("GET", "/who", {}, "forget"), ("POST", "/confirm", {}, ""),
        ("GET", "/fresh", {}, ""), ("POST", "/logout", {}, ""), ("GET", "/who", {}, "")]),
    ("for some seconds", {}, [
        ("POST", "/login", {"user": "bob", "remember": "1", "seconds": "90"}, ""), ("GET", "/who", {}, ""), ("POST", "/logout", {}, "")]),
    ("not fresh", {}, [("POST", "/login", {"user": "bob", "stale": "1"}, ""), ("GET", "/fresh", {}, ""), ("GET", "/login", {}, ""), ("POST", "/confirm", {}, ""),
                       ("GET", "/fresh", {}, "")]),
    ("a locked account", {}, [("POST", "/login", {"user": "locked"}, ""), ("GET", "/who", {}, "")]),
    ("a user who is gone", {}, [("POST", "/login", {"user": "gone"}, ""), ("GET", "/who", {}, ""), ("GET", "/private/x", {}, "")]),
    ("another browser", {}, [("POST", "/login", {"user": "ann"}, ""), ("GET", "/who", {}, "thief"), ("GET", "/fresh", {}, "thief"), ("GET", "/who", {}, "")]),
    ("another browser, strong", {"SESSION_PROTECTION": "strong"}, [
        ("POST", "/login", {"user": "ann", "remember": "1"}, ""), ("GET", "/who", {}, "thief"), ("GET", "/who", {}, "")]),
    ("another browser, strong and permanent", {"SESSION_PROTECTION": "strong"}, [
        ("GET", "/permanent", {}, ""), ("POST", "/login", {"user": "ann"}, ""), ("GET", "/who", {}, "thief")]),
    ("another browser, unprotected", {"SESSION_PROTECTION": None}, [("POST", "/login", {"user": "ann"}, ""), ("GET", "/who", {}, "thief")]),
    ("next in the session", {"USE_SESSION_FOR_NEXT": True}, [("GET", "/private/a?b=c", {}, ""), ("GET", "/login", {}, "")]),
    ("everybody", {"LOGIN_DISABLED": True}, [("GET", "/private/x", {}, "")]),
    ("a host for logins", {"FORCE_HOST_FOR_REDIRECTS": "example.com"}, [("GET", "/private/x", {}, "")]),
    ("attributes", {"REMEMBER_COOKIE_NAME": "keep", "REMEMBER_COOKIE_PATH": "/shop", "REMEMBER_COOKIE_SECURE": True, "REMEMBER_COOKIE_HTTPONLY": False,
                    "REMEMBER_COOKIE_SAMESITE": "Strict", "REMEMBER_COOKIE_DOMAIN": "example.com"}, [("POST", "/login", {"user": "ann", "remember": "1"}, "")]),
]


def visits():
    usual = dict(app.config)
    for name, settings, requests in VISITS:
        app.config.clear()
        app.config.update({**usual, "SECRET_KEY": "dev", **settings})
        client = app.test_client()
        steps = []
        for method, path, form, what in requests:
            if what == "forget":
                client.delete_cookie(*([] if hasattr(client, "get_cookie") else ["localhost"]), "session")
            heard.clear()
            agent = "another" if what == "thief" else "one"
            answer = client.open(path, method=method, data=form, headers={"User-Agent": agent}, environ_overrides={"REMOTE_ADDR": ADDRESS})
            remember = app.config.get("REMEMBER_COOKIE_NAME", "remember_token")
            signals = list(heard)
            with client.session_transaction() as session:
                after = dict(session)
            steps.append({
                "method": method, "path": path, "form": form, "agent": agent, "forget": what == "forget", "status": answer.status_code,
                "location": answer.headers.get("Location", ""), "body": answer.get_json() if answer.is_json else None, "signals": signals,
                "session": TaggedJSONSerializer().dumps(dict(sorted(after.items()))) if after else "",
                "remember": [line for line in answer.headers.getlist("Set-Cookie") if line.startswith(remember + "=")]})
        yield {"name": name, "settings": settings, "steps": steps}


def written(items):
    return "[\n  " + ",\n  ".join(json.dumps(item) for item in items) + "\n ]"


versions = {name: version(name) for name in ["flask", "flask-login", "werkzeug"]}
print('{"python": "%s", "versions": %s, "at": %d, "address": "%s",' % (sys.version.split()[0], json.dumps(versions), AT, ADDRESS))
print(' "cookies": %s,\n "identifiers": %s,\n "visits": %s}' % (written(cookies()), written(identifiers()), written(visits())))
