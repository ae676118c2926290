"""The Flask half of the tests: python3 flaskapp.py KEY prints its port and serves."""
import sys

from flask import Flask, abort, flash, get_flashed_messages, request, session, url_for
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.serving import make_server

app = Flask("half")
app.config["SECRET_KEY"] = sys.argv[1]
app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1, x_port=1, x_prefix=1)


@app.get("/show")
def show():
    messages = get_flashed_messages()
    return " ".join(messages + [f"{key}={session[key]}" for key in sorted(session)])


@app.get("/set")
def set_values():
    for key, value in request.args.items():
        if key not in ("before", "after"):
            session[key] = value
    return "set"


@app.get("/pop")
def pop():
    session.pop(request.args["key"], None)
    return "popped"


@app.get("/flash")
def flash_message():
    flash(request.args["m"])
    return "flashed"


@app.get("/permanent")
def permanent():
    session.permanent = True
    return ""


@app.get("/logout")
def logout():
    session.clear()
    return "bye"


@app.get("/plain")
def plain():
    return "plain"


@app.get("/client")
def client():
    return f"{request.remote_addr} {request.scheme} {request.host} {request.script_root} {url_for('plain', _external=True)}"


@app.post("/upload")
def upload():
    file = request.files["file"]
    return f"{file.filename} {len(file.read())} {request.form['title']}"


@app.get("/broken")
def broken():
    raise RuntimeError("on purpose")


@app.errorhandler(404)
def missing(error):
    return "Flask's own 404", 404


@app.get("/stream")
def stream():
    return app.response_class((f"data: {i}\n\n" for i in range(3)), mimetype="text/event-stream")


server = make_server("127.0.0.1", 0, app, threaded=True)
print(server.port, flush=True)
server.serve_forever()
