"""Calls the filters, tests and globals of the jobs on standard input as Jinja does, and writes what came of each."""
import collections.abc
import json
import sys

import jinja2
from markupsafe import Markup

ENVIRONMENTS = {
    "default": jinja2.Environment(undefined=jinja2.Undefined),
    "strict": jinja2.Environment(undefined=jinja2.StrictUndefined),
    "chainable": jinja2.Environment(undefined=jinja2.ChainableUndefined),
    "debug": jinja2.Environment(undefined=jinja2.DebugUndefined),
}


def decode(env, v):
    kind, raw = v
    if kind in ("list", "tuple", "iterator"):
        items = [decode(env, x) for x in raw]
        return {"list": list, "tuple": tuple, "iterator": iter}[kind](items)
    if kind == "dict":
        return {decode(env, k): decode(env, x) for k, x in raw}
    if kind == "undefined":
        return env.undefined(name=raw)
    return {
        "none": lambda _: None,
        "bool": bool,
        "int": int,
        "float": float,
        "str": str,
        "markup": Markup,
        "bytes": bytes,
        "range": lambda r: range(*r),
    }[kind](raw)


def encode(v):
    if v is None:
        return ["none", None]
    if isinstance(v, jinja2.Undefined):
        return ["undefined", v._undefined_message]
    if isinstance(v, Markup):
        return ["markup", str(v)]
    for kind, name in ((str, "str"), (bool, "bool")):
        if isinstance(v, kind):
            return [name, v]
    if isinstance(v, int):
        return ["int", hex(v)]
    if isinstance(v, float):
        return ["float", repr(v)]
    if isinstance(v, bytes):
        return ["bytes", list(v)]
    if isinstance(v, dict):
        return ["dict", [[encode(k), encode(x)] for k, x in v.items()]]
    if isinstance(v, tuple):
        return ["tuple", [encode(x) for x in v]]
    if isinstance(v, range):
        return ["range", [v.start, v.stop, v.step]]
    if isinstance(v, (list, collections.abc.Iterator)):
        return ["list", [encode(x) for x in v]]
    return ["other", type(v).__name__]


def call(env, job):
    context = jinja2.runtime.new_context(env, None, {})
    context.eval_ctx.autoescape = job["autoescape"]
    args = [decode(env, x) for x in job["args"]]
    named = {k: decode(env, x) for k, x in job["named"]}
    if job["kind"] == "global":
        return context.call(env.globals[job["name"]], *args, **named)
    run = env.call_filter if job["kind"] == "filter" else env.call_test
    return run(job["name"], args[0], args[1:], named, context, context.eval_ctx)


def outcome(job):
    env = ENVIRONMENTS[job["undefined"]]
    try:
        return {"value": encode(call(env, job))}
    except Exception as error:
        return {"error": type(error).__name__, "message": str(error)}


json.dump([outcome(job) for job in json.load(sys.stdin)], sys.stdout)
