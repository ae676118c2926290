# Mail and payment settings: long expressions, continuation lines, conditional values.
import os

testing = os.environ.get("TESTING", "").lower() in ("1", "true")

MAIL_SERVER = os.environ.get("MAIL_SERVER")
MAIL_PORT = int(os.environ.get("MAIL_PORT") or 25)
MAIL_USE_TLS = os.environ.get("MAIL_USE_TLS") is not None
MAIL_USE_SSL = MAIL_PORT == 465 and not MAIL_USE_TLS
MAIL_SUPPRESS_SEND = True if testing else False
MAIL_DEFAULT_SENDER = ("Shop", "noreply@" + (MAIL_SERVER or "localhost"))
MAIL_SUBJECT_PREFIX = "[Shop%s] " % (" (test)" if testing else "")
MAIL_MAX_EMAILS = None if not testing else 1

STRIPE = {
    "public": os.environ.get("STRIPE_PUBLIC", "pk_test"),
    "secret": os.environ.get("STRIPE_SECRET", "sk_test"),
    "live": os.environ.get("STRIPE_PUBLIC", "pk_test").startswith("pk_live"),
}
CURRENCIES = "eur usd gbp".upper().split()
PRICES = dict(zip(["small", "large"], [4.99, 19.90]))
TAX = {country: rate for country, rate in (("de", 0.19), ("fr", 0.2)) if rate > 0}
RETRY = [2 ** n for n in range(5)]
TOTAL_WAIT = sum(RETRY) + \
    len(CURRENCIES)
FOOTER = "-" * 20
TEMPLATE = "{greeting}, {{name}}! {0:>6.2f} {1}".format(
    PRICES["large"], CURRENCIES[0], greeting="Dear")
