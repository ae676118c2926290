"""The language of a page: what the visitor has chosen, or else what the browser asks for."""
from flask import current_app, request, session
from flask_babel import Babel, get_locale

babel = Babel()


def choose():
    languages = current_app.config["LANGUAGES"]
    if session.get("language") in languages:
        return session["language"]
    return request.accept_languages.best_match(languages)


def init_app(app):
    try:
        babel.init_app(app, locale_selector=choose)
    except TypeError:  # Flask-Babel before 3
        babel.init_app(app)
        babel.localeselector(choose)
    app.context_processor(lambda: {"language": str(get_locale())})
