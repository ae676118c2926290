"""Prints the routes of a Flask application as JSON: python routes.py shop:create_app > routes.json"""
import importlib, json, sys

sys.path.insert(0, "")
module, _, name = sys.argv[1].partition(":")
app = getattr(importlib.import_module(module), name or "app")
app = app if hasattr(app, "url_map") else app()
csrf = app.extensions.get("csrf")
exempt = lambda f: bool(csrf and f) and f"{f.__module__}.{f.__name__}" in csrf._exempt_views
json.dump([{"endpoint": r.endpoint, "rule": r.rule, "methods": sorted(r.methods or []), "defaults": r.defaults or {},
            "host": r.host, "subdomain": r.subdomain, "strict_slashes": r.strict_slashes is not False and app.url_map.strict_slashes,
            "build_only": r.build_only, "csrf_exempt": exempt(app.view_functions.get(r.endpoint))}
           for r in app.url_map.iter_rules()], sys.stdout, default=str, indent=1)
