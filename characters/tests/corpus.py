"""Cards and lorebooks as people send them, all made here, each with what its report has to say.

One of every container, every version, and every oddity that is known from the wild. Pure.
"""

import base64
import io
import json
import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import TypedDict, Unpack

from PIL import Image

from characters import persona
from characters.cards.tests.made import as_json, book, chunk, picture, text, v1, v2, v3, webp, zipped
from core.json import Json, JsonObject

IN, KEPT, OUT = "imported", "kept unread", "refused"
# What every version 2 card made here has: two keys of SillyTavern's that are not used.
FAV = (KEPT, "unknown")
SOUND = b"ID3\4\0\0\0\0\0\0 a sound of our own"
SCRIPTS, SEALED = (KEPT, "scripts"), (KEPT, "sealed")
TRAILING, LEFT = (OUT, "trailing"), (OUT, "left_out")
DESCRIPTION = "{{char}} keeps the lighthouse."


class Changes(TypedDict, total=False):
    file_name: str
    container: str
    version: int
    report: frozenset[tuple[str, str]]
    files: int
    greetings: int
    entries: int
    has_face: bool
    fields: Mapping[str, object]
    links: tuple[str, ...]
    failure: str


@dataclass(frozen=True)
class Case:
    """`report` is every fate and code of it; `failure` a code, for what becomes nothing at all.

    `version` is 0 for what is no card. `fields` are attributes of the card that came of it.
    """

    name: str
    content: bytes = field(repr=False)
    file_name: str = "card.png"
    container: str = "png"
    version: int = 2
    report: frozenset[tuple[str, str]] = frozenset({FAV})
    files: int = 0
    greetings: int = 3
    entries: int = 1
    has_face: bool = False
    fields: Mapping[str, object] = field(default_factory=lambda: {"name": "Maren", "description": DESCRIPTION})
    links: tuple[str, ...] = ()
    failure: str = ""

    def but(self, **changes: Unpack[Changes]) -> "Case":
        return replace(self, **changes)

    def told(self, *report: tuple[str, str]) -> "Case":
        return self.but(report=self.report | set(report))

    @property
    def three(self) -> "Case":
        """The card is of version 3."""
        return self.but(version=3, greetings=self.greetings + 1)

    @property
    def one(self) -> "Case":
        return self.but(version=1, greetings=1, entries=0, report=self.report - {FAV})

    @property
    def seen(self) -> "Case":
        """Its face is its only file."""
        return self.but(files=1, has_face=True)


def drawn(kind: str = "PNG", colour: tuple[int, int, int] = (200, 40, 40), size: tuple[int, int] = (64, 80)) -> bytes:
    """A picture with something to see in it."""
    image = Image.linear_gradient("L").resize(size).convert("RGB")
    image = Image.blend(image, Image.new("RGB", size, colour), 0.6)
    place = io.BytesIO()
    image.save(place, kind)
    return place.getvalue()


def asset(uri: str, name: str = "main", kind: str = "icon", ext: str = "png") -> JsonObject:
    return {"type": kind, "uri": uri, "name": name, "ext": ext}


def data(content: bytes, media_type: str = "image/png") -> str:
    return f"data:{media_type};base64,{base64.b64encode(content).decode()}"


def packed(keyword: str, card: Json) -> bytes:
    return chunk(b"zTXt", keyword.encode() + b"\0\0" + zlib.compress(base64.b64encode(as_json(card))))


def dressed(content: bytes, *chunks: bytes) -> bytes:
    """A picture that can be seen, with more chunks before its end."""
    return content[:-12] + b"".join(chunks) + content[-12:]


@cache
def cases() -> tuple[Case, ...]:
    return (*texts(), *pictures(), *archives(), *early(), *sheets(), *lorebooks(), *broken())


def case(name: str, content: bytes, *report: tuple[str, str]) -> Case:
    return Case(name, content, report=frozenset(report or (FAV,)))


