"""Accounts: who visits, and what only those may do who have logged in."""
import sqlite3

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import (LoginManager, UserMixin, current_user, fresh_login_required, login_required, login_user,
                         logout_user)
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.security import check_password_hash, generate_password_hash

from .db import get_db
from .forms import LoginForm, PasswordForm, RegisterForm

bp = Blueprint("auth", __name__, url_prefix="/auth")

login_manager = LoginManager()
login_manager.login_view = login_manager.refresh_view = "auth.login"
login_manager.login_message_category = login_manager.needs_refresh_message_category = "error"
login_manager.localize_callback = _


class User(UserMixin):
    def __init__(self, row):
        self.id = row["id"]
        self.username = row["username"]
        self.password = row["password"]
        self.admin = bool(row["admin"])
        self.blocked = bool(row["blocked"])


def find_user(where, value):
    row = get_db().execute(f"SELECT * FROM user WHERE {where} = ?", (value,)).fetchone()
    return User(row) if row else None


@login_manager.user_loader
def load_user(user_id):
    user = find_user("id", user_id)
    return user if user and not user.blocked else None


def tokens():
    return URLSafeTimedSerializer(current_app.secret_key, salt="api-token")


def load_token(token):
    """Return the user whose token for the API this is, or None."""
    try:
        data = tokens().loads(token, max_age=int(current_app.config["TOKEN_LIFETIME"].total_seconds()))
    except BadData:
        return None
    return load_user(data["user"])


def hash_password(password):
    return generate_password_hash(password, current_app.config["PASSWORD_METHOD"])


@bp.route("/register", methods=["GET", "POST"])
def register():
    form = RegisterForm()
    if form.validate_on_submit():
        try:
            add_user(form.username.data, form.password.data)
            flash(_("Welcome, %(name)s. You can log in now.", name=form.username.data))
            return redirect(url_for("auth.login"))
        except sqlite3.IntegrityError:
            form.username.errors.append(_("This name is taken."))
    return render_template("auth/register.html", form=form)


def add_user(username, password):
    """Add a user. The first one is the admin."""
    with get_db() as db:
        db.execute("INSERT INTO user (username, password, admin) VALUES (?, ?, NOT EXISTS (SELECT * FROM user))",
                   (username, hash_password(password)))


@bp.route("/login", methods=["GET", "POST"])
def login():
    form = LoginForm()
    if form.validate_on_submit():
        user = find_user("username", form.username.data)
        if user and not user.blocked and check_password_hash(user.password, form.password.data):
            login_user(user, remember=form.remember.data)
            flash(_("You are logged in."))
            return redirect(safe_next(request.args.get("next")) or url_for("posts.index"))
        flash(_("Name and password do not match."), "error")
    return render_template("auth/login.html", form=form)


def safe_next(url):
    """Return the URL if it is a path of this site, or None."""
    return url if url and url.startswith("/") and url[1:2] not in ("/", "\\") and url.isprintable() else None


@bp.post("/logout")
@login_required
def logout():
    logout_user()
    flash(_("You are logged out."))
    return redirect(url_for("posts.index"))


@bp.get("/account")
@login_required
def account():
    return render_template("auth/account.html", token=tokens().dumps({"user": current_user.id}))


@bp.route("/password", methods=["GET", "POST"])
@fresh_login_required
def password():
    form = PasswordForm()
    if form.validate_on_submit():
        with get_db() as db:
            db.execute("UPDATE user SET password = ? WHERE id = ?", (hash_password(form.password.data), current_user.id))
        flash(_("Your password is changed."))
        return redirect(url_for("auth.account"))
    return render_template("auth/password.html", form=form)
