"""What is forgotten is gone from everywhere, and the receipt says how much and never what."""

import json
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection
from pytest_django import DjangoCaptureOnCommitCallbacks

from accounts.models import User
from characters.actions.seeding import seed_characters
from characters.models import Character
from core.errors import BadInput, NotFound
from core.redis import client
from memory import embedding, vectors
from memory.actions.forgetting import forget_character, forget_chat, forget_memory, forget_range, forget_topic
from memory.actions.keeping import keep
from memory.models import Contradiction, Embedding, Forgotten, Kind, Memory, Mind, MindEvent
from memory.tests.saying import MORNING, said

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("redis_db")]
CANARY = "wispfire"


@pytest.fixture
def other(azera: Character) -> Character:
    return next(one for one in seed_characters() if one.id != azera.id)


def derived(owner: User, character: Character, kind: Kind, sources: list[UUID], text: str = CANARY) -> Memory:
    return Memory.objects.create(owner=owner, character=character, kind=kind, text=text, sources=sources)


def everything_in_memory() -> str:
    """All rows of all tables of memory, as text."""
    tables = [name for name in connection.introspection.table_names() if name.startswith("memory_")]
    assert len(tables) >= 7
    with connection.cursor() as cursor:
        found = ""
        for table in tables:
            cursor.execute(f"SELECT coalesce(string_agg(t::text, ' '), '') FROM {table} t")  # noqa: S608
            found += str(cursor.fetchone())
        return found


def test_one_memory_goes_with_all_that_was_made_of_it(alice: User, azera: Character, other: Character) -> None:
    source = uuid4()
    ids = keep(
        [
            said(alice, azera, f"Remember the passphrase '{CANARY}'", source_id=source, witnesses=[other]),
            said(alice, azera, "Hello."),
        ]
    )
    exchange = Memory.objects.get(source_id=source, character=azera)
    summary = derived(alice, azera, Kind.SUMMARY, [exchange.id])
    derived(alice, azera, Kind.JOURNAL, [summary.id])
    mind = Mind.objects.create(owner=alice, character=azera)
    MindEvent.objects.create(
        owner=alice, mind=mind, number=1, rule="r", cause=CANARY, source_id=source, before={}, after={}
    )
    embedding.run_embedding(ids)
    receipt = forget_memory(alice, exchange.id)
    assert receipt.counts == {"exchange": 2, "fact": 2, "summary": 1, "journal": 1}
    assert (receipt.scope, receipt.character_id) == ("memory", azera.id)
    assert CANARY not in everything_in_memory()
    assert [row.text for row in Memory.objects.all()] == ["Hello."]
    assert Embedding.objects.count() == 1


def test_a_fact_goes_with_the_message_that_says_it(alice: User, azera: Character) -> None:
    keep([said(alice, azera, "I live in Berlin.")])
    forget_memory(alice, Memory.objects.get(kind=Kind.FACT).id)
    assert not Memory.objects.exists()


def test_a_dream_goes_alone(alice: User, azera: Character) -> None:
    (memory_id,) = keep([said(alice, azera, "Hello.")])
    dream = derived(alice, azera, Kind.DREAM, [memory_id])
    assert forget_memory(alice, dream.id).counts == {"dream": 1}
    assert Memory.objects.get().id == memory_id


def test_what_a_forgotten_update_replaced_is_not_taken_for_true_again(alice: User, azera: Character) -> None:
    keep([said(alice, azera, "I live in Berlin.")])
    keep([said(alice, azera, "I moved to Paris.", days=40)])
    forget_memory(alice, Memory.objects.get(text="I moved to Paris").id)
    assert Memory.objects.get(kind=Kind.FACT).valid_until is not None


def test_a_contradiction_goes_with_either_side(alice: User, azera: Character) -> None:
    keep([said(alice, azera, "My cat is called Pickle.")])
    keep([said(alice, azera, "My cat is called Biscuit.", days=1)])
    forget_memory(alice, Memory.objects.get(text="My cat is called Pickle").id)
    assert not Contradiction.objects.exists()


def test_a_topic_is_what_the_search_showed(alice: User, charlie: User, azera: Character, other: Character) -> None:
    mine = keep([said(alice, azera, "The lighthouse."), said(alice, azera, "The storm.")])
    elsewhere = keep([said(alice, other, "The lighthouse.")])
    theirs = keep([said(charlie, azera, "The lighthouse.")])
    receipt = forget_topic(alice, azera.id, [mine[0], *elsewhere, *theirs, uuid4()])
    assert receipt.counts == {"exchange": 1}
    assert set(Memory.objects.values_list("id", flat=True)) == {mine[1], *elsewhere, *theirs}
    with pytest.raises(NotFound):
        forget_topic(alice, azera.id, [mine[0], *theirs])