def plain(name: str, card: Json | bytes, *report: tuple[str, str]) -> Case:
    """A card as a JSON file."""
    content = card if isinstance(card, bytes) else as_json(card)
    return case(name, content, *report).but(file_name="card.json", container="json")


def texts() -> list[Case]:
    silly: JsonObject = {
        **v2(),
        **v1(),
        "avatar": "none",
        "chat": "Maren - 2024",
        "create_date": "2024-1-1",
        "creatorcomment": "hers",
        "fav": False,
        "talkativeness": "0.5",
        "tags": ["sea"],
    }
    pygmalion: Json = {"char_name": "Maren", "char_persona": "x", "char_greeting": "Hm?", "world_scenario": "Rain."}
    odd_book: Json = {"entries": {"0": {"key": ["a"], "content": "b"}}}
    mended = {"creator": "a\N{REPLACEMENT CHARACTER}"}
    gif, svg = data(drawn("GIF"), "image/gif"), data(b"<svg onload='alert(1)'/>", "image/svg+xml")
    jpeg, sound = data(drawn("JPEG"), "image/jpeg"), data(SOUND, "audio/mpeg")
    lost, away = "data:image/png;base64,!!", "https://example.org/a.png"

    def holding(name: str, found: JsonObject, *report: tuple[str, str]) -> Case:
        return plain(name, v3(assets=[found]), *report).three

    return [
        plain("version 1", v1()).one,
        plain("version 2", v2()),
        plain("version 3", v3()).three,
        plain("utf-8 with a mark", b"\xef\xbb\xbf" + as_json(v2())),
        plain("utf-16", json.dumps(v2()).encode("utf-16")),
        plain("white space before it", b" \r\n\t" + as_json(v2())),
        plain("broken utf-8", as_json(v2(creator="ab")).replace(b'"ab"', b'"a\xff"'), FAV, (IN, "bad_letters")).but(
            fields=mended
        ),
        plain("a zero byte", v2(creator="a\0b"), FAV, (IN, "bad_letters")).but(fields={"creator": "ab"}),
        plain("half a pair", v2(creator="a\ud800"), FAV, (IN, "bad_letters")).but(fields=mended),
        plain("infinite numbers", v2(odd=float("inf")), FAV, (IN, "bad_number")),
        plain("a newer version", {**v3(), "spec_version": "4.2"}, FAV, (IN, "newer")).three,
        plain("no version", {"data": v2()["data"]}, FAV, (IN, "unknown_spec")),
        plain("top level copies", silly),
        plain("tags in one text", v2(tags="a, b ,"), FAV, (IN, "text_for_list")).but(fields={"tags": ("a", "b")}),
        plain("a number for a name", v2(name=7), FAV, (IN, "number_for_text")).but(fields={"name": "7"}),
        plain("a list for a text", v2(scenario=["x"]), FAV, (KEPT, "wrong_type")).but(fields={"scenario": ""}),
        plain("greetings that are none", v2(alternate_greetings=["a", {"b": 1}]), FAV, (KEPT, "wrong_type")).but(
            greetings=2, fields={"alternate_greetings": ("a",)}
        ),
        plain("no name", v2(name=" "), FAV, (IN, "no_name")).but(fields={"name": "card"}),
        plain("no group greetings", without(v3(), "group_only_greetings")).but(version=3),
        plain("pygmalion", pygmalion).one.but(fields={"first_message": "Hm?", "scenario": "Rain."}),
        plain("extensions that are a list", v2(extensions=[1]), (KEPT, "wrong_type")),
        plain("unknown keys everywhere", {**v2(ours={"x": [1]}), "theirs": 1}),
        plain("a nickname", v3(nickname="Renny")).three.but(fields={"nickname": "Renny", "spoken_name": "Renny"}),
        plain("dates as texts", v3(creation_date="17")).three.but(fields={"creation_date": 17}),
        plain("scripts of SillyTavern", v2(extensions={"regex_scripts": [{"findRegex": "/a/"}]}), FAV, SCRIPTS),
        plain("scripts of RisuAI", v2(extensions={"risuai": {"triggerscript": ["x"]}}), FAV, SCRIPTS),
        plain("a book as an object", v2(character_book=odd_book)),
        plain("no book", without(v2(), "character_book")).but(entries=0),
        holding("a picture in an address", asset(data(drawn()))).seen,
        holding("a JPEG in an address", asset(jpeg, ext="jpeg")).seen,
        holding("a GIF", asset(gif, ext="gif"), FAV, SEALED).but(files=1),
        holding("an SVG", asset(svg, ext="svg"), FAV, SEALED).but(files=1),
        holding("a sound", asset(sound, "hum", "x_sound", "mp3"), FAV, SEALED).but(files=1),
        holding("a broken address", asset(lost, "x", "emotion"), FAV, (OUT, "damaged_asset")),
        holding("a picture elsewhere", asset(away), FAV, (KEPT, "no_bytes")).but(links=(away,)),
        holding("a picture that is not there", asset("embeded://gone.png"), FAV, (OUT, "missing")),
        plain("one picture twice", v3(assets=[asset(data(drawn())), asset(data(drawn()), "x", "emotion")])).three.seen,
        plain("assets that are none", v3(assets=[1, asset("ccdefault:")]), FAV, (KEPT, "wrong_type")).three,
    ]


