"""A card is found in whatever file people send, and comes out of ours as it went in."""

import base64
import struct
import zlib
from collections.abc import Callable

import pytest
from hypothesis import given, settings

from characters.cards import charx, containers, png, webp
from characters.cards.card import Asset, read_card, to_v2, with_changes
from characters.cards.containers import Container, Imported, read, write_charx, write_json, write_png
from characters.cards.tests.made import as_json, chunk, picture, text, v1, v2, v3, zipped
from characters.cards.tests.made import webp as webp_with
from characters.cards.tests.test_card import UNKNOWN
from characters.report import Fate, Notices, Refused, sentence
from core.json import Json, JsonObject

JPEG = b"\xff\xd8\xff\xe0\0\x10JFIF" + bytes(40) + b"\xff\xd9"
PICTURE = b"a picture"


def asset(uri: str, name: str = "main", kind: str = "icon", ext: str = "png") -> Json:
    return {"type": kind, "uri": uri, "name": name, "ext": ext}


def codes(imported: Imported) -> set[str]:
    return {notice.code for notice in imported.notices}


def refusal(content: bytes) -> str:
    with pytest.raises(Refused) as caught:
        read(content)
    return caught.value.code


def keywords(content: bytes) -> list[str]:
    return [found for part in png.read_chunks(content, Notices()) if (found := part.keyword) is not None]


class TestJson:
    @pytest.mark.parametrize("made", [v1, v2, v3])
    def test_every_version_is_read(self, made: Callable[[], JsonObject]) -> None:
        imported = read(b"\n " + as_json(made()))
        assert (imported.container, imported.picture) == (Container.JSON, None)
        assert imported.card == read_card(as_json(made()))[0]

    def test_a_picture_in_an_address_is_an_asset(self) -> None:
        uri = "data:image/png;base64," + base64.b64encode(PICTURE).decode()
        imported = read(as_json(v3(assets=[asset(uri), asset("data:,a%20b", "x")])))
        assert (imported.picture, imported.assets["data:,a%20b"]) == (PICTURE, b"a b")

    def test_a_picture_on_another_server_is_not_fetched(self) -> None:
        imported = read(as_json(v3(assets=[asset("https://example.org/a.png"), asset("data:;base64,!", "broken")])))
        assert imported.assets == {}
        assert {"no_bytes", "damaged_asset"} <= codes(imported)


class TestPng:
    def test_a_card_in_both_chunks_is_read_from_ccv3(self) -> None:
        for parts in (text("chara", v2(name="Old")), text("ccv3", v3())), (text("ccv3", v3()), text("chara", v2())):
            assert read(picture(*parts)).card.version == 3

    def test_a_broken_ccv3_leaves_chara(self) -> None:
        imported = read(picture(chunk(b"tEXt", b"ccv3\0e30"), text("chara", v2())))
        assert imported.card.version == 2
        assert [n.where for n in imported.notices if n.fate == Fate.REFUSED] == ["chunk ccv3"]

    def test_version_3_in_a_chara_chunk_is_version_3(self) -> None:
        assert read(picture(text("chara", v3()))).card == read(as_json(v3())).card

    def test_version_1_in_a_chara_chunk_is_read(self) -> None:
        assert read(picture(text("chara", v1()))).card.version == 1

    @pytest.mark.parametrize("keyword", ["CHARA", "Chara", "CCV3"])
    def test_the_case_of_a_keyword_does_not_matter(self, keyword: str) -> None:
        assert read(picture(text(keyword, v2()))).card.name == "Maren"

    def test_compressed_and_international_texts_are_read(self) -> None:
        body = base64.b64encode(as_json(v2()))
        packed = zlib.compress(body)
        for part in (
            chunk(b"zTXt", b"chara\0\0" + packed),
            chunk(b"iTXt", b"chara\0\0\0\0\0" + body),
            chunk(b"iTXt", b"chara\0\1\0en\0titre\0" + packed),
        ):
            assert read(picture(part)).card.name == "Maren"

    def test_base64_may_be_untidy_or_absent(self) -> None:
        tidy = base64.urlsafe_b64encode(as_json(v2(creator="??>>~~ü")))
        for body in (
            tidy.rstrip(b"="),
            b"\n".join(tidy[at : at + 76] for at in range(0, len(tidy), 76)),
            as_json(v2()),
        ):
            assert read(picture(chunk(b"tEXt", b"chara\0" + body))).card.name == "Maren"

    def test_an_animation_is_a_picture(self) -> None:
        animated = picture(chunk(b"acTL", bytes(8)), chunk(b"fcTL", bytes(26)), chunk(b"fdAT", b"1234"))
        written = write_png(read(as_json(v3())).card, animated)
        kinds = [part.kind for part in png.read_chunks(written, Notices())]
        assert kinds == [b"IHDR", b"IDAT", b"acTL", b"fcTL", b"fdAT", b"tEXt", b"tEXt", b"IEND"]

    def test_data_after_the_end_are_tolerated_and_left_out(self) -> None:
        whole = picture(text("chara", v2()))
        imported = read(whole + b"<script>" * 9)
        assert imported.picture == picture()
        assert "trailing" in codes(imported)
        assert b"<script>" not in write_png(imported.card, whole + b"<script>")

    def test_a_wrong_checksum_is_tolerated(self) -> None:
        good = text("chara", v2())
        imported = read(picture(good[:-1] + bytes([good[-1] ^ 1])))
        assert imported.card.name == "Maren"
        assert "checksum" in codes(imported)

    def test_a_picture_cut_off_after_its_card_is_read(self) -> None:
        imported = read(picture(text("chara", v2()))[:-9])
        assert imported.card.name == "Maren"
        assert "cut_off" in codes(imported)

    def test_embedded_assets_are_read(self) -> None:
        parts = [
            chunk(b"tEXt", b"chara-ext-asset_" + name + b"\0" + base64.b64encode(PICTURE)) for name in (b":1", b"2")
        ]
        card = v3(assets=[asset("__asset:1"), asset("__asset:2", "x"), asset("__asset:3", "gone")])
        imported = read(picture(*parts, text("ccv3", card)))
        assert imported.assets == {"__asset:1": PICTURE, "__asset:2": PICTURE}
        assert [n.where for n in imported.notices if n.code == "missing"] == ["asset gone"]

    def test_old_cards_are_removed_before_a_new_one_is_written(self) -> None:
        old = picture(text("Chara", v2(name="Old")), chunk(b"tEXt", b"Title\0x"), text("chara-ext-asset_:9", {}))
        written = write_png(read(as_json(v3())).card, old)
        assert keywords(written) == ["Title", "chara", "ccv3"]
        assert read(written).card.name == "Maren"

    def test_old_programs_get_version_2(self) -> None:
        card = read(as_json(v3())).card
        texts = png.read_texts(write_png(card, picture()), Notices())
        assert read(base64.b64decode(texts[0].content)).card.raw == to_v2(card)

    def test_a_picture_without_a_card_is_refused(self) -> None:
        assert refusal(picture()) == "no_card"
        assert refusal(picture(chunk(b"tEXt", b"chara\0!!!"))) == "damaged_card"
        assert (
            refusal(picture(chunk(b"tEXt", b"chara"), chunk(b"zTXt", b"chara\0\0xx"), chunk(b"iTXt", b"ccv3\0")))
            == "no_card"
        )

    @pytest.mark.parametrize("broken", [b"", JPEG, picture()[:-1], picture()[:20]])
    def test_only_a_whole_picture_is_written_to(self, broken: bytes) -> None:
        card = read(as_json(v3())).card
        with pytest.raises(Refused, match=r"PNG|cut off"):
            write_png(card, broken)


