"""T-01: with another's ids, in the path, the query or the body, there is nothing, and nothing changes.

Every route that takes an id is listed by the URL configuration itself, so a new one is tried without being named.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest
from django.core import serializers
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.models import Preferences, User
from characters.actions.characters import create_character
from characters.cards.card import Card
from characters.models import Character, Persona
from chats import actions
from chats.models import Chat, Message
from chats.tests.acting import send

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("text_engine", "redis_db")]
VERBS = ("get", "head", "post", "put", "patch", "delete", "options")
UUID_PART = re.compile(r"<uuid:(\w+)>")


def routes(patterns: list[URLPattern | URLResolver], prefix: str = "") -> Iterator[str]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            if pattern.app_name != "admin":
                yield from routes(pattern.url_patterns, route)
        elif "<uuid:" in route:
            yield "/" + route


ROUTES = sorted(routes(get_resolver().url_patterns))


@dataclass(frozen=True)
class Ids:
    chat_id: UUID
    message_id: UUID
    reply_id: UUID

    def put_into(self, route: str) -> str:
        return UUID_PART.sub(lambda part: str(getattr(self, part[1])), route)

    def body(self) -> dict[str, str]:
        return {
            "text": "mine", "key": "2f0e3d5c-8d7e-4a66-9c5e-1f0b7d8e9a10", "character": str(self.chat_id),
            "before": str(self.message_id), "after": str(self.reply_id), "owner": str(self.chat_id),
        }  # fmt: skip


def everything() -> str:
    models = (User, Preferences, Character, Persona, Chat, Message)
    rows = [row for model in models for row in model.objects.order_by("pk") if row.pk is not None]
    written: str = serializers.serialize("json", [row for row in rows if not isinstance(row, User)])
    return written


@pytest.fixture
def alices(alice: User, alices_chat: Chat) -> Ids:
    sent = send(alice, alices_chat)
    return Ids(alices_chat.id, sent.message.id, sent.reply.id)


def test_there_are_routes_to_try() -> None:
    assert len(ROUTES) >= 8


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("route", ROUTES)
def test_alices_ids_are_nothing_for_charlie(route: str, verb: str, charlie: User, alices: Ids, client: Client) -> None:
    client.force_login(charlie)
    before = everything()
    answers = []
    for ids in (alices, Ids(uuid4(), uuid4(), uuid4())):
        answer = getattr(client, verb)(
            ids.put_into(route), json.dumps(ids.body()), content_type="application/json"
        ) if verb not in {"get", "head"} else getattr(client, verb)(ids.put_into(route))  # fmt: skip
        answers.append((answer.status_code, answer.content))
    assert _words(answers[0]) == _words(answers[1])
    assert answers[0][0] in ({404, 405} if verb != "options" else {200, 404, 405})
    assert everything() == before


@pytest.mark.parametrize("route", ROUTES)
def test_a_form_with_alices_ids_is_nothing_for_charlie(route: str, charlie: User, alices: Ids, client: Client) -> None:
    client.force_login(charlie)
    before = everything()
    assert client.post(alices.put_into(route), alices.body()).status_code in {404, 405, 415}
    assert everything() == before


def test_alices_message_is_nothing_in_charlies_own_chat(
    charlie: User, alices: Ids, azera: Character, client: Client
) -> None:
    client.force_login(charlie)
    own = actions.start_chat(charlie, azera)
    before = everything()
    mixed = Ids(own.id, alices.message_id, alices.reply_id)
    for route in ROUTES:
        if "message_id" in route or "reply_id" in route:
            assert client.get(mixed.put_into(route)).status_code in {404, 405}
            assert client.post(mixed.put_into(route)).status_code in {404, 405}
    for query in ({"before": str(alices.message_id)}, {"after": str(alices.reply_id)}):
        assert client.get(f"/chats/{own.id}/messages/", query).status_code == 404
    assert client.get(f"/chats/{own.id}/", {"before": str(alices.message_id)}).status_code == 404
    assert everything() == before


def test_a_message_is_nothing_in_another_chat_of_its_owner(
    alice: User, alices: Ids, azera: Character, client: Client
) -> None:
    client.force_login(alice)
    second = actions.start_chat(alice, azera)
    before = everything()
    assert client.get(f"/chats/{second.id}/messages/{alices.message_id}/").status_code == 404
    for verb in ("retry", "cancel"):
        assert client.post(f"/chats/{second.id}/replies/{alices.reply_id}/{verb}/").status_code == 404
    assert everything() == before


def test_charlie_cannot_talk_to_a_character_of_alices(alice: User, charlie: User, client: Client) -> None:
    hers = create_character(alice, Card("Secret", description="# Secret"))
    client.force_login(charlie)
    assert client.post("/chats/", {"character": str(hers.id)}).status_code == 404
    assert b"Secret" not in client.get("/chats/").content
    assert not Chat.objects.filter(owner=charlie).exists()


@pytest.mark.parametrize("route", ROUTES)
def test_a_stranger_learns_nothing(route: str, alices: Ids, client: Client) -> None:
    before = everything()
    for verb in ("get", "post"):
        answer = getattr(client, verb)(alices.put_into(route))
        assert answer.status_code in {302, 401, 403, 405}
        assert b"Azera" not in answer.content
    assert everything() == before


def _words(answer: tuple[int, bytes]) -> tuple[int, bytes]:
    """Every page has a fresh form token, wherever it is asked for."""
    status, content = answer
    return status, re.sub(rb'(csrfmiddlewaretoken" value=")[^"]+', rb"\1", content)
