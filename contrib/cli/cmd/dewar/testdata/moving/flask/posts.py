"""Prints which endpoints take a form without a CSRF token, and the cookie of a session."""
import json

from flask import session

from shop import create_app

app = create_app()


@app.get("/remember")
def remember():
    session["n"] = 1
    return "remembered"


client = app.test_client()
taken = {}
for rule in app.url_map.iter_rules():
    if "POST" in rule.methods:
        taken[rule.endpoint] = client.post(rule.rule).status_code != 400
print(json.dumps({"taken": taken, "cookie": client.get("/remember").headers["Set-Cookie"].partition(";")[2]}))
