from flask import Blueprint

bp = Blueprint("api", __name__, url_prefix="/api")


@bp.get("/items")
def items():
    return []


@bp.post("/items")
def add():
    return {}
