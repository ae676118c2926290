"""Answers requests with Flask-Babel. Input: {"dir": ..., "offers": [...], "requests": [[session, accept], ...]}; output: a list of texts."""
import json
import sys

from flask import Flask, request, session
from flask_babel import Babel, force_locale, get_locale, gettext, ngettext, npgettext, pgettext

job = json.load(sys.stdin)
app = Flask(__name__)
app.config.update(SECRET_KEY="x", BABEL_TRANSLATION_DIRECTORIES=job["dir"])


def select():
    return session.get("lang") or request.accept_languages.best_match(job["offers"])


babel = Babel(app) if hasattr(Babel, "localeselector") else Babel(app, locale_selector=select)
if hasattr(babel, "localeselector"):
    babel.localeselector(select)


@app.get("/set/<lang>")
def set_lang(lang):
    session["lang"] = lang
    return ""


@app.get("/")
def show():
    texts = [str(get_locale()), gettext("Home"), gettext("Hello, %(name)s!", name="Ada"), pgettext("month", "May")]
    for n in range(0, 30):
        texts.append(ngettext("%(num)s post", "%(num)s posts", n))
    texts.append(npgettext("file", "%(num)s sheet", "%(num)s sheets", 3))
    with force_locale("de"):
        texts.append(gettext("Home"))
    return "|".join(texts)


answers = []
for lang, accept in job["requests"]:
    client = app.test_client()
    if lang:
        client.get("/set/" + lang)
    answers.append(client.get("/", headers={"Accept-Language": accept} if accept else {}).get_data(as_text=True))
json.dump(answers, sys.stdout)
