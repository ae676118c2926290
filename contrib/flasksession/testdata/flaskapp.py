"""The Flask side of the tests that share sessions with Flask-Session: flaskapp.py REDIS_URL CONFIG_AS_JSON

It serves on a free port, which is printed first.
"""

import datetime
import json
import sys
import warnings

import flask
import flask_session
import redis
from werkzeug.serving import WSGIRequestHandler, make_server

warnings.simplefilter("ignore")
app = flask.Flask("live")
app.config.update(SESSION_TYPE="redis", SESSION_REDIS=redis.Redis.from_url(sys.argv[1]), **json.loads(sys.argv[2]))
flask_session.Session(app)


@app.get("/login")
def login():
    flask.session.clear()
    app.session_interface.regenerate(flask.session)
    flask.session["user_id"] = 42
    return "ok"


@app.get("/renew")
def renew():
    app.session_interface.regenerate(flask.session)
    return "ok"


@app.get("/set")
def set_():
    flask.session.update(flask.request.args.to_dict())
    return "ok"


@app.get("/odd")
def odd():
    """What a Go session does not know, or not to the full."""
    at = datetime.datetime(2026, 3, 4, 5, 6, 7, 890123, datetime.timezone.utc)
    flask.session.update(nan=float("nan"), at=at, cart={17: 1, 4: 2}, visit={"at": at, "n": 1}, raw=b"\x00\xff", big=2**64 - 1)
    return "ok"


@app.get("/repr")
def repr_():
    return repr(sorted(flask.session.items()))


@app.get("/clear")
def clear():
    flask.session.clear()
    return "ok"


@app.get("/flash")
def flash():
    flask.flash("hé from Python", "info")
    return "ok"


@app.get("/flashed")
def flashed():
    return json.dumps(flask.get_flashed_messages(with_categories=True))


class Quiet(WSGIRequestHandler):
    def log(self, *args):
        pass


server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
print(server.port, flush=True)
server.serve_forever()
