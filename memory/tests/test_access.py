"""A stranger gets what a typo gets, and what is deleted is deleted everywhere."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
import redis
from django.apps import apps
from django.db import connection, models

from accounts.models import User
from characters.models import Character
from core.errors import NotFound
from core.redis import client
from memory import access, embedding, events, wall
from memory.actions.forgetting import forget_memory
from memory.actions.keeping import keep
from memory.models import Contradiction, Memory, Mind, MindEvent
from memory.tests.saying import said

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("redis_db")]
CANARY = "kestrelwing"


@pytest.fixture
def alices(alice: User, azera: Character) -> dict[str, UUID]:
    """One row of Alice's in every table of memory."""
    keep([said(alice, azera, f"My cat is called {CANARY.title()}.")])
    ids = keep([said(alice, azera, "My cat is called Biscuit.", days=9), said(alice, azera, "Hello.")])
    embedding.run_embedding(ids)
    (other,) = keep([said(alice, azera, "Forget this.")])
    receipt = forget_memory(alice, other)
    mind = Mind.objects.create(owner=alice, character=azera)
    event = MindEvent.objects.create(owner=alice, mind=mind, number=1, rule="r", cause=CANARY, before={}, after={})
    return {
        "memory": ids[0],
        "contradiction": Contradiction.objects.get().id,
        "forgetting": receipt.id,
        "event": event.id,
    }


def test_a_stranger_gets_what_a_typo_gets(
    alice: User, charlie: User, azera: Character, alices: dict[str, UUID]
) -> None:
    doors: list[tuple[Callable[[User, UUID], object], UUID]] = [
        (access.get_memory_for, alices["memory"]),
        (access.lock_memory_for, alices["memory"]),
        (access.get_mind_for, azera.id),
        (access.lock_mind_for, azera.id),
        (access.lock_contradiction_for, alices["contradiction"]),
        (access.get_forgetting_for, alices["forgetting"]),
    ]
    for door, row_id in doors:
        assert door(alice, row_id)
        for user, wanted in ((charlie, row_id), (alice, uuid4())):
            with pytest.raises(NotFound):
                door(user, wanted)


def test_lists_are_of_their_own(alice: User, charlie: User, azera: Character, alices: dict[str, UUID]) -> None:
    for rows in (
        access.memories_for,
        access.held_for,
        access.contradictions_for,
        access.forgettings_for,
        access.mind_events_for,
    ):
        assert rows(alice, azera.id).exists()
        assert not rows(alice, uuid4()).exists()
        assert not rows(charlie, azera.id).exists()
        with wall.inside(charlie.id):
            assert not rows(alice, azera.id).exists()


def test_what_is_not_told_is_held_and_does_not_count(alice: User, azera: Character) -> None:
    (memory_id,) = keep([said(alice, azera, "Hello.")])
    Memory.objects.update(stands=False)
    assert not access.memories_for(alice).exists()
    assert access.held_for(alice).get().id == access.get_memory_for(alice, memory_id).id


def test_every_table_of_memory_is_behind_the_wall() -> None:
    tables = [model._meta.db_table for model in apps.get_app_config("memory").get_models()]
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relrowsecurity AND relname LIKE 'memory!_%' ESCAPE '!'")
        assert {row[0] for row in cursor.fetchall()} >= set(tables)


def rows_with(model: type[models.Model], name: str, value: UUID) -> int:
    return model._default_manager.filter(**{name: value}).count()


@pytest.mark.parametrize("who", ["account", "character"])
def test_nothing_is_left_of_a_deleted_account_or_character(
    alice: User, charlie: User, azera: Character, alices: dict[str, UUID], who: str
) -> None:
    """T-27, for the tables of memory: those that name a person or a character, and all text in any of them."""
    (theirs,) = keep([said(charlie, azera, "Hello from Charlie.")]) if who == "account" else (None,)
    tables = list(apps.get_app_config("memory").get_models())
    named = "owner_id" if who == "account" else "character_id"
    value = alice.id if who == "account" else azera.id
    keyed = [model for model in tables if any(field.attname == named for field in model._meta.concrete_fields)]
    assert len(keyed) >= 6
    assert all(rows_with(model, named, value) for model in keyed)
    (alice if who == "account" else azera).delete()
    assert [model.__name__ for model in keyed if rows_with(model, named, value)] == []
    for model in tables:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM {model._meta.db_table} t WHERE t::text ILIKE '%{CANARY}%'")  # noqa: S608
            assert cursor.fetchone() == (0,)
    assert theirs is None or Memory.objects.get().id == theirs


def test_a_turn_is_told_to_whoever_listens(alice: User, azera: Character) -> None:
    listening = client().pubsub(ignore_subscribe_messages=True)  # type: ignore[no-untyped-call]
    listening.subscribe("conversation_turns")
    listening.get_message(timeout=1)
    at = datetime(2026, 3, 2, 9, 0, 0, 500_000, tzinfo=UTC)
    events.publish_turn(alice.id, azera.id, 'Hello "you"', "Good evening \N{CRESCENT MOON}", at)
    heard = listening.get_message(timeout=1)
    listening.close()
    assert heard is not None
    assert json.loads(heard["data"]) == {
        "user_id": str(alice.id),
        "character_id": str(azera.id),
        "user_message": 'Hello "you"',
        "ai_response": "Good evening \N{CRESCENT MOON}",
        "timestamp": at.timestamp(),
    }


def test_a_turn_that_cannot_be_told_is_no_trouble(
    alice: User, azera: Character, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away() -> None:
        raise redis.ConnectionError

    monkeypatch.setattr(events, "client", away)
    events.publish_turn(alice.id, azera.id, "Hello", "Good evening", datetime.now(UTC))