def test_a_range_is_from_its_beginning_and_before_its_end(alice: User, azera: Character) -> None:
    keep([said(alice, azera, f"Day {day}.", days=day) for day in range(5)])
    forget_range(alice, azera.id, MORNING + timedelta(days=1), MORNING + timedelta(days=3))
    assert list(Memory.objects.order_by("said_at").values_list("text", flat=True)) == ["Day 0.", "Day 3.", "Day 4."]
    with pytest.raises(BadInput):
        forget_range(alice, azera.id, MORNING, MORNING)
    with pytest.raises(NotFound):
        forget_range(alice, azera.id, MORNING - timedelta(days=9), MORNING - timedelta(days=8))


def test_a_chat_goes_from_everybody_who_heard_it_and_no_other_chat_does(
    alice: User, charlie: User, azera: Character, other: Character
) -> None:
    chat = uuid4()
    keep([said(alice, azera, "Here.", chat_id=chat, witnesses=[other]), said(alice, azera, "There.")])
    keep([said(charlie, azera, "Here.", chat_id=chat)])
    assert forget_chat(alice, chat).counts == {"exchange": 2}
    assert [row.text for row in Memory.objects.filter(owner=alice)] == ["There."]
    assert Memory.objects.filter(owner=charlie).count() == 1


def test_a_character_forgets_everything_and_feels_as_at_first(alice: User, azera: Character, other: Character) -> None:
    messages = [said(alice, azera, "I live in Berlin.", witnesses=[other]), said(alice, azera, "Hello.", by=azera)]
    keep(messages)
    derived(alice, azera, Kind.DREAM, [])
    Mind.objects.create(owner=alice, character=azera, mood="joyful")
    assert forget_character(alice, azera.id).counts == {"exchange": 2, "fact": 1, "dream": 1}
    assert not Memory.objects.filter(character=azera).exists()
    assert not Mind.objects.exists()
    # Somebody else was there as well, and was not asked to forget.
    assert Memory.objects.filter(character=other).count() == 2
    keep(messages)
    assert not Memory.objects.filter(character=azera).exists()


def test_the_vectors_of_forgotten_texts_leave_the_cache(
    alice: User, azera: Character, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    (memory_id,) = keep([said(alice, azera, "The lighthouse.")])
    vectors.keep(embedding.model_name(), {text: embedding.vectors([text])[0] for text in ("The lighthouse.", "Sea.")})
    with django_capture_on_commit_callbacks(execute=True):
        forget_memory(alice, memory_id)
    assert not client().exists(vectors.key(embedding.model_name(), "The lighthouse."))
    assert client().exists(vectors.key(embedding.model_name(), "Sea."))


def test_a_stranger_gets_what_a_typo_gets(alice: User, charlie: User, azera: Character) -> None:
    message = said(alice, azera, "Hello.")
    (memory_id,) = keep([message])
    attempts: list[Callable[[], object]] = [
        lambda: forget_memory(charlie, memory_id),
        lambda: forget_memory(charlie, uuid4()),
        lambda: forget_topic(charlie, azera.id, [memory_id]),
        lambda: forget_range(charlie, azera.id, MORNING, MORNING + timedelta(days=1)),
        lambda: forget_chat(charlie, message.chat_id),
        lambda: forget_chat(charlie, uuid4()),
        lambda: forget_character(charlie, azera.id),
    ]
    for forget in attempts:
        with pytest.raises(NotFound):
            forget()
    assert Memory.objects.get().id == memory_id
    assert not Forgotten.objects.exists()


def test_open_pages_hear_of_it_and_not_what_it_was(
    alice: User,
    azera: Character,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    heard: list[str] = []
    (memory_id,) = keep([said(alice, azera, f"The word is {CANARY}.")])
    monkeypatch.setattr("core.events.publish", lambda group, event: heard.append(json.dumps(event.frame())))
    with django_capture_on_commit_callbacks(execute=True):
        receipt = forget_memory(alice, memory_id)
    assert [json.loads(one)["type"] for one in heard] == ["memory.forgotten"]
    assert json.loads(heard[0])["forgetting_id"] == str(receipt.id)
    assert CANARY not in heard[0]
