"""Records what Jinja's filters make of some values: python record.py > jinja.json

Run it with Jinja 3.1. A line is a filter, its arguments, the value, and what the page shows, in which references are
resolved; or that Jinja refuses it. What differs here for a reason is in differences of filters_test.go.
"""

import html
import json
import sys

import jinja2

LONG = "The quick brown fox jumps over the lazy dog"
HARD = "<b>&amp; \"q\" 'a'</b>"
TEXTS = ["", "a", "hello world", "Hello WORLD foo-bar (baz) [qux] {x <y", "straße ÜBER éa", HARD, "  padded \t\n", "a\nb\r\nc\n\nd", LONG, "x" * 300, "o'neil isn't", "日本語 テキスト", "1st 2nd", "/a/b/"]
LISTS = [[], ["a"], ["b", "A", "c", "a", "B"], [3, 1, 2, 3], [1.5, 2, -1], ["<i>", "&"], [[1, 2], [3]]]
PEOPLE = [{"name": "Eve", "age": 30, "city": {"name": "Oslo"}, "on": True}, {"name": "adam", "age": 25, "city": {"name": "Bern"}, "on": False}, {"name": "Bob", "age": 30, "city": {"name": "oslo"}, "on": ""}]
NUMBERS = [0, 1, -1, 42, 1000, 1024, 999999, 123456789, 1.0, 0.5, 1.5, 2.5, 2.675, 42.55, -42.5, 1e16, 1e-5, 123456.789, 10**12, 10**15]
LINKS = [
    "see http://example.com/a?b=c&d=e.", "(https://example.com)", "www.example.com and example.com", "example.org/x, foo.net", "mail me@example.com now",
    "mailto:me@example.com", "http://1.2.3.4:80/x", "http://[::1]/", "<http://example.com>", "http://example.com/(a)", "(http://example.com/(a))", "javascript:alert(1)", "http://a\"onmouseover=alert(1)",
    "http://example.com/<script>alert(1)</script>", "a@b", "foo@bar.baz,", "HTTP://EXAMPLE.COM", "https://example.com\nnext line http://x.org", "http://localhost", "ftp://example.com", "x" * 50, "http://example.com/" + "y" * 50, "http://", "www.", "http://ex ample.com", "'http://example.com'",
]

CASES = []


def each(name, values, *arguments):
    for args in arguments or [()]:
        for value in values:
            CASES.append((name, list(args), value))


for name in "upper lower title capitalize trim wordcount striptags urlencode string length first last reverse".split():
    each(name, TEXTS)
each("striptags", ["<p>one</p>\n\n<p>two <!-- no --> &lt;b&gt;</p>", "a < b", "<a href='>'>x</a>", "<<b>>"])
each("trim", TEXTS, ("/",), ("ab",))
each("replace", TEXTS, ("o", "0"), ("a", "bb", 1), ("", "-"))
each("truncate", TEXTS, (), (9,), (9, True), (11,), (11, False, "..."), (11, False, "...", 0), (20, True, "!", 2), (3, False, ""))
each("indent", TEXTS, (), (2,), (2, True), (2, False, True), (1, True, True))
each("center", ["", "a", "ab", "abc", LONG], (), (5,), (6,), (-3,))
for name in "length first last join reverse sort unique min max".split():
    each(name, LISTS[:-1])
each("sum", [[], [3, 1, 2], [1.5, 2], [1, True]])
each("length", LISTS[-1:] + [{}, {"a": 1}])
each("join", LISTS[:-1], (", ",), ("<br>",))
each("join", [PEOPLE], (", ", "name"), (", ", "city.name"))
each("sort", [LISTS[2], LISTS[3]], (True,), (False,))
each("batch", [["a", "b", "c", "d", "e"], []], (2,), (2, "-"), (7, "x"))
each("sum", [PEOPLE], ("age",))
for name in ("map", "selectattr", "rejectattr"):
    each(name, [PEOPLE], ("name",) if name == "map" else ("on",))
each("map", [PEOPLE], ("city.name",))
each("groupby", [PEOPLE], ("age",), ("city.name",))
each("round", NUMBERS, (), (1,), (2,), (-2,), (0, "ceil"), (1, "floor"))
each("int", NUMBERS + ["", "42", " 7 ", "3.9", "x", "-5", "1e3", None], (), (9,))
each("float", NUMBERS + ["", "42", " 7 ", "3.9", "x", "-5", "1e3", None], (), (9.5,))
each("abs", NUMBERS)
each("filesizeformat", NUMBERS + ["1500", 10**24, 10**27], (), (True,))
each("default", [None, "", 0, False, "x", [], 5], ("none",), ("none", True))
each("tojson", TEXTS + [None, True, 1, 1.5, [1, "a", None], {"a": "<>", "b": [1]}, "\u2028 \u2029", "</script><!--"])
each("urlize", LINKS + TEXTS, (), (10,), (40, True), (0, True, "_blank"))
each("safe", [HARD, "plain"])


def argument(value):
    return json.dumps(value).replace("true", "True").replace("false", "False")


def shown(value):
    """What the test writes of a list that a filter makes."""
    if isinstance(value, (list, tuple)):
        return "[" + " ".join(shown(v) for v in value) + "]"
    if isinstance(value, dict):
        return value["name"]
    return str(value)


def record(name, args, value):
    env = jinja2.Environment(autoescape=True)
    env.filters["shown"] = shown
    if name in ("map", "groupby"):
        call = f"({'attribute=' if name == 'map' else ''}{argument(args[0])})"
    elif name == "sum" and args:
        call = f"(attribute={argument(args[0])})"
    elif name == "urlize" and args and args[0] == 0:
        call = f"(None, {', '.join(argument(a) for a in args[1:])})"
    else:
        call = "(" + ", ".join(argument(a) for a in args) + ")" if args else ""
    undefined = name in ("default", "int", "float") and value is None
    source = "{{ x|" + name + call
    if name in ("map", "selectattr", "rejectattr", "groupby", "batch", "sort", "unique", "reverse"):
        source += "|list|shown" if not (name == "reverse" and isinstance(value, str)) else ""
    try:
        text = env.from_string(source + " }}").render({} if undefined else {"x": value})
    except Exception as e:
        return {"filter": name, "args": args, "value": value, "refused": type(e).__name__}
    return {"filter": name, "args": args, "value": value, "want": html.unescape(text) if name != "urlize" else text}


json.dump({"jinja": jinja2.__version__, "cases": [record(*c) for c in CASES]}, sys.stdout, ensure_ascii=True, indent=None, separators=(",", ":"))
