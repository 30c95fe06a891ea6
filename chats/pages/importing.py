"""What the pages and the API show of imports of chats: rows in, values out."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.utils.formats import number_format
from django.utils.translation import gettext_noop, ngettext

from accounts.models import User
from characters.access import characters_for
from characters.pages.imports import number, said, size
from chats import access
from chats.formats import report
from chats.formats.conversation import Format
from chats.formats.report import Fate
from chats.models import Chat, ChatImport
from core.jobs import Status
from core.json import JsonObject

# What is said of imports beyond what the readers of files say.
OWN: Mapping[str, str] = {
    "gone": gettext_noop("Reading this file was broken off twice. Nothing of it was kept."),
    "limit_reached": gettext_noop(
        "Its characters would be new, and you have %(most)s, which is as many as there may be. Choose one of yours "
        "for it, or delete one, and bring it again."
    ),
    "lost_file": gettext_noop("The file is not there any more. Bring it again."),
    "not_read": gettext_noop("The disk did not let us read it: %(reason)s. Nothing of it was kept."),
    "our_fault": gettext_noop("Something went wrong here; the log says what. Nothing of it was kept."),
}
SENTENCES: Mapping[str, str] = {**report.SENTENCES, **OWN}
FORMATS = {
    Format.SILLYTAVERN: "SillyTavern",
    Format.CHATGPT: "ChatGPT",
    Format.OPEN_WEBUI: "Open WebUI",
    Format.OWN: "Cognitia",
}
FACTS = "facts"
# Chats that a report links to; all of them stand in the list of chats.
CHATS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence of a report; `where` is the conversation or the file that it is about."""

    code: str
    fate: str
    where: str
    text: str


@dataclass(frozen=True, slots=True)
class ChatLink:
    id: UUID
    title: str


@dataclass(frozen=True, slots=True)
class Arrival:
    """`facts` are what came in, in words. `more`: how many chats there are beside those in `chats`."""

    id: UUID
    file_name: str
    size: str
    status: str
    status_label: str
    is_live: bool
    is_stopping: bool
    percent: int
    facts: tuple[str, ...]
    imported: tuple[Line, ...]
    kept: tuple[Line, ...]
    refused: tuple[Line, ...]
    failure_code: str
    failure: str
    chats: tuple[ChatLink, ...]
    more: int
    row: ChatImport


@dataclass(frozen=True, slots=True)
class Choice:
    id: UUID
    name: str


def arrival(user: User, row: ChatImport) -> Arrival:
    """For a page that shows the whole report."""
    found = [line for item in row.notices if isinstance(item, dict) and (line := _line(item)) is not None]
    chats = access.chats_for(user).filter(imports=row)
    shown = tuple(ChatLink(chat.id, _title(chat)) for chat in chats[:CHATS_SHOWN])
    return Arrival(
        id=row.id,
        file_name=row.file_name,
        size=size(row.size_bytes),
        status=row.status,
        status_label=str(Status(row.status).label),
        is_live=row.is_live,
        is_stopping=row.is_live and row.cancel_requested,
        percent=100 * row.steps_done // row.steps if row.steps else 0,
        facts=_facts(row),
        imported=tuple(line for line in found if line.fate == Fate.IMPORTED),
        kept=tuple(line for line in found if line.fate == Fate.KEPT),
        refused=tuple(line for line in found if line.fate == Fate.REFUSED),
        failure_code=row.failure_code,
        failure=said(SENTENCES, row.failure_code, row.failure_details) if row.failure_code else "",
        chats=shown,
        more=chats.count() - len(shown) if len(shown) == CHATS_SHOWN else 0,
        row=row,
    )


def choices(user: User) -> list[Choice]:
    """Whom the chats of a file may be with."""
    named = characters_for(user).order_by("name").values_list("id", "name")
    return [Choice(identity, name) for identity, name in named]


def body(user: User, row: ChatImport) -> JsonObject:
    """What the REST API says of it."""
    shown = arrival(user, row)
    failure: JsonObject | None = None
    if shown.failure:
        failure = {"code": shown.failure_code, "message": shown.failure, "details": dict(row.failure_details)}
    lines = (*shown.imported, *shown.kept, *shown.refused)
    ids = access.chats_for(user).filter(imports=row).values_list("id", flat=True)
    return {
        "id": str(row.id),
        "file_name": row.file_name,
        "size_bytes": row.size_bytes,
        "status": row.status,
        "steps_done": row.steps_done,
        "steps": row.steps,
        "format": row.format,
        "character_id": str(row.character_id) if row.character_id else None,
        "chat_ids": [str(identity) for identity in ids],
        "messages": number(_facts_of(row).get("messages")),
        "notices": [{"fate": one.fate, "code": one.code, "where": one.where, "message": one.text} for one in lines],
        "failure": failure,
        "created_at": row.created_at.isoformat(),
        "finished_at": row.finished_at.isoformat() if row.finished_at else None,
    }


def _title(chat: Chat) -> str:
    return chat.title or chat.character.name


def _facts(row: ChatImport) -> tuple[str, ...]:
    facts = _facts_of(row)
    if not facts:
        return ()
    chats, messages = number(facts.get("chats")), number(facts.get("messages"))
    return (
        FORMATS[Format(row.format)] if row.format in set(Format) else row.format,
        ngettext("%(count)s chat", "%(count)s chats", chats) % {"count": number_format(chats)},
        ngettext("%(count)s message", "%(count)s messages", messages) % {"count": number_format(messages)},
    )


def _facts_of(row: ChatImport) -> JsonObject:
    found = next((item for item in row.notices if isinstance(item, dict) and item.get("code") == FACTS), {})
    facts = found.get("details")
    return facts if isinstance(facts, dict) else {}


def _line(item: JsonObject) -> Line | None:
    code, fate, where = (str(item.get(name) or "") for name in ("code", "fate", "where"))
    details = item.get("details")
    if code == FACTS:
        return None
    return Line(code, fate, where, said(SENTENCES, code, details if isinstance(details, dict) else {}))
