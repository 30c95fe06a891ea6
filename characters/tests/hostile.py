"""Files damaged as disks, mail programs and people with bad intentions damage them. Pure, and seeded."""

import copy
import io
import random
import struct
import zipfile
import zlib
from collections.abc import Sequence
from functools import cache

from characters.cards.tests.made import as_json, chunk, picture, text, v1, v2, v3, webp, zipped
from characters.tests.corpus import asset, data, drawn, dressed
from core.json import Json, JsonObject

# What means something to a reader of PNG, zip, JSON, RIFF or EXIF.
TOKENS = (
    b"\0", b"\xff" * 4, b"\x7f\xff\xff\xff", b"PK\1\2", b"PK\3\4", b"PK\5\6", b"IHDR", b"IEND", b"tEXt", b"zTXt",
    b"iTXt", b"ccv3", b"chara", b"RIFF", b"WEBP", b"EXIF", b"{", b"}", b"[", b"]", b'"', b"\\u", b"\\ud800", b"data:",
    b"1e999", b"null", b"embeded://", b"__asset:", b"../", b"acTL", b"fcTL", b"iCCP", b"\xff\xd8\xff", b"\xff\xd9",
)  # fmt: skip


# What a value of a card may be in a file of somebody who never read the specification.
VALUES: tuple[Json, ...] = (
    None, True, 0, -1, 1.5, 10**30, "", "x", "\0", "\ud800", "data:,x", "ccdefault:", "embeded://../x", [], {}, [None],
    ["x", 1], [[]], {"x": 1}, {"entries": {}}, {"entries": [1, {"keys": 1}]}, [{"uri": "data:image/png;base64,iVBO"}],
    "a" * 300, "<b>x</b>", "@@depth x", [{"type": 1, "uri": "https://x.example", "name": [], "ext": None}],
)  # fmt: skip


def mutated(rng: random.Random, sound: Sequence[bytes]) -> bytes:
    """A file that is hardly one any more, or a whole file with a card that is hardly one."""
    return damaged(rng, rng.choice(sound), sound) if rng.random() < 0.5 else twisted(rng)


def damaged(rng: random.Random, content: bytes, sound: Sequence[bytes]) -> bytes:
    """After one to four accidents; half of them at the start, where what a file is stands."""
    found = bytearray(content)
    for _accident in range(rng.randint(1, 4)):
        at = rng.randrange(len(found) + 1)
        at = min(at, rng.randrange(200)) if rng.random() < 0.5 else at
        match rng.randrange(8):
            case 0 if found:
                found[min(at, len(found) - 1)] ^= 1 << rng.randrange(8)
            case 1:
                del found[max(at, len(found) - rng.randint(1, 200)) :]
            case 2:
                del found[at : at + rng.randint(1, 64)]
            case 3:
                found[at:at] = rng.choice(TOKENS)
            case 4:
                found[at : at + 4] = rng.randbytes(4)
            case 5:
                other = rng.choice(sound)
                found[at:] = other[rng.randrange(len(other) + 1) :]
            case 6:
                found[at:at] = bytes(found[at : at + rng.randint(1, 512)]) * rng.randint(1, 20)
            case _:
                found[at:at] = rng.randbytes(rng.randint(1, 32))
    return bytes(found)


def twisted(rng: random.Random) -> bytes:
    """Any container, sound as such, around a card whose values are of any kind."""
    card = rng.choice((v1, v2, v3))()
    for _twist in range(rng.randint(1, 6)):
        place: JsonObject = card
        for _step in range(rng.randrange(4)):
            below = [value for value in place.values() if isinstance(value, dict)]
            place = rng.choice(below) if below else place
        if place:
            place[rng.choice((*place, "assets", "extensions", "character_book", "x"))] = copy.deepcopy(
                rng.choice(VALUES)
            )
    match rng.randrange(4):
        case 0:
            return as_json(card)
        case 1:
            return dressed(drawn(size=(rng.randint(1, 90), rng.randint(1, 90))), text("ccv3", card))
        case 2:
            return zipped({"card.json": as_json(card), "x": rng.randbytes(9)})
        case _:
            return webp(as_json(card))


@cache
def bombs() -> dict[str, bytes]:
    """FI-12, and what is known beside it."""
    whole = dressed(drawn(), text("ccv3", v3()))
    vast = [
        picture()[:8] + chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)) + whole[33:]
        for side in (8_193, 20_000, 2**31 - 1)
    ]
    packed = chunk(b"zTXt", b"chara\0\0" + zlib.compress(bytes(40 * 2**20), 9))
    other = chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(40 * 2**20), 9))
    gif = b"GIF89a" + bytes(7) + b"\x21\xf9\4\0\0\0\0\0\x2c" * 10_000
    wav = b"RIFF\xff\xff\xff\xffWAVEfmt " + bytes(100)
    nested = zipped({"card.json": zipped({"card.json": b"x"})})
    overlapping = io.BytesIO()
    with zipfile.ZipFile(overlapping, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("card.json", as_json(v3(assets=[asset(f"embeded://{at}", str(at)) for at in range(400)])))
        for at in range(400):
            archive.writestr(str(at), bytes(900_000))
    return {
        **{f"a PNG of {8_193 + at} by as many": content for at, content in enumerate(vast)},
        "a text that unpacks to 40 MiB": dressed(drawn(), packed),
        "a hundred of them": dressed(drawn(), *[packed] * 100),
        "a hundred that are no card's": dressed(drawn(), *[other] * 100, text("chara", v2())),
        "EPS": b"\x89PNG\r\n\x1a\n%!PS-Adobe-3.0 EPSF-3.0\n",
        "GIF": gif,
        "a GIF in a card": as_json(v3(assets=[asset(data(gif, "image/gif"))])),
        "a WAV of 4 GiB": as_json(v3(assets=[asset(data(wav, "audio/wav"), "x", "x_sound", "wav")])),
        "zip in zip": nested,
        "a zip of 350 MiB": overlapping.getvalue(),
        "a zip of one vast text": zipped({"card.json": b'{"data":{"name":"' + b"a" * 100 * 2**20 + b'"}}'}),
        "deep": b'{"data":' * 10_000,
        "a million keys": b'{"data":{' + b",".join(b'"%d":1' % at for at in range(400_000)) + b"}}",
        "a number of 100,000 digits": b'{"data":{"name":' + b"9" * 100_000 + b"}}",
        "65,537 chunks": dressed(drawn(), *[chunk(b"teXt", b"")] * 65_537, text("chara", v2())),
        "a webp of numbers": webp(b"1," * 2_000_000),
    }
