"""Prints what pybabel extracts from the templates of a folder: a JSON list of [context, text, plural]."""
import json
import sys

from babel.messages.extract import extract_from_dir

found = []
for _, _, text, _, context in extract_from_dir(sys.argv[1], [("**.html", "jinja2")]):
    one, many = text if isinstance(text, tuple) else (text, "")
    found.append([context or "", one, many or ""])
json.dump(sorted(found), sys.stdout)
