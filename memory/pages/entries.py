"""One memory as a page shows it: rows in, values out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.models import User
from characters.access import characters_for
from characters.models import Character
from characters.portrayal import portrait
from core.errors import NotFound
from memory import wall
from memory.access import held_for
from memory.models import DERIVED, Kind, Memory, Speaker

SHORT = 90
PIPS = 5
# What each kind is called when there is one of it, and its drawing. The shape on the map is in the style sheet.
ICONS = {
    Kind.EXCHANGE: "message-circle",
    Kind.FACT: "bookmark",
    Kind.SUMMARY: "layers",
    Kind.DREAM: "moon",
    Kind.JOURNAL: "feather",
    Kind.LORE: "book-open",
}
LABELS = {
    Kind.EXCHANGE: gettext_lazy("Said"),
    Kind.FACT: gettext_lazy("Fact"),
    Kind.SUMMARY: gettext_lazy("Chapter"),
    Kind.DREAM: gettext_lazy("Dream"),
    Kind.JOURNAL: gettext_lazy("Journal"),
    Kind.LORE: gettext_lazy("Of the world"),
}
# The feelings a memory may have, and the hue of each. What is neutral has no mark.
FEELINGS = {
    "joy": (pgettext_lazy("feeling", "joy"), 85),
    "love": (pgettext_lazy("feeling", "love"), 0),
    "surprise": (pgettext_lazy("feeling", "surprise"), 195),
    "sadness": (pgettext_lazy("feeling", "sadness"), 250),
    "fear": (pgettext_lazy("feeling", "fear"), 300),
    "anger": (pgettext_lazy("feeling", "anger"), 28),
    "disgust": (pgettext_lazy("feeling", "disgust"), 130),
}


@dataclass(frozen=True, slots=True)
class Face:
    """Whose memory it is."""

    id: UUID
    name: str
    hue: int
    portrait: str


@dataclass(frozen=True, slots=True)
class Entry:
    """`speaker` is who said it, "" where nobody did; `sources` is of how many others it was made.

    `replaced` is what it says otherwise; `is_past` says that it is not true any more.
    """

    id: UUID
    character: Face
    kind: str
    kind_label: str
    icon: str
    said_at: datetime
    text: str
    short: str
    speaker: str
    is_persons: bool
    feeling: str
    feeling_label: str
    feeling_hue: int
    pips: int
    is_pinned: bool
    chat_id: UUID | None
    source_id: UUID | None
    sources: int
    replaced: str
    is_past: bool
    is_derived: bool
    can_correct: bool


def face(character: Character, viewer_id: UUID) -> Face:
    """Somebody else's character, met in their chat, has no picture that this person may open."""
    seen = portrait(character) if character.owner_id in {None, viewer_id} else ""
    return Face(character.pk, character.name, character.hue, seen)


def faces(user: User, character_ids: Iterable[UUID]) -> dict[UUID, Face]:
    """Of characters that remember something of them: whose they are counts for nothing here."""
    found = Character.objects.in_bulk(list(set(character_ids)))
    return {each: face(character, user.pk) for each, character in found.items()}


def whose(user: User, character_id: UUID) -> Face:
    """A character that they may talk to, or that remembers something of them. Raises `NotFound`."""
    talks = characters_for(user).filter(id=character_id).first()
    if talks is not None:
        return face(talks, user.pk)
    with wall.inside(user.pk):
        remembers = held_for(user, character_id).exists()
    found = faces(user, [character_id]) if remembers else {}
    if character_id not in found:
        raise NotFound
    return found[character_id]


def entries(user: User, rows: Sequence[Memory]) -> tuple[Entry, ...]:
    """Rows that were read together with what they replace."""
    known = faces(user, (row.character_id for row in rows))
    return tuple(entry(row, known[row.character_id]) for row in rows if row.character_id in known)


def entry(row: Memory, whose: Face) -> Entry:
    kind = Kind(row.kind)
    label, hue = FEELINGS.get(row.emotion, ("", 0))
    return Entry(
        id=row.id,
        character=whose,
        kind=kind.value,
        kind_label=str(LABELS[kind]),
        icon=ICONS[kind],
        said_at=row.said_at,
        text=row.text,
        short=short(row.text),
        speaker=_speaker(row, whose),
        is_persons=row.speaker == Speaker.PERSON,
        feeling=row.emotion if label else "",
        feeling_label=str(label),
        feeling_hue=hue,
        pips=max(1, min(PIPS, round(row.importance * PIPS))),
        is_pinned=row.is_pinned,
        chat_id=row.chat_id,
        source_id=row.source_id,
        sources=len(row.sources),
        replaced=short(row.replaces.text) if row.replaces is not None else "",
        is_past=row.valid_until is not None and row.valid_until <= now(),
        is_derived=kind in DERIVED,
        can_correct=kind not in DERIVED and row.valid_until is None,
    )


def short(text: str) -> str:
    """Its first words, on one line."""
    line = " ".join(text[: SHORT * 3].split())
    return line if len(line) <= SHORT else f"{line[: SHORT - 1].rstrip()}…"


def _speaker(row: Memory, whose: Face) -> str:
    if row.kind != Kind.EXCHANGE:
        return ""
    if row.speaker == Speaker.CHARACTER:
        return row.spoken_by or whose.name
    return _("you") if row.author_id in {None, row.owner_id} else row.spoken_by
