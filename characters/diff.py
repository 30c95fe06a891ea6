"""The differences between two cards, field by field, and inside long texts word by word. Pure.

The time is bounded whatever the texts are: lines first, words only inside lines that changed, and a stretch that
would take too long is told as one piece removed and another added. Nothing is left untold for that.
"""

import json
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from characters.cards.card import Card, to_v3
from characters.cards.extras import KEY, extras
from characters.cards.fields import TOP_LEVEL
from core.json import Json, JsonObject

# Steps of the thorough comparison for all of two cards: 300,000 take at most about a second.
THOROUGH = 300_000
# Of one stretch: the thorough comparison is cubic at its worst.
STRETCH = 10_000
# Changed lines longer than this together are not looked into.
MOST_WORDS = 40_000
# Unchanged text is folded from here on, down to these characters beside a change.
FOLDED_FROM, CONTEXT = 480, 140
WORD = re.compile(r"\w+|\s+|[^\w\s]")


def _(label: str) -> str:
    """A mark for makemessages, which looks for this name."""
    return label


LABELS: Mapping[str, str] = {
    "name": _("Name"),
    "nickname": _("Nickname"),
    "tagline": _("Tagline"),
    "description": _("Profile"),
    "personality": _("Personality"),
    "scenario": _("Scenario"),
    "first_message": _("First message"),
    "alternate_greetings": _("Other greetings"),
    "group_only_greetings": _("Greetings in groups"),
    "example_dialogue": _("Example dialogue"),
    "openers": _("Suggested openers"),
    "system_prompt": _("System prompt"),
    "post_history_instructions": _("Instructions after the history"),
    "creator_notes": _("Notes for others"),
    "creator_notes_by_language": _("Notes in other languages"),
    "tags": _("Tags"),
    "rating": _("Rating"),
    "language": _("Language"),
    "hue": _("Hue"),
    "voice": _("Voice"),
    "prompt_format": _("Prompt format"),
    "creator": _("Creator"),
    "character_version": _("The creator’s version number"),
    "source": _("Sources"),
    "assets": _("Files"),
    "book": _("Lorebook"),
    "rest": _("Other data, kept and unread"),
}
# Keys of `data` that are told by a label of their own.
TOLD = frozenset(
    "name nickname description personality scenario first_mes alternate_greetings group_only_greetings mes_example "
    "system_prompt post_history_instructions creator_notes creator_notes_multilingual tags creator "
    "character_version source assets character_book".split()
)
TOLD_EXTRAS = frozenset("tagline hue rating language openers voice prompt_format".split())
# Beside a lorebook entry's texts, which are told as texts.
ENTRY_TEXTS = ("keys", "secondary_keys", "content")


class Kind(StrEnum):
    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"
    # The same in both, and far from any change.
    FOLDED = "folded"


@dataclass(frozen=True, slots=True)
class Part:
    kind: Kind
    text: str

    @property
    def lines(self) -> int:
        return self.text.count("\n") + 1


@dataclass(frozen=True, slots=True)
class Difference:
    """`parts` without those added are the old text, without those removed the new one. `label` is English."""

    field: str
    label: str
    parts: tuple[Part, ...]


def differences(old: Card, new: Card) -> tuple[Difference, ...]:
    """In the order of `LABELS`; the fields that are alike are not among them."""
    before, after = _texts(old), _texts(new)
    comparison = _Comparison()
    return tuple(
        Difference(field, LABELS[field], comparison.parts(text, after[field]))
        for field, text in before.items()
        if text != after[field]
    )


@dataclass(frozen=True, slots=True)
class _Run:
    """A stretch of both sequences, by the bounds of each. What is not the same in both has changed."""

    is_same: bool
    old: slice
    new: slice


