"""Answers requests with templates, as a Flask application does. Standard input and output are JSON."""

import json
import sys

import flask
import jinja2
import markupsafe

given = json.load(sys.stdin)
app = flask.Flask("pages", static_folder=None)
app.config.update(SECRET_KEY="a key that is long enough for a test", TITLE="Salt & pepper", PAGES=[1, 2])
app.jinja_loader = jinja2.DictLoader(given["templates"])
blog = flask.Blueprint("blog", "blog", url_prefix="/blog")
job = None


@app.context_processor
def site():
    return {"site": "Site", "title": "overridden"}


app.template_global("shout")(lambda text: text.upper() + "!")
app.template_filter("money")(lambda cents: "%d.%02d" % (cents // 100, cents % 100))
app.template_test("even_number")(lambda n: n % 2 == 0)


def page(**values):
    for key, item in job.get("session", {}).items():
        flask.session[key] = item
    for key, item in job.get("g", {}).items():
        setattr(flask.g, key, item)
    for category, text, safe in job.get("flashes", []):
        flask.flash(markupsafe.Markup(text) if safe else text, category)
    return flask.render_template(job["template"], **job.get("data", {}))


app.add_url_rule("/", "index", page, methods=["GET", "POST"])
app.add_url_rule("/files/<path:name>", "file", page)
app.add_url_rule("/users/<name>/<int:id>", "user", page)
app.add_url_rule("/weights/<float:kg>", "weight", page)
blog.add_url_rule("/<int:id>", "show", page, methods=["GET", "POST"])
app.register_blueprint(blog)

results = []
for job in given["jobs"]:
    answer = app.test_client(use_cookies=False).open(
        job["target"], method=job.get("method", "GET"), headers=job.get("headers", {}), data=job.get("form"),
        base_url=job.get("base", "http://example.com"), environ_base={"REMOTE_ADDR": "192.0.2.1"})
    results.append({"status": answer.status_code, "text": answer.get_data(as_text=True)})
json.dump(results, sys.stdout)
