from flask import Blueprint, render_template
from flask_login import login_required

bp = Blueprint("auth", __name__, url_prefix="/auth")


@bp.route("/login", methods=["GET", "POST"])
def login():
    return render_template("login.html")


@bp.route("/account/<int:id>")
@login_required
def account(id):
    return str(id)


def check_old(password, hash):
    import bcrypt  # accounts of the shop before this one

    return bcrypt.checkpw(password.encode(), hash)
