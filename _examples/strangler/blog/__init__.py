"""A blog in Flask: what is moved to Go, one blueprint at a time."""
from flask import Flask, jsonify, render_template, request
from flask_wtf.csrf import CSRFProtect
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix

from . import admin, api, auth, db, language, pages, posts

csrf = CSRFProtect()


def create_app():
    app = Flask(__name__)
    app.config.from_pyfile("../config.py")
    if app.config["PROXIES"]:  # Go stands in front, and says for whom it asks
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1, x_prefix=1)
    db.init_app(app)
    csrf.init_app(app)
    language.init_app(app)
    auth.login_manager.init_app(app)
    for module in (pages, posts, auth, admin, api):
        app.register_blueprint(module.bp)
    csrf.exempt(api.bp)
    app.register_error_handler(HTTPException, show_error)
    return app


def show_error(error):
    if request.path.startswith("/api/"):
        return jsonify(error=error.name), error.code
    return render_template("error.html", error=error), error.code
