# Mixins, inner classes and attributes that refer to one another.
from datetime import timedelta


class Defaults(object):
    NAME = "app"
    LEVEL = 1
    TAGS = ["base"]

    class Cache:
        TYPE = "simple"
        TIMEOUT = 300


class SecureCookies(object):
    SESSION_COOKIE_SECURE = True
    SESSION_COOKIE_SAMESITE = "Strict"
    LEVEL = 2


class Metrics(Defaults):
    METRICS_PREFIX = Defaults.NAME + "_"
    LEVEL = 3


class Production(SecureCookies, Metrics):
    """Order: Production, SecureCookies, Metrics, Defaults, object."""

    NAME = "shop"
    TAGS = Metrics.TAGS + ["production"]
    PERMANENT_SESSION_LIFETIME = timedelta(hours=8)
    CACHE_TIMEOUT = Defaults.Cache.TIMEOUT * 2
    _minutes = 5
    RATE_LIMIT = f"{_minutes * 60} per hour"
    REPLICAS = [f"replica{i}" for i in range(2)]

    if _minutes > 3:
        SLOW = True


ACTIVE = "Production"
Production.BUILD = 7
