"""Renders the templates of the jobs on standard input with Jinja, and writes what came of each."""
import json
import sys

import jinja2
from markupsafe import Markup


def modern(name):
    """Makes a method of str one of Markup, which it is since markupsafe 2.1.3."""
    def method(self, *args):
        return self.__class__(getattr(str, name)(self, *args))
    if name not in vars(Markup):
        setattr(Markup, name, method)


for name in ["casefold", "removeprefix", "removesuffix"]:
    modern(name)


def value(v):
    if isinstance(v, dict):
        if "markup" in v:
            return Markup(v["markup"])
        if "tuple" in v:
            return tuple(value(x) for x in v["tuple"])
        return {k: value(x) for k, x in v["dict"]}
    if isinstance(v, list):
        return [value(x) for x in v]
    return v


def render(job):
    env = jinja2.Environment(
        loader=jinja2.DictLoader(job["templates"]),
        autoescape=job["autoescape"],
        undefined=getattr(jinja2, job["undefined"]),
        trim_blocks=job["trim"],
        lstrip_blocks=job["trim"],
        extensions=["jinja2.ext.do", "jinja2.ext.loopcontrols", "jinja2.ext.i18n"],
    )
    env.install_null_translations(newstyle=True)
    try:
        data = {k: value(v) for k, v in job["data"]["dict"]}
        return {"output": env.get_template("page").render(data)}
    except Exception as error:
        return {"error": type(error).__name__ + ": " + str(error)}


json.dump([render(job) for job in json.load(sys.stdin)], sys.stdout)
