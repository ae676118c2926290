"""Asks an application with Flask-HTTPAuth: for each line of stdin, a kind, a tab, and the header, prints status, tab, user."""
import sys

import flask
from flask_httpauth import HTTPBasicAuth, HTTPTokenAuth, MultiAuth

app = flask.Flask(__name__)
basic, token = HTTPBasicAuth(), HTTPTokenAuth()
both = MultiAuth(basic, token)


@basic.verify_password
def verify_password(name, password):
    return name if name == "ann" and password == "a:é" else None


@token.verify_token
def verify_token(text):
    return {"t0ken==": "robot"}.get(text)


@app.get("/basic")
@basic.login_required
def of_basic():
    return basic.current_user()


@app.get("/bearer")
@token.login_required
def of_token():
    return token.current_user()


@app.get("/any")
@both.login_required
def of_both():
    return both.current_user()


@app.get("/optional")
@basic.login_required(optional=True)
def optional():
    return basic.current_user() or "nobody"


client = app.test_client()
for line in sys.stdin:
    kind, _, header = line.rstrip("\n").partition("\t")
    answer = client.get("/" + kind, headers={"Authorization": header} if header else {})
    print(answer.status_code, answer.text if answer.status_code == 200 else "",
          answer.headers.get("WWW-Authenticate", ""), sep="\t")
