"""The Flask-WTF half of the tests: prints its port, then serves until its standard input ends."""
import os, sys, threading, time
from flask import Flask, jsonify, request, session
from flask_wtf import FlaskForm
from flask_wtf.csrf import CSRFError, CSRFProtect, generate_csrf
from itsdangerous import TimestampSigner, URLSafeTimedSerializer
from werkzeug.serving import make_server

app = Flask(__name__)
app.secret_key = "dev"
csrf = CSRFProtect(app)


@app.errorhandler(CSRFError)
def refused(e):
    return e.description, 400


@app.get("/token")
def token():
    return generate_csrf()


@app.get("/field")
def field():
    return str(FlaskForm().csrf_token)


@app.route("/post", methods=["POST", "PUT", "PATCH", "DELETE"])
def post():
    return "accepted"


@app.get("/login")
def login():
    session.clear()
    session["user_id"] = 7
    return ""


@app.get("/logout")
def logout():
    session.clear()
    return ""


@app.get("/forge")
def forge():
    """A token as another key, another salt or another time would make it."""
    class Then(TimestampSigner):
        def get_timestamp(self):
            return int(time.time()) - int(request.args.get("age", 0))
    secret = request.args.get("secret") or session.get("csrf_token", "")
    return URLSafeTimedSerializer(request.args.get("key", "dev"), salt=request.args.get("salt", "wtf-csrf-token"), signer=Then).dumps(
        int(secret) if request.args.get("int") else secret)


app.wsgi_app = (lambda inner: lambda environ, start: inner(
    dict(environ, **{"wsgi.url_scheme": environ.get("HTTP_X_FORWARDED_PROTO", "http")}), start))(app.wsgi_app)
server = make_server("127.0.0.1", 0, app, threaded=True)
print(server.server_port, flush=True)
threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
server.serve_forever()
