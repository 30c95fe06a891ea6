"""A character as a file for other programs: rows in, bytes out."""

import colorsys
import re
import struct
import unicodedata
import zlib
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from urllib.parse import quote

from django.contrib.staticfiles import finders
from django.utils.translation import gettext as _

from characters import files, persona, pictures
from characters.cards import containers
from characters.cards.card import Card, read_card, to_v2
from characters.cards.containers import DEFAULT_URI
from characters.cards.values import export as exported
from characters.models import Asset, Character
from characters.report import Refused, sentence
from core.errors import Conflict, NotFound

# For a character without a picture: a card in a PNG needs some pixels to be in.
PLAIN_SIDE = 400
LONGEST_FILE_NAME = 80


class Kind(StrEnum):
    PNG = "png"
    JSON = "json"
    V2_JSON = "v2-json"
    CHARX = "charx"
    MARKDOWN = "md"


MEDIA_TYPES = {
    Kind.PNG: "image/png",
    Kind.JSON: "application/json",
    Kind.V2_JSON: "application/json",
    Kind.CHARX: "application/zip",
    Kind.MARKDOWN: "text/markdown; charset=utf-8",
}
ENDINGS = {Kind.V2_JSON: "v2.json"}


@dataclass(frozen=True, slots=True)
class Exported:
    content: bytes
    media_type: str
    file_name: str

    @property
    def disposition(self) -> str:
        """A header that every browser reads: an ASCII name, and the real one as RFC 5987 writes it."""
        stem, _dot, ending = self.file_name.partition(".")
        plain = unicodedata.normalize("NFKD", stem).encode("ascii", "ignore").decode()
        plain = f"{re.sub(r'[^A-Za-z0-9]+', '-', plain).strip('-') or 'character'}.{ending}"
        return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(self.file_name, safe='')}"


def export(character: Character, kind: Kind) -> Exported:
    """What the newest version says, with all its files. Raises `Conflict` if such a file would be too large."""
    card = character.card
    try:
        content = _written(character, card, kind)
    except Refused as refused:
        hint = _("A CHARX holds more than the other kinds.")
        raise Conflict(f"{sentence(refused, _)} {hint}", kind=kind.value) from refused
    return Exported(content, MEDIA_TYPES[kind], f"{_file_stem(character.name)}.{ENDINGS.get(kind, kind.value)}")


def sheet(card: Card) -> str:
    """The persona as markdown with a name at its top."""
    said = persona.parse(card.description)
    return card.description if said.name else f"# {card.name}\n\n{card.description}"


def _written(character: Character, card: Card, kind: Kind) -> bytes:
    if kind is Kind.MARKDOWN:
        return sheet(card).encode()
    rows = {row.uri: row for row in Asset.objects.filter(character=character)}
    held = {asset.uri: files.read(rows[asset.uri].digest) for asset in card.assets if asset.uri in rows}
    match kind:
        case Kind.PNG:
            held.pop(DEFAULT_URI, None)  # it is the file's own
            return containers.write_png(card, _picture(character), held)
        case Kind.CHARX:
            own = None if character.face or DEFAULT_URI in held else _portrait(character)
            return containers.write_charx(card, held, own)
        case Kind.V2_JSON:
            return exported(to_v2(read_card(containers.write_json(card, held))[0]))
        case _:
            return containers.write_json(card, held)


def _picture(character: Character) -> bytes:
    """A PNG for the card to be in."""
    if character.face:
        row = Asset.objects.filter(character=character, digest=character.face).first()
        content = files.read(character.face)
        return content if row is not None and row.media_type == "image/png" else pictures.as_png(content)
    return _portrait(character) or _plain(character.hue)


def _portrait(character: Character) -> bytes | None:
    """A built-in one's, as a PNG."""
    found = finders.find(character.portrait) if character.portrait else None
    if not isinstance(found, str):
        return None
    try:
        return pictures.as_png(Path(found).read_bytes())
    except OSError:
        raise NotFound from None


def _plain(hue: int) -> bytes:
    """A square of their colour."""
    pixel = bytes(round(255 * part) for part in colorsys.hls_to_rgb(hue / 360, 0.42, 0.35))
    rows = (b"\0" + pixel * PLAIN_SIDE) * PLAIN_SIDE
    header = struct.pack(">IIBBBBB", PLAIN_SIDE, PLAIN_SIDE, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in chunks
    )


def _file_stem(name: str) -> str:
    """As people see it, without what a file system or a header could take otherwise."""
    plain = "".join(letter if letter.isprintable() and letter not in '/\\:*?"<>|%;.' else " " for letter in name)
    return " ".join(plain.split())[:LONGEST_FILE_NAME].strip(" .") or "character"
