"""Files that somebody made to do harm, or that broke on the way: refused or mended, and nothing falls over."""

import json
import random
import tracemalloc
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chats.formats import chatgpt as chatgpt_format
from chats.formats import opening, pieces, sources, transcripts, values
from chats.formats.report import Refused
from chats.formats.tests.making import HEADER, Brought, chatgpt, jsonl, line, node, read, zipped
from core.json import JsonObject

MIB = 2**20
KEYS = (
    "id parent children message mapping current_node chat history messages currentId parentId childrenIds role "
    "content author parts title mes swipes swipe_id swipe_info extra name is_user send_date chat_metadata spec leaf "
    "characters chosen text branches bookmark_link main_chat"
).split()
JSONS = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=5),
    max_leaves=25,
)


def tried(content: bytes, folder: Path, name: str = "x.json") -> Brought | None:
    """None: it was refused. Whatever else it raises is a mistake of ours."""
    try:
        return read(content, folder, name)
    except Refused:
        return None


@given(value=JSONS)
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_json_is_taken_in_or_refused(value: object, tmp_path_factory: pytest.TempPathFactory) -> None:
    for content in (value, [value, value], {"mapping": value}, {"chat": {"history": {"messages": value}}}):
        tried(json.dumps(content).encode(), tmp_path_factory.getbasetemp())
    ours = {"spec": "cognitia_chat", "chat": value, "messages": [value, value]}
    tried(json.dumps(ours).encode(), tmp_path_factory.getbasetemp())
    tried(f"{json.dumps(HEADER)}\n{json.dumps(value)}\n".encode(), tmp_path_factory.getbasetemp())


def test_files_that_were_damaged_at_random_are_taken_in_or_refused(tmp_path: Path) -> None:
    rng = random.Random(5)
    talk = chatgpt([node("a", None, "user", "One", ["b"]), node("b", "a", "assistant", "Two")], "b")
    sound = [
        jsonl([line("One", swipes=["One", "Two"], swipe_id=0), line("Three", user=True)] * 3),
        json.dumps([talk, talk]).encode(),
        zipped({"a/x.jsonl": jsonl([line("One")]), "a/y.jsonl": jsonl([line("One"), line("Two")])}),
    ]
    for _time in range(600):
        content = bytearray(rng.choice(sound))
        for _change in range(rng.randrange(1, 6)):
            at = rng.randrange(len(content))
            match rng.randrange(4):
                case 0:
                    content[at] = rng.randrange(256)
                case 1:
                    del content[at : at + rng.randrange(40)]
                case 2:
                    content[at:at] = rng.choice([b'"', b"\\", b"{", b"]", b"\0", b"\xff\xfe", b"\n", b"1e999"])
                case _:
                    content[at:at] = content[rng.randrange(len(content)) :][:60]
            if not content:
                break
        tried(bytes(content), tmp_path)


class TestTrees:
    def test_circles_are_cut_and_all_messages_are_there(self, tmp_path: Path) -> None:
        nodes = [
            node("a", "b", "user", "A", ["b"]),
            node("b", "a", "assistant", "B", ["a"]),
            node("c", "c", "user", "C"),
        ]
        found = read(json.dumps(chatgpt(nodes, "a")).encode(), tmp_path)
        assert ({one.text for one in found.only.messages}, found.codes) == ({"A", "B", "C"}, {"loop"})

    def test_what_answers_nobody_stands_at_the_beginning(self, tmp_path: Path) -> None:
        found = read(json.dumps(chatgpt([node("a", "gone", "user", "A")], "x")).encode(), tmp_path)
        assert (found.only.texts, found.codes) == (["A"], {"lost_parent"})

    def test_a_circle_of_empty_nodes_holds_nobody(self, tmp_path: Path) -> None:
        empty: list[JsonObject] = [
            {"id": one, "parent": other, "children": [], "message": None} for one, other in (("x", "y"), ("y", "x"))
        ]
        nodes = [*empty, node("a", "x", "user", "A")]
        assert read(json.dumps(chatgpt(nodes, "y")).encode(), tmp_path).only.texts == ["A"]

    def test_a_chain_as_long_as_anybody_likes_needs_no_stack(self, tmp_path: Path) -> None:
        nodes = [node(str(number), str(number - 1) if number else None, "user", "x") for number in range(20_000)]
        assert read(json.dumps(chatgpt(nodes, "19999")).encode(), tmp_path).only.path[-1].depth == 19_999

    def test_several_of_the_same_id_are_all_kept(self, tmp_path: Path) -> None:
        said = [{"id": "1", "role": "user", "text": str(number)} for number in range(3)]
        content = json.dumps({"spec": "cognitia_chat", "chat": {"leaf": "1"}, "messages": said}).encode()
        found = read(content, tmp_path)
        assert (len(found.only.messages), "same_id" in found.codes) == (3, True)


