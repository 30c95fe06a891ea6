"""No file does more to us than be refused, and soon."""

import base64
import io
import random
import struct
import time
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable, Iterator
from itertools import chain

import pytest

from characters.cards import charx, png
from characters.cards.containers import MOST_FILE_BYTES, read, write_charx, write_json, write_png
from characters.cards.tests.made import as_json, book, chunk, picture, text, v1, v2, v3, webp, zipped
from characters.cards.values import MOST_JSON_BYTES, MOST_VALUES, dump
from characters.report import Refused
from core.json import Json, JsonObject

SECONDS = 3.0  # FI-12 wants one; these machines are shared, and Python's clock is the wall's
MUTANTS = 600


def pictured(uri: str) -> JsonObject:
    return v3(assets=[{"type": "icon", "uri": uri, "name": "main", "ext": "png"}], character_book=book("@@a\nb"))


WHOLE = {
    "json 1": as_json(v1()),
    "json 3": as_json(pictured("data:image/png;base64,aGVsbG8=")),
    "png": picture(
        chunk(b"tEXt", b"chara-ext-asset_:0\0aGVsbG8="), text("chara", v2()), text("ccv3", pictured("__asset:0"))
    ),
    "packed png": picture(chunk(b"zTXt", b"chara\0\0" + zlib.compress(base64.b64encode(as_json(v2()))))),
    "plain png": picture(chunk(b"iTXt", b"ccv3\0\0\0\0\0" + as_json(pictured("__asset:0")))),
    "charx": zipped({"card.json": as_json(pictured("embeded://a.png")), "a.png": b"hello" * 20}),
    "our charx": write_charx(read(as_json(v3())).card, {}, picture()),
    "jpeg": b"\xff\xd8\xff" + bytes(30) + zipped({"card.json": as_json(v2())}),
    "webp": webp(as_json(v2())),
}


def mutants(whole: bytes, dice: random.Random) -> Iterator[bytes]:
    """Flipped bits, cuts, pieces doubled and dropped, and numbers made huge where the format counts."""
    for _ in range(MUTANTS):
        broken = bytearray(whole)
        for _ in range(dice.choice([1, 1, 2, 5, 30])):
            at = dice.randrange(len(broken))
            match dice.randrange(6):
                case 0 | 1:
                    broken[at] ^= 1 << dice.randrange(8)
                case 2:
                    broken[at : at + 4] = dice.choice([b"\xff\xff\xff\xff", bytes(4), b"\0\0\0\x7f", b"PK\1\2"])
                case 3:
                    del broken[at : at + dice.randrange(1, 9)]
                case 4:
                    broken[at:at] = broken[at : at + dice.randrange(1, 40)]
                case 5 if dice.random() < 0.3:
                    del broken[at:]
            if not broken:
                break
        yield bytes(broken)


@pytest.mark.parametrize("kind", WHOLE)
def test_a_mutated_file_is_read_or_refused(kind: str) -> None:
    slowest = 0.0
    read_well = 0
    for broken in mutants(WHOLE[kind], random.Random(kind)):
        began = time.perf_counter()
        try:
            imported = read(broken)
        except Refused:
            pass
        else:
            read_well += 1
            for written in (
                write_json(imported.card, imported.assets),
                write_png(imported.card, picture(), imported.assets),
                write_charx(imported.card, imported.assets, imported.picture),
            ):
                assert read(written).card.name == imported.card.name
        slowest = max(slowest, time.perf_counter() - began)
    assert slowest < SECONDS
    assert read_well < MUTANTS


def test_a_mutated_picture_is_written_to_or_refused() -> None:
    card = read(as_json(v3())).card
    for broken in mutants(WHOLE["png"], random.Random(1)):
        try:
            written = write_png(card, broken)
        except Refused:
            continue
        assert read(written).card == card


@pytest.mark.parametrize("kind", WHOLE)
def test_a_file_cut_anywhere_is_read_or_refused(kind: str) -> None:
    whole = WHOLE[kind]
    for length in chain(range(0, len(whole), 7), range(max(0, len(whole) - 60), len(whole))):
        try:
            read(whole[:length])
        except Refused:
            continue


