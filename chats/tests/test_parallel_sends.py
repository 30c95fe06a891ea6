"""Fifty sends in one moment, some of them twice: each is stored once, in one line, and answered in that order."""

import json
import random
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.db import OperationalError
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from characters.models import Character
from chats import turns
from chats.actions import starting
from chats.models import Chat, Message, Role
from chats.tests.acting import at_once, send
from chats.tree import path_to
from core.jobs import Status
from inference.testing import ScriptedBackend

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("redis_db")]

SENDS, KEYS = 50, 30
# The ids of a message and of its replies.
Answer = tuple[str, tuple[str, ...]]


@pytest.fixture(autouse=True)
def _room(settings: Settings) -> None:
    settings.LIVE_REPLIES_PER_USER = 100


def by_action(user: User, chat: Chat, key: UUID) -> Answer:
    while True:
        # There are fewer connections than senders. Whoever waits too long for one tries again, as the page does.
        with suppress(OperationalError):
            sent = send(user, chat, f"Hello {key}", key)
            break
    return str(sent.message.id), tuple(str(reply.id) for reply in sent.replies)


def by_http(user: User, chat: Chat, key: UUID) -> Answer:
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = session(user)
    status = HTTPStatus.SERVICE_UNAVAILABLE
    while status == HTTPStatus.SERVICE_UNAVAILABLE:
        answer = client.post(
            f"/api/v2/chats/{chat.id}/messages",
            json.dumps({"text": f"Hello {key}"}),
            content_type="application/json",
            headers={"Idempotency-Key": str(key)},
        )
        status = HTTPStatus(answer.status_code)
    assert answer.status_code == 202, answer.content
    return answer.json()["message_id"], tuple(answer.json()["reply_ids"])


def session(user: User) -> str:
    """The cookie of somebody who has signed in."""
    while True:
        with suppress(OperationalError):
            client = Client()
            client.force_login(user)
            return client.cookies[settings.SESSION_COOKIE_NAME].value


def fifty() -> list[UUID]:
    """Thirty keys, twenty of them twice, in any order."""
    keys = [uuid4() for _ in range(KEYS)]
    sends = [*keys, *keys[: SENDS - KEYS]]
    random.Random(7).shuffle(sends)
    return sends


@pytest.mark.parametrize("door", [by_action, by_http])
def test_each_key_is_one_message_in_one_line_and_the_replies_are_told_in_its_order(
    alice: User, alices_chat: Chat, text_engine: ScriptedBackend, door: Callable[[User, Chat, UUID], Answer]
) -> None:
    keys = fifty()
    outcomes = at_once([partial(door, alice, alices_chat, key) for key in keys])
    assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    answers: dict[UUID, set[Answer | Exception]] = {}
    for key, answer in zip(keys, outcomes, strict=True):
        answers.setdefault(key, set()).add(answer)
    assert all(len(same) == 1 for same in answers.values()), "the same key is the same answer"

    rows = Message.objects.filter(chat=alices_chat)
    assert rows.filter(role=Role.USER).count() == len(answers) == KEYS
    assert rows.count() == 2 * KEYS
    alices_chat.refresh_from_db()
    path = path_to(alices_chat.leaf_id, limit=1000)
    assert len(path) == rows.count(), "nothing stands beside the line"
    assert [message.role for message in path] == [Role.USER, Role.CHARACTER] * KEYS
    assert [message.depth for message in path] == list(range(2 * KEYS))
    for message, reply in zip(path[::2], path[1::2], strict=True):
        assert message.key is not None
        assert answers[message.key] == {(str(message.id), (str(reply.id),))}, "a reply stands behind its message"

    told: list[UUID] = []
    while waiting := turns.waiting_in(alices_chat.id):
        told += waiting
        turns.run_turn(waiting[0])
    assert told == [message.id for message in path[1::2]]
    assert not rows.exclude(status=Status.DONE).exists()


def test_in_several_chats_at_once_each_has_its_own_line(
    alice: User, alices_chat: Chat, azera: Character, text_engine: ScriptedBackend
) -> None:
    chats = [alices_chat, *(starting.start_chat(alice, azera) for _ in range(4))]
    outcomes = at_once([partial(by_action, alice, chats[number % 5], uuid4()) for number in range(SENDS)])
    assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    for chat in chats:
        chat.refresh_from_db()
        path = path_to(chat.leaf_id, limit=1000)
        assert [message.role for message in path] == [Role.USER, Role.CHARACTER] * (SENDS // 5)
        assert {message.id for message in path} == set(chat.messages.values_list("id", flat=True))


def test_what_two_people_send_at_once_stands_in_one_line(
    alice: User, charlie: User, alices_chat: Chat, text_engine: ScriptedBackend
) -> None:
    persona = alices_chat.participants.get().persona
    alices_chat.participants.create(user=charlie, part="writer", persona=persona)
    people = [alice, charlie] * (SENDS // 2)
    outcomes = at_once([partial(by_action, person, alices_chat, uuid4()) for person in people])
    assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    alices_chat.refresh_from_db()
    path = path_to(alices_chat.leaf_id, limit=1000)
    assert [message.role for message in path] == [Role.USER, Role.CHARACTER] * SENDS
    assert all(said.owner_id == reply.owner_id for said, reply in zip(path[::2], path[1::2], strict=True))
