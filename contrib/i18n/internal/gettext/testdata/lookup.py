"""Reads catalogs and questions as JSON, and writes the answers of msgfmt and Python's gettext: a list of texts, or null for a catalog that is refused."""

import base64
import gettext
import io
import json
import subprocess
import sys


def compiled(catalog):
    if "mo" in catalog:
        return base64.b64decode(catalog["mo"])
    done = subprocess.run(
        ["msgfmt", "--output-file=-", "-"], input=base64.b64decode(catalog["po"]), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    return None if done.returncode else done.stdout


def answer(t, question):
    context, singular, plural, n = question
    if plural is None:
        return t.gettext(singular) if context is None else t.pgettext(context, singular)
    return t.ngettext(singular, plural, n) if context is None else t.npgettext(context, singular, plural, n)


def answers(catalog):
    data = compiled(catalog)
    if data is None:
        return None
    try:
        t = gettext.GNUTranslations(io.BytesIO(data)) if data else gettext.NullTranslations()
    except UnicodeDecodeError:
        return None
    return {"mo": base64.b64encode(data).decode(), "texts": [answer(t, q) for q in catalog["questions"]]}


json.dump([answers(catalog) for catalog in json.load(sys.stdin)], sys.stdout)