def pictures() -> list[Case]:
    shown = drawn()
    old, card2, card3 = text("chara", v2(name="Old")), text("chara", v2()), text("ccv3", v3())
    body = base64.b64encode(as_json(v2()))
    blue = base64.b64encode(drawn(colour=(0, 90, 200)))
    joy, gone = asset("__asset:1", "joy", "emotion"), asset("__asset:2", "gone", "emotion")
    mood, moods = (text("ccv3", v3(assets=[asset("ccdefault:"), *more])) for more in ([joy], [joy, gone]))
    vast = chunk(b"IHDR", struct.pack(">IIBBBBB", 20_000, 20_000, 8, 2, 0, 0, 0))

    def one(name: str, *chunks: bytes) -> Case:
        return case(f"png: {name}", dressed(shown, *chunks)).seen

    def said(name: str, content: bytes) -> Case:
        return one(name, chunk(b"tEXt", b"chara\0" + content))

    return [
        one("version 2", card2),
        one("version 3", card3).three,
        one("version 1", text("chara", v1())).one,
        one("both, the newer counts", old, card3).three,
        one("both in the other order", card3, old).three,
        one("a broken newer one", chunk(b"tEXt", b"ccv3\0e30"), card2).but(
            report=frozenset({FAV, (OUT, "not_a_card")})
        ),
        one("version 3 where 2 is said", text("chara", v3())).three,
        one("keywords in capitals", text("CHARA", v2())),
        one("compressed", packed("chara", v2())),
        one("international", chunk(b"iTXt", b"chara\0\0\0\0\0" + body)),
        one("international and compressed", chunk(b"iTXt", b"chara\0\1\0en\0titre\0" + zlib.compress(body))),
        said("without base64", as_json(v2())),
        said("of the other alphabet", base64.urlsafe_b64encode(as_json(v2()))),
        said("in lines", base64.encodebytes(as_json(v2()))),
        said("without padding", body.rstrip(b"=")),
        one("a wrong checksum", card2[:-1] + bytes([card2[-1] ^ 1])).told((IN, "checksum")),
        case("png: more after its end", dressed(shown, card2) + b"<script>alert(1)</script>", FAV, TRAILING).seen,
        case("png: cut off", dressed(shown, card2)[:-9], FAV, (IN, "cut_off"), (OUT, "damaged_picture")),
        case("png: one pixel", picture(card2)).seen,
        one("animated", chunk(b"acTL", struct.pack(">II", 2, 0)), card2).but(
            report=frozenset({FAV, (IN, "animation")})
        ),
        one("with an emotion", chunk(b"tEXt", b"chara-ext-asset_:1\0" + blue), mood).three.but(files=2),
        one("with an emotion of early RisuAI", chunk(b"tEXt", b"chara-ext-asset_1\0" + blue), mood).three.but(files=2),
        one("an emotion is missing", chunk(b"tEXt", b"chara-ext-asset_:1\0" + blue), moods).three.but(
            files=2, report=frozenset({FAV, (OUT, "missing")})
        ),
        one("other texts", chunk(b"tEXt", b"Software\0paint"), card2),
        case("png: of 400 million pixels", picture()[:8] + vast + picture(card2)[33:], FAV, (OUT, "too_many_pixels")),
    ]


