"""Every queue has a worker, in `up` and in compose.yaml, and what takes long stays out of the queue of replies."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from cognitia.celery import app
from cognitia.management.commands.up import workers

SERVED = re.compile(r"-Q (\w+)")


def queue_of(task: str) -> str:
    return str(app.amqp.router.route({}, task)["queue"].name)


@pytest.fixture(scope="module")
def tasks() -> list[str]:
    app.loader.import_default_modules()
    return [name for name in app.tasks if not name.startswith("celery.")]


def test_every_queue_has_a_worker(tasks: list[str]) -> None:
    wanted = {queue_of(name) for name in tasks}
    in_up = {
        found for one in workers(Path("/nowhere"), "127.0.0.1", 1) for found in SERVED.findall(" ".join(one.argv))
    }
    composed = set(SERVED.findall((settings.BASE_DIR / "compose.yaml").read_text()))
    assert wanted == in_up == composed


def test_replies_share_their_queue_only_with_what_is_short_or_speaks_with_the_model(tasks: list[str]) -> None:
    assert {name for name in tasks if queue_of(name) == "gpu"} == {
        "chats.tasks.generate_reply",
        "chats.tasks.suggest",
        "memory.tasks.dream",
        "memory.tasks.embed_query",
        "memory.tasks.journal",
        "memory.tasks.summarize",
    }
