"""Runs configuration files in Python and writes their values as JSON with types, for the differential test.

Standard input: [{"file": ..., "source": ..., "class": ..., "env": {...}}, ...].
Standard output: one [kind, value] per entry, or ["error"].
"""

import datetime
import importlib.abc
import importlib.machinery
import ipaddress
import json
import os
import pathlib
import sys
import types
import uuid


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
    if isinstance(v, (uuid.UUID, ipaddress._IPAddressBase, datetime.time)):
        return ["str", str(v)]
    if isinstance(v, datetime.datetime):
        utc = v if v.tzinfo else v.replace(tzinfo=datetime.timezone.utc)
        return ["time", utc.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f")]
    if isinstance(v, datetime.date):
        return ["time", v.strftime("%Y-%m-%dT00:00:00.000000")]
    if isinstance(v, datetime.timedelta):
        return ["duration", str(v // datetime.timedelta(microseconds=1))]
    if isinstance(v, dict):
        return ["dict", {key(k): encode(x) for k, x in v.items()}]
    if isinstance(v, (set, frozenset)):
        return ["set", [encode(x) for x in v]]
    if hasattr(v, "readline"):
        raise Code
    if hasattr(v, "__iter__") and not isinstance(v, type) and v is not os.environ:
        try:
            return ["list", [encode(x) for x in v]]
        except TypeError:
            raise Code
    raise Code


class Anything:
    """Stands for what a package that is not installed has."""

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return Anything()

    def __call__(self, *args, **kwargs):
        return Anything()


class Absent(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds packages that are not installed: here, an import fails when it is used."""

    def find_spec(self, name, path, target=None):
        if name.split(".")[0] not in ("numpy", "a", "shop"):
            return None
        return importlib.machinery.ModuleSpec(name, self, is_package=True)

    def create_module(self, spec):
        module = types.ModuleType(spec.name)
        module.__path__ = []
        module.__getattr__ = lambda name: Anything()
        return module

    def exec_module(self, module):
        pass


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
    folder = os.path.dirname(job["file"])
    sys.path.insert(0, folder)
    loaded = set(sys.modules)
    module = types.ModuleType("config")
    module.__file__ = job["file"]
    try:
        exec(compile(job["source"], job["file"], "exec"), module.__dict__)
        found = module.__dict__
        if job["class"]:
            cls = found[job["class"]]
            found = {name: getattr(cls, name) for name in dir(cls)}
        return ["dict", values(found)]
    except (Exception, SystemExit) as e:
        return ["error", repr(e)]
    finally:
        while folder in sys.path:
            sys.path.remove(folder)
        for name in set(sys.modules) - loaded:
            if getattr(sys.modules[name], "__file__", None) and sys.modules[name].__file__.startswith(folder + os.sep):
                del sys.modules[name]


sys.stdout = open(os.devnull, "w")
sys.meta_path.append(Absent())
json.dump([run(job) for job in json.load(sys.stdin)], sys.__stdout__)
