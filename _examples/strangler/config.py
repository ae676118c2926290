"""The settings of the blog. Python and Go both read this file."""
import os
from datetime import timedelta

INSTANCE = os.environ.get("BLOG_INSTANCE", os.path.join(os.path.dirname(os.path.abspath(__file__)), "instance"))

SECRET_KEY = os.environ.get("BLOG_SECRET_KEY", "dev")  # for a try at home only
DATABASE = os.path.join(INSTANCE, "blog.sqlite")
UPLOAD_FOLDER = os.path.join(INSTANCE, "pictures")

PASSWORD_METHOD = os.environ.get("BLOG_PASSWORD_METHOD", "pbkdf2:sha256:600000")
MAX_CONTENT_LENGTH = 2 * 1024 * 1024
POSTS_PER_PAGE = 5
TOKEN_LIFETIME = timedelta(days=30)

SESSION_COOKIE_SAMESITE = "Lax"
REMEMBER_COOKIE_SAMESITE = "Lax"
REMEMBER_COOKIE_DURATION = timedelta(days=90)

STATIC_FINGERPRINTS = False  # Go's: pages of both halves link to /static/style.css

PROXIES = int(os.environ.get("BLOG_PROXIES", "0"))  # 1 while Go is in front of Python

LANGUAGES = ["en", "de"]
BABEL_DEFAULT_LOCALE = "en"
