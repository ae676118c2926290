"""Reads jobs as JSON, and writes for each what Jinja makes of it: the tree as nested lists, or the error."""

import json
import struct
import sys

from jinja2 import Environment, TemplateSyntaxError, nodes


class Anything(dict):
    """Filters and tests of every name."""

    def get(self, name, default=None):
        return str

    def __contains__(self, name):
        return True

    def __getitem__(self, name):
        return str


GETTEXT = {"gettext", "ngettext", "pgettext", "npgettext"}
OPERATORS = {
    "Add": "+", "Sub": "-", "Mul": "*", "Div": "/", "FloorDiv": "//", "Mod": "%", "Pow": "**", "And": "and", "Or": "or",
    "Not": "not", "Neg": "-", "Pos": "+",
    "eq": "==", "ne": "!=", "lt": "<", "lteq": "<=", "gt": ">", "gteq": ">=", "in": "in", "notin": "not in",
}


def body(statements):
    out = []

    def text(line, data):
        if out and out[-1][0] == "text":
            out[-1][2] += data
        else:
            out.append(["text", line, data])

    for s in statements:
        if isinstance(s, nodes.Output):
            for n in s.nodes:
                if isinstance(n, nodes.TemplateData):
                    text(n.lineno, n.data)
                else:
                    out.append(["output", expr(n)])
        else:
            out.append(statement(s))
    return out


def statement(s):
    kind = type(s).__name__.lower()
    line = s.lineno
    if kind == "for":
        return [kind, line, expr(s.target), expr(s.iter), expr(s.test), s.recursive, body(s.body), body(s.else_)]
    if kind == "if":
        return [kind, line, [[b.lineno, expr(b.test), body(b.body)] for b in [s] + s.elif_], body(s.else_)]
    if kind == "macro":
        return [kind, line, s.name, many(s.args), many(s.defaults), body(s.body)]
    if kind == "callblock":
        return [kind, line, many(s.args), many(s.defaults), expr(s.call), body(s.body)]
    if kind == "filterblock":
        return [kind, line, expr(s.filter), body(s.body)]
    if kind == "with":
        return [kind, line, many(s.targets), many(s.values), body(s.body)]
    if kind == "block":
        return [kind, line, s.name, s.scoped, s.required, body(s.body)]
    if kind == "extends":
        return [kind, line, expr(s.template)]
    if kind == "include":
        return [kind, line, expr(s.template), s.ignore_missing, s.with_context]
    if kind == "import":
        return [kind, line, expr(s.template), s.target, s.with_context]
    if kind == "fromimport":
        names = [[n, n] if isinstance(n, str) else list(n) for n in s.names]
        return [kind, line, expr(s.template), names, s.with_context]
    if kind == "assign":
        return [kind, expr(s.target), expr(s.node)]
    if kind == "assignblock":
        return [kind, line, expr(s.target), expr(s.filter), body(s.body)]
    if kind == "scope":
        (inner,) = s.body
        return ["autoescape", inner.lineno, expr(inner.options[0].value), body(inner.body)]
    if kind == "exprstmt":
        return ["do", line, expr(s.node)]
    if kind in ("break", "continue"):
        return [kind, line]
    raise TypeError(kind)


def many(exprs):
    return [expr(e) for e in exprs]


def arguments(n):
    named = [[k.key, expr(k.value)] for k in n.kwargs]
    if isinstance(n, nodes.Call) and isinstance(n.node, nodes.Name) and n.node.name in GETTEXT:
        named.sort(key=lambda pair: pair[0])
    return [many(n.args), named, expr(n.dyn_args), expr(n.dyn_kwargs)]


def constant(value):
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    if isinstance(value, int):
        return ["int", str(value)]
    return ["float", struct.pack(">d", value).hex()]


def expr(n):
    if n is None:
        return None
    kind = type(n).__name__
    low = kind.lower()
    if kind == "Const":
        return ["const", constant(n.value)]
    if kind == "Name":
        return ["name", n.name]
    if kind == "NSRef":
        return ["nsref", n.name, n.attr]
    if kind in ("Tuple", "List"):
        return [low, many(n.items)]
    if kind == "Dict":
        return [low, [[expr(p.key), expr(p.value)] for p in n.items]]
    if kind in ("Not", "Neg", "Pos"):
        return ["unary", OPERATORS[kind], expr(n.node)]
    if kind in OPERATORS:
        return ["binary", OPERATORS[kind], expr(n.left), expr(n.right)]
    if kind == "Concat":
        return ["concat", many(n.nodes)]
    if kind == "Compare":
        return ["compare", expr(n.expr), [[OPERATORS[o.op], expr(o.expr)] for o in n.ops]]
    if kind == "CondExpr":
        return ["cond", expr(n.test), expr(n.expr1), expr(n.expr2)]
    if kind in ("Filter", "Test"):
        return [low, n.lineno if kind == "Filter" else None, expr(n.node), n.name] + arguments(n)
    if kind == "Call":
        return [low, expr(n.node)] + arguments(n)
    if kind == "Getattr":
        return [low, expr(n.node), n.attr]
    if kind == "Getitem":
        return [low, expr(n.node), expr(n.arg)]
    if kind == "Slice":
        return [low, expr(n.start), expr(n.stop), expr(n.step)]
    raise TypeError(kind)


def environment(options):
    env = Environment(
        extensions=["jinja2.ext.i18n", "jinja2.ext.do", "jinja2.ext.loopcontrols"],
        optimized=False,
        **options.get("environment", {}),
    )
    env.newstyle_gettext = True
    env.policies["ext.i18n.trimmed"] = options.get("trimmed", False)
    env.filters = env.tests = Anything()
    return env


def answer(job):
    env = environment(job)
    try:
        tree = env.parse(job["source"])
        result = body(tree.body)
        compile(env.compile(job["source"], raw=True), "page", "exec")
        return {"tree": result}
    except TemplateSyntaxError as e:
        return {"error": e.message, "line": e.lineno}
    except (SyntaxError, ValueError, AttributeError) as e:  # of Python, in what Jinja generates; of Jinja itself, in required blocks
        return {"error": f"{type(e).__name__}: {e}"}


sys.setrecursionlimit(5000)
json.dump([answer(job) for job in json.load(sys.stdin)], sys.stdout)