def archives() -> list[Case]:
    inside = {"assets/icon/images/1.png": drawn()}
    named = v3(assets=[asset("embeded://assets/icon/images/1.png")])
    bare, jpeg = zipped({"card.json": as_json(v3())}), drawn("JPEG")
    two = v3(assets=[asset("embeded://assets/icon/images/1.png"), asset("embeded://a.mp3", "hum", "x_sound", "mp3")])

    def one(name: str, content: bytes, *report: tuple[str, str]) -> Case:
        return case(name, content, *report).three.but(file_name="card.charx", container="charx")

    def holding(card: Json, files: Mapping[str, bytes] = inside) -> bytes:
        return zipped({"card.json": as_json(card), **files})

    def pointing(uri: str, files: Mapping[str, bytes] = inside) -> bytes:
        return holding(v3(assets=[asset(uri)]), files)

    return [
        one("charx", holding(named)).seen,
        one("charx: without files", bare),
        one("charx: in other words", pointing("embedded://Assets\\icon/images/1.PNG")).seen,
        one("charx: as RisuAI says it", pointing("__asset:assets/icon/images/1.png")).seen,
        one("charx: in a program", b"MZ" + bytes(500) + holding(named)).seen,
        one("charx: after a JPEG", jpeg + bare).seen,
        one("charx: within a JPEG", jpeg + bare + bytes(100) + b"\xff\xd9").seen,
        one("charx: after a PNG", drawn() + bare, FAV),
        one("charx: more files", holding(named, {**inside, "module.risum": b"x", "../../up": b"x"}), FAV, LEFT).seen,
        one("charx: a path upwards", pointing("embeded://../../etc/passwd", {"../../etc/passwd": drawn()})).seen,
        one("charx: a path elsewhere", pointing("embeded:///etc/passwd", {}), FAV, (OUT, "missing")),
        one("charx: a sound and a picture", holding(two, {**inside, "a.mp3": SOUND}), FAV, SEALED).seen.but(files=2),
        one("charx: version 2", holding(v2(), {})).but(version=2, greetings=3),
    ]


def early() -> list[Case]:
    """Cards of early Tavern and Agnai. Where there is nothing but the card, there are no pixels to be drawn."""
    utf_16 = json.dumps(v1()).encode("utf-16-le")
    numbers = ",".join(str(byte) for byte in as_json(v1())).encode()
    shown, exif = drawn("WEBP"), webp(as_json(v1()))[12:]
    whole = b"RIFF" + struct.pack("<I", len(shown) - 8 + len(exif)) + shown[8:] + exif

    def one(name: str, content: bytes, *report: tuple[str, str]) -> Case:
        return case(name, content, FAV, *report).one.but(file_name="card.webp", container="webp")

    return [
        one("webp", webp(as_json(v1())), (OUT, "damaged_picture")),
        one("webp: utf-16", webp(utf_16, b"UNICODE\0"), (OUT, "damaged_picture")),
        one("webp: numbers", webp(numbers, bytes(8)), (OUT, "damaged_picture")),
        one("webp: a picture", whole).seen,
    ]