def packed_zeros(size: int) -> bytes:
    stream = zlib.compressobj(9)
    return b"".join(stream.compress(bytes(2**20)) for _ in range(size // 2**20)) + stream.flush()


def one_text() -> bytes:
    return picture(chunk(b"zTXt", b"chara\0\0" + packed_zeros(512 * 2**20)))


def many_texts() -> bytes:
    part = chunk(b"zTXt", b"chara\0\0" + packed_zeros(8 * 2**20))
    return picture(*[part] * 100)


def one_international_text() -> bytes:
    return picture(chunk(b"iTXt", b"ccv3\0\1\0\0\0" + packed_zeros(512 * 2**20)))


def empty_chunks() -> bytes:
    return picture(chunk(b"tEXt", b"") * (MOST_FILE_BYTES // 13))


def one_file() -> bytes:
    return zipped({"card.json": bytes(256 * 2**20)})


def many_assets() -> bytes:
    names = [f"{number}.png" for number in range(200)]
    assets: list[Json] = [{"type": "x", "uri": f"embeded://{name}", "name": name, "ext": "png"} for name in names]
    body = bytes(2**20 - 1)  # each of them below the size from which a ratio counts
    return zipped({"card.json": as_json(v3(assets=assets)), **dict.fromkeys(names, body)})


def overlapping() -> bytes:
    """Thousands of names for one piece of compressed data, as in the better zip bombs."""
    whole = zipped({"card.json": as_json(v3()), "a": bytes(2**20)})
    end = whole.rindex(b"PK\5\6")
    start = whole.index(b"PK\1\2")
    entry = whole[whole.rindex(b"PK\1\2") : end]
    return whole[:end] + entry * 100_000 + whole[end:][:12] + struct.pack("<II", end - start, start) + b"\0\0"


def many_names() -> bytes:
    return zipped({str(number): b"" for number in range(charx.MOST_ENTRIES + 1)})


def spelled(number: int) -> str:
    """One of 2**8 spellings of the scheme."""
    return "".join(letter.upper() if number >> bit & 1 else letter for bit, letter in enumerate("embeded:")) + "//a"


def one_piece_by_many_names() -> bytes:
    """16 MiB of deflate's empty blocks: it takes time, and unpacks to nothing."""
    assets: list[Json] = [{"type": "x", "uri": spelled(number), "name": "a", "ext": "png"} for number in range(256)]
    empty = b"\0\0\0\xff\xff" * (16 * 2**20 // 5)
    place = io.BytesIO()
    with zipfile.ZipFile(place, "w") as archive:
        archive.writestr("card.json", as_json(v3(assets=assets)))
        archive.writestr("a", empty)
    whole = place.getvalue()
    for at in (whole.rindex(b"PK\3\4") + 8, whole.rindex(b"PK\1\2") + 10):
        whole = whole[:at] + b"\x08" + whole[at + 1 :]
    return whole


def many_assets_without_bytes() -> bytes:
    return as_json(v3(assets=[{"uri": f"embeded://{number}"} for number in range(300_000)]))


def lists_in_json() -> bytes:
    return as_json(v2())[:-1] + b', "x": [' + b"[]," * 5_000_000 + b"[]]}"


def lists_in_png() -> bytes:
    return picture(chunk(b"tEXt", b"chara\0" + base64.b64encode(lists_in_json())))


BOMBS = [
    one_text, many_texts, one_international_text, empty_chunks, one_file, many_assets, overlapping, many_names,
    one_piece_by_many_names, many_assets_without_bytes, lists_in_json, lists_in_png,
]  # fmt: skip


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_is_refused_at_once(bomb: Callable[[], bytes]) -> None:
    content = bomb()
    assert len(content) <= MOST_FILE_BYTES
    began = time.perf_counter()
    with pytest.raises(Refused) as caught:
        read(content)
    assert time.perf_counter() - began < SECONDS
    assert caught.value.code.startswith("too_")


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_takes_little_memory(bomb: Callable[[], bytes]) -> None:
    """FI-12 allows a worker 150 MiB, of which Python and Django take some 60."""
    content = bomb()
    tracemalloc.start()
    try:
        with pytest.raises(Refused):
            read(content)
        assert tracemalloc.get_traced_memory()[1] < 90 * 2**20
    finally:
        tracemalloc.stop()


def test_a_text_as_long_as_the_limit_is_read() -> None:
    """So that the limits stop bombs and not cards: a description of nearly 8 MiB, packed."""
    card = v2(description=prose(MOST_JSON_BYTES - 4096))
    content = picture(chunk(b"zTXt", b"chara\0\0" + zlib.compress(base64.b64encode(as_json(card)), 1)))
    assert len(read(content).card.description) == MOST_JSON_BYTES - 4096
    assert png.MOST_INFLATED > 2 * 4 / 3 * MOST_JSON_BYTES


def many_keys() -> JsonObject:
    """As many as may be, and as long as that leaves room for."""
    return v3(theirs={f"{number:022}": 0 for number in range(MOST_VALUES - 100)})


def one_long_text() -> JsonObject:
    return v3(description=prose(MOST_JSON_BYTES - 4096))


@pytest.mark.parametrize("largest", [many_keys, one_long_text])
def test_the_largest_cards_take_little_memory(largest: Callable[[], JsonObject]) -> None:
    content = dump(largest())
    assert len(content) > MOST_JSON_BYTES * 0.95
    tracemalloc.start()
    try:
        write_png(read(content).card, picture())
        assert tracemalloc.get_traced_memory()[1] < 90 * 2**20
    finally:
        tracemalloc.stop()


def prose(length: int) -> str:
    dice = random.Random(2)
    words = ["lamp", "storm", "sea", "door", "tide", "salt"]
    return " ".join(dice.choices(words, k=length // 4))[:length]
