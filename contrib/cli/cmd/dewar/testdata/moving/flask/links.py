"""Prints the links of both halves as Flask builds them."""
import json

from flask import url_for

from goroutes import go_routes
from shop import create_app

app = create_app()
go_routes(app)
with app.test_request_context("/"):
    print(json.dumps([url_for("auth.account", id=7), url_for("feed"), url_for("feed", format="atom"),
                      url_for("basket"), url_for("basket", page=2), url_for("item", id=3, colour="a b")]))
