"""What becomes of the pictures that people choose."""

import io
import math
import random
import struct
import zlib
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import ExifTags, Image, ImageCms

from characters.cards.extras import DEFAULT_HUE
from characters.cards.tests.made import chunk
from characters.pictures import (
    LONGEST_SIDE,
    MOST_VARIANT_BYTES,
    Box,
    PictureRefused,
    as_png,
    cropped,
    re_encode,
    variant,
)

RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)
SECRET = b"52.5 N 13.4 E"
FAMILIES = ("PNG", "JPEG", "WEBP")
LETTERS = {(True, False, False): "r", (False, True, False): "g", (False, False, True): "b", (True, True, True): "w"}
# What brings a picture back that EXIF says is turned like this.
UNTURNED = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}
WHOLE = Box(0, 0, 1, 1)
FRACTION = st.floats(-0.5, 1.5) | st.floats()


def saved(image: Image.Image, family: str, exif: bytes = b"", profile: bytes | None = None) -> bytes:
    place = io.BytesIO()
    image.save(place, family, quality=100, subsampling=0, lossless=True, exif=exif, icc_profile=profile)
    return place.getvalue()


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content), formats=FAMILIES)


def quarters(width: int = 32, height: int = 48) -> Image.Image:
    """Red and green above blue and white: turned in any way, it looks different."""
    image = Image.new("RGB", (width, height), RED)
    image.paste(GREEN, (width // 2, 0, width, height // 2))
    image.paste(BLUE, (0, height // 2, width // 2, height))
    image.paste(WHITE, (width // 2, height // 2, width, height))
    return image


def seen(content: bytes) -> str:
    """The colours upper left, upper right, lower left and lower right."""
    image = opened(content).convert("RGB").resize((4, 4), Image.Resampling.BOX)
    found = [struct.unpack("3B", image.crop((x, y, x + 1, y + 1)).tobytes()) for y in (0, 3) for x in (0, 3)]
    return "".join(LETTERS[red > 128, green > 128, blue > 128] for red, green, blue in found)


def noise(mode: str, width: int, height: int) -> Image.Image:
    count = width * height * len(Image.new(mode, (1, 1)).getbands())
    return Image.frombytes(mode, (width, height), random.Random(mode).randbytes(count))


def with_chunks(png: bytes, *extra: bytes) -> bytes:
    """After the header, where readers look first."""
    return png[:33] + b"".join(extra) + png[33:]


@pytest.mark.parametrize("family", FAMILIES)
def test_a_picture_keeps_its_family_and_its_look(family: str) -> None:
    picture = re_encode(saved(quarters(), family))
    image = opened(picture.content)
    assert (image.format, image.mode, picture.media_type) == (family, "RGB", f"image/{family.lower()}")
    assert image.size == (picture.width, picture.height) == (32, 48)
    assert seen(picture.content) == "rgbw"
    assert re_encode(saved(quarters(), family)) == picture


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("turn", UNTURNED)
def test_it_stands_upright_whatever_its_exif_says(family: str, turn: int) -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = turn
    how = UNTURNED[turn]
    stored = quarters() if how is None else quarters().transpose(how)
    picture = re_encode(saved(stored, family, exif=exif.tobytes()))
    assert (picture.width, picture.height, seen(picture.content)) == (32, 48, "rgbw")


@pytest.mark.parametrize("family", FAMILIES)
def test_nothing_but_pixels_is_kept(family: str) -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.ImageDescription] = SECRET.decode()
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    content = saved(quarters(), family, exif=exif.tobytes(), profile=profile + SECRET)
    if family == "PNG":
        texts = [chunk(kind, b"chara\0" + SECRET) for kind in (b"tEXt", b"iTXt")]
        texts += [chunk(b"zTXt", b"ccv3\0\0" + zlib.compress(SECRET)), chunk(b"prVt", SECRET)]
        content = with_chunks(content, *texts)
    if family == "JPEG":
        comment = b"\xff\xfe" + struct.pack(">H", len(SECRET) + 2) + SECRET
        content = content[:2] + comment + content[2:]
    assert SECRET in content
    for kept in (re_encode(content).content, as_png(content), variant(content, 96), cropped(content, WHOLE).content):
        image = opened(kept)
        image.load()
        assert SECRET not in kept
        assert not {"exif", "icc_profile", "xmp", "comment", "chara", "ccv3"} & set(image.info)
        assert seen(kept) == "rgbw"


@pytest.mark.parametrize("tail", [b"PK\3\4 a zip", b"<script>alert(1)</script>"])
@pytest.mark.parametrize("family", FAMILIES)
def test_what_follows_the_end_is_left_behind(family: str, tail: bytes) -> None:
    picture = re_encode(saved(quarters(), family) + tail)
    assert tail not in picture.content
    assert picture == re_encode(saved(quarters(), family))


@pytest.mark.parametrize(
    ("mode", "colour", "expected"),
    [
        ("1", 1, (255, 255, 255)),
        ("L", 100, (100, 100, 100)),
        ("LA", (100, 128), (100, 100, 100, 128)),
        ("I;16", 0x6420, (100, 100, 100)),
        ("RGBA", (10, 20, 30, 255), (10, 20, 30)),
        ("RGBA", (10, 20, 30, 40), (10, 20, 30, 40)),
    ],
)
def test_a_png_of_any_mode_comes_out_right(
    mode: str, colour: int | tuple[int, ...], expected: tuple[int, ...]
) -> None:
    image = opened(re_encode(saved(Image.new(mode, (3, 3), colour), "PNG")).content)
    assert image.getpixel((1, 1)) == expected
    assert image.mode == ("RGB" if len(expected) == 3 else "RGBA")


def test_a_palette_keeps_what_is_clear_in_it() -> None:
    image = Image.new("P", (2, 1))
    image.putpalette([*RED, *BLUE])
    image.putpixel((1, 0), 1)
    place = io.BytesIO()
    image.save(place, "PNG", transparency=bytes([255, 77]))
    kept = opened(re_encode(place.getvalue()).content)
    assert [kept.getpixel((x, 0)) for x in (0, 1)] == [(*RED, 255), (*BLUE, 77)]


def test_a_key_colour_is_clear() -> None:
    place = io.BytesIO()
    quarters().save(place, "PNG", transparency=WHITE)
    kept = opened(re_encode(place.getvalue()).content)
    assert [kept.getpixel(at) for at in ((0, 0), (31, 47))] == [(*RED, 255), (*WHITE, 0)]


@pytest.mark.parametrize(("mode", "colour", "red"), [("L", 200, 200), ("CMYK", (0, 255, 255, 0), 255)])
def test_a_jpeg_of_any_mode_comes_out_right(mode: str, colour: int | tuple[int, ...], red: int) -> None:
    image = opened(re_encode(saved(Image.new(mode, (16, 16), colour), "JPEG")).content)
    seen_red = image.convert("RGB").getpixel((8, 8))
    assert image.mode == "RGB"
    assert isinstance(seen_red, tuple)
    assert abs(seen_red[0] - red) < 4


@pytest.mark.parametrize("family", FAMILIES)
def test_a_colour_profile_is_followed_and_then_dropped(family: str) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    swapped = profile.replace(b"rXYZ", b"?XYZ").replace(b"bXYZ", b"rXYZ").replace(b"?XYZ", b"bXYZ")
    assert seen(re_encode(saved(quarters(), family, profile=swapped)).content) == "bgrw"


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("broken", [b"no profile", b"\0" * 16 + b"RGB " + b"\0" * 200, b"\0" * 16 + b"CMYK"])
def test_a_broken_profile_is_as_good_as_none(family: str, broken: bytes) -> None:
    assert seen(re_encode(saved(quarters(), family, profile=broken)).content) == "rgbw"


@pytest.mark.parametrize("family", ["PNG", "WEBP"])
def test_an_animation_becomes_its_first_frame(family: str) -> None:
    place = io.BytesIO()
    others = [Image.new("RGB", (32, 48), (shade, 0, 0)) for shade in range(30)]
    quarters().save(place, family, save_all=True, append_images=others, lossless=True)
    picture = re_encode(place.getvalue())
    assert picture.was_animated
    assert not re_encode(saved(quarters(), family)).was_animated
    assert getattr(opened(picture.content), "n_frames", 1) == 1
    assert seen(picture.content) == "rgbw"


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("size", [(3000, 1500), (1500, 3000), (4100, 20), (8192, 1)])
def test_a_large_picture_is_made_smaller(family: str, size: tuple[int, int]) -> None:
    picture = re_encode(saved(quarters(*size) if min(size) > 1 else Image.new("RGB", size, RED), family))
    shrink = LONGEST_SIDE / max(size)
    assert max(picture.width, picture.height) == LONGEST_SIDE
    assert (picture.width, picture.height) == tuple(max(1, round(side * shrink)) for side in size)
    if min(size) > 1:
        assert seen(picture.content) == "rgbw"


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P", "I;16"])
def test_making_it_smaller_in_bands_leaves_no_seams(mode: str) -> None:
    ramp = Image.linear_gradient("L").resize((2100, 2100), Image.Resampling.BICUBIC)
    # The low byte comes first.
    deep = Image.frombytes("I;16", ramp.size, b"".join(bytes((0, level)) for level in ramp.tobytes()))
    image = deep if mode == "I;16" else ramp.convert(mode)
    kept = opened(re_encode(saved(image, "PNG")).content).convert("L")
    column = kept.crop((1000, 0, 1001, kept.height)).tobytes()
    assert all(abs(one - other) <= 1 for one, other in pairwise(column))


@pytest.mark.parametrize(("colour", "hue"), [(RED, 29), (GREEN, 142), (BLUE, 264), (WHITE, DEFAULT_HUE)])
def test_its_hue_is_that_of_the_pages_colours(colour: tuple[int, int, int], hue: int) -> None:
    assert abs(re_encode(saved(Image.new("RGB", (9, 9), colour), "PNG")).hue - hue) <= 1


def test_its_hue_is_the_one_with_most_colour_in_it() -> None:
    image = Image.new("RGB", (100, 100), (128, 122, 120))
    image.paste((30, 60, 220), (0, 0, 30, 100))
    image.paste((250, 120, 20), (30, 0, 40, 100))
    assert 255 < re_encode(saved(image, "JPEG")).hue < 275


def test_what_is_clear_gives_no_hue() -> None:
    image = Image.new("RGBA", (10, 10), (*RED, 0))
    assert re_encode(saved(image, "PNG")).hue == DEFAULT_HUE


@pytest.mark.parametrize("width", [96, 480])
@pytest.mark.parametrize("size", [(1200, 1500), (2048, 100), (60, 90)])
def test_a_variant_is_as_wide_as_asked_and_never_wider_than_the_picture(width: int, size: tuple[int, int]) -> None:
    small = opened(variant(saved(quarters(*size), "PNG"), width))
    expected = min(width, size[0])
    assert (small.format, small.size) == ("WEBP", (expected, round(size[1] * expected / size[0])))


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
@pytest.mark.parametrize("size", [(1200, 1500), (480, 2048)])
def test_a_variant_is_light_even_of_noise(mode: str, size: tuple[int, int]) -> None:
    small = variant(saved(noise(mode, *size), "PNG"), 480)
    image = opened(small)
    assert len(small) <= MOST_VARIANT_BYTES
    assert abs(image.height - image.width * size[1] / size[0]) <= 1


@pytest.mark.parametrize("family", FAMILIES)
def test_a_crop_is_the_part_that_was_asked_for(family: str) -> None:
    content = saved(quarters(200, 300), family)
    lower_right = cropped(content, Box(0.5, 0.5, 0.5, 0.5))
    assert (lower_right.width, lower_right.height, seen(lower_right.content)) == (100, 150, "wwww")
    middle = cropped(content, Box(0.25, 1 / 3, 0.5, 1 / 3))
    assert (middle.width, middle.height, seen(middle.content)) == (100, 100, "rgbw")
    assert middle.media_type == f"image/{family.lower()}"


@given(FRACTION, FRACTION, FRACTION, FRACTION)
def test_a_box_is_within_the_picture_or_refused(x: float, y: float, width: float, height: float) -> None:
    box = Box(x, y, width, height)
    # One comparison at a time: what `min` and `max` make of a NaN hangs on its place.
    is_inside = all(start >= 0 and size > 0 and start + size <= 1 for start, size in ((x, width), (y, height)))
    try:
        left, upper, right, lower = box.pixels(40, 50)
    except PictureRefused:
        assert not is_inside
    else:
        assert 0 <= left < right <= 40
        assert 0 <= upper < lower <= 50


@pytest.mark.parametrize("box", [Box(0, 0, 0, 1), Box(-0.1, 0, 1, 1), Box(0.5, 0, 0.6, 1), Box(0, math.nan, 1, 1)])
def test_a_part_outside_the_picture_is_refused(box: Box) -> None:
    with pytest.raises(PictureRefused, match="within the picture") as caught:
        cropped(saved(quarters(), "PNG"), box)
    assert caught.value.code == "bad_part"


@pytest.mark.parametrize("family", FAMILIES)
def test_a_card_gets_a_png(family: str) -> None:
    content = as_png(saved(quarters(), family))
    assert opened(content).format == "PNG"
    assert seen(content) == "rgbw"
