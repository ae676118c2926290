"""Prints what dewar migrate must know of a Flask application, as JSON: its routes, the settings that both halves of a
site share, and which extensions it has. Of a secret it prints a fingerprint.

    python routes.py shop:create_app > python.json

The application is named as for flask --app; without a name it is FLASK_APP, or what wsgi.py or app.py has.
"""
import contextlib
import datetime
import hashlib
import importlib.metadata
import json
import os
import sys

import flask
from flask.cli import NoAppException, ScriptInfo, load_dotenv
from flask.json.tag import TaggedJSONSerializer

SETTINGS = """
APPLICATION_ROOT SERVER_NAME PREFERRED_URL_SCHEME TRUSTED_HOSTS
MAX_CONTENT_LENGTH MAX_FORM_MEMORY_SIZE MAX_FORM_PARTS
PERMANENT_SESSION_LIFETIME SESSION_REFRESH_EACH_REQUEST SESSION_COOKIE_NAME SESSION_COOKIE_DOMAIN SESSION_COOKIE_PATH
SESSION_COOKIE_HTTPONLY SESSION_COOKIE_SECURE SESSION_COOKIE_PARTITIONED SESSION_COOKIE_SAMESITE
SESSION_KEY_PREFIX SESSION_ID_LENGTH SESSION_PERMANENT SESSION_USE_SIGNER SESSION_SERIALIZATION_FORMAT
REMEMBER_COOKIE_NAME REMEMBER_COOKIE_DURATION REMEMBER_COOKIE_DOMAIN REMEMBER_COOKIE_PATH REMEMBER_COOKIE_SECURE
REMEMBER_COOKIE_HTTPONLY REMEMBER_COOKIE_SAMESITE REMEMBER_COOKIE_REFRESH_EACH_REQUEST SESSION_PROTECTION
LOGIN_DISABLED USE_SESSION_FOR_NEXT
WTF_CSRF_ENABLED WTF_CSRF_CHECK_DEFAULT WTF_CSRF_METHODS WTF_CSRF_FIELD_NAME WTF_CSRF_HEADERS WTF_CSRF_TIME_LIMIT
WTF_CSRF_SSL_STRICT
BABEL_DEFAULT_LOCALE BABEL_DOMAIN BABEL_TRANSLATION_DIRECTORIES
""".split()


def load(name):
    """Finds the application as flask does. What it prints meanwhile goes to standard error."""
    with contextlib.redirect_stdout(sys.stderr):
        load_dotenv()
        try:
            return ScriptInfo(app_import_path=name or os.environ.get("FLASK_APP"), set_debug_flag=False).load_app()
        except NoAppException as problem:
            sys.exit(f"routes.py: {problem}; name the application, as in python routes.py shop:create_app")


def plain(value):
    """Returns a value that JSON has: seconds for a timedelta, and of what is no plain value its type alone."""
    if isinstance(value, datetime.timedelta):
        return value.total_seconds()
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(item) for item in (sorted(value, key=str) if isinstance(value, (set, frozenset)) else value)]
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    return f"a {type(value).__module__}.{type(value).__qualname__}"


def fingerprint(secret):
    """Stands for a secret, which it does not show, or for a list of them."""
    if not secret:
        return None
    if isinstance(secret, (list, tuple)):
        return [fingerprint(one) for one in secret]
    data = secret if isinstance(secret, bytes) else str(secret).encode()
    return {"fingerprint": hashlib.pbkdf2_hmac("sha256", data, b"dewar", 200_000, 16).hex()}


def settings(app):
    """Returns the settings that are in force, which for the cookie its session interface says."""
    values = {key: plain(app.config[key]) for key in SETTINGS if key in app.config}
    for part in ("name", "domain", "path", "httponly", "secure", "samesite", "partitioned"):
        get = getattr(app.session_interface, "get_cookie_" + part, None)
        if get:
            values["SESSION_COOKIE_" + part.upper()] = plain(get(app))
    for key in ("MAX_FORM_MEMORY_SIZE", "MAX_FORM_PARTS", "TRUSTED_HOSTS"):
        if key not in flask.Flask.default_config:  # a Flask that does not read it: the class of its requests has it
            values[key] = plain(getattr(app.request_class, key.lower(), None))
    if hasattr(app, "login_manager"):
        values.setdefault("SESSION_PROTECTION", app.login_manager.session_protection)
    for key in ("SECRET_KEY", "WTF_CSRF_SECRET_KEY"):
        values[key] = fingerprint(app.config.get(key))
    earlier = app.config.get("SECRET_KEY_FALLBACKS") if "SECRET_KEY_FALLBACKS" in flask.Flask.default_config else None
    values["SECRET_KEY_FALLBACKS"] = fingerprint(list(earlier or []))
    return values


def session(app):
    """Says how sessions are kept: what signs the cookie, and which types it has beside those of Flask."""
    kept = app.session_interface
    serializer = getattr(kept, "serializer", None)
    digest = getattr(kept, "digest_method", None)
    return {
        "interface": f"{type(kept).__module__}.{type(kept).__qualname__}",
        "cookie": isinstance(kept, flask.sessions.SecureCookieSessionInterface),
        "salt": getattr(kept, "salt", None),
        "key_derivation": getattr(kept, "key_derivation", None),
        "digest": digest().name if digest else None,
        "tags": [tag.key or type(tag).__name__ for tag in getattr(serializer, "order", ())
                 if type(tag) not in TaggedJSONSerializer.default_tags],
    }


def exempt(app, endpoint):
    """Says whether Flask-WTF takes requests to an endpoint without a token."""
    csrf, view, name = app.extensions.get("csrf"), app.view_functions.get(endpoint), endpoint.rpartition(".")[0]
    blueprints = getattr(csrf, "_exempt_blueprints", ())
    if name and (name in blueprints or app.blueprints.get(name) in blueprints):  # older versions keep the objects
        return True
    return view is not None and f"{view.__module__}.{getattr(view, '__name__', '')}" in getattr(csrf, "_exempt_views", ())


def routes(app):
    return [{"endpoint": r.endpoint, "rule": r.rule, "methods": sorted(r.methods or []), "defaults": r.defaults or {},
             "host": r.host, "subdomain": r.subdomain, "build_only": r.build_only, "csrf_exempt": exempt(app, r.endpoint),
             "strict_slashes": app.url_map.strict_slashes if r.strict_slashes is None else r.strict_slashes}
            for r in app.url_map.iter_rules()]


def extensions(app):
    """Returns the packages that are loaded and extend Flask, with their versions."""
    own = {"builtins", "flask", "__main__", app.import_name.partition(".")[0]}
    kept = {type(value).__module__.partition(".")[0] for value in app.extensions.values()}
    loaded = (kept | {name for name in sys.modules if name.startswith("flask_") and "." not in name}) - own
    return {name: version(name) for name in sorted(loaded)}


def version(package):
    with contextlib.suppress(importlib.metadata.PackageNotFoundError):
        return importlib.metadata.version(package)


app = load(" ".join(sys.argv[1:]))
json.dump({
    "flask": version("flask"), "werkzeug": version("werkzeug"),
    "routes": routes(app), "settings": settings(app), "session": session(app),
    "csrf_protect": hasattr(app.extensions.get("csrf"), "_exempt_views"), "extensions": extensions(app),
}, sys.stdout, default=str, indent=1)
print()
