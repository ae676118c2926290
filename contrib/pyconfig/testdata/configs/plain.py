# Plain assignments, as in an instance/config.py.
DEBUG = True
TESTING = False
secret_key = "ignored"
SECRET_KEY = 'not-so-secret'
SECRET_KEY_FALLBACKS = ["older", "oldest"]
SESSION_COOKIE_NAME = "sid"
SESSION_COOKIE_SAMESITE = "Lax"
MAX_CONTENT_LENGTH = 16 * 1024 * 1024  # 16 MiB
MAX_FORM_PARTS = 1_000
ITEMS_PER_PAGE = 20
RATIO = 0.75
BIG = 9_007_199_254_740_993
HUGE = 123456789012345678901234567890
PREFERRED_URL_SCHEME = "https"
SERVER_NAME = None
GREETING = (
    "Hello, "
    'world'
)
BANNER = """\
Welcome
  to the "app"
"""
PATTERN = r"^\d+\.\w+$"
SALT = b"\x00salt\xff"
EMPTY = ""
MiXeD = "not upper case"
_UNDER = 1
