"""Reads JSON on standard input, a list of [password, hash]; prints a list of {"ok": its answer, "hash": one of its own}."""

import json
import sys

from werkzeug.security import check_password_hash, generate_password_hash


def exchange(password, hash):
    method = hash.split("$")[0]
    return {"ok": check_password_hash(hash, password), "hash": generate_password_hash(password, method)}


print(json.dumps([exchange(*pair) for pair in json.load(sys.stdin)]))
