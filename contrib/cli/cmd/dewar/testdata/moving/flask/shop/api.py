from flask import Blueprint

bp = Blueprint("api", __name__, url_prefix="/api")


@bp.get("/items")
def items():
    return []


@bp.post("/items")
def add():
    return {}


v1 = Blueprint("v1", __name__, url_prefix="/v1")


@v1.post("/items")
def add_v1():
    return {}


bp.register_blueprint(v1)
