"""What is done about pulls whose worker is gone, or that nobody was told to carry out."""

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q
from django.utils.timezone import now

from core import jobs
from weights import pulling, trying
from weights.models import LanguageModel, Status

logger = logging.getLogger(__name__)

# A living pull is heard of each second, but for a line that has gone quiet (20 s and a pause) or an Ollama server
# that checks what it received (120 s).
SILENT_SECONDS = 150
# Reading 9 GB from a slow disk, twice, and one before it in line.
TRIAL_SECONDS = 1200


def run_resuming() -> list[UUID]:
    """Take over pulls that nobody carries on, and answer all that must be queued. Raises `redis.RedisError`.

    A trial that nobody carries on is given up: it takes minutes at most, and somebody can ask for it again.
    """
    for model_id in LanguageModel.objects.filter(wanted_at__lt=_ago(TRIAL_SECONDS)).values_list("id", flat=True):
        trying.give_up(model_id)
    for model in _silent():
        if model.take_over():
            logger.warning("pull taken over", extra={"model": model.name, "status": model.status})
    return jobs.without_task(pulling.waiting())


def _silent() -> Iterator[LanguageModel]:
    long_ago = _ago(SILENT_SECONDS)
    unheard = Q(heard_at__lt=long_ago) | Q(heard_at=None, started_at__lt=long_ago)
    yield from LanguageModel.objects.filter(unheard, status=Status.RUNNING)


def _ago(seconds: int) -> datetime:
    return now() - timedelta(seconds=seconds)
