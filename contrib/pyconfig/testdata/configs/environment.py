# Everything comes from the environment, with defaults.
import os
from os import environ as env, getenv

ENVIRONMENT = env.get("APP_ENV", "production")
DEBUG = ENVIRONMENT == "development"
SECRET_KEY = os.environ["SECRET_KEY"]
PORT = int(env.get("PORT", 5000))
WORKERS = int(getenv("WEB_CONCURRENCY") or 4)
TIMEOUT = float(os.getenv("TIMEOUT", "2.5"))
HOSTS = [host.strip() for host in env.get("HOSTS", "").split(",") if host.strip()]
SENTRY_DSN = env.get("SENTRY_DSN")
HAS_SENTRY = SENTRY_DSN is not None
IS_LOUD = not env.get("QUIET")

db_user = env.get("DB_USER", "app")
db_password = env.get("DB_PASSWORD", "")
db_host = env.get("DB_HOST", "localhost")
SQLALCHEMY_DATABASE_URI = "postgresql://{}:{}@{}/{name}".format(
    db_user, db_password, db_host, name=env.get("DB_NAME", "app"),
)
REDIS_URL = "redis://%s:%d/0" % (env.get("REDIS_HOST", "localhost"), 6379)
CACHE_URL = f"{REDIS_URL[:-1]}1?timeout={TIMEOUT:.1f}"

database_url = env.get("DATABASE_URL", "")
if database_url.startswith("postgres://"):
    database_url = database_url.replace("postgres://", "postgresql://", 1)
DATABASE_URL = database_url

if DEBUG:
    TEMPLATES_AUTO_RELOAD = True
elif ENVIRONMENT == "staging":
    TEMPLATES_AUTO_RELOAD = False
else:
    TEMPLATES_AUTO_RELOAD = None