def sheets() -> list[Case]:
    ours = (Path(persona.__file__).parent / "personas" / "azera.md").read_bytes()

    def one(name: str, content: bytes, called: str) -> Case:
        said = {"name": called, "description": content.decode("utf-8-sig")}
        found = case(f"sheet: {name}", content).one.but(file_name="persona.md", container="markdown")
        return found.but(version=0, greetings=0, fields=said)

    return [
        one("ours", ours, "Azera"),
        one("from Windows", ours.replace(b"\n", b"\r\n"), "Azera"),
        one("with a mark", b"\xef\xbb\xbf" + ours, "Azera"),
        one("no name", b"## Intent\nTo be brief.\n", "persona"),
        one("only a name", "# Zoë  Ng\n".encode(), "Zoë Ng"),
    ]


def lorebooks() -> list[Case]:
    world: Json = {"entries": {"0": {"uid": 0, "key": ["lamp"], "content": "It is old."}}, "name": "Coast"}

    def one(name: str, book: Json, called: str, entries: int = 1) -> Case:
        found = plain(name, book).but(version=0, report=frozenset(), entries=entries, fields={"name": called})
        return found.but(file_name="Sea air.json")

    return [
        one("lorebook", {"spec": "lorebook_v3", "data": book("x")}, "coast"),
        one("world", world, "Coast"),
        one("world without a name", {"entries": {}}, "Sea air", 0),
    ]


def broken() -> list[Case]:
    """What becomes nothing, and why."""
    deep = b'{"data":' + b"[" * 100 + b"]" * 100 + b"}"
    archive = zipped({"card.json": as_json(v3())})
    at = archive.rindex(b"PK\1\2")
    inflating = chunk(b"zTXt", b"chara\0\0" + zlib.compress(bytes(2**25)))
    bomb = zipped({"card.json": b'{"data":"' + b" " * 9_000_000 + b'"}'})
    return [
        Case(name, content, failure=failure)
        for name, content, failure in (
            ("nothing in it", b"{}", "not_a_card"),
            ("a list", b'{"data":[]}', "not_a_card"),
            ("a text", b"hello there", "unknown_file"),
            ("yaml", b"name: Maren\ncontext: a lighthouse\n", "unknown_file"),
            ("a GIF alone", drawn("GIF"), "unknown_file"),
            ("a picture alone", drawn(), "no_card"),
            ("half a JSON", as_json(v2())[:-9], "not_json"),
            ("too deep", deep, "too_deep"),
            ("a million values", b'{"data":[' + b"1," * 400_000 + b"1]}", "too_many_values"),
            ("nine MiB of text", b'{"data":"' + b"a" * 9 * 2**20 + b'"}', "too_large_text"),
            ("an archive without a card", zipped({"a.txt": b"x"}), "no_card"),
            ("half an archive", archive[:at] + archive[at + 4 :], "unknown_file"),
            ("an encrypted card", archive[: at + 8] + b"\1" + archive[at + 9 :], "encrypted"),
            ("an archive that unpacks to much", bomb, "too_large_entry"),
            ("texts that unpack to much", picture(inflating), "too_large_inflated"),
            ("a damaged card in a picture", picture(chunk(b"tEXt", b"chara\0!!!")), "damaged_card"),
            ("RisuAI's lorebook", as_json({"type": "risu", "ver": 1, "data": []}), "foreign_lorebook"),
            ("NovelAI's lorebook", as_json({"lorebookVersion": 5, "entries": []}), "foreign_lorebook"),
            ("Agnai's lorebook", as_json({"kind": "memory", "name": "x", "entries": []}), "foreign_lorebook"),
        )
    ]  # fmt: skip


def without(card: JsonObject, key: str) -> JsonObject:
    inner = card["data"]
    assert isinstance(inner, dict)
    return {**card, "data": {name: value for name, value in inner.items() if name != key}}
