"""What the clock and the queue do with dreams, entries and chapters."""

import json
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.utils.timezone import now

from accounts.models import User
from characters.models import Character
from core.redis import client
from inference.testing import ScriptedBackend
from memory import feeling, summarizing, tasks, working
from memory.models import Kind, Memory, Mind
from memory.tests.remembering import remember

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("redis_db", "text_engine")]


def queued() -> list[str]:
    """The names of what waits: for the worker with the model, then for the one that remembers."""
    waiting = [entry for queue in ("gpu", "memory") for entry in client().lrange(queue, 0, -1)]
    return [json.loads(entry)["headers"]["task"].rpartition(".")[2] for entry in waiting]


@pytest.fixture
def chat_id(alice: User, azera: Character) -> UUID:
    """Fifty messages, of which the last was said twelve minutes ago."""
    found = uuid4()
    for number in range(50):
        said_at = now() - timedelta(minutes=62 - number)
        remember(alice, azera, f"At pier {number} lies a boat.", said_at=said_at, chat_id=found)
    return found


def felt(owner: User, character: Character, energy: float, focus: float) -> Mind:
    feeling.lock_mind(owner.id, character.id, now())
    found = Mind.objects.filter(owner=owner, character=character)
    found.update(energy=energy, focus=focus, mood_value=0.65, felt_at=now())
    return found.get()


def test_the_clock_lets_the_tired_dream(alice: User, azera: Character, chat_id: UUID) -> None:
    mind = felt(alice, azera, energy=0.0, focus=0.5)
    tasks.look_for_dreams()
    assert queued() == ["dream"]
    client().delete("gpu", "memory")
    tasks.dream(str(mind.id))
    assert Memory.objects.filter(kind=Kind.DREAM, owner=alice).count() == 1
    assert queued() == ["embed_memories"]


def test_the_clock_lets_the_clear_write(alice: User, azera: Character, chat_id: UUID) -> None:
    mind = felt(alice, azera, energy=0.9, focus=1.0)
    tasks.look_for_dreams()
    assert queued() == ["journal"]
    client().delete("gpu", "memory")
    tasks.journal(str(mind.id))
    assert Memory.objects.filter(kind=Kind.JOURNAL, owner=alice).count() == 1
    assert queued() == ["embed_memories"]


def test_one_chapter_is_followed_by_the_next(alice: User, azera: Character, chat_id: UUID) -> None:
    for number in range(30):
        remember(
            alice, azera, f"Pier {number} again.", said_at=now() - timedelta(seconds=60 - number), chat_id=chat_id
        )
    first = summarizing.due(alice.id, azera.id, chat_id)
    assert first is not None
    tasks.summarize(str(first))
    assert queued() == ["summarize", "embed_memories"]
    client().delete("gpu", "memory")
    second = summarizing.due(alice.id, azera.id, chat_id)
    assert second not in (None, first)
    tasks.summarize(str(second))
    assert queued() == ["embed_memories"]
    assert summarizing.due(alice.id, azera.id, chat_id) is None


def test_a_chapter_that_waits_is_queued_again(alice: User, azera: Character, chat_id: UUID) -> None:
    memory_id = summarizing.due(alice.id, azera.id, chat_id)
    working.mark_busy(alice.id, azera.id)
    tasks.summarize(str(memory_id))
    assert queued() == []
    tasks.resume_summaries()
    assert queued() == ["summarize"]


def test_what_the_model_wrote_is_searchable_like_any_memory(
    alice: User, azera: Character, chat_id: UUID, text_engine: ScriptedBackend
) -> None:
    mind = felt(alice, azera, energy=0.0, focus=0.5)
    text_engine.script(
        "I walked along the pier, and each boat that lay there had a lantern instead of a sail. When I touched the "
        "water it was warm and folded like cloth, and under it somebody was counting slowly."
    )
    tasks.dream(str(mind.id))
    found = Memory.objects.extra(where=["words @@ websearch_to_tsquery('english', 'lantern sail')"])
    assert [one.kind for one in found.filter(owner=alice)] == [Kind.DREAM]