class _Comparison:
    """What is left of the time for two cards."""

    def __init__(self) -> None:
        self.left = THOROUGH

    def parts(self, old: str, new: str) -> tuple[Part, ...]:
        return _folded(list(_joined(self._changes(old, new))))

    def _changes(self, old: str, new: str) -> Iterator[Part]:
        before, after = old.splitlines(keepends=True), new.splitlines(keepends=True)
        for run in self._runs(before, after):
            removed, added = "".join(before[run.old]), "".join(after[run.new])
            if run.is_same:
                yield Part(Kind.SAME, removed)
            else:
                yield from self._words(removed, added)

    def _words(self, old: str, new: str) -> Iterator[Part]:
        before, after = WORD.findall(old), WORD.findall(new)
        if not before or not after or len(before) + len(after) > MOST_WORDS:
            yield from _replaced(old, new)
            return
        for run in self._runs(before, after):
            removed, added = "".join(before[run.old]), "".join(after[run.new])
            if run.is_same:
                yield Part(Kind.SAME, removed)
            else:
                yield from _replaced(removed, added)

    def _runs(self, old: Sequence[str], new: Sequence[str]) -> Iterator[_Run]:
        """Cut at what is alike on both ends, then at what stands once in each, then compared thoroughly."""
        start = _alike(old, new)
        end = _alike(old[start:][::-1], new[start:][::-1])
        yield from _same(0, 0, start)
        here = (start, start)
        for anchor in [*_anchors(old, new, start, end), (len(old) - end, len(new) - end)]:
            yield from self._stretch(old, new, here, anchor)
            here = anchor
        yield from _same(*here, end)

    def _stretch(
        self, old: Sequence[str], new: Sequence[str], start: tuple[int, int], end: tuple[int, int]
    ) -> Iterator[_Run]:
        rows, columns = end[0] - start[0], end[1] - start[1]
        steps = rows * columns
        if not rows and not columns:
            return
        if not steps or steps > STRETCH or steps > self.left:
            yield _Run(False, slice(start[0], end[0]), slice(start[1], end[1]))
            return
        self.left -= steps
        pieces = SequenceMatcher(None, old[start[0] : end[0]], new[start[1] : end[1]], autojunk=False)
        for tag, left, right, top, bottom in pieces.get_opcodes():
            yield _Run(
                tag == "equal",
                slice(start[0] + left, start[0] + right),
                slice(start[1] + top, start[1] + bottom),
            )


def _alike(old: Sequence[str], new: Sequence[str]) -> int:
    """How many at the beginning are the same in both."""
    for count, (before, after) in enumerate(zip(old, new, strict=False)):
        if before != after:
            return count
    return min(len(old), len(new))


def _same(old: int, new: int, length: int) -> Iterator[_Run]:
    if length:
        yield _Run(True, slice(old, old + length), slice(new, new + length))


def _anchors(old: Sequence[str], new: Sequence[str], start: int, end: int) -> list[tuple[int, int]]:
    """Where both stand at something that each says exactly once, rising in both: the longest such row of places."""
    once_old = _once(old, start, len(old) - end)
    once_new = _once(new, start, len(new) - end)
    pairs = sorted((place, once_new[text]) for text, place in once_old.items() if text in once_new)
    ends: list[int] = []
    tops: list[int] = []
    before: list[int] = []
    for index, (_row, column) in enumerate(pairs):
        height = bisect_left(ends, column)
        before.append(tops[height - 1] if height else -1)
        ends[height : height + 1] = [column]
        tops[height : height + 1] = [index]
    found: list[tuple[int, int]] = []
    at = tops[-1] if tops else -1
    while at >= 0:
        found.append(pairs[at])
        at = before[at]
    return found[::-1]


def _once(texts: Sequence[str], start: int, end: int) -> dict[str, int]:
    counts = Counter(texts[start:end])
    return {texts[place]: place for place in range(start, end) if counts[texts[place]] == 1}


def _replaced(old: str, new: str) -> Iterator[Part]:
    if old:
        yield Part(Kind.REMOVED, old)
    if new:
        yield Part(Kind.ADDED, new)


def _joined(parts: Iterator[Part]) -> Iterator[Part]:
    """Neighbours of a kind as one; two changes with nothing but a gap between them are one change."""
    old: list[str] = []
    new: list[str] = []
    gap: list[str] = []
    for part in parts:
        if part.kind is Kind.SAME:
            gap.append(part.text)
            continue
        between = "".join(gap)
        if between and (not (old or new) or between.strip() or "\n" in between):
            yield from _replaced("".join(old), "".join(new))
            yield Part(Kind.SAME, between)
            old, new = [], []
        elif between:
            old.append(between)
            new.append(between)
        gap = []
        (old if part.kind is Kind.REMOVED else new).append(part.text)
    yield from _replaced("".join(old), "".join(new))
    if gap:
        yield Part(Kind.SAME, "".join(gap))


