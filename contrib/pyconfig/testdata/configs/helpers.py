"""Helper functions do the reading."""
import os

TRUE = ("1", "true", "yes", "on", "y", "t")


def env_bool(name: str, default: bool = False) -> bool:
    """Reads a flag."""
    value = os.environ.get(name)
    if value is None:
        return default
    return value.strip().lower() in TRUE


def env_list(name, default=(), separator=","):
    raw = os.environ.get(name, "")
    items = []
    for item in raw.split(separator):
        item = item.strip()
        if not item:
            continue
        items.append(item)
    return items or list(default)


def env_int(name, default=None, *, least=0):
    raw = os.environ.get(name)
    number = int(raw) if raw else default
    return number if number is None else max(number, least)


def database_uri(engine="postgresql", *parts, **options):
    query = "&".join("%s=%s" % (k, v) for k, v in sorted(options.items()))
    return engine + "://" + "/".join(parts) + ("?" + query if query else "")


def load_from_file(path):
    with open(path) as f:
        return f.read()


DEBUG = env_bool("DEBUG")
USE_TLS = env_bool("USE_TLS", default=True)
ALLOWED_HOSTS = env_list("HOSTS", ["localhost"])
PORTS = [int(p) for p in env_list("PORTS", separator=";")]
POOL = env_int("POOL", 5, least=2)
LIMIT = env_int("LIMIT")
DATABASE_URI = database_uri("postgresql", "db.example", "app", sslmode="require", pool=POOL)
double = lambda n: n * 2
DOUBLED = double(21)
