"""Cards and the files around them, all our own."""

import base64
import io
import json
import struct
import zipfile
import zlib
from collections.abc import Mapping

from core.json import Json, JsonObject

PIXEL = zlib.compress(b"\0\x80\x20\x40")


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def picture(*extra: bytes) -> bytes:
    """A PNG of one pixel, with more chunks before its end."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", PIXEL) + b"".join(extra) + chunk(b"IEND", b"")


def text(keyword: str, card: Json) -> bytes:
    return chunk(b"tEXt", keyword.encode() + b"\0" + base64.b64encode(as_json(card)))


def as_json(card: Json) -> bytes:
    return json.dumps(card).encode()


def zipped(files: Mapping[str, bytes]) -> bytes:
    place = io.BytesIO()
    with zipfile.ZipFile(place, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return place.getvalue()


def v1() -> JsonObject:
    return {
        "name": "Maren",
        "description": "{{char}} keeps the lighthouse.",
        "personality": "dry, patient",
        "scenario": "A storm is coming.",
        "first_mes": "You picked a night for it.",
        "mes_example": "<START>\n{{user}}: Hi\n{{char}}: Shut the door.",
    }


def v2(**more: Json) -> JsonObject:
    data: JsonObject = {
        **v1(),
        "creator_notes": "made for a test",
        "system_prompt": "{{original}} Be brief.",
        "post_history_instructions": "",
        "alternate_greetings": ["Again?", "Ahoy."],
        "tags": ["sea", "calm"],
        "creator": "nobody",
        "character_version": "1.2",
        "extensions": {
            "talkativeness": 0.5,
            "fav": False,
            "world": "",
            "depth_prompt": {"prompt": "p", "depth": 4, "role": "system"},
        },
        "character_book": book("The lamp is old."),
        **more,
    }
    return {"spec": "chara_card_v2", "spec_version": "2.0", "data": data}


def v3(**more: Json) -> JsonObject:
    extra: JsonObject = {
        "nickname": "Ren",
        "group_only_greetings": ["Who are these?"],
        "creator_notes_multilingual": {"de": "zum Prüfen"},
        "source": ["https://example.org/1"],
        "creation_date": 1_700_000_000,
        "modification_date": 0,
        **more,
    }
    return {**v2(**extra), "spec": "chara_card_v3", "spec_version": "3.0"}


def book(content: str) -> JsonObject:
    entry: JsonObject = {
        "keys": ["lamp"],
        "content": content,
        "extensions": {"position": 4},
        "enabled": True,
        "insertion_order": 1,
        "id": "a",
        "ours": [1],
    }
    return {"name": "coast", "extensions": {"x": 1}, "entries": [entry], "unknown": None}


def webp(comment: bytes, charset: bytes = b"ASCII\0\0\0") -> bytes:
    """A WEBP that is nothing but its EXIF data: one directory, which names another with the comment."""
    value = charset + comment
    first = struct.pack("<HHHIII", 1, 0x8769, 4, 1, 26, 0)
    second = struct.pack("<HHHIII", 1, 0x9286, 7, len(value), 44, 0)
    tiff = b"II*\0" + struct.pack("<I", 8) + first + second + value
    body = b"WEBP" + b"EXIF" + struct.pack("<I", len(tiff)) + tiff
    return b"RIFF" + struct.pack("<I", len(body)) + body
