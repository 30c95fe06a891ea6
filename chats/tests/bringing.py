"""Files of chats brought through the door, and what a worker makes of them."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import User
from characters.models import Character
from chats import exporting, importing
from chats.exporting import Kind
from chats.models import Chat, ChatImport, Message
from chats.tree import path_to
from core.json import JsonObject

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse

PAGE = "/chats/import/"
ALL = 10_000


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def upload(
    client: Client, content: bytes, name: str = "Maren - 2024.jsonl", character: Character | None = None
) -> "_MonkeyPatchedWSGIResponse":
    body = {"file": SimpleUploadedFile(name, content), "character": str(character.id) if character else ""}
    return client.post(PAGE, body, headers={"accept": "application/json"})


def bring(
    user: User, content: bytes, name: str = "Maren - 2024.jsonl", character: Character | None = None
) -> ChatImport:
    """Through the door, and then as a worker does it."""
    answer = upload(client_of(user), content, name, character)
    assert answer.status_code == 202, answer.content
    return carried_out(ChatImport.objects.get(id=answer.json()["imports"][0]["id"]))


def carried_out(row: ChatImport) -> ChatImport:
    importing.run_import(row.id)
    row.refresh_from_db()
    return row


def chat_of(row: ChatImport) -> Chat:
    assert row.chats.count() == 1, (row.status, row.failure_code, row.failure_details)
    return row.chats.get()


def path_of(chat: Chat) -> list[Message]:
    return path_to(chat.leaf_id, limit=ALL)


def texts_of(chat: Chat) -> list[str]:
    return [message.text for message in path_of(chat)]


def beside(message: Message) -> list[str]:
    """All that answers the same, in the order in which a page numbers it."""
    found = Message.objects.filter(chat=message.chat, parent=message.parent, trash=None)
    return list(found.order_by("created_at", "id").values_list("text", flat=True))


def codes(row: ChatImport) -> set[str]:
    return {notice["code"] for notice in row.notices if notice["code"] != "facts"}


def exported(user: User, chat: Chat, kind: Kind) -> str:
    return "".join(exporting.export(user, chat.id, kind).pieces)


def exported_lines(user: User, chat: Chat) -> list[JsonObject]:
    return [json.loads(line) for line in exported(user, chat, Kind.SILLYTAVERN).splitlines()]


def files_below(folder: Path) -> set[Path]:
    return {file for file in folder.rglob("*") if file.is_file()}