class TestCharx:
    @pytest.mark.parametrize(
        "uri",
        [
            "embeded://assets/icon/image/1.png",
            "embedded://assets/icon/image/1.png",
            "__asset:assets/icon/image/1.png",
            "embeded://Assets\\icon/image/1.PNG",
            "embeded:///assets/icon/image/%31.png",
        ],
    )
    def test_assets_are_found_by_their_address(self, uri: str) -> None:
        files = {"card.json": as_json(v3(assets=[asset(uri)])), "assets/icon/image/1.png": PICTURE}
        imported = read(zipped(files))
        assert (imported.container, imported.picture, imported.assets) == (Container.CHARX, PICTURE, {uri: PICTURE})

    def test_bytes_before_and_a_little_after_the_zip_are_tolerated(self) -> None:
        archive = zipped({"card.json": as_json(v3())})
        for content in (b"MZ" + bytes(500) + archive, archive + b"rest", picture() + archive):
            assert read(content).card.name == "Maren"

    def test_a_zip_after_or_inside_a_jpeg_is_found(self) -> None:
        archive = zipped({"card.json": as_json(v3())})
        for content in (JPEG + archive, JPEG + archive + bytes(100_000) + b"\xff\xd9"):
            imported = read(content)
            assert (imported.container, imported.picture) == (Container.CHARX, JPEG)

    def test_files_that_the_card_does_not_name_are_left_out_and_told(self) -> None:
        imported = read(zipped({"card.json": as_json(v3()), "module.risum": b"x", "../../etc/passwd": b"x"}))
        assert [sentence(n) for n in imported.notices if n.code == "left_out"] == [
            "Files that the card does not name were left out: module.risum, ../../etc/passwd."
        ]

    def test_a_name_never_is_a_path(self) -> None:
        files = {"card.json": as_json(v3(assets=[asset("embeded:///etc/passwd"), asset("embeded://../a", "b")]))}
        imported = read(zipped({**files, "../a": b"inside"}))
        assert imported.assets == {"embeded://../a": b"inside"}

    def test_an_archive_without_a_card_is_refused(self) -> None:
        assert refusal(zipped({"manifest.json": b"{}"})) == "no_card"

    def test_an_encrypted_or_oddly_packed_card_is_refused(self) -> None:
        archive = zipped({"card.json": as_json(v3())})
        at = archive.rindex(b"PK\1\2")
        assert refusal(archive[: at + 8] + b"\1" + archive[at + 9 :]) == "encrypted"
        assert refusal(archive[: at + 10] + b"\x0e" + archive[at + 11 :]) == "odd_packing"

    def test_a_broken_asset_does_not_cost_the_card(self) -> None:
        archive = zipped({"card.json": as_json(v3(assets=[asset("embeded://a")])), "a": b"abc" * 50})
        at = archive.index(b"a", archive.index(b"PK\3\4", 4) + 30) + 3
        imported = read(archive[:at] + b"\xff\xff" + archive[at + 2 :])
        assert (imported.card.name, imported.assets) == ("Maren", {})
        assert "damaged_entry" in codes(imported)

    def test_our_names_are_plain_whatever_the_card_says(self) -> None:
        card = read(as_json(v3(assets=[asset("embeded://x", kind="../ü", ext="p/../ng"), asset("ccdefault:")]))).card
        written = write_charx(card, {"embeded://x": PICTURE}, picture())
        assert charx.Archive(written).names == ["card.json", "assets/unknown/images/0.png", "assets/icon/images/1.png"]
        assert read(written).picture == picture()


