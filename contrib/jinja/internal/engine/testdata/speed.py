"""Renders the page that the first line of standard input gives with Jinja and writes it. For each further line, a number of
times, it renders the page as often and writes the CPU time of one in nanoseconds."""
import json
import sys
import time

import jinja2


def url_for(endpoint, **values):
    return f"/{endpoint}/{values['id']}" if "id" in values else f"/{endpoint}"


job = json.loads(sys.stdin.readline())
env = jinja2.Environment(loader=jinja2.DictLoader(job["templates"]), autoescape=True)
env.globals["url_for"] = url_for
page = env.get_template("page.html")
print(json.dumps(page.render(job["data"])), flush=True)
for line in sys.stdin:
    times = int(line)
    began = time.process_time_ns()
    for _ in range(times):
        page.render(job["data"])
    print((time.process_time_ns() - began) // times, flush=True)
