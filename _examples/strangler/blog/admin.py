"""The page of the admin, who blocks users."""
from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user, login_required

from .auth import find_user
from .db import get_db

bp = Blueprint("admin", __name__, url_prefix="/admin")


@bp.before_request
@login_required
def admins_only():
    if not current_user.admin:
        abort(403)


@bp.get("/")
def index():
    users = get_db().execute("SELECT user.*, count(post.id) AS posts FROM user LEFT JOIN post ON author_id = user.id"
                             " GROUP BY user.id ORDER BY username").fetchall()
    return render_template("admin/index.html", users=users)


@bp.post("/users/<int:id>/block")
def block(id):
    user = find_user("id", id) or abort(404)
    if user.id == current_user.id:
        abort(403)
    with get_db() as db:
        db.execute("UPDATE user SET blocked = NOT blocked WHERE id = ?", (id,))
    message = _("%(name)s may log in again.") if user.blocked else _("%(name)s is blocked.")
    flash(message % {"name": user.username})
    return redirect(url_for("admin.index"))
