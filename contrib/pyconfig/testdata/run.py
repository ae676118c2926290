"""Runs configuration files in Python and writes their values as JSON with types, for the differential test.

Standard input: [{"file": ..., "source": ..., "class": ..., "env": {...}}, ...].
Standard output: one [kind, value] per entry, or ["error"].
"""

import datetime
import json
import os
import pathlib
import sys
import types


class Code(Exception):
    """A value is code, or holds some."""


def key(k):
    if isinstance(k, bool) or k is None:
        return json.dumps(k)
    if isinstance(k, (int, float)):
        return repr(k)
    if isinstance(k, (str, pathlib.PurePath)):
        return str(k)
    raise Code


def encode(v):
    if v is None:
        return ["none"]
    if isinstance(v, bool):
        return ["bool", v]
    if isinstance(v, int):
        return ["int", str(v)]
    if isinstance(v, float):
        return ["float", repr(v)]
    if isinstance(v, (str, pathlib.PurePath)):
        return ["str", str(v)]
    if isinstance(v, bytes):
        return ["bytes", v.hex()]
    if isinstance(v, datetime.timedelta):
        return ["duration", str(v // datetime.timedelta(microseconds=1))]
    if isinstance(v, dict):
        return ["dict", {key(k): encode(x) for k, x in v.items()}]
    if isinstance(v, (set, frozenset)):
        return ["set", [encode(x) for x in v]]
    if hasattr(v, "__iter__") and not isinstance(v, type) and v is not os.environ:
        try:
            return ["list", [encode(x) for x in v]]
        except TypeError:
            raise Code
    raise Code


def values(names):
    out = {}
    for name, v in names.items():
        if name.startswith("__"):
            continue
        try:
            out[name] = encode(v)
        except Code:
            pass
    return out


def run(job):
    os.environ.clear()
    os.environ.update(job["env"] or {})
    module = types.ModuleType("config")
    module.__file__ = job["file"]
    try:
        exec(compile(job["source"], job["file"], "exec"), module.__dict__)
        found = module.__dict__
        if job["class"]:
            cls = found[job["class"]]
            found = {name: getattr(cls, name) for name in dir(cls)}
        return ["dict", values(found)]
    except (Exception, RecursionError) as e:
        return ["error", repr(e)]


sys.stdout = open(os.devnull, "w")
json.dump([run(job) for job in json.load(sys.stdin)], sys.__stdout__)
