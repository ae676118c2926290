"""The work of the comparison in Flask, for gunicorn."""

import json
import os

from flask import Flask, Response, jsonify, render_template, session

app = Flask(__name__)
app.secret_key = os.environ["COMPARE_SECRET"]
app.config["SESSION_REFRESH_EACH_REQUEST"] = False
try:
    app.json.sort_keys, app.json.compact = False, True
except AttributeError:  # before Flask 2.2
    app.config["JSON_SORT_KEYS"], app.config["JSONIFY_PRETTYPRINT_REGULAR"] = False, False


class Row:
    def __init__(self, id, name, note):
        self.id, self.name, self.note = id, name, note


ROWS = [Row(**row) for row in json.loads(os.environ["COMPARE_ROWS"])]


def text(body):
    return Response(body, mimetype="text/plain")


def nothing(**_):
    return text("")


def register(work):
    if work == "text":
        app.get("/hello")(lambda: text("Hello, World!"))
    elif work == "json":
        app.get("/users/<int:id>")(lambda id: jsonify(id=id, name="ann"))
    elif work == "page":
        app.get("/rows")(lambda: render_template("rows.html", title="Rows", rows=ROWS))
    elif work == "github":
        for line in os.environ["COMPARE_GITHUB"].splitlines():
            method, rule = line.split()
            app.add_url_rule(rule.replace("{", "<").replace("}", ">"), line, nothing, methods=[method])
    else:
        sessions()


def sessions():
    @app.get("/set")
    def set_session():
        session["user_id"], session["name"], session["csrf"] = 42, "ann", os.environ["COMPARE_TOKEN"]
        return text("ok")

    @app.get("/read")
    def read():
        return text("ok") if session["user_id"] == 42 else text("no")

    @app.get("/write")
    def write():
        session["visits"] = session.get("visits", 0) + 1
        return text("ok")


register(os.environ["COMPARE_WORK"])