def _folded(parts: Sequence[Part]) -> tuple[Part, ...]:
    found: list[Part] = []
    for index, part in enumerate(parts):
        if part.kind is not Kind.SAME or len(part.text) < FOLDED_FROM:
            found.append(part)
            continue
        head = _cut(part.text, CONTEXT) if index else 0
        tail = len(part.text) - (_cut(part.text[::-1], CONTEXT) if index + 1 < len(parts) else 0)
        found += [
            Part(kind, text)
            for kind, text in (
                (Kind.SAME, part.text[:head]),
                (Kind.FOLDED, part.text[head:tail]),
                (Kind.SAME, part.text[tail:]),
            )
            if text
        ]
    return tuple(found)


def _cut(text: str, most: int) -> int:
    """After the last word that is whole within `most` characters; in the middle of one that is longer."""
    return text.rfind(" ", 0, most) + 1 or most


def _texts(card: Card) -> dict[str, str]:
    """Every field of a card as a text, by the names of `LABELS` and in their order."""
    own = extras(card)
    return {
        "name": card.name,
        "nickname": card.nickname,
        "tagline": own.tagline,
        "description": card.description,
        "personality": card.personality,
        "scenario": card.scenario,
        "first_message": card.first_message,
        "alternate_greetings": _listed(card.alternate_greetings),
        "group_only_greetings": _listed(card.group_only_greetings),
        "example_dialogue": card.example_dialogue,
        "openers": "\n".join(own.openers),
        "system_prompt": card.system_prompt,
        "post_history_instructions": card.post_history_instructions,
        "creator_notes": card.creator_notes,
        "creator_notes_by_language": _written(dict(card.creator_notes_by_language.items())),
        "tags": ", ".join(card.tags),
        "rating": own.rating or "",
        "language": own.language,
        "hue": "" if own.hue is None else str(own.hue),
        "voice": own.voice,
        "prompt_format": own.prompt_format,
        "creator": card.creator,
        "character_version": card.character_version,
        "source": "\n".join(card.source),
        "assets": "\n".join(f"{one.type} · {one.name} · {one.ext} · {one.uri}" for one in card.assets),
        "book": _book(card.book),
        "rest": _written(_rest(to_v3(card))),
    }


def _listed(texts: Sequence[str]) -> str:
    return "\n\n⁂\n\n".join(texts)


def _written(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) if value else ""


def _book(book: JsonObject | None) -> str:
    if book is None:
        return ""
    entries = book.get("entries")
    found = list(entries.values()) if isinstance(entries, dict) else entries
    said = [_entry(entry) for entry in found] if isinstance(found, list) else [_written(found)]
    head = _written({key: value for key, value in book.items() if key != "entries"})
    return "\n\n".join([text for text in [head, *said] if text])


def _entry(entry: Json) -> str:
    if not isinstance(entry, dict):
        return _written(entry)
    texts = [_words_of(entry.get(key)) for key in ENTRY_TEXTS]
    rest = {key: value for key, value in entry.items() if key not in ENTRY_TEXTS}
    return "\n".join([*(text for text in texts if text), json.dumps(rest, ensure_ascii=False, sort_keys=True)])


def _words_of(value: Json) -> str:
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return ", ".join(str(item) for item in value)
    return value if isinstance(value, str) else _written(value)


def _rest(card: JsonObject) -> JsonObject:
    """What no label tells: the keys that we do not know, at every level."""
    flat = {place for places in TOP_LEVEL.values() for place in places}
    data = card.get("data")
    known = dict(data) if isinstance(data, dict) else {}
    rest: JsonObject = {key: value for key, value in known.items() if key not in TOLD and key != "extensions"}
    found = known.get("extensions")
    extensions = dict(found) if isinstance(found, dict) else {}
    own = extensions.pop(KEY, None)
    if isinstance(own, dict):
        extensions[KEY] = {key: value for key, value in own.items() if key not in TOLD_EXTRAS}
    rest["extensions"] = {key: value for key, value in extensions.items() if value not in ({}, [], None, "")}
    top: JsonObject = {key: value for key, value in card.items() if key not in flat and key != "data"}
    return {**top, "data": rest}
