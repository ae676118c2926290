"""Configuration classes for an application factory."""
import os

basedir = os.path.abspath(os.path.dirname(__file__))


class Config:
    """What all environments share."""

    SECRET_KEY = os.environ.get("SECRET_KEY") or "hard to guess string"
    MAIL_SERVER = os.environ.get("MAIL_SERVER", "smtp.example")
    MAIL_PORT = int(os.environ.get("MAIL_PORT", "587"))
    MAIL_USE_TLS = os.environ.get("MAIL_USE_TLS", "true").lower() in ["true", "on", "1"]
    ADMINS = [a.strip() for a in os.environ.get("ADMINS", "root@example").split(",")]
    SQLALCHEMY_TRACK_MODIFICATIONS = False
    SLOW_QUERY_SECONDS = 0.5

    @staticmethod
    def init_app(app):
        pass


class DevelopmentConfig(Config):
    DEBUG = True
    SQLALCHEMY_DATABASE_URI = os.environ.get("DEV_DATABASE_URL") or \
        "sqlite:///" + os.path.join(basedir, "data-dev.sqlite")


class TestingConfig(Config):
    TESTING = True
    WTF_CSRF_ENABLED = False
    SQLALCHEMY_DATABASE_URI = os.environ.get("TEST_DATABASE_URL") or "sqlite://"


class ProductionConfig(Config):
    SQLALCHEMY_DATABASE_URI = os.environ.get("DATABASE_URL") or \
        "sqlite:///" + os.path.join(basedir, "data.sqlite")

    @classmethod
    def init_app(cls, app):
        Config.init_app(app)

        # mail errors to the administrators
        import logging
        from logging.handlers import SMTPHandler

        credentials = None
        if getattr(cls, "MAIL_USERNAME", None) is not None:
            credentials = (cls.MAIL_USERNAME, cls.MAIL_PASSWORD)
        with app.app_context():
            handler = SMTPHandler(credentials=credentials)
        handler.setLevel(logging.ERROR)
        app.logger.addHandler(handler)


class DockerConfig(ProductionConfig):
    LOG_TO_STDERR = True


config = {
    "development": DevelopmentConfig,
    "testing": TestingConfig,
    "production": ProductionConfig,
    "docker": DockerConfig,
    "default": DevelopmentConfig,
}
