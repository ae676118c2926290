"""Writes werkzeug-siblings.txt: what Werkzeug answers to random rules that get in each other's way.

Run it with the Python that has Werkzeug: python3 record.py > werkzeug-siblings.txt
The sets are the same each time. Answers that depend on the order of registration are left out, by asking several orders. There are
no converters that refuse what their regular expression takes, after which Werkzeug tries no other rule.
"""
import importlib.metadata
import json
import random
import re
from urllib.parse import unquote

from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import Map, RequestRedirect, Rule

source = random.Random(16)

STRING, INT, PATH = "{#}", "{#:int}", "{#:path}"
TYPED = [INT, "{#:float}", "{#:any(a,b)}", "{#:string(length=2)}", "{#:string(minlength=2,maxlength=3)}"]
BESIDE = ["x{#}", "{#}y", "x{#}y", "{#}-{#}", "{#:int}-{#}", "{#}.{#:int}", "v{#:int}"]
TEXTS = ["a", "b", "ab", "5", "x", "v1"]
SEGMENTS = ["a", "b", "ab", "5", "12", "1.5", "x", "xa", "ay", "xay", "a-b", "5-a", "a.5", "v1", "v", "zz", "zzz", "-", "é"]

# How the rules of a set come about: the pieces to choose from, how many rules, how many segments.
KINDS = {
    "all begin with a variable": lambda: rules([STRING, INT, PATH] + TYPED, TEXTS + [STRING, INT], 10, 3),
    "mixed converters in one place": lambda: rules(TYPED + BESIDE + [STRING], TYPED + BESIDE + TEXTS + [STRING], 12, 2),
    "many siblings": lambda: rules(TEXTS + TYPED + BESIDE + [STRING, PATH], TEXTS + [STRING], 24, 2),
    "slashes": lambda: rules(TEXTS[:2] + [STRING, INT], TEXTS[:2] + [STRING, PATH], 8, 3, branches=0.6, lenient=0.4),
    "methods": lambda: rules(TEXTS[:2] + [STRING, INT], TEXTS[:2] + [STRING, INT], 10, 2, methods=["GET", "POST", "PUT", "DELETE", "BREW"]),
    "paths in the middle": lambda: rules([PATH, STRING, "a"], [PATH, STRING, INT, "a", "b"], 6, 3),
    "texts in a row": lambda: rules(["a/b/a/b/a/b", "a/b/a/b/a/a", "a/b/a/b/{#}/b"], [STRING, INT, "a", "a/a/b/b/{#:int}"], 9, 2),
}


def rules(first, later, most, segments, branches=0.3, lenient=0.1, methods=("GET", "POST")):
    """Returns lines such as "GET ~/a/{b:int}/"."""
    lines = []
    for _ in range(source.randint(3, most)):
        pieces = [source.choice(first)] + [source.choice(later) for _ in range(source.randint(0, segments - 1))]
        text = "/" + "/".join(pieces) + ("/" if source.random() < branches else "")
        for name in "abcdefghijkl":
            text = text.replace("#", name, 1)
        names = sorted(source.sample(list(methods), source.randint(1, 2)))
        lines.append(",".join(names) + " " + ("~" if source.random() < lenient else "") + text)
    return lines


def parsed(lines, order):
    """Returns the Map of lines that are registered in an order."""
    table = Map()
    for i in order:
        methods, text = lines[i].split(" ")
        rule = re.sub(r"\{(\w+):([^}]*)\}", r"<\2:\1>", text.lstrip("~"))
        rule = re.sub(r"\{(\w+)\}", r"<\1>", rule)
        table.add(Rule(rule, endpoint=i, methods=methods.split(","), strict_slashes=not text.startswith("~")))
    return table.bind("h")


def answer(adapter, line, method, path):
    try:
        rule, values = adapter.match(path, method=method, return_rule=True)
    except RequestRedirect as e:
        return "redirect " + unquote(e.new_url.removeprefix("http://h"))
    except MethodNotAllowed as e:
        return "405 " + ",".join(sorted(e.valid_methods))
    except NotFound:
        return "404"
    names = re.findall(r"\{(\w+)", line[rule.endpoint])
    return "found %d %s" % (rule.endpoint, json.dumps([values[n] for n in names], separators=(",", ":"), ensure_ascii=False))


def request(lines):
    """Returns a method and a path, most often one that has the form of a rule."""
    method = source.choice(["GET", "GET", "HEAD", "POST", source.choice(["PUT", "DELETE", "BREW"])])
    if source.random() < 0.25:
        parts = [source.choice(SEGMENTS) for _ in range(source.randint(1, 4))]
    else:
        text = source.choice(lines).split(" ")[1].lstrip("~").strip("/")
        parts = re.split("/", re.sub(r"\{[^}]*path\}", lambda _: "/".join(source.choices(SEGMENTS, k=source.randint(1, 2))), text))
        parts = [source.choice(SEGMENTS) if "{" in p else p for p in parts]
    path = "/" + "/".join(parts)
    if source.random() < 0.15:
        path = path.replace("/", "//", source.randint(1, 2))
    return method, path + ("/" if source.random() < 0.3 else "")


def lenient(adapter, lines, method, path):
    """Reports whether a path is allowed for another method with or without its slash, which Werkzeug forgets in a 405."""
    other = path.rstrip("/") if path.endswith("/") else path + "/"
    return "~" in "".join(lines) and answer(adapter, lines, method, path)[:3] in ("404", "405") and other and answer(adapter, lines, method, other) != "404"


def record():
    for kind, make in KINDS.items():
        for _ in range(24):
            lines = make()
            orders = [list(range(len(lines)))] + [source.sample(range(len(lines)), len(lines)) for _ in range(6)]
            adapters = [parsed(lines, order) for order in orders]
            answers = {}
            for _ in range(40):
                asked = request(lines)
                got = {answer(a, lines, *asked) for a in adapters}
                if len(got) == 1 and not lenient(adapters[0], lines, *asked):
                    answers[asked] = got.pop()
            kept = sorted(answers.items(), key=lambda item: item[1] == "404")[:14]
            if kept:
                print("\n# " + kind + "\n" + "\n".join(lines))
                print("\n".join("? %s %s = %s" % (method, path, text) for (method, path), text in kept))


print("# What Werkzeug %s, Flask's router, answers; written by record.py. Rules are numbered from 0; \"~\" has lenient slashes." % importlib.metadata.version("werkzeug"))
record()
