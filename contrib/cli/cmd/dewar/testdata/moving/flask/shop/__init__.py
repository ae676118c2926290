"""A Flask application of usual shape, which the tests of dewar migrate look at."""
from flask import Flask, Request
from flask.json.tag import JSONTag
from flask_login import LoginManager
from flask_wtf import CSRFProtect
from werkzeug.routing import BaseConverter
from werkzeug.security import generate_password_hash

from . import api, auth

print("the shop says something while it starts")
csrf = CSRFProtect()
login_manager = LoginManager()
login_manager.login_view = "auth.login"
login_manager.session_protection = "strong"


class ListConverter(BaseConverter):
    def to_python(self, value):
        return value.split("+")

    def to_url(self, values):
        return "+".join(values)


class Money:
    def __init__(self, cents):
        self.cents = cents


class MoneyTag(JSONTag):
    key = " money"

    def check(self, value):
        return isinstance(value, Money)

    def to_json(self, value):
        return value.cents

    def to_python(self, value):
        return Money(value)


class ShopRequest(Request):
    max_form_memory_size = 500_000


def create_app():
    app = Flask(__name__)
    app.request_class = ShopRequest
    app.config.from_object("config.Production")
    app.url_map.converters["list"] = ListConverter
    app.session_interface.serializer.register(MoneyTag)
    csrf.init_app(app)
    login_manager.init_app(app)
    login_manager.user_loader(lambda id: None)
    app.register_blueprint(auth.bp)
    app.register_blueprint(api.bp)
    csrf.exempt(api.bp)
    csrf.exempt(pay)
    app.add_url_rule("/pay", view_func=pay, methods=["POST"])
    app.add_url_rule("/feed/", "feed", feed, defaults={"format": "rss"}, strict_slashes=False)
    app.add_url_rule("/feed/<format>", "feed", feed)
    app.add_url_rule("/tags/<list:names>", "tags", tags)
    app.add_url_rule("/odd/{literal}", "odd", lambda: "odd")
    return app


def pay():
    return generate_password_hash("no password")


def feed(format):
    return format


def tags(names):
    return ",".join(names)
