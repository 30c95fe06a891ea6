"""What the pages and the API show of imports: rows in, values out."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from characters import picture_files, portrayal, report
from characters.models import Import
from characters.opening import SHEET
from characters.portrayal import CharacterCard
from characters.report import Detail, Fate
from core.jobs import Status
from core.json import Json, JsonObject

# What is said of imports beyond what the readers of cards, books and pictures say.
OWN: Mapping[str, str] = {
    "again": gettext_noop("You have brought this very card before; it is here twice now."),
    "animation": gettext_noop("It was an animation; its first picture is shown."),
    "sealed": gettext_noop("It is no picture that can be shown here; it was kept, and goes out with every export."),
    # Why one ended without anything.
    "gone": gettext_noop("Reading this file was broken off twice. Nothing of it was kept."),
    "limit_reached": gettext_noop(
        "You have %(most)s characters, which is as many as there may be. Delete one to make room, and bring it again."
    ),
    "lost_file": gettext_noop("The file is not there any more. Bring it again."),
    "not_written": gettext_noop("It could not be written to the disk: %(reason)s. Nothing of it was kept."),
    "our_fault": gettext_noop("Something went wrong here; the log says what. Nothing of it was kept."),
}
SENTENCES: Mapping[str, str] = {**picture_files.SENTENCES, **report.SENTENCES, **OWN}
CONTAINERS = {"png": "PNG", "json": "JSON", "charx": "CHARX", "webp": "WEBP", SHEET: "Markdown"}
FACTS = "facts"


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence of a report. `where` is a place in the card; `url` leads to what the sentence is about."""

    fate: str
    code: str
    where: str
    text: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Arrival:
    """`kind` is "character" or "lorebook", or "" while nobody knows. `facts` are what came in, in words."""

    id: UUID
    file_name: str
    size: str
    status: str
    status_label: str
    is_live: bool
    is_stopping: bool
    percent: int
    kind: str
    facts: tuple[str, ...]
    imported: tuple[Line, ...]
    kept: tuple[Line, ...]
    refused: tuple[Line, ...]
    links: tuple[str, ...]
    failure_code: str
    failure: str
    character: CharacterCard | None
    lorebook_id: UUID | None
    title: str
    row: Import


def arrival(row: Import) -> Arrival:
    found = [line for item in _list(row.notices) if isinstance(item, dict) and (line := _line(item)) is not None]
    return Arrival(
        id=row.id,
        file_name=row.file_name,
        size=size(row.size_bytes),
        status=row.status,
        status_label=str(Status(row.status).label),
        is_live=row.is_live,
        is_stopping=row.is_live and row.cancel_requested,
        percent=100 * row.steps_done // row.steps if row.steps else 0,
        kind="character" if row.character_id else "lorebook" if row.lorebook_id else "",
        facts=_facts(row),
        imported=tuple(line for line in found if line.fate == Fate.IMPORTED),
        kept=tuple(line for line in found if line.fate == Fate.KEPT),
        refused=tuple(line for line in found if line.fate == Fate.REFUSED),
        links=tuple(link for link in _list(row.links) if isinstance(link, str)),
        failure_code=row.failure_code,
        failure=said(SENTENCES, row.failure_code, row.failure_details) if row.failure_code else "",
        character=_character(row),
        lorebook_id=row.lorebook_id,
        title=_title(row),
        row=row,
    )


def body(row: Import) -> JsonObject:
    """What the REST API says of it."""
    shown = arrival(row)
    failure: JsonObject | None = None
    if shown.failure:
        failure = {"code": shown.failure_code, "message": shown.failure, "details": dict(row.failure_details)}
    lines = (*shown.imported, *shown.kept, *shown.refused)
    return {
        "id": str(row.id),
        "file_name": row.file_name,
        "size_bytes": row.size_bytes,
        "status": row.status,
        "steps_done": row.steps_done,
        "steps": row.steps,
        "container": row.container,
        "character_id": str(row.character_id) if row.character_id else None,
        "lorebook_id": str(row.lorebook_id) if row.lorebook_id else None,
        "notices": [{"fate": one.fate, "code": one.code, "where": one.where, "message": one.text} for one in lines],
        "links": list(shown.links),
        "failure": failure,
        "created_at": row.created_at.isoformat(),
        "finished_at": row.finished_at.isoformat() if row.finished_at else None,
    }


def size(count: int) -> str:
    """Bytes in words."""
    if count < 2**20:
        return _("%(size)s KiB") % {"size": number_format(max(1, round(count / 2**10)))}
    return _("%(size)s MiB") % {"size": number_format(count / 2**20, 1)}


def said(sentences: Mapping[str, str], code: str, details: Mapping[str, Json] | Mapping[str, Detail]) -> str:
    """What a report says; an older one may have a code that nobody says any more."""
    try:
        return _(sentences[code]) % details
    except (KeyError, TypeError, ValueError):
        return code


def number(value: Json) -> int:
    """Of a report's details."""
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def _character(row: Import) -> CharacterCard | None:
    """While it is there: one in the bin has no pages."""
    there = row.character is not None and row.character.deleted_at is None
    return portrayal.card(row.character) if there and row.character is not None else None


def _title(row: Import) -> str:
    if row.character is not None:
        return row.character.name
    return row.lorebook.name if row.lorebook is not None else row.file_name


def _facts(row: Import) -> tuple[str, ...]:
    first = next((item for item in _list(row.notices) if isinstance(item, dict) and item.get("code") == FACTS), None)
    facts = first.get("details") if first is not None else None
    if not isinstance(facts, dict):
        return ()
    container = CONTAINERS.get(row.container, row.container)
    version = number(facts.get("version"))
    parts = [_("%(container)s, card version %(version)d") % {"container": container, "version": version}]
    if not version:
        parts = [container]
    if "greetings" in facts:
        count = number(facts["greetings"])
        parts.append(ngettext("%(count)d greeting", "%(count)d greetings", count) % {"count": count})
    count = number(facts.get("entries"))
    parts.append(ngettext("%(count)d lore entry", "%(count)d lore entries", count) % {"count": count})
    if "files" in facts:
        count = number(facts["files"])
        parts.append(ngettext("%(count)d file", "%(count)d files", count) % {"count": count})
    return tuple(parts)


def _line(item: JsonObject) -> Line | None:
    code, fate, where = (str(item.get(name) or "") for name in ("code", "fate", "where"))
    details = item.get("details")
    known = details if isinstance(details, dict) else {}
    if code == FACTS:
        return None
    url = reverse("characters:edit", args=[known["id"]]) if code == "again" and "id" in known else ""
    return Line(fate, code, where, said(SENTENCES, code, known), url)


def _list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []
