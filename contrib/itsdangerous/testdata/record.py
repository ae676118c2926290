"""Prints tokens of the itsdangerous that it finds as JSON: python3 testdata/record.py > testdata/itsdangerous-VERSION.json

All of them are signed at one second. A refusal is the name of Python's exception."""
import hashlib
import json
import sys
import types
from importlib.metadata import version

import itsdangerous.timed
from itsdangerous import BadData, Signer, TimestampSigner, URLSafeSerializer, URLSafeTimedSerializer

AT = 1700000000
clock = types.SimpleNamespace(time=lambda: AT)
itsdangerous.timed.time = clock

VALUES = ["", "ann@example.com", "é \u2028 <&> \"\\\n\x7f", 7, -1, 0.5, 1e-7, None, True, [], {}, {"user": 7}, {"a": [1, "x", None], "b": {"c": 2.5}},
          "a" * 40, "long " * 20, "a.b.c", "日本\U0001f600", 2**53 - 1, [[[]]]]
TEXTS = ["", "ann", "a.b.c", "é日本", "x" * 50]
SETTINGS = [
    {}, {"salt": "password-reset"}, {"salt": "email-confirm", "key_derivation": "hmac"}, {"salt": "s", "key_derivation": "concat", "digest": "sha256"},
    {"salt": "é", "key_derivation": "none", "digest": "sha512"}, {"salt": "activate", "digest": "sha384"}, {"sep": "!"}, {"salt": "wtf-csrf-token"},
]
KEYS = [["dev"], ["old", "dev"], ["oldest", "old", "new"], ["grüße"]]


def make(kind, keys, settings):
    signing = {"key_derivation": settings.get("key_derivation"), "digest_method": getattr(hashlib, settings.get("digest", "sha1"))}
    if "sep" in settings:
        signing["sep"] = settings["sep"]
    salt = {"salt": settings["salt"]} if "salt" in settings else {}
    if kind in (Signer, TimestampSigner):
        return kind(keys, **salt, **signing)
    return kind(keys, signer_kwargs=signing, **salt)


def tokens():
    for kind in [Signer, TimestampSigner, URLSafeSerializer, URLSafeTimedSerializer]:
        texts = kind in (Signer, TimestampSigner)
        for i, settings in enumerate(SETTINGS):
            keys = KEYS[i % len(KEYS)]
            maker = make(kind, keys, settings)
            for value in TEXTS if texts else VALUES:
                token = maker.sign(value).decode() if texts else maker.dumps(value)
                yield {"kind": kind.__name__, "keys": keys, **settings, "value": value, "token": token}


def loads():
    """What becomes of tokens with other keys, salts and times, and of ones that were tampered with."""
    token = make(URLSafeTimedSerializer, ["old", "dev"], {"salt": "reset"}).dumps({"user": 7})
    older = make(URLSafeTimedSerializer, ["old"], {"salt": "reset"}).dumps({"user": 7})
    forever = make(URLSafeSerializer, ["dev"], {"salt": "reset"}).dumps({"user": 7})
    payload, stamp, signature = token.split(".")
    for name, keys, salt, age, limit, text in [
        ("the same keys", ["old", "dev"], "reset", 0, 60, token), ("the last key alone", ["dev"], "reset", 0, 60, token),
        ("an old key", ["old"], "reset", 0, 60, token), ("an old key's token with newer keys", ["old", "dev"], "reset", 0, 60, older),
        ("an old key's token with keys in another order", ["dev", "old"], "reset", 0, 60, older),
        ("an old key's token without that key", ["dev"], "reset", 0, 60, older), ("another salt", ["dev"], "confirm", 0, 60, token),
        ("as old as allowed", ["dev"], "reset", 60, 60, token), ("a second older", ["dev"], "reset", 61, 60, token),
        ("old without a limit", ["dev"], "reset", 10**8, None, token), ("from the future", ["dev"], "reset", -1, 60, token),
        ("from the future without a limit", ["dev"], "reset", -1, None, token), ("a limit of nothing", ["dev"], "reset", 0, 0, token),
        ("without a time", ["dev"], "reset", 0, 60, forever), ("without a signature", ["dev"], "reset", 0, 60, payload + "." + stamp),
        ("nothing", ["dev"], "reset", 0, 60, ""), ("another payload", ["dev"], "reset", 0, 60, "eyJ1c2VyIjo4fQ." + stamp + "." + signature),
        ("another time", ["dev"], "reset", 0, 60, payload + ".ZVPxAQ." + signature), ("cut", ["dev"], "reset", 0, 60, token[:-1]),
        ("no base64", ["dev"], "reset", 0, 60, make(TimestampSigner, ["dev"], {"salt": "reset"}).sign("!").decode()),
        ("no JSON", ["dev"], "reset", 0, 60, make(TimestampSigner, ["dev"], {"salt": "reset"}).sign("eHg").decode()),
        ("no zlib", ["dev"], "reset", 0, 60, make(TimestampSigner, ["dev"], {"salt": "reset"}).sign(".IngI").decode()),
    ]:
        clock.time = lambda: AT + age
        try:
            result = {"value": make(URLSafeTimedSerializer, keys, {"salt": salt}).loads(text, max_age=limit)}
        except BadData as refusal:
            result = {"refusal": type(refusal).__name__}
        yield {"name": name, "keys": keys, "salt": salt, "age": age, "limit": limit, "token": text, **result}
    clock.time = lambda: AT


def written(items):
    return "[\n  " + ",\n  ".join(json.dumps(item) for item in items) + "\n ]"


print('{"python": "%s", "itsdangerous": "%s", "at": %d,' % (sys.version.split()[0], version("itsdangerous"), AT))
print(' "tokens": %s,\n "loads": %s}' % (written(tokens()), written(loads())))
