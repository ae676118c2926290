"""The Flask half of the tests: an application with Flask-Login. It listens on a free port, which it prints first.

    app.py serve KEY=VALUE...   settings as Python expressions
"""
import ast
import sys

import flask
import flask_login
from werkzeug.serving import WSGIRequestHandler, make_server

app = flask.Flask(__name__)
manager = flask_login.LoginManager(app)
manager.login_view = "login_page"
manager.refresh_view = "login_page"


class User(flask_login.UserMixin):
    def __init__(self, id):
        self.id = id

    @property
    def is_active(self):
        return self.id != "locked"


@manager.user_loader
def load(id):
    return None if id == "gone" else User(id)


def answer(**more):
    user = flask_login.current_user
    who = user.get_id() if user.is_authenticated else ""
    return {"user": who, "fresh": bool(who and flask_login.login_fresh()), **more}


@app.get("/login")
def login_page():
    return flask.jsonify(flashes=flask.get_flashed_messages(with_categories=True), next=flask.session.get("next", ""))


@app.post("/login")
def login():
    form = flask.request.form
    import datetime
    seconds = form.get("seconds", type=int)
    duration = None if seconds is None else datetime.timedelta(seconds=seconds)
    done = flask_login.login_user(User(form["user"]), remember="remember" in form, duration=duration, fresh="stale" not in form)
    return answer(done=done)


@app.post("/logout")
def logout():
    flask_login.logout_user()
    return answer()


@app.post("/confirm")
def confirm():
    if flask_login.current_user.is_authenticated:
        flask_login.confirm_login()
    return answer()


@app.get("/who")
def who():
    return answer()


@app.get("/private/<path:rest>")
@flask_login.login_required
def private(rest):
    return answer()


@app.get("/fresh")
@flask_login.fresh_login_required
def fresh():
    return answer()


@app.get("/permanent")
def permanent():
    flask.session.permanent = True
    return answer()


class Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log(self, *args):
        pass


if __name__ == "__main__":
    for setting in sys.argv[2:]:
        key, _, value = setting.partition("=")
        app.config[key] = ast.literal_eval(value)
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    print(server.server_port, flush=True)
    server.serve_forever()
