import os

LOG_LEVEL = os.environ.get("LOG_LEVEL", "info").upper()

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "default": {
            "format": "[%(asctime)s] %(levelname)s in %(module)s: %(message)s",
            "datefmt": "%Y-%m-%d %H:%M:%S",
        },
        "json": {"()": "app.logs.JSONFormatter", "indent": None},
    },
    "handlers": {
        "wsgi": {
            "class": "logging.StreamHandler",
            "stream": "ext://flask.logging.wsgi_errors_stream",
            "formatter": "default",
        },
        "file": {
            "class": "logging.handlers.RotatingFileHandler",
            "filename": "/var/log/app.log",
            "maxBytes": 10 * 1024 ** 2,
            "backupCount": 5,
        },
    },
    "loggers": {
        name: {"level": level, "propagate": name != "app.noisy"}
        for name, level in [("app", LOG_LEVEL), ("app.noisy", "ERROR"), ("sqlalchemy", "WARNING")]
    },
    "root": {"level": LOG_LEVEL, "handlers": ["wsgi"]},
}

if LOG_LEVEL == "DEBUG":
    LOGGING["root"]["handlers"].append("file")
    LOGGING["handlers"]["file"]["backupCount"] = 1
LOGGING["loggers"]["werkzeug"] = {"level": LOG_LEVEL}
STATUS_TEXTS = {404: "Not found", 500: "Sorry", None: "?"}
