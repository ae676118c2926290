"""The posts as JSON, for programs. They say who they are by the token of their user's account page."""
from flask import Blueprint, jsonify, request, url_for
from flask_httpauth import HTTPTokenAuth

from .auth import load_token
from .posts import add_post, find_post, find_posts, page_number

bp = Blueprint("api", __name__, url_prefix="/api")
auth = HTTPTokenAuth("Bearer", realm="blog")
auth.verify_token(load_token)


@auth.error_handler
def refused(status):
    return jsonify(error="Unauthorized"), status


def as_json(post):
    return {
        "author": post.author,
        "body": post.body,
        "created": post.created.isoformat(),
        "id": post.id,
        "picture": url_for("posts.picture", name=post.picture) if post.picture else None,
        "title": post.title,
        "url": url_for("posts.show", id=post.id),
    }


@bp.get("/posts")
def posts():
    found, next_page = find_posts(page_number())
    return jsonify(posts=[as_json(post) for post in found],
                   next=url_for("api.posts", page=next_page) if next_page else None)


@bp.get("/posts/<int:id>")
def post(id):
    return jsonify(as_json(find_post(id)))


@bp.post("/posts")
@auth.login_required
def new():
    data = request.get_json()
    title, body = (str(data.get(key, "")).strip() for key in ("title", "body"))
    if not title:
        return jsonify(error="A title is needed."), 400
    id = add_post(auth.current_user().id, title, body)
    return jsonify(as_json(find_post(id))), 201, {"Location": url_for("api.post", id=id)}