class TestTexts:
    def test_what_no_text_can_hold_is_replaced(self, tmp_path: Path) -> None:
        content = (
            jsonl([line("x")])
            + b'\n{"name":"A\\u0000","is_user":true,"mes":"a\\u0000b\\ud800c\\udfffd\\ud83d\\ude00"}\n'
        )
        found = read(content + b'{"mes":"\xff\xfe","is_user":false}', tmp_path)
        assert found.only.texts == [
            "x",
            "ab\N{REPLACEMENT CHARACTER}c\N{REPLACEMENT CHARACTER}d😀",
            "\N{REPLACEMENT CHARACTER}" * 2,
        ]
        assert "bad_letters" in found.codes

    def test_numbers_without_end_are_left_empty(self, tmp_path: Path) -> None:
        content = jsonl([line("x")]) + b'\n{"mes":"y","extra":{"a":NaN,"b":1e999,"c":-Infinity}}'
        found = read(content, tmp_path)
        assert found.only.path[1].brought == {"sillytavern": {"name": "", "extra": {"a": None, "b": None, "c": None}}}
        assert "bad_number" in found.codes

    def test_a_number_of_a_million_digits_is_a_line_that_cannot_be_read(self, tmp_path: Path) -> None:
        content = jsonl([line("x")]) + b'\n{"mes":"y","n":' + b"1" * MIB + b"}"
        assert read(content, tmp_path).codes == {"cut_line"}

    def test_the_future_is_no_date(self, tmp_path: Path) -> None:
        found = read(jsonl([line("x", send_date="2999-01-01T00:00:00Z")]), tmp_path)
        assert (found.only.path[0].created_at.year, found.codes) == (2024, {"bad_date"})

    def test_a_byte_order_mark_is_no_letter(self, tmp_path: Path) -> None:
        for content in (jsonl([line("x")]), json.dumps([chatgpt([node("a", None, "user", "x")], "a")]).encode()):
            assert read(b"\xef\xbb\xbf" + content, tmp_path).only.texts == ["x"]


