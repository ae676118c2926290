"""Pages that need no database, and the switch of the language."""
from flask import Blueprint, abort, current_app, flash, redirect, render_template, session, url_for
from flask_babel import gettext as _
from flask_babel import refresh

bp = Blueprint("pages", __name__)


@bp.get("/about")
def about():
    return render_template("about.html")


@bp.get("/language/<code>")
def language(code):
    if code not in current_app.config["LANGUAGES"]:
        abort(404)
    session["language"] = code
    refresh()
    flash(_("This blog speaks English now."))
    return redirect(url_for("posts.index"))
