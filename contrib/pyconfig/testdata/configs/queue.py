# Background jobs, the shape of a Celery or RQ section.
import os
import datetime as dt

BROKER = os.environ.get("BROKER", "redis://localhost:6379/1")
CELERY = dict(
    broker_url=BROKER,
    result_backend=BROKER.rsplit("/", 1)[0] + "/2",
    task_ignore_result=True,
    task_time_limit=5 * 60,
    accept_content=["json"],
    beat_schedule={
        "nightly": {
            "task": "tasks.nightly",
            "schedule": dt.timedelta(days=1),
            "args": (1, "two", None),
            "options": {"queue": "low"},
        },
    },
)
CELERY["beat_schedule"].update({
    "often": {"task": "tasks.often", "schedule": dt.timedelta(seconds=30)},
})
SCHEDULER_API_ENABLED = True
QUEUES = ["high", "default", "low"]
PRIORITIES = {name: 10 - i for i, name in enumerate(QUEUES)}
assert len(PRIORITIES) == 3, "each queue has a priority"
if not BROKER:
    raise RuntimeError("BROKER must be set")
WORKER_NAMES = ["%s-%02d" % (queue, n) for queue in QUEUES[:2] for n in range(1, 3)]
