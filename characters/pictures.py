"""Pictures that people chose, written anew from their pixels: bytes in, bytes out. Pure.

What is kept is upright, RGB or RGBA in sRGB, of bounded size, and without any metadata. Whatever the bytes, every
function here raises `PictureRefused` or nothing.
"""

import hashlib
import io
import math
import struct
import threading
import zlib
from contextlib import closing, suppress
from dataclasses import dataclass

# The plugin by name, or the first WEBP makes Pillow import its readers of 40 more formats.
from PIL import Image, ImageCms, WebPImagePlugin  # noqa: F401

from characters.cards.extras import DEFAULT_HUE
from characters.picture_files import MOST_PIXELS, Family, Looked, PictureRefused, Pieces, look

__all__ = ["Box", "Picture", "PictureRefused", "as_png", "cropped", "re_encode", "variant"]

LONGEST_SIDE = 2048
QUALITY = 92
MOST_VARIANT_BYTES = 60_000
VARIANT_QUALITIES = (82, 60, 38, 16)
# Rows that are converted and narrowed at a time: 16.8 MP of a palette are 16 MiB, and 64 as RGBA.
BAND = 256
# A browser's sum of two fractions may come out a little above 1.
SLACK = 1e-6
HUE_SIDE, HUE_BINS = 64, 36
# In OKLCH the strongest red has 0.26. Below this, JPEG's rounding gives grey a colour.
LEAST_CHROMA = 0.02

# Pillow's own guard, which is the process's and no call's. It only warns above this number, and raises above twice
# of it; `look` has refused such a file before, so this is for whatever else in the process may open a picture.
Image.MAX_IMAGE_PIXELS = MOST_PIXELS

# One picture at a time in a process: a door has many threads, and one picture takes up to 125 MiB, a WEBP 180.
_AT_WORK = threading.Lock()

TURNED = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

SRGB = ImageCms.createProfile("sRGB")
# What sRGB's bytes mean as amounts of light. The curve begins at 0.04045, which is 10.3 of 255.
LINEAR = [
    part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in (n / 255 for n in range(256))
]

# What Pillow raises at files that are broken in one way or another.
BROKEN = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    AttributeError,
    LookupError,
    ArithmeticError,
    AssertionError,
    EOFError,
    RuntimeError,
    struct.error,
    zlib.error,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)


@dataclass(frozen=True, slots=True)
class Picture:
    """`hue` is that of its strongest colours, 0 to 359 degrees of OKLCH, in which the pages' style is written.

    `digest` is the content's SHA-256 in hex; the same file gives the same content. No side exceeds `LONGEST_SIDE`.
    """

    content: bytes
    media_type: str
    width: int
    height: int
    hue: int
    was_animated: bool
    digest: str


@dataclass(frozen=True, slots=True)
class Box:
    """A part of an upright picture, in fractions of its width and height from the upper left corner."""

    x: float
    y: float
    width: float
    height: float

    def pixels(self, width: int, height: int) -> tuple[int, int, int, int]:
        """Left, upper, right and lower edge of at least one pixel. Raises `PictureRefused` if it is not inside."""
        right, lower = self.x + self.width, self.y + self.height
        sides = (self.x, self.y, right, lower)
        if not (self.width > 0 and self.height > 0 and all(-SLACK <= side <= 1 + SLACK for side in sides)):
            raise PictureRefused("bad_part")
        left, upper = min(round(self.x * width), width - 1), min(round(self.y * height), height - 1)
        return left, upper, max(left + 1, round(right * width)), max(upper + 1, round(lower * height))


def re_encode(content: bytes) -> Picture:
    """The picture in its own family. An animation becomes its first frame."""
    looked = look(content)
    return _picture(_opened(looked), looked)


def cropped(content: bytes, box: Box) -> Picture:
    """A part of the picture, in its own family."""
    looked = look(content)
    image = _opened(looked)
    return _picture(image.crop(box.pixels(*image.size)), looked)


