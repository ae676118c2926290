"""The database, which Go uses at the same time."""
import os
import sqlite3

from flask import current_app, g


def get_db():
    if "db" not in g:
        g.db = connect(current_app.config["DATABASE"])
    return g.db


def connect(path):
    db = sqlite3.connect(path, timeout=5)
    db.row_factory = sqlite3.Row
    db.execute("PRAGMA foreign_keys = ON")
    return db


def close_db(_error=None):
    db = g.pop("db", None)
    if db is not None:
        db.close()


def init_app(app):
    os.makedirs(app.config["UPLOAD_FOLDER"], exist_ok=True)
    with app.open_resource("schema.sql", "r") as schema:
        db = connect(app.config["DATABASE"])
        db.executescript(schema.read())
        db.close()
    app.teardown_appcontext(close_db)
