"""Exports of ChatGPT and Open WebUI, our own files, and archives of all of them."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chats.formats import own
from chats.formats.conversation import Format, Making, Member, Speaker
from chats.formats.report import Refused
from chats.formats.tests.making import NOW, Brought, as_object, chatgpt, jsonl, line, node, read, zipped
from core.json import JsonObject

LETTERS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)


def as_json(*conversations: JsonObject) -> bytes:
    return json.dumps(list(conversations)).encode()


class TestChatGPT:
    def nodes(self) -> list[JsonObject]:
        return [
            node("root", None, "system", "", ["a"]),
            node("a", "root", "user", "Question", ["b", "t"]),
            node("b", "a", "assistant", "First"),
            node(
                "t", "a", "assistant", "", ["r"], content={"content_type": "thoughts", "thoughts": [{"content": "Hm"}]}
            ),
            node("r", "t", "assistant", "", ["c"], content={"content_type": "reasoning_recap", "content": "1 s"}),
            node("c", "r", "assistant", "Second", ["d"]),
            node("d", "c", "user", "Thanks"),
        ]

    def test_all_branches_come_and_the_current_one_is_shown(self, tmp_path: Path) -> None:
        found = read(as_json(chatgpt(self.nodes(), "d")), tmp_path)
        assert found.only.texts == ["Question", "Second", "Thanks"]
        assert found.only.beside(found.only.path[1]) == ["First", "Second"]
        assert (found.only.path[1].thinking, found.only.path[1].model) == ("Hm", "gpt-4o")
        assert (found.only.head.cast[0].name, found.only.head.title, found.codes) == ("gpt-4o", "A talk", set())

    def test_one_that_ends_early_is_left_there(self, tmp_path: Path) -> None:
        found = read(as_json(chatgpt(self.nodes(), "a")), tmp_path).only
        assert (found.texts, len(found.messages)) == (["Question"], 4)

    def test_other_branches_lead_to_their_ends(self, tmp_path: Path) -> None:
        found = read(as_json(chatgpt(self.nodes(), "b")), tmp_path).only
        second = next(one for one in found.messages if one.text == "Second")
        assert found.chosen[second.id] is not None

    def test_tools_the_system_and_what_is_said_to_them_are_hidden(self, tmp_path: Path) -> None:
        nodes = [
            node("s", None, "system", "Be brief.", ["a"]),
            node("a", "s", "user", "Draw", ["b"]),
            node(
                "b",
                "a",
                "assistant",
                "draw()",
                ["c"],
                recipient="python",
                content={"content_type": "code", "text": "draw()"},
            ),
            node(
                "c",
                "b",
                "tool",
                "",
                ["d"],
                content={"content_type": "multimodal_text", "parts": [{"asset_pointer": "x"}]},
            ),
            node("d", "c", "assistant", "Here."),
        ]
        found = read(as_json(chatgpt(nodes, "d")), tmp_path)
        assert [one.is_hidden for one in found.only.path] == [True, False, True, True, False]
        assert [one.text for one in found.only.path] == ["Be brief.", "Draw", "draw()", "", "Here."]
        assert found.codes == {"no_pictures"}
        assert "asset_pointer" in json.dumps(found.only.path[3].brought)

    def test_several_parts_are_one_text_and_are_kept(self, tmp_path: Path) -> None:
        nodes = [node("a", None, "user", "", content={"content_type": "text", "parts": ["One", "Two"]})]
        one = read(as_json(chatgpt(nodes, "a")), tmp_path).only.path[0]
        assert (one.text, "parts" in json.dumps(one.brought)) == ("One\nTwo", True)

    def test_a_single_conversation_that_is_no_list_is_one(self, tmp_path: Path) -> None:
        content = json.dumps(chatgpt(self.nodes(), "d"), indent=2).encode()
        assert read(content, tmp_path).only.texts == ["Question", "Second", "Thanks"]


class TestOpenWebUI:
    def chat(self, **history: object) -> JsonObject:
        question = {"id": "a", "parentId": None, "childrenIds": ["b", "c"], "role": "user", "content": "Hi"}
        answer = {"parentId": "a", "childrenIds": [], "role": "assistant"}
        messages = {
            "a": {**question, "timestamp": 1700000000},
            "c": {"id": "c", **answer, "content": "Second", "model": "llama", "modelName": "Llama"},
            "b": {"id": "b", **answer, "content": "First", "done": True},
        }
        chat = {"title": "T", "models": ["llama"], "history": {"messages": messages, "currentId": "b", **history}}
        return json.loads(json.dumps({"id": "x", "title": "Talk", "chat": chat, "created_at": 1700000000}))  # type: ignore[no-any-return]

    def test_its_tree_comes_with_its_order(self, tmp_path: Path) -> None:
        found = read(as_json(self.chat()), tmp_path).only
        assert (found.texts, found.head.format, found.head.cast[0].name) == (
            ["Hi", "First"],
            Format.OPEN_WEBUI,
            "Llama",
        )
        assert found.beside(found.path[1]) == ["First", "Second"]
        assert found.path[1].brought == {"openwebui": {"id": "b", "done": True}}

    def test_an_older_list_is_a_path(self, tmp_path: Path) -> None:
        said = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": [{"type": "text", "text": "Ho"}]}]
        for content in ({"chat": {"messages": said}}, {"title": "x", "messages": said}):
            assert read(json.dumps(content).encode(), tmp_path).only.texts == ["Hi", "Ho"]

    def test_one_without_an_end_is_left_where_it_leads(self, tmp_path: Path) -> None:
        assert read(as_json(self.chat(currentId="gone")), tmp_path).only.texts == ["Hi", "Second"]


@st.composite
def trees(draw: st.DrawFn) -> list[own.Record]:
    """Messages as we write them: each after the one that it answers, those beside each other in order."""
    records: list[own.Record] = []
    for number in range(draw(st.integers(1, 12))):
        parent = records[draw(st.integers(0, number - 1))] if number and draw(st.integers(0, 9)) else None
        is_user = draw(st.booleans())
        records.append(
            own.Record(
                id=str(number),
                parent=parent.id if parent else None,
                chosen=None,
                role=Speaker.USER if is_user else Speaker.CHARACTER,
                name="N",
                character=draw(st.sampled_from(["k1", "k2"])),
                persona=draw(LETTERS),
                text=draw(LETTERS),
                created_at=datetime(2024, 1, 1, tzinfo=UTC) + timedelta(seconds=number),
                is_hidden=draw(st.booleans()),
                thinking=draw(LETTERS),
                model=draw(LETTERS),
                brought=draw(st.none() | st.dictionaries(LETTERS, LETTERS, min_size=1, max_size=2).map(as_object)),
                making=Making(
                    status="done" if is_user else draw(st.sampled_from(["done", "failed", "cancelled"])),
                    opening=draw(LETTERS),
                    thinking_ms=draw(st.none() | st.integers(0, 9)),
                    temperature=draw(st.none() | st.floats(0, 2)),
                    branch_name=draw(LETTERS),
                    greeting=number if not is_user else None,
                ),
            )
        )
    # What is shown after each: one of those that answer it, or none.
    below = {one.id: [other.id for other in records if other.parent == one.id] for one in records}
    records = [replace(one, chosen=draw(st.sampled_from([*below[one.id], None]))) for one in records]
    return records


class TestOurOwn:
    def file(self, records: list[own.Record], leaf: str) -> bytes:
        cast = [Member("k1", "Maren", "k1"), Member("k2", "Bo", "k2")]
        head = own.Head(
            "Title", cast, datetime(2024, 1, 1, tzinfo=UTC), leaf, leaf, "A note.", {"sillytavern": {"x": 1}}
        )
        return (own.beginning(head) + ",".join(map(own.message, records)) + own.END).encode()

    @given(records=trees(), data=st.data())
    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    def test_the_whole_tree_goes_out_and_comes_back(
        self, records: list[own.Record], data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
    ) -> None:
        leaf = data.draw(st.sampled_from([one.id for one in records]))
        content = self.file(records, leaf)
        json.loads(content)
        found = read(content, tmp_path_factory.getbasetemp(), "x.json")
        assert (found.codes, len(found.only.messages)) == (set(), len(records))
        shown = {one.id for one in found.only.path}
        for one, record in zip(found.only.messages, records, strict=True):
            assert str(one.id) == record.id
            assert (str(one.parent) if one.parent is not None else None) == record.parent
            assert (one.role, one.text, one.thinking, one.model) == (
                record.role,
                record.text,
                record.thinking,
                record.model,
            )
            assert (one.character, one.persona, one.is_hidden) == (record.character, record.persona, record.is_hidden)
            assert (one.created_at, one.brought, one.making) == (record.created_at, record.brought, record.making)
            if one.id not in shown:
                assert (str(one.chosen) if one.chosen is not None else None) == record.chosen
        head = found.only.head
        assert (head.title, head.note, head.canonical, found.only.path[-1].id) == (
            "Title",
            "A note.",
            int(leaf),
            int(leaf),
        )
        assert head.brought == {"sillytavern": {"x": 1}}

    def test_another_program_may_have_ordered_its_members(self, tmp_path: Path) -> None:
        one = own.Record("1", None, None, Speaker.USER, "Anna", "k1", "Anna", "Hello", NOW)
        raw = json.loads(self.file([one], "1"))
        content = json.dumps(raw, sort_keys=True, indent=1).encode()
        assert read(content, tmp_path, "x.json").only.texts == ["Hello"]


class TestArchives:
    def test_each_conversation_in_it_comes(self, tmp_path: Path) -> None:
        files = {
            "a/chats/Maren/one.jsonl": jsonl([line("One")]),
            "b/conversations.json": as_json(chatgpt([node("a", None, "user", "Two")], "a")),
            "b/user.json": b'{"id": "x"}',
            "pictures/x.png": b"x",
            "__MACOSX/._one.jsonl": b"x",
        }
        found = read(zipped(files), tmp_path, "all.zip")
        assert [one.texts for one in found.conversations] == [["One"], ["Two"]]
        assert found.codes == {"left_out", "not_a_chat"}

    def test_one_without_any_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(Refused, match="no conversation"):
            read(zipped({"x.png": b"x", "y.json": b"{}"}), tmp_path)


def test_dates_beside_each_other_are_moved_apart_and_the_order_stays(tmp_path: Path) -> None:
    found: Brought = read(jsonl([line("c", swipes=["a", "b", "c"], swipe_id=2)]), tmp_path)
    assert found.only.beside(found.only.path[0]) == ["a", "b", "c"]
