"""What a file that somebody brought holds: a character, or a lorebook. Pure."""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

from characters import persona
from characters.cards import containers
from characters.cards.card import Card, with_changes
from characters.cards.extras import LONGEST_TAGLINE, Rating, extras, with_extras
from characters.cards.values import parse
from characters.lore import reading, writing
from characters.report import Notice, Notices, Refused, shortened
from core.json import JsonObject

# Prose, and read as a whole into every prompt: the largest sheets have some 60 KiB.
MOST_SHEET_BYTES = 2**20
SHEET, LOREBOOK = "markdown", "lorebook"
ADULT = {"nsfw", "18+", "+18", "r18", "r-18", "r18+", "adult", "mature", "explicit", "smut", "nsfl"}
# Extensions that other programs run. Here they are texts that go out as they came in.
SCRIPTS = {"regex_scripts", "risuai", "TavernHelper_scripts", "tavern_helper", "js_scripts", "scripts"}
# Of creator notes: the first sentence stands in there or nowhere.
MOST_NOTES = 4_000
UNSEEN = re.compile(r"<(style|script|head|title)\b[^>]{0,2000}>.{0,4000}?</\1\s*>", re.IGNORECASE | re.DOTALL)
BLOCK = re.compile(r"</?(?:p|br|div|h[1-6]|hr|li|ul|ol|tr|table|center|blockquote)\b[^<>]{0,2000}>", re.IGNORECASE)
TAG = re.compile(r"<[^<>]{0,2000}>")
PICTURE = re.compile(r"!\[[^\]]{0,500}\]\([^)]{0,2000}\)")
LINK = re.compile(r"\[([^\]]{1,500})\]\([^)]{0,2000}\)")
# Of markdown: emphasis, what begins a heading, quote or item, and rulers.
MARKS = re.compile(r"[*_`~]{1,3}|^[ \t]*(?:#{1,6}|>|[-+])[ \t]+|^[ \t]*[-=]{3,}[ \t]*$", re.MULTILINE)
SENTENCE = re.compile(r"(?<=[.!?…。！？])(?=\s|$)|\n")


@dataclass(frozen=True, slots=True)
class OpenedCard:
    """`assets` are the bytes by address, `picture` the file's own one; nothing of either has been looked at."""

    container: str
    card: Card
    notices: tuple[Notice, ...]
    assets: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    picture: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class OpenedBook:
    """`text` is a stand-alone V3 lorebook as JSON."""

    name: str
    text: str
    entries: int
    notices: tuple[Notice, ...]


def opened(content: bytes, file_name: str) -> OpenedCard | OpenedBook:
    """The file's name only names what has no name of its own. Raises `Refused`, and nothing else, for any bytes."""
    name = stem(file_name)
    try:
        imported = containers.read(content)
    except Refused as refused:
        return _without_card(content, name, refused)
    assets, picture = imported.assets, imported.picture
    if any(picture is body for body in assets.values()):
        picture = None  # the main icon's, which has an address
    card = imported.card if imported.card.name.strip() or not name else with_changes(imported.card, name=name)
    notices = Notices(imported.notices)
    if scripts := sorted(SCRIPTS & _extensions(card).keys()):
        notices.kept("scripts", "data.extensions", keys=", ".join(scripts))
    return OpenedCard(imported.container.value, card, tuple(notices), assets, picture)


def with_defaults(card: Card, hue: int | None) -> Card:
    """The card with a colour, a rating and a line below its name, where it says none. `hue` is its picture's."""
    said = extras(card)
    own = replace(
        said,
        hue=hue if said.hue is None else said.hue,
        rating=said.rating or (Rating.MATURE if ADULT & {tag.strip().casefold() for tag in card.tags} else None),
        tagline=said.tagline or first_sentence(card.creator_notes),
    )
    return card if own == said else with_extras(card, own)


def first_sentence(notes: str) -> str:
    """Of markdown or HTML, as plain text on one line that fits below a name; "" if there is none."""
    text = html.unescape(TAG.sub("", BLOCK.sub("\n", UNSEEN.sub("", notes[:MOST_NOTES]))))
    text = MARKS.sub("", LINK.sub(r"\1", PICTURE.sub("", text)))
    for part in SENTENCE.split(text):
        line = " ".join(part.split())
        if any(letter.isalnum() for letter in line):
            return _cut(line)
    return ""


def greetings(card: Card) -> int:
    return bool(card.first_message) + len(card.alternate_greetings) + len(card.group_only_greetings)


def stem(file_name: str) -> str:
    """What a file is called, without folders and ending, as a name for people to read."""
    plain = " ".join(PurePosixPath(file_name.replace("\\", "/").rstrip("/")).stem.split())
    return "" if set(plain) <= {".", " "} else shortened(plain)


def _without_card(content: bytes, name: str, refused: Refused) -> OpenedCard | OpenedBook:
    if refused.code in {"lorebook", "not_a_card"}:
        return _book(content, name, refused)
    if refused.code == "unknown_file" and (sheet := _sheet(content)) is not None:
        said = persona.parse(sheet)
        named = " ".join(said.name.split()) or name
        return OpenedCard(SHEET, Card(named, description=sheet), ())
    raise refused


def _book(content: bytes, name: str, refused: Refused) -> OpenedBook:
    notices = Notices()
    try:
        value = parse(content, notices, "JSON")
    except Refused:  # in a picture or an archive
        raise refused from None
    try:
        found = reading.read(value)
    except Refused as other:
        raise (refused if other.code == "not_a_lorebook" else other) from None
    book = found.book
    text = writing.stored(book)
    notices.extend(found.notices)
    return OpenedBook(_cut(" ".join((book.name or name).split()), 120), text, len(book.entries), tuple(notices))


def _sheet(content: bytes) -> str | None:
    """The markdown of a persona, if it is that: UTF-8, and a heading at its top or sections below."""
    if len(content) > MOST_SHEET_BYTES or b"\0" in content:
        return None
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    is_named = re.match(r"\s*#[ \t]+\S", text) is not None
    return text if is_named or persona.parse(text).sections else None


def _extensions(card: Card) -> JsonObject:
    data = card.raw.get("data")
    found = data.get("extensions") if isinstance(data, dict) else None
    return found if isinstance(found, dict) else {}


def _cut(line: str, most: int = LONGEST_TAGLINE) -> str:
    if len(line) <= most:
        return line
    head, space, _rest = line[:most].rpartition(" ")
    return f"{(head if space else line[: most - 1]).rstrip(' ,;:')}…"
