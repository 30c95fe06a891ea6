"""Included by the worker that carries beat (`celery worker -B --include`). Celery forks beat off, and that child
would outlive a killed worker and go on queueing work that a second beat queues too."""

import os

from celery.signals import beat_embedded_init

from cognitia.embedded.children import die_with_parent


def end_with_the_worker(**_kwargs: object) -> None:
    die_with_parent(os.getppid())


beat_embedded_init.connect(end_with_the_worker)