def variant(content: bytes, width: int) -> bytes:
    """A WEBP as wide as this, or less where the picture is; never above `MOST_VARIANT_BYTES`."""
    image = _opened(look(content))
    while True:
        image = _resized(image, min(width, image.width))
        for quality in VARIANT_QUALITIES:
            encoded = _encoded(image, Family.WEBP, quality)
            if len(encoded) <= MOST_VARIANT_BYTES:
                return encoded
        # Noise, or a very tall picture.
        width = max(1, image.width * 3 // 4)


def as_png(content: bytes) -> bytes:
    """The picture as a PNG, which a card can be written into."""
    return _encoded(_opened(look(content)), Family.PNG)


def _picture(image: Image.Image, looked: Looked) -> Picture:
    content = _encoded(image, looked.family)
    return Picture(
        content=content,
        media_type=looked.family.media_type,
        width=image.width,
        height=image.height,
        hue=_hue(image),
        was_animated=looked.was_animated,
        digest=hashlib.sha256(content).hexdigest(),
    )


def _encoded(image: Image.Image, family: Family, quality: int = QUALITY) -> bytes:
    place = io.BytesIO()
    with _AT_WORK:
        match family:
            case Family.PNG:
                image.save(place, "PNG")
            case Family.JPEG:
                image.save(place, "JPEG", quality=quality)
            case Family.WEBP:
                image.save(place, "WEBP", quality=quality, alpha_quality=quality)
    return place.getvalue()


def _opened(looked: Looked) -> Image.Image:
    """RGB or RGBA, upright, in sRGB, no side longer than `LONGEST_SIDE`, and with nothing in its `info`."""
    with _AT_WORK:
        try:
            image, profile = _narrowed(looked)
            image = image.resize(_fitting(looked.width, looked.height), Image.Resampling.LANCZOS)
            image = _in_srgb(image, profile)
        except BROKEN:
            raise PictureRefused("damaged_picture") from None
    if image.mode == "RGBA" and image.getchannel("A").getextrema() == (255, 255):
        image = image.convert("RGB")
    turn = TURNED.get(looked.orientation)
    if turn is not None:
        image = image.transpose(turn)
    image.info = {}
    return image


def _narrowed(looked: Looked) -> tuple[Image.Image, bytes | None]:
    """RGB, RGBA or CMYK, as wide as it will be but as high as it was decoded; and its colour profile.

    Narrowing needs every row by itself, so it is done in bands, and what was decoded is whole only once.
    """
    width, height = _fitting(looked.width, looked.height)
    with closing(Image.open(io.BufferedReader(Pieces(looked.pixels)), formats=(looked.family,))) as image:
        if image.size != (looked.width, looked.height):
            raise ValueError
        image.draft(None, (width, height))
        image.load()
        mode = "CMYK" if image.mode == "CMYK" else "RGBA" if image.has_transparency_data else "RGB"
        narrow = Image.new(mode, (width, image.height))
        for top in range(0, image.height, BAND):
            band = _plain(image.crop((0, top, image.width, min(top + BAND, image.height))), mode)
            narrow.paste(band.resize((width, band.height), Image.Resampling.LANCZOS), (0, top))
        profile = image.info.get("icc_profile")
    return narrow, profile if isinstance(profile, bytes) else None


def _plain(band: Image.Image, mode: str) -> Image.Image:
    if band.mode == "I;16":  # Pillow would cut off what is above 255
        band = band.point(lambda value: value * (1 / 256)).convert("L")
    return band.convert(mode)


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """A profile that is damaged, or for other colours than the picture's, is as good as none."""
    mode = "RGB" if image.mode == "CMYK" else image.mode
    if profile is not None and profile[16:20] == (b"CMYK" if image.mode == "CMYK" else b"RGB "):
        with suppress(ImageCms.PyCMSError):
            converted = ImageCms.profileToProfile(image, io.BytesIO(profile), SRGB, outputMode=mode)
            return image if converted is None else converted
    return image.convert(mode)


def _fitting(width: int, height: int) -> tuple[int, int]:
    shrink = min(1.0, LONGEST_SIDE / max(width, height))
    return max(1, round(width * shrink)), max(1, round(height * shrink))


def _resized(image: Image.Image, width: int) -> Image.Image:
    height = max(1, round(image.height * width / image.width))
    return image.resize((width, height), Image.Resampling.LANCZOS)


def _hue(image: Image.Image) -> int:
    """Of the thirty degrees that hold most colour, their middle by weight."""
    small = image.resize((HUE_SIDE, HUE_SIDE), Image.Resampling.BOX).convert("RGBA")
    bins = [0j] * HUE_BINS
    for red, green, blue, alpha in struct.iter_unpack("4B", small.tobytes()):
        colour = _colour(LINEAR[red], LINEAR[green], LINEAR[blue])
        if abs(colour) >= LEAST_CHROMA:
            bins[int(_degrees(colour) * HUE_BINS / 360) % HUE_BINS] += colour * alpha
    strongest = max((bins[at - 1] + bins[at] + bins[(at + 1) % HUE_BINS] for at in range(HUE_BINS)), key=abs)
    return round(_degrees(strongest)) % 360 if strongest else DEFAULT_HUE


def _colour(red: float, green: float, blue: float) -> complex:
    """Chroma and hue of a linear colour, as a vector in OKLAB's plane of a and b (Björn Ottosson's matrices)."""
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    middle = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    return complex(
        1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short,
    )


def _degrees(colour: complex) -> float:
    return math.degrees(math.atan2(colour.imag, colour.real)) % 360
