"""The posts: reading, writing, and their pictures."""
import os
import uuid
from datetime import datetime

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, send_from_directory, url_for
from flask_babel import gettext as _
from flask_login import current_user, login_required

from .db import get_db
from .forms import PostForm

bp = Blueprint("posts", __name__)


class Post:
    def __init__(self, row):
        self.id = row["id"]
        self.author_id = row["author_id"]
        self.author = row["username"]
        self.created = datetime.fromisoformat(row["created"])
        self.title = row["title"]
        self.body = row["body"]
        self.picture = row["picture"]


SELECT = "SELECT post.*, username FROM post JOIN user ON user.id = author_id "


def find_posts(page):
    """Return the posts of a page, the newest first, and the number of the next page or None."""
    size = current_app.config["POSTS_PER_PAGE"]
    rows = get_db().execute(SELECT + "ORDER BY post.id DESC LIMIT ? OFFSET ?", (size + 1, (page - 1) * size)).fetchall()
    return [Post(row) for row in rows[:size]], page + 1 if len(rows) > size else None


def find_post(post_id):
    row = get_db().execute(SELECT + "WHERE post.id = ?", (post_id,)).fetchone()
    return Post(row) if row else abort(404)


def own_post(post_id):
    post = find_post(post_id)
    if post.author_id != current_user.id:
        abort(403)
    return post


def add_post(author_id, title, body, picture=None):
    with get_db() as db:
        return db.execute("INSERT INTO post (author_id, title, body, picture) VALUES (?, ?, ?, ?)",
                          (author_id, title, body, picture)).lastrowid


def page_number():
    return max(request.args.get("page", 1, type=int), 1)


@bp.get("/")
def index():
    posts, next_page = find_posts(page_number())
    return render_template("posts/index.html", posts=posts, page=page_number(), next_page=next_page)


@bp.get("/posts/<int:id>")
def show(id):
    return render_template("posts/show.html", post=find_post(id))


@bp.route("/posts/new", methods=["GET", "POST"])
@login_required
def new():
    form = PostForm()
    if not form.validate_on_submit():
        return render_template("posts/edit.html", form=form, post=None)
    id = add_post(current_user.id, form.title.data, form.body.data, save_picture(form.picture.data))
    flash(_("Your post is published."))
    return redirect(url_for("posts.show", id=id))


@bp.route("/posts/<int:id>/edit", methods=["GET", "POST"])
@login_required
def edit(id):
    post = own_post(id)
    form = PostForm(obj=post)
    if not form.validate_on_submit():
        return render_template("posts/edit.html", form=form, post=post)
    with get_db() as db:
        db.execute("UPDATE post SET title = ?, body = ?, picture = coalesce(?, picture) WHERE id = ?",
                   (form.title.data, form.body.data, save_picture(form.picture.data), id))
    flash(_("Your post is changed."))
    return redirect(url_for("posts.show", id=id))


@bp.post("/posts/<int:id>/delete")
@login_required
def delete(id):
    own_post(id)
    with get_db() as db:
        db.execute("DELETE FROM post WHERE id = ?", (id,))
    flash(_("Your post is deleted."))
    return redirect(url_for("posts.index"))


def save_picture(file):
    """Keep an uploaded picture under a new name, and return that; None when there is none."""
    if not hasattr(file, "save"):
        return None
    name = uuid.uuid4().hex + os.path.splitext(file.filename)[1].lower()
    file.save(os.path.join(current_app.config["UPLOAD_FOLDER"], name))
    return name


@bp.get("/pictures/<name>")
def picture(name):
    return send_from_directory(current_app.config["UPLOAD_FOLDER"], name)