class TestWebp:
    @pytest.mark.parametrize(
        ("comment", "charset"),
        [
            (as_json(v1()), b"ASCII\0\0\0"),
            (as_json(v1()), b""),
            (as_json(v1()).decode().encode("utf-16-le"), b"UNICODE\0"),
            (",".join(str(byte) for byte in as_json(v1())).encode(), bytes(8)),
        ],
        ids=["ascii", "no charset", "unicode", "numbers"],
    )
    def test_the_comment_is_a_card(self, comment: bytes, charset: bytes) -> None:
        imported = read(webp_with(comment, charset))
        assert (imported.container, imported.card.name) == (Container.WEBP, "Maren")

    def test_one_without_a_comment_is_refused(self) -> None:
        assert refusal(b"RIFF\0\0\0\0WEBPVP8 \1\0\0\0x") == "no_card"
        assert webp.user_comment(webp_with(b"")[:40]) is None


def test_a_file_is_what_it_holds() -> None:
    for content in (b"", b"GIF89a", JPEG, b"name: Maren\n", b"PK\3\4"):
        assert refusal(content) == "unknown_file"
    assert refusal(bytes(containers.MOST_FILE_BYTES + 1)) == "too_large_file"


ASSETS = [asset("embeded://a/1.png"), asset("__asset:2", "sad", "emotion"), asset("https://example.org/x", "far")]
FILES = {"embeded://a/1.png": PICTURE, "__asset:2": bytes(range(256))}
EXPORTS: dict[str, Callable[[Imported], bytes]] = {
    "json": lambda got: write_json(got.card, got.assets),
    "png": lambda got: write_png(got.card, picture(), got.assets),
    "charx": lambda got: write_charx(got.card, got.assets),
}


@pytest.mark.parametrize("export", [["json"], ["png"], ["charx"], ["png", "charx", "json"]], ids="-".join)
@settings(max_examples=25, deadline=None)
@given(top=UNKNOWN, data=UNKNOWN, extensions=UNKNOWN, on_asset=UNKNOWN)
def test_five_round_trips_lose_nothing(
    export: list[str], top: JsonObject, data: JsonObject, extensions: JsonObject, on_asset: JsonObject
) -> None:
    assets: list[Json] = [{**on_asset, **item} for item in ASSETS if isinstance(item, dict)]
    raw: JsonObject = {**v3(**data, extensions=extensions, assets=assets), **top}
    card = read_card(as_json(raw))[0]
    got = first = Imported(card, FILES, None, Container.JSON, ())
    for _ in range(5):
        for name in export:
            got = read(EXPORTS[name](got))
    bodies = [got.assets.get(item.uri) for item in got.card.assets]
    assert bodies == [PICTURE, bytes(range(256)), None]
    # Where an asset's bytes are is the container's to say; all else is the card's.
    home = [
        Asset(now.type, then.uri, now.name, now.ext) for now, then in zip(got.card.assets, card.assets, strict=True)
    ]
    back = with_changes(got.card, assets=tuple(home))
    assert back == first.card
    assert back.raw == raw


def test_the_same_card_gives_the_same_file() -> None:
    imported = Imported(read_card(as_json(v3(assets=ASSETS)))[0], FILES, None, Container.JSON, ())
    for export in EXPORTS.values():
        once = export(read(export(imported)))
        assert export(read(once)) == once


def test_an_asset_named_twice_is_written_once() -> None:
    card = read_card(as_json(v3(assets=[asset("__asset:1"), asset("__asset:1", "again")])))[0]
    written = write_png(card, picture(), {"__asset:1": PICTURE})
    assert keywords(written) == ["chara-ext-asset_:0", "chara", "ccv3"]
    assert len(read(written).card.assets) == 2


def test_a_length_beyond_the_file_is_a_cut() -> None:
    assert refusal(picture()[:-12] + struct.pack(">I", 2**31) + b"tEXtchara\0") == "no_card"
