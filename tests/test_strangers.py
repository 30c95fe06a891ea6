"""T-01: with another's ids, in the path, the query or the body, there is nothing, and nothing changes.

Every route that takes an id is listed by the URL configuration itself, so a new one is tried without being named.
"""

import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.apps import apps
from django.core import serializers
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from PIL import Image
from pytest_django import Settings

from accounts.actions.keys import create_key
from accounts.actions.tokens import start_family
from accounts.models import Scope, TokenFamily, User
from characters import files, pictures
from characters.actions.characters import create_character, delete_character
from characters.actions.personas import PersonaChanges, create_persona
from characters.actions.tags import create_tag
from characters.cards.card import Card
from characters.models import Asset, Character, Draft, Import, Lorebook, Publication, Submission
from characters.models.character import card_text
from chats.actions import people, starting
from chats.actions.organising import make_folder
from chats.models import Chat, ChatImport, Suggestion, SuggestionKind, Trash
from chats.tests.acting import send
from core.jobs import Status
from memory.actions import minding
from memory.models import Forgetting, Kind, MindEvent
from memory.tests.remembering import contradict, remember

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("text_engine", "redis_db")]
VERBS = ("get", "head", "post", "put", "patch", "delete", "options")
PART = re.compile(r"<(\w+):(\w+)>")


def routes(patterns: list[URLPattern | URLResolver], prefix: str = "") -> Iterator[str]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            if pattern.app_name != "admin":
                yield from routes(pattern.url_patterns, route)
        elif "<uuid:" in route:
            yield "/" + route


ROUTES = sorted(set(routes(get_resolver().url_patterns)))


@dataclass(frozen=True, slots=True)
class Ids:
    """By the names that routes give them. A route with a part that is not here must be told of it."""

    chat_id: UUID
    message_id: UUID
    reply_id: UUID
    character_id: UUID
    deleted_id: UUID
    persona_id: UUID
    tag_id: UUID
    import_id: UUID
    lorebook_id: UUID
    publication_id: UUID
    digest: str
    number: int = 1
    width: int = 96
    kind: str = "json"
    user_id: UUID = field(default_factory=uuid4)
    invitation_id: UUID = field(default_factory=uuid4)
    folder_id: UUID = field(default_factory=uuid4)
    suggestion_id: UUID = field(default_factory=uuid4)
    trash_id: UUID = field(default_factory=uuid4)
    chat_import_id: UUID = field(default_factory=uuid4)
    memory_id: UUID = field(default_factory=uuid4)
    contradiction_id: UUID = field(default_factory=uuid4)
    forgetting_id: UUID = field(default_factory=uuid4)
    event_id: UUID = field(default_factory=uuid4)
    key_id: UUID = field(default_factory=uuid4)
    family_id: UUID = field(default_factory=uuid4)

    @classmethod
    def of_nothing(cls, digest: str) -> "Ids":
        one, *others = (uuid4() for _ in range(10))
        two, three, four, five, six, seven, eight, nine, ten = others
        return cls(one, two, three, four, five, six, seven, eight, nine, ten, digest)

    def put_into(self, route: str) -> str:
        ids = replace(self, character_id=self.deleted_id) if route.endswith("/undelete/") else self
        return PART.sub(lambda part: str(getattr(ids, part[2])), route)

    def body(self) -> dict[str, str | list[str]]:
        return {
            "text": "mine", "key": "2f0e3d5c-8d7e-4a66-9c5e-1f0b7d8e9a10", "character": str(self.character_id),
            "before": str(self.message_id), "after": str(self.reply_id), "owner": str(self.chat_id),
            "persona": str(self.persona_id), "tag": str(self.tag_id), "tags": [str(self.tag_id)], "name": "Mine",
            "number": "1", "base": "1", "version": "1", "kind": "other", "author": "Me", "new": "Mine", "hue": "1",
            "folder": str(self.folder_id), "pinned": "true", "title": "Mine", "memory": [str(self.memory_id)],
            "scope": "memory", "chat": str(self.chat_id), "decision": "newer", "frozen": "true",
        }  # fmt: skip


def everything() -> str:
    models = [model for app in ("characters", "chats", "memory") for model in apps.get_app_config(app).get_models()]
    models += [apps.get_model("accounts", name) for name in ("Preferences", "ApiKey", "TokenFamily", "RefreshToken")]
    written: str = serializers.serialize(
        "json", [row for model in models for row in model._default_manager.order_by("pk")]
    )
    return written


