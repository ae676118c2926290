# Lifetimes of sessions, tokens and caches.
import datetime
from datetime import timedelta

one_day = timedelta(days=1)

PERMANENT_SESSION_LIFETIME = timedelta(days=31)
REMEMBER_COOKIE_DURATION = datetime.timedelta(weeks=2)
JWT_ACCESS_TOKEN_EXPIRES = timedelta(minutes=15)
JWT_REFRESH_TOKEN_EXPIRES = 30 * one_day
IDLE = timedelta(hours=1) / 2
GRACE = JWT_ACCESS_TOKEN_EXPIRES + timedelta(seconds=30) - timedelta(milliseconds=1)
SEND_FILE_MAX_AGE_DEFAULT = timedelta(hours=12).total_seconds()
CACHE_SECONDS = int(timedelta(days=7).total_seconds())
SHORT = min(PERMANENT_SESSION_LIFETIME, REMEMBER_COOKIE_DURATION)
LONG_LIVED = PERMANENT_SESSION_LIFETIME > timedelta(days=7)
TASKS = {
    "cleanup": {"every": timedelta(minutes=5), "retries": 3},
    "report": {"every": one_day, "retries": 0},
}
HALF = timedelta(days=0.5)
NEVER = timedelta(0)
