"""Builds URLs: python urls.py MODULE < [[endpoint, values], ...]. A module of Go's routes has go_routes."""
import importlib, json, sys

from flask import Flask, url_for

module = importlib.import_module(sys.argv[1])
app = getattr(module, "app", None)
if app is None:
    app = Flask(__name__)
    app.config["SERVER_NAME"] = "example.com"
    module.go_routes(app)
urls = []
with app.test_request_context("/"):
    for endpoint, values in json.load(sys.stdin):
        try:
            urls.append(url_for(endpoint, **values))
        except Exception:
            urls.append(None)
json.dump(urls, sys.stdout)
