"""Cards in the files that people send each other. What a file is, its content says, never its name."""

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from urllib.parse import unquote, unquote_to_bytes

from characters.cards import charx, png, webp
from characters.cards.card import MOST_ASSETS, Asset, Card, read_object, to_v2, to_v3, with_changes
from characters.cards.values import export, parse
from characters.report import Notice, Notices, Refused

MOST_FILE_BYTES = 32 * 2**20
JPEG = b"\xff\xd8\xff"
EMBEDDED = re.compile(r"(?:embeded://|embedded://|__asset:)", re.IGNORECASE)
# The first spelling is the specification's.
ZIP_URI, PNG_URI, DATA_URI, DEFAULT_URI = "embeded://", "__asset:", "data:", "ccdefault:"
# Never leaves this module: where the picture of a card is until it has a place in a CHARX.
OWN_PICTURE = "picture:"
DATA = re.compile(r"data:[^,]{0,200},", re.IGNORECASE)
FOLDERS = {
    "images": "png apng jpg jpeg webp gif avif svg bmp",
    "audio": "mp3 wav ogg flac opus m4a",
    "video": "mp4 webm mkv mov",
    "fonts": "ttf otf woff woff2",
    "ai": "safetensors onnx ckpt pt gguf",
    "3d": "glb gltf obj vrm mmd",
    "code": "js lua py",
}
MEDIA_TYPES = {"images": "image", "audio": "audio", "video": "video", "fonts": "font"}
SUBTYPES = {"jpg": "jpeg", "svg": "svg+xml", "mp3": "mpeg"}


class Container(StrEnum):
    JSON = "json"
    PNG = "png"
    CHARX = "charx"
    WEBP = "webp"


@dataclass(frozen=True, slots=True)
class Imported:
    """`assets` are the bytes by `Asset.uri`; `picture` is the file's own or the main icon's, undecoded and untrusted.

    Assets on other people's servers are not fetched, and have no entry.
    """

    card: Card
    assets: Mapping[str, bytes] = field(repr=False)
    picture: bytes | None = field(repr=False)
    container: Container
    notices: tuple[Notice, ...]