class TestSizes:
    @pytest.mark.parametrize("opening_", [b"[", b'{"a":', b'{"mapping":'])
    def test_what_is_nested_without_end_is_refused(self, opening_: bytes, tmp_path: Path) -> None:
        for count in (100, 100_000):
            assert tried(opening_ * count, tmp_path) is None
            closing = (b"]" if opening_ == b"[" else b"}") * count
            found = tried(opening_ * count + b"1" + closing, tmp_path)
            assert found is None or not found.conversations

    def test_a_line_nested_too_deeply_is_left_out(self, tmp_path: Path) -> None:
        deep = b'{"mes":"x","extra":' + b'{"a":' * 100 + b"1" + b"}" * 101
        assert read(jsonl([line("a")]) + b"\n" + deep, tmp_path).codes == {"cut_line"}

    def test_a_line_without_end_is_passed_over_in_little_memory(self, tmp_path: Path) -> None:
        place = tmp_path / "long"
        with place.open("wb") as file:
            file.write(jsonl([line("a")]) + b'\n{"mes":"')
            for _mib in range(64):
                file.write(b"x" * MIB)
            file.write(b'"}\n' + json.dumps(line("b")).encode())
        content = place.read_bytes()
        tracemalloc.start()
        found = read(content, tmp_path)
        assert tracemalloc.get_traced_memory()[1] < 60 * MIB
        tracemalloc.stop()
        assert (found.only.texts, found.codes) == (["a", "b"], {"too_large_line"})

    def test_one_conversation_too_large_is_left_out_and_the_others_come(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(opening, "MOST_BYTES", 5000)
        monkeypatch.setattr(pieces, "CHUNK", 1000)
        small, large = (chatgpt([node("a", None, "user", "x" * size)], "a") for size in (1, 9000))
        found = read(json.dumps([large, small, large, small]).encode(), tmp_path)
        assert ([one.texts for one in found.conversations], found.codes) == ([["x"], ["x"]], {"too_large_chat"})

    def test_more_messages_than_fit_are_refused(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(transcripts, "MOST_MESSAGES", 5)
        with pytest.raises(Refused, match="more than 5 messages"):
            read(jsonl([line("x")] * 6), tmp_path)

    def test_more_values_than_fit_in_one_line_are_left_out(self, tmp_path: Path) -> None:
        content = jsonl([line("x")]) + b'\n{"mes":"y","a":[' + b"1," * values.MOST_VALUES + b"1]}"
        assert read(content, tmp_path).codes == {"cut_line"}

    @pytest.mark.parametrize("chunk", [1, 2, 7])
    def test_where_the_file_is_cut_while_it_is_read_makes_no_difference(
        self, chunk: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(pieces, "CHUNK", chunk)
        place = tmp_path / "file"
        said = [{"a": 'x"\\\\"[{', "b": [1, {"c": "}\\"}]}, -1.5e3, "\\", None, [], "é😀"]
        place.write_bytes(json.dumps(said, indent=1, ensure_ascii=False).encode())
        with place.open("rb") as file:
            assert [json.loads(piece.content or b"") for piece in pieces.pieces(file, 999)] == said


class TestArchives:
    def test_a_bomb_is_refused_by_what_it_says_of_itself(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sources, "MOST_UNPACKED_BYTES", 10 * MIB)
        with pytest.raises(Refused, match="unpacks to more"):
            read(zipped({f"{number}.json": b" " * MIB for number in range(11)}), tmp_path)

    def test_one_that_lies_of_its_size_gives_no_more_than_it_said(self, tmp_path: Path) -> None:
        content = zipped({"x.jsonl": jsonl([line("x" * 1000)] * 1000)})
        size = len(jsonl([line("x" * 1000)] * 1000))
        lie = content.replace(size.to_bytes(4, "little"), (2000).to_bytes(4, "little"))
        found = tried(lie, tmp_path)
        assert found is None or found.meter.done <= 2000

    def test_more_files_than_fit_are_counted_before_they_are_listed(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sources, "MOST_ENTRIES", 10)
        with pytest.raises(Refused, match="and no more"):
            read(zipped({f"{number}.json": b"{}" for number in range(11)}), tmp_path)

    def test_an_encrypted_or_oddly_packed_one_is_refused(self, tmp_path: Path) -> None:
        content = bytearray(zipped({"x.jsonl": jsonl([line("x")])}, zipfile.ZIP_STORED))
        content[content.index(b"PK\1\2") + 8] |= 1
        with pytest.raises(Refused, match="encrypted"):
            read(bytes(content), tmp_path)
        with pytest.raises(Refused, match="packed in a way"):
            read(zipped({"x.jsonl": jsonl([line("x")])}, zipfile.ZIP_LZMA), tmp_path)

    def test_a_damaged_one_is_refused(self, tmp_path: Path) -> None:
        content = bytearray(zipped({"x.jsonl": jsonl([line("x" * 500)] * 50)}))
        for at in range(80, 160):
            content[at] ^= 0x5A
        with pytest.raises(Refused):
            read(bytes(content), tmp_path)
        with pytest.raises(Refused):
            read(b"PK\3\4 and nothing else", tmp_path)

    def test_names_that_climb_are_only_names(self, tmp_path: Path) -> None:
        found = read(zipped({"../../etc/Maren - x.jsonl": jsonl([line("x")], None)}), tmp_path)
        assert found.only.head.title == "Maren - x"
        assert {file.name for file in tmp_path.iterdir()} == {"file"}


def test_what_lies_between_messages_is_gone_through_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked, before = [0], chatgpt_format._parent

    def counted(mapping: JsonObject, key: str) -> str | None:
        asked[0] += 1
        return before(mapping, key)

    monkeypatch.setattr(chatgpt_format, "_parent", counted)
    thought: JsonObject = {"content_type": "thoughts", "thoughts": [{"content": "Hm" * 500}]}
    between = [
        node(f"t{at}", f"t{at - 1}" if at else None, "assistant", "", [f"t{at + 1}"], content=thought)
        for at in range(300)
    ]
    talk = [node(f"m{at}", "t299", "assistant", "Hello") for at in range(300)]
    found = read(json.dumps(chatgpt([*between, *talk], "m1")).encode(), tmp_path).only.messages
    assert asked[0] < 3 * 600
    assert sum(len(one.thinking) for one in found) < 300 * 1_100


@pytest.mark.parametrize(
    "content", [b"", b"\0", b"   ", b"hello", b"{}", b"[]", b"null", b"[1,2]", b"\x89PNG\r\n", b'{"a":1}\n{"b":2}']
)
def test_what_is_no_conversation_is_refused_with_a_sentence(content: bytes, tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"known here|no conversation"):
        read(content, tmp_path)