@pytest.fixture
def alices(alice: User, alices_chat: Chat, settings: Settings, tmp_path: Path) -> Ids:
    """A row of every kind, none of which anybody else may see."""
    settings.MEDIA_ROOT, settings.QUARANTINE_DIR = tmp_path / "media", tmp_path / "quarantine"
    sent = send(alice, alices_chat)
    content = io.BytesIO()
    Image.new("RGB", (40, 40), (90, 20, 160)).save(content, "PNG")
    picture = pictures.re_encode(content.getvalue())
    digest = files.put_picture(picture)
    persona = create_persona(alice, PersonaChanges(name="Secret", picture=content.getvalue()))
    mira = create_character(alice, Card("Secret", description="# Secret"))
    Asset.objects.create(
        owner=alice, character=mira, uri=files.address(digest, "png"), digest=digest, media_type="image/png",
        size_bytes=len(picture.content), width=40, height=40,
    )  # fmt: skip
    Character.objects.filter(id=mira.id).update(face=digest)
    version = mira.versions.get()
    Draft.objects.create(character=mira, owner=alice, base=version, text=card_text(Card("Secret draft")))
    publication = Publication.objects.create(owner=alice, character=mira, author="Alice", name="Secret")
    Submission.objects.create(owner=alice, publication=publication, version=version)
    gone = create_character(alice, Card("Secret and gone"))
    delete_character(alice, gone.id)
    book = Lorebook.objects.create(
        owner=alice, name="Secret", text='{"spec": "lorebook_v3", "data": {"entries": [], "extensions": {}}}'
    )
    brought = Import.objects.create(owner=alice, file_name="secret.png", size_bytes=1, status=Status.QUEUED)
    chat_import = ChatImport.objects.create(owner=alice, file_name="secret.jsonl", size_bytes=1, status=Status.QUEUED)
    suggestion = Suggestion.objects.create(
        owner=alice, chat=alices_chat, persona=persona, kind=SuggestionKind.TITLE, text="Secret"
    )
    older, newer = (remember(alice, mira, text, Kind.FACT) for text in ("Secret", "Secret, too"))
    minding.freeze_mind(alice, mira.id)
    event = MindEvent.objects.get()
    start_family(alice, "Secret")
    return Ids(
        alices_chat.id, sent.message.id, sent.reply.id, mira.id, gone.id, persona.id,
        create_tag(alice, "Secret").id, brought.id, book.id, publication.id, digest,
        user_id=alice.id, invitation_id=people.invite(alice, alices_chat.id, people.Terms()).invitation.id,
        folder_id=make_folder(alice, "Secret").id, suggestion_id=suggestion.id,
        trash_id=Trash.objects.create(owner=alice, chat=alices_chat, message=sent.message).id,
        chat_import_id=chat_import.id, memory_id=newer.id, contradiction_id=contradict(older, newer).id,
        forgetting_id=Forgetting.objects.create(owner=alice, character=mira, scope="memory", counts={"fact": 1}).id,
        event_id=event.id, key_id=create_key(alice, "Secret", [Scope.CHAT]).key.id,
        family_id=TokenFamily.objects.get(owner=alice).id,
    )  # fmt: skip


def test_there_are_routes_to_try() -> None:
    assert len(ROUTES) >= 50


# All routes in one test: what it takes to make the rows anew for each is a hundred times what is asked.
def test_alices_ids_are_nothing_for_charlie(charlie: User, alices: Ids, client: Client) -> None:
    client.force_login(charlie)
    before = everything()
    complaints = []
    for route in ROUTES:
        for verb in VERBS:
            statuses = {404, 405} if verb != "options" else {200, 404, 405}
            answers = [_asked(client, verb, route, ids) for ids in (alices, Ids.of_nothing(alices.digest))]
            if answers[0] != answers[1] or answers[0][0] not in statuses:
                complaints.append((route, verb, [status for status, _ in answers]))
        if everything() != before:
            complaints.append((route, "changed something", []))
            before = everything()
    assert complaints == []


def test_a_form_with_alices_ids_is_nothing_for_charlie(charlie: User, alices: Ids, client: Client) -> None:
    client.force_login(charlie)
    before = everything()
    answers = {route: client.post(alices.put_into(route), alices.body()).status_code for route in ROUTES}
    assert {route: status for route, status in answers.items() if status not in {404, 405, 415}} == {}
    assert everything() == before


def test_alices_message_is_nothing_in_charlies_own_chat(
    charlie: User, alices: Ids, azera: Character, client: Client
) -> None:
    client.force_login(charlie)
    own = starting.start_chat(charlie, azera)
    before = everything()
    mixed = replace(alices, chat_id=own.id)
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
    second = starting.start_chat(alice, azera)
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


def test_a_stranger_learns_nothing(alices: Ids, client: Client) -> None:
    before = everything()
    for route in ROUTES:
        for verb in ("get", "post"):
            answer = getattr(client, verb)(alices.put_into(route))
            assert answer.status_code in {302, 401, 403, 405}, route
            assert b"Azera" not in answer.content
            assert b"Secret" not in answer.content
    assert everything() == before


def _asked(client: Client, verb: str, route: str, ids: Ids) -> tuple[int, bytes]:
    body = () if verb in {"get", "head"} else (json.dumps(ids.body()), "application/json")
    answer = getattr(client, verb)(ids.put_into(route), *body)
    return _words(answer.status_code, answer.content, ids)


def _words(status: int, content: bytes, ids: Ids) -> tuple[int, bytes]:
    """Every page has a fresh form token, and may say the address that it was asked for."""
    content = re.sub(rb'(csrfmiddlewaretoken" value=")[^"]+', rb"\1", content)
    for name in ("chat_id", "message_id", "reply_id", "character_id", "deleted_id", "persona_id", "tag_id", "user_id"):
        content = content.replace(str(getattr(ids, name)).encode(), name.encode())
    return status, content
