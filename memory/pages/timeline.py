"""What a character remembers of one person, the newest first: rows in, values out."""

from dataclasses import dataclass, fields
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Max, Min, Q, QuerySet

from accounts.models import User
from core.rows import one
from memory import access, wall
from memory.models import Decision, Kind, Memory
from memory.pages.entries import FEELINGS, ICONS, LABELS, Entry, Face, entries, entry, faces, whose
from memory.recalling import finding

PAGE = 30
CHATS_TO_CHOOSE = 40
# The tabs of the page: which kinds there are, in this order.
TABS = (Kind.EXCHANGE, Kind.FACT, Kind.LORE, Kind.SUMMARY, Kind.DREAM, Kind.JOURNAL)


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to see. `since` and `until` are the first moment of it and the first one after it."""

    text: str = ""
    kind: str = ""
    feeling: str = ""
    speaker: str = ""
    is_pinned: bool = False
    chat_id: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None

    @property
    def is_everything(self) -> bool:
        return self == Wish()

    @property
    def has_more_than_kind(self) -> bool:
        """Whether one of the filters is in use that are not always in sight."""
        return any(getattr(self, each.name) for each in fields(self) if each.name not in {"text", "kind", "is_pinned"})


@dataclass(frozen=True, slots=True)
class Timeline:
    """One page. `after` goes on where it ends, None at the end. `is_ranked`: by how well it fits, not by time."""

    entries: tuple[Entry, ...]
    after: UUID | None
    is_ranked: bool


@dataclass(frozen=True, slots=True)
class Found:
    """As `Timeline`, in rows that were read together with what they replace."""

    rows: tuple[Memory, ...]
    after: UUID | None


@dataclass(frozen=True, slots=True)
class KindCount:
    kind: str
    label: str
    icon: str
    number: int


@dataclass(frozen=True, slots=True)
class Numbers:
    """How much there is of each kind, and since when; `memories` is all that was said or learned."""

    kinds: tuple[KindCount, ...]
    memories: int
    dreams: int
    pages: int
    chapters: int
    since: datetime | None

    @property
    def total(self) -> int:
        return sum(each.number for each in self.kinds)


@dataclass(frozen=True, slots=True)
class RememberedChat:
    """A chat by its memories; its name belongs to an app above."""

    id: UUID
    since: datetime
    until: datetime
    number: int


@dataclass(frozen=True, slots=True)
class Share:
    """How much of what was felt was this; `percent` of all that had a feeling."""

    feeling: str
    label: str
    hue: int
    number: int
    percent: int


@dataclass(frozen=True, slots=True)
class Choice:
    """One contradiction of the inbox."""

    id: UUID
    older: Entry
    newer: Entry


@dataclass(frozen=True, slots=True)
class Rememberer:
    """A character that remembers something of them. `undecided` is how many contradictions wait."""

    face: Face
    number: int
    last_at: datetime
    undecided: int


def timeline(user: User, character_id: UUID | None, wish: Wish, after: UUID | None = None) -> Timeline:
    """Raises `NotFound` for an `after` that is none of theirs."""
    got = found(user, character_id, wish, after)
    return Timeline(entries(user, got.rows), got.after, is_ranked=bool(wish.text))


def found(user: User, character_id: UUID | None, wish: Wish, after: UUID | None = None, most: int = PAGE) -> Found:
    """The newest first, or the best where words are looked for. Raises `NotFound` as `timeline` does."""
    shown = _shown(user, character_id)
    rows = _wished(shown, wish).select_related("replaces").defer("words", "replaces__words")
    vector = finding.meaning(wish.text) if wish.text else None
    with wall.inside(user.pk):
        if wish.text:
            return Found(tuple(finding.find(user.pk, character_id, rows, wish.text, vector)[:most]), None)
        if after is not None:
            anchor = one(shown, id=after)
            rows = rows.filter(Q(said_at__lt=anchor.said_at) | Q(said_at=anchor.said_at, id__lt=anchor.id))
        got = list(rows[: most + 1])
    return Found(tuple(got[:most]), got[most - 1].id if len(got) > most else None)


def learned(
    user: User, text: str, place: Wish, character_id: UUID | None, most: int, *, by_meaning: bool
) -> list[Memory]:
    """What was made or learned of what was said, the best first: facts, lore, chapters, dreams, entries. What was said
    itself is found in its chat. `by_meaning` may wait a second for that."""
    rows = _wished(_shown(user, character_id), place).exclude(kind=Kind.EXCHANGE)
    vector = finding.meaning(text) if by_meaning else None
    with wall.inside(user.pk):
        return finding.find(user.pk, character_id, rows.defer("words"), text, vector)[:most]


def numbers(user: User, character_id: UUID | None) -> Numbers:
    rows = _shown(user, character_id).order_by().values_list("kind")
    with wall.inside(user.pk):
        found = {kind: (number, since) for kind, number, since in rows.annotate(n=Count("id"), since=Min("said_at"))}
    count = {kind: found[kind][0] if kind in found else 0 for kind in TABS}
    return Numbers(
        kinds=tuple(KindCount(kind.value, str(LABELS[kind]), ICONS[kind], count[kind]) for kind in TABS),
        memories=count[Kind.EXCHANGE] + count[Kind.FACT] + count[Kind.LORE],
        dreams=count[Kind.DREAM],
        pages=count[Kind.JOURNAL],
        chapters=count[Kind.SUMMARY],
        since=min((since for _number, since in found.values()), default=None),
    )


def chats(user: User, character_id: UUID | None) -> tuple[RememberedChat, ...]:
    """Those that something was remembered of, the last one first."""
    rows = _shown(user, character_id).filter(chat_id__isnull=False).order_by().values_list("chat_id")
    counted = rows.annotate(since=Min("said_at"), until=Max("said_at"), n=Count("id")).order_by("-until")
    with wall.inside(user.pk):
        return tuple(RememberedChat(*row) for row in counted[:CHATS_TO_CHOOSE])


def feelings(user: User, character_id: UUID, since: datetime) -> tuple[Share, ...]:
    """What was felt since then, the most felt first."""
    rows = _shown(user, character_id).filter(said_at__gte=since, emotion__in=FEELINGS).order_by()
    with wall.inside(user.pk):
        counted = dict(rows.values_list("emotion").annotate(n=Count("id")))
    total = sum(counted.values())
    return tuple(
        Share(name, str(FEELINGS[name][0]), FEELINGS[name][1], number, round(number / total * 100))
        for name, number in sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))
    )


def undecided(user: User, character_id: UUID) -> tuple[Choice, ...]:
    """What the character could not decide, the newest first."""
    rows = access.contradictions_for(user, character_id).filter(decision=Decision.OPEN)
    with wall.inside(user.pk):
        found = list(rows.select_related("older__replaces", "newer__replaces"))
    if not found:
        return ()
    face = whose(user, character_id)
    return tuple(Choice(row.id, entry(row.older, face), entry(row.newer, face)) for row in found)


def rememberers(user: User) -> tuple[Rememberer, ...]:
    """Everybody who remembers something of them, who heard from them last first."""
    counting = _shown(user, None).order_by().values_list("character_id").annotate(n=Count("id"), last=Max("said_at"))
    open_ones = access.contradictions_for(user).filter(decision=Decision.OPEN).order_by()
    with wall.inside(user.pk):
        counted = list(counting)
        waiting = dict(open_ones.values_list("character_id").annotate(Count("id")))
    known = faces(user, (row[0] for row in counted))
    found = [
        Rememberer(known[each], number, last, waiting.get(each, 0)) for each, number, last in counted if each in known
    ]
    return tuple(sorted(found, key=lambda one: one.last_at, reverse=True))


def single(user: User, memory_id: UUID) -> Entry:
    """One of theirs. Raises `NotFound`."""
    rows = access.held_for(user).select_related("replaces")
    with wall.inside(user.pk):
        row = one(rows, id=memory_id)
    return entries(user, [row])[0]


def _shown(user: User, character_id: UUID | None) -> QuerySet[Memory]:
    """What stands, the newest first."""
    return access.memories_for(user, character_id)


def _wished(rows: QuerySet[Memory], wish: Wish) -> QuerySet[Memory]:
    if wish.kind:
        rows = rows.filter(kind=wish.kind)
    if wish.feeling:
        rows = rows.filter(emotion=wish.feeling)
    if wish.speaker:
        rows = rows.filter(speaker=wish.speaker)
    if wish.is_pinned:
        rows = rows.filter(is_pinned=True)
    if wish.chat_id is not None:
        rows = rows.filter(chat_id=wish.chat_id)
    if wish.since is not None:
        rows = rows.filter(said_at__gte=wish.since)
    if wish.until is not None:
        rows = rows.filter(said_at__lt=wish.until)
    return rows
