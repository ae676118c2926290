import os

basedir = os.path.abspath(os.path.dirname(__file__))
instance = os.path.join(basedir, "instance")

SQLALCHEMY_DATABASE_URI = os.environ.get("DATABASE_URL", "sqlite:///" + os.path.join(basedir, "app.db"))
SQLALCHEMY_BINDS = {
    "users": "sqlite:///" + os.path.join(instance, "users.db"),
    "logs": "sqlite:///" + os.path.join(basedir, os.pardir, "logs.db"),
}
UPLOAD_FOLDER = os.path.join(basedir, "static", "uploads")
LOG_FILE = os.path.normpath(os.path.join(basedir, "..", "log", "app.log"))
CONFIG_NAME = os.path.splitext(os.path.basename(__file__))[0]
DATABASE_DIR, DATABASE_FILE = os.path.split("/var/db/app.db")