def read(content: bytes) -> Imported:
    """Raises `Refused`, and nothing else, for any bytes whatever."""
    if len(content) > MOST_FILE_BYTES:
        raise Refused("too_large_file", mib=MOST_FILE_BYTES // 2**20)
    notices = Notices()
    if content.startswith(png.SIGNATURE):
        return _read_png(content, notices)
    if webp.is_webp(content):
        return _read_webp(content, notices)
    if content[:64].lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\0").startswith(b"{"):
        return _read_json(content, notices)
    if charx.holds_zip(content):
        return _read_charx(content, notices)
    raise Refused("unknown_file")


def write_json(card: Card, assets: Mapping[str, bytes] | None = None) -> bytes:
    """A version 3 card. Assets that were embedded become `data:` addresses. Raises `Refused`."""

    def inline(_: int, asset: Asset, content: bytes) -> str:
        ext = _ascii(asset.ext)
        kind = MEDIA_TYPES.get(_folder(ext))
        media = f"{kind}/{SUBTYPES.get(ext, ext)}" if kind else "application/octet-stream"
        return f"{DATA_URI}{media};base64,{base64.b64encode(content).decode()}"

    return export(to_v3(_moved(card, assets or {}, DATA_URI, inline)[0]))


def write_png(card: Card, picture: bytes, assets: Mapping[str, bytes] | None = None) -> bytes:
    """The picture with the card as version 3, and as version 2 for older programs. Raises `Refused`."""
    moved, files = _moved(card, assets or {}, PNG_URI, lambda number, _, __: f"{PNG_URI}{number}")
    # Assets first: RisuAI reads a card's chunks in one pass.
    texts = [png.Text(f"{png.ASSET}:{uri[len(PNG_URI) :]}", base64.b64encode(body)) for uri, body in files.items()]
    for keyword, version in (("chara", to_v2), ("ccv3", to_v3)):
        texts.append(png.Text(keyword, base64.b64encode(export(version(moved)))))
    return _within(png.with_texts(picture, texts))


def write_charx(card: Card, assets: Mapping[str, bytes] | None = None, picture: bytes | None = None) -> bytes:
    """The picture (a PNG) is the main icon where the card has none of its own. Raises `Refused`."""
    found = dict(assets or {})
    if picture is not None:
        found[OWN_PICTURE] = picture
        worn = [
            replace(asset, uri=OWN_PICTURE, ext="png") if asset.type == "icon" and asset.uri == DEFAULT_URI else asset
            for asset in card.assets
        ]
        card = with_changes(card, assets=tuple(worn))

    def placed(number: int, asset: Asset, _: bytes) -> str:
        ext = _ascii(asset.ext)
        return f"{ZIP_URI}assets/{_ascii(asset.type)}/{_folder(ext)}/{number}.{ext}"

    moved, files = _moved(card, found, ZIP_URI, placed)
    entries = {charx.CARD: export(to_v3(moved))}
    return _within(charx.write(entries | {uri[len(ZIP_URI) :]: body for uri, body in files.items()}))


def _read_json(content: bytes, notices: Notices) -> Imported:
    card = read_object(parse(content, notices, "JSON"), notices)
    return _imported(Container.JSON, card, None, notices, lambda _: None)


def _read_png(content: bytes, notices: Notices) -> Imported:
    texts = png.read_texts(content, notices)
    card, refusal = _card_of_png(texts, notices)
    if card is None:
        # A CHARX may wear any picture, and begin after it.
        if refusal is None and charx.holds_zip(content):
            # Of its own: what follows the picture is no trailing litter, but the card.
            return _read_charx(content, Notices())
        raise refusal or Refused("no_card")
    held: dict[str, bytes] = {}
    for text in texts:
        if text.keyword.lower().startswith(png.ASSET) and len(held) < MOST_ASSETS:
            held.setdefault(png.asset_path(text.keyword), text.content)

    decoded: dict[str, bytes | None] = {}

    def find(path: str) -> bytes | None:
        # Once each: a card can name one large broken chunk in thousands of spellings.
        if path in held and path not in decoded:
            decoded[path] = _unbase64(held[path])
        return decoded.get(path)

    # No writer of ours touches a picture without an end; its card may be good all the same.
    try:
        picture = png.with_texts(content, ())
    except Refused:
        picture = content
    return _imported(Container.PNG, card, picture, notices, find)


def _card_of_png(texts: list[png.Text], notices: Notices) -> tuple[Card | None, Refused | None]:
    """The first that can be read, `ccv3` before `chara`; else why the best of them could not."""
    refusal: Refused | None = None
    for keyword in png.CARD:
        for text in texts:
            if text.keyword.lower() != keyword:
                continue
            said = Notices()
            try:
                card = read_object(parse(_maybe_base64(text.content), said, keyword), said)
            except Refused as refused:
                notices.lost(refused, f"chunk {keyword}")
                refusal = refusal or refused
                continue
            notices.extend(said)
            return card, None
    return None, refusal


def _read_charx(content: bytes, notices: Notices) -> Imported:
    archive = charx.Archive(content)
    name = archive.find(charx.CARD)
    if name is None:
        raise Refused("no_card")
    card = read_object(parse(archive.read(name), notices, charx.CARD), notices)
    used = {name}

    def find(path: str) -> bytes | None:
        entry = archive.find(path) or archive.find(unquote(path))
        if entry is None:
            return None
        used.add(entry)
        return archive.read(entry)

    picture = content[: content.find(b"PK\3\4")] if content.startswith(JPEG) else None
    imported = _imported(Container.CHARX, card, picture, notices, find)
    left = [entry for entry in archive.names if entry not in used]
    if left:
        notices.refused("left_out", "CHARX", names=", ".join(left[:20]))
    return Imported(imported.card, imported.assets, imported.picture, Container.CHARX, tuple(notices))


def _read_webp(content: bytes, notices: Notices) -> Imported:
    comment = webp.user_comment(content)
    if comment is None:
        raise Refused("no_card")
    card = read_object(parse(_maybe_base64(comment), notices, "UserComment"), notices)
    return _imported(Container.WEBP, card, content, notices, lambda _: None)


def _imported(
    container: Container, card: Card, picture: bytes | None, notices: Notices, find: Callable[[str], bytes | None]
) -> Imported:
    """Brings the assets in. One that is missing or broken is noted; a bomb among them refuses the whole file."""
    assets: dict[str, bytes] = {}
    size = 0
    for asset in card.assets:
        if asset.uri in assets:
            continue
        where = f"asset {asset.name}"
        try:
            body = _body(asset.uri, find)
        except Refused as refused:
            if refused.code == "too_large_entry":
                raise
            notices.lost(refused, where)
            continue
        if body is None:
            if not asset.uri.startswith(DEFAULT_URI):
                notices.kept("no_bytes", where)
            continue
        size += len(body)
        if size > charx.MOST_INFLATED:
            raise Refused("too_large_assets", mib=charx.MOST_INFLATED // 2**20)
        assets[asset.uri] = body
    if picture is None:
        icons = [asset for asset in card.assets if asset.type == "icon" and asset.uri in assets]
        face = next((icon for icon in icons if icon.is_face), icons[0] if icons else None)
        picture = assets[face.uri] if face else None
    return Imported(card, assets, picture, container, tuple(notices))


def _body(uri: str, find: Callable[[str], bytes | None]) -> bytes | None:
    """None for what the file does not hold."""
    if match := EMBEDDED.match(uri):
        body = find(uri[match.end() :])
        if body is None:
            raise Refused("missing")
        return body
    if match := DATA.match(uri):
        if not match[0].lower().endswith(";base64,"):
            return unquote_to_bytes(uri[match.end() :])
        body = _unbase64(uri[match.end() :].encode("ascii", "ignore"))
        if body is None:
            raise Refused("damaged_asset")
        return body
    return None


def _moved(
    card: Card, assets: Mapping[str, bytes], home: str, place: Callable[[int, Asset, bytes], str]
) -> tuple[Card, dict[str, bytes]]:
    """The card with its embedded assets where a container has them, and their bytes by that address.

    Addresses are by the asset's place in the card, so one that is exported again and again stays the same card.
    """
    addresses: dict[str, str] = {}
    files: dict[str, bytes] = {}
    for number, asset in enumerate(card.assets):
        body = assets.get(asset.uri)
        if body is None or asset.uri in addresses:
            continue
        uri = place(number, asset, body)
        if home != DATA_URI:
            files[uri] = body
        elif asset.uri.lower().startswith(home):
            uri = asset.uri
        addresses[asset.uri] = uri
    moved = tuple(replace(asset, uri=addresses.get(asset.uri, asset.uri)) for asset in card.assets)
    return (with_changes(card, assets=moved) if moved != card.assets else card), files


def _within(content: bytes) -> bytes:
    if len(content) > MOST_FILE_BYTES:
        raise Refused("too_large_export", mib=MOST_FILE_BYTES // 2**20)
    return content


def _folder(ext: str) -> str:
    return next((name for name, known in FOLDERS.items() if ext in known.split()), "other")


def _ascii(text: str) -> str:
    """A word for a name in an archive."""
    return "".join(re.findall(r"[a-z0-9_]", text.lower()))[:20] or "unknown"


def _maybe_base64(content: bytes) -> bytes:
    """Some wrote the JSON as it is."""
    if content.lstrip(b"\xef\xbb\xbf \t\r\n\0").startswith(b"{"):
        return content
    body = _unbase64(content)
    if body is None:
        raise Refused("damaged_card")
    return body


def _unbase64(content: bytes) -> bytes | None:
    """Of either alphabet, with line breaks and without padding; None if it is none."""
    plain = content.translate(bytes.maketrans(b"-_", b"+/"), b" \t\r\n\0=")
    try:
        return base64.b64decode(plain + b"=" * (-len(plain) % 4), validate=True)
    except binascii.Error:
        return None
