"""No picture does more to us than be refused, and without much memory."""

import io
import json
import random
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from itertools import chain
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import ExifTags, Image, ImageCms

from characters.cards.tests.made import chunk
from characters.picture_files import MOST_FILE_BYTES, PNG_SIGNATURE
from characters.pictures import PictureRefused, re_encode

MUTANTS = 2_000
# FI-12. An 8 KiB file costs 319 MiB without limits of our own.
MOST_MIB = 150
# The largest WEBP that is accepted, in Pillow's four copies of it.
MOST_MIB_ACCEPTED = 210
CHILD = """
import json, pathlib, re, sys, time
from characters.pictures import PictureRefused, re_encode

# Not ru_maxrss: that of a child begins with its parent's.
def peak():
    return round(int(re.search(r"VmHWM:\\s+(\\d+)", pathlib.Path("/proc/self/status").read_text())[1]) / 1024)

for path in sorted(pathlib.Path(sys.argv[1]).iterdir()):
    content = path.read_bytes()
    began = time.perf_counter()
    try:
        said = len(re_encode(content).content)
    except PictureRefused as refused:
        said = refused.code
    print(json.dumps([path.name, said, peak(), round(1000 * (time.perf_counter() - began))]))
"""


def zeros(size: int) -> bytes:
    """At least so many, packed: a KiB for each MiB."""
    stream = zlib.compressobj(9)
    first = stream.compress(bytes(2**20)) + stream.flush(zlib.Z_FULL_FLUSH)
    again = stream.compress(bytes(2**20)) + stream.flush(zlib.Z_FULL_FLUSH)
    count = -(-size // 2**20)
    checksum = struct.pack(">HH", count * 2**20 % 65521, 1)
    return first + again * (count - 1) + b"\3\0" + checksum


def png(width: int, height: int, *extra: bytes, pixels: bytes = b"") -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    body = chunk(b"IDAT", pixels or zeros(width * height * 4 + height))
    return b"".join((PNG_SIGNATURE, chunk(b"IHDR", header), *extra, body, chunk(b"IEND", b"")))


def jpeg(image: Image.Image, *, progressive: bool = False) -> bytes:
    place = io.BytesIO()
    image.save(place, "JPEG", subsampling=0, progressive=progressive)
    return place.getvalue()


def with_size(content: bytes, width: int, height: int) -> bytes:
    """A JPEG that says it is so large."""
    at = min(place for marker in (b"\xff\xc0", b"\xff\xc2") if (place := content.find(marker)) > 0)
    return content[: at + 5] + struct.pack(">HH", height, width) + content[at + 9 :]


def webp(image: Image.Image) -> bytes:
    place = io.BytesIO()
    image.save(place, "WEBP", lossless=True, method=0, quality=0)
    return place.getvalue()


def riff(*chunks: tuple[bytes, bytes]) -> bytes:
    parts = b"".join(kind + struct.pack("<I", len(body)) + body + bytes(len(body) % 2) for kind, body in chunks)
    return b"RIFF" + struct.pack("<I", len(parts) + 4) + b"WEBP" + parts


def animated_webp(frames: int) -> bytes:
    canvas = b"\2\0\0\0" + b"\7\0\0" * 2
    frame = bytes(6) + b"\7\0\0" * 2 + b"\x40\0\0\0" + webp(Image.new("RGB", (8, 8)))[12:]
    return riff((b"VP8X", canvas), (b"ANIM", bytes(6)), *[(b"ANMF", frame)] * frames)


def animated_png(frames: int) -> bytes:
    pixels = zlib.compress(bytes(8 * 33))
    parts = [chunk(b"acTL", struct.pack(">II", frames, 0))]
    for number in range(frames):
        control = struct.pack(">IIIIIHHBB", 2 * number, 8, 8, 0, 0, 1, 10, 0, 0)
        parts += [chunk(b"fcTL", control), chunk(b"fdAT", struct.pack(">I", 2 * number + 1) + pixels)]
    return png(8, 8, *parts, pixels=pixels)


def gif(frames: int) -> bytes:
    frame = b",\0\0\0\0\1\0\1\0\0\2\2\x44\1\0"
    return b"GIF89a\1\0\1\0\x80\0\0" + bytes(6) + frame * frames + b";"


def flat(width: int, height: int, mode: str = "RGB") -> Image.Image:
    return Image.new(mode, (width, height), 128)


def cut_lossless() -> bytes:
    """Its end is missing, though no length in the file says so."""
    whole = webp(Image.linear_gradient("L").resize((4096, 2048), Image.Resampling.BICUBIC).convert("RGB"))
    return riff((whole[12:16], whole[20 : 20 + (len(whole) - 20) * 9 // 10]))


def bombs() -> dict[str, tuple[bytes, str]]:
    """Content and the code it is refused with."""
    small = jpeg(flat(64, 64))
    many = jpeg(flat(64, 64), progressive=True)
    scan = many[many.rindex(b"\xff\xda") : -2]
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 20_000, 20_000, 8, 6, 0, 0, 0))
    text = chunk(b"zTXt", b"chara\0\0" + zeros(2**20))
    frame = small[small.index(b"\xff\xc0") : small.index(b"\xff\xc4")]
    return {
        "8k.png": (png(8_000, 8_000), "too_many_pixels"),
        "20k.png": (png(20_000, 20_000), "too_many_pixels"),
        "a line.png": (png(2**24, 1), "too_many_pixels"),
        "header after header.png": (png(8, 8, header, pixels=zeros(2**20)), "damaged_picture"),
        "one text.png": (png(8, 8, chunk(b"zTXt", b"chara\0\0" + zeros(200 * 2**20))), "too_much_text"),
        "one iTXt.png": (png(8, 8, chunk(b"iTXt", b"ccv3\0\1\0\0\0" + zeros(200 * 2**20))), "too_much_text"),
        "a hundred texts.png": (png(8, 8, *[text] * 100), "too_much_text"),
        "profiles.png": (png(8, 8, *[chunk(b"iCCP", b"x\0\0" + zeros(2**20))] * 1_000), "too_much_text"),
        "empty parts.png": (png(8, 8, chunk(b"tEXt", b"") * (MOST_FILE_BYTES // 13)), "too_many_parts"),
        "short pixels.png": (png(4096, 4096, pixels=zeros(63 * 2**20)), "damaged_picture"),
        "cut.png": (png(4096, 4096)[:-2_000], "damaged_picture"),
        "large.png": (PNG_SIGNATURE + bytes(MOST_FILE_BYTES), "too_large_picture"),
        "eps.png": (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9000 9000\nshowpage\n", "not_a_picture"),
        "10,000 frames of a gif.png": (gif(10_000), "not_a_picture"),
        "html.png": (b"<!doctype html><script>alert(1)</script>", "not_a_picture"),
        "svg.png": (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "not_a_picture"),
        "nothing.png": (b"", "not_a_picture"),
        "65k.jpg": (with_size(small, 65_500, 65_500), "too_many_pixels"),
        "65k in scans.jpg": (with_size(many, 65_500, 65_500), "too_many_pixels"),
        "coefficients.jpg": (with_size(jpeg(flat(8, 8, "CMYK"), progressive=True), 4096, 4096), "too_many_pixels"),
        "1,000 scans.jpg": (many[:-2] + scan * 1_000 + many[-2:], "too_many_parts"),
        "comments.jpg": (small[:2] + b"\xff\xfe\0\2" * (MOST_FILE_BYTES // 5) + small[2:], "too_many_parts"),
        "frame after frame.jpg": (small[:20] + frame + small[20:], "damaged_picture"),
        "cut.jpg": (jpeg(flat(4096, 4096))[:-2_000], "damaged_picture"),
        "16k canvas.webp": (riff((b"VP8X", bytes(4) + b"\xff\x3f\0" * 2)), "too_many_pixels"),
        "16k lossless.webp": (riff((b"VP8L", b"\x2f" + b"\xff" * 4)), "too_many_pixels"),
        "16k.webp": (riff((b"VP8 ", b"\0\0\0\x9d\1\x2a\xff\x3f\xff\x3f")), "too_many_pixels"),
        "short pixels.webp": (cut_lossless(), "damaged_picture"),
        "cut.webp": (webp(flat(2048, 2048))[:-20], "damaged_picture"),
    }


def decoded(pictures: Mapping[str, bytes], folder: Path) -> list[tuple[str, str | int, int, int]]:
    """Name, code or size, peak in MiB so far and milliseconds of each; all in one process, which has only them."""
    for name, content in pictures.items():
        (folder / name).write_bytes(content)
    child = subprocess.run(
        [sys.executable, "-c", CHILD, str(folder)],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert child.returncode == 0, child.stderr
    return [tuple(json.loads(line)) for line in child.stdout.splitlines()]


needs_proc = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from Linux's /proc")


@needs_proc
def test_bombs_are_refused_in_little_memory(tmp_path: Path) -> None:
    expected = bombs()
    rows = decoded({name: content for name, (content, _) in expected.items()}, tmp_path)
    assert {name: said for name, said, _, _ in rows} == {name: code for name, (_, code) in expected.items()}
    assert rows[-1][2] <= MOST_MIB, rows


@needs_proc
def test_what_only_looks_like_a_bomb_is_read_in_little_memory(tmp_path: Path) -> None:
    rows = decoded(
        {
            "largest.png": png(4096, 4096),
            "largest.jpg": jpeg(flat(4095, 4095)),
            "frames.png": animated_png(10_000),
            "frames.webp": animated_webp(10_000),
        },
        tmp_path,
    )
    assert all(isinstance(said, int) for _, said, _, _ in rows), rows
    assert rows[-1][2] <= MOST_MIB, rows


@needs_proc
def test_the_largest_webp_is_read_in_bounded_memory(tmp_path: Path) -> None:
    (row,) = decoded({"largest.webp": webp(Image.effect_noise((4096, 2048), 9).convert("RGB"))}, tmp_path)
    assert isinstance(row[1], int)
    assert row[2] <= MOST_MIB_ACCEPTED, row


def seeds() -> dict[str, bytes]:
    """Small pictures with something of everything that is looked at."""
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    ramp = Image.linear_gradient("L").resize((16, 16))
    found: dict[str, bytes] = {}
    for family in ("PNG", "JPEG", "WEBP"):
        for mode in ("RGB", "RGBA", "P", "L"):
            if (family, mode) in (("JPEG", "RGBA"), ("JPEG", "P")):
                continue
            place = io.BytesIO()
            ramp.convert(mode).save(place, family, exif=exif.tobytes(), icc_profile=profile)
            found[f"{mode} {family}"] = place.getvalue()
    found["scans JPEG"] = jpeg(ramp.convert("RGB"), progressive=True)
    found["print JPEG"] = jpeg(ramp.convert("CMYK"))
    found["frames WEBP"], found["frames PNG"] = animated_webp(3), animated_png(3)
    return found


def mutants(whole: bytes, dice: random.Random, count: int) -> Iterator[bytes]:
    """Flipped bits, cuts, pieces doubled and dropped, and numbers made huge where the format counts."""
    for _ in range(count):
        broken = bytearray(whole)
        for _ in range(dice.choice([1, 1, 2, 5, 30])):
            at = dice.randrange(len(broken) or 1)
            match dice.randrange(6):
                case 0 | 1:
                    broken[at : at + 1] = bytes([dice.randrange(256)])
                case 2:
                    broken[at : at + 4] = dice.choice([b"\xff" * 4, bytes(4), b"\0\0\0\x7f", b"\xff\xc0", b"IDAT"])
                case 3:
                    del broken[at : at + dice.randrange(1, 9)]
                case 4:
                    broken[at:at] = broken[at : at + dice.randrange(1, 40)]
                case 5 if dice.random() < 0.3:
                    del broken[at:]
        yield with_checksums(bytes(broken)) if dice.random() < 0.5 else bytes(broken)


def with_checksums(content: bytes) -> bytes:
    """Those of a PNG made right, or nothing behind them would ever be reached."""
    if not content.startswith(PNG_SIGNATURE):
        return content
    parts, at = [PNG_SIGNATURE], 8
    while at + 12 <= len(content):
        (length,) = struct.unpack_from(">I", content, at)
        if at + 12 + length > len(content):
            break
        parts.append(chunk(content[at + 4 : at + 8], content[at + 8 : at + 8 + length]))
        at += 12 + length
    return b"".join((*parts, content[at:]))


def test_a_mutated_picture_is_read_or_refused() -> None:
    whole = seeds()
    fates = {"read": 0, "refused": 0}
    for name, content in whole.items():
        for broken in mutants(content, random.Random(name), MUTANTS // len(whole) + 1):
            try:
                re_encode(broken)
            except PictureRefused:
                fates["refused"] += 1
            else:
                fates["read"] += 1
    assert sum(fates.values()) >= MUTANTS
    assert min(fates.values()) > MUTANTS // 10


@pytest.mark.parametrize("name", seeds())
def test_a_picture_cut_anywhere_is_refused(name: str) -> None:
    whole = seeds()[name]
    re_encode(whole)
    for length in chain(range(0, len(whole), 7), range(len(whole) - 20, len(whole))):
        with pytest.raises(PictureRefused):
            re_encode(whole[:length])


STARTS = st.sampled_from(
    [b"", PNG_SIGNATURE, b"\xff\xd8\xff", b"RIFF\x40\0\0\0WEBP", png(1, 1), jpeg(flat(8, 8))[:200]]
)


@given(STARTS, st.binary())
def test_any_bytes_are_read_or_refused(start: bytes, rest: bytes) -> None:
    with suppress(PictureRefused):
        re_encode(start + rest)


def test_a_refusal_is_said_in_the_readers_language() -> None:
    with pytest.raises(PictureRefused) as caught:
        re_encode(PNG_SIGNATURE + bytes(MOST_FILE_BYTES))
    german = {"The picture's file is larger than %(mib)s MiB.": "Die Datei des Bildes ist größer als %(mib)s MiB."}
    translated: Callable[[str], str] = german.__getitem__
    assert str(caught.value) == "The picture's file is larger than 32 MiB."
    assert caught.value.sentence(translated) == "Die Datei des Bildes ist größer als 32 MiB."
