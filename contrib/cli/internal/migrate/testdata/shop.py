from flask import Blueprint, Flask

app = Flask(__name__)
app.config["SERVER_NAME"] = "example.com"
auth = Blueprint("auth", __name__, url_prefix="/auth")
inner = Blueprint("inner", __name__, url_prefix="/inner")
view = lambda **values: ""
auth.add_url_rule("/login", "login", view, methods=["GET", "POST"])
auth.add_url_rule("/p/<int(4):n>/<any(a,'b c'):w>/", "page", view)
inner.add_url_rule("/<uuid:id>", "show", view)
auth.register_blueprint(inner)
app.register_blueprint(auth)
app.add_url_rule("/f/", "f", view, defaults={"page": 1}, strict_slashes=False)
app.add_url_rule("/f/<int(signed=True):page>", "f", view)
app.add_url_rule("/f/<int(signed=True):page>/<path:rest>", "f", view)
app.add_url_rule("/u/<name>", "user", view)
app.add_url_rule("/u/<string(length=2):lang>/<default:name>", "lang", view)
app.add_url_rule("/x/<float:x>.html", "x", view)
app.add_url_rule("/api", "api", view, subdomain="api")
app.add_url_rule("/feed/", "feed", view, defaults={"format": "rss"}, strict_slashes=False)
app.add_url_rule("/feed/<format>", "feed", view)
