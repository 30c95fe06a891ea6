"""What tests do again and again."""

from collections.abc import Callable

from core.database import brief_connection
from weights import actions, files, pulling
from weights.models import LanguageModel

PLENTY = 10**15


def pull(model: LanguageModel, free: Callable[[], int] = lambda: PLENTY) -> LanguageModel:
    """Carry the pull out here, as a worker would."""
    pulling.run_pull(model.id, free=free)
    with brief_connection():
        model.refresh_from_db()
    return model


def pull_again(model: LanguageModel) -> LanguageModel:
    return pull(actions.prepare_pull(model.name))


def part_bytes(model: LanguageModel) -> bytes:
    path = files.part(model.id)
    return path.read_bytes() if path.exists() else b""
