"""Loads each environment of a JSON list on standard input with Flask's from_prefixed_env and prints the results as a
JSON list. Numbers are tagged with their Python type; a load that raises is null."""

import json
import os
import struct
import sys

from flask import Config


def tagged(value):
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    if isinstance(value, int):
        return {"int": str(value)}
    if isinstance(value, float):
        return {"float": struct.pack(">d", value).hex()}
    if isinstance(value, list):
        return [tagged(item) for item in value]
    return {"map": {key: tagged(item) for key, item in value.items()}}


def load(environ):
    os.environ = environ
    config = Config("/")
    try:
        config.from_prefixed_env()
    except TypeError:
        return None
    return tagged(dict(config))


json.dump([load(environ) for environ in json.load(sys.stdin)], sys.stdout)
