"""Chats of SillyTavern, in and out: what its versions and its users have made of them."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chats.formats import sillytavern
from chats.formats.conversation import Speaker
from chats.formats.dates import Clock
from chats.formats.dates import read as read_date
from chats.formats.report import Remarks
from chats.formats.tests.making import HEADER, NOW, as_object, jsonl, line, read, zipped
from core.json import JsonObject

LETTERS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
JSONS = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | LETTERS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(LETTERS, inner, max_size=3),
    max_leaves=6,
)
EXTRAS = st.fixed_dictionaries(
    {},
    optional={"reasoning": LETTERS, "model": LETTERS, "api": LETTERS, "token_count": st.integers(0, 999), "x": JSONS},
)
DATES = st.sampled_from(["September 28, 2024 1:02am", "2024-09-28T01:02:03.004Z", 1727485323004, "never", ""])


@st.composite
def lines(draw: st.DrawFn) -> JsonObject:
    """A line as SillyTavern itself writes it."""
    said: dict[str, object] = {
        "name": draw(LETTERS),
        "is_user": draw(st.booleans()),
        "is_system": draw(st.booleans()),
        "send_date": draw(DATES),
        "mes": draw(LETTERS),
        **draw(
            st.fixed_dictionaries(
                {}, optional={"extra": EXTRAS, "force_avatar": LETTERS, "title": LETTERS, "mine": JSONS}
            )
        ),
    }
    if draw(st.booleans()):
        swipes: list[object] = list(draw(st.lists(LETTERS, min_size=1, max_size=4)))
        shown = draw(st.integers(0, len(swipes) - 1))
        swipes[shown] = said["mes"]
        info = st.fixed_dictionaries({}, optional={"send_date": DATES, "gen_started": LETTERS, "extra": EXTRAS})
        infos = [draw(info) for _ in swipes]
        # The one that is shown is on the line, too.
        infos[shown] = {key: said[key] for key in ("send_date", "extra") if key in said}
        said |= {"swipes": swipes, "swipe_id": shown, "swipe_info": infos}
    return as_object(said)


@given(said=lines())
@settings(deadline=None)
def test_a_line_goes_out_as_it_came_in(said: JsonObject) -> None:
    found = sillytavern.read(json.loads(json.dumps(said)), Clock(NOW), Remarks(), "")
    assert json.loads(sillytavern.write(found)) == said


@given(
    said=st.dictionaries(st.sampled_from("name is_user mes swipes swipe_id swipe_info extra send_date".split()), JSONS)
)
def test_any_line_is_read_and_then_stays_as_it_is(said: JsonObject) -> None:
    once = sillytavern.write(sillytavern.read(said, Clock(NOW), Remarks(), ""))
    again = sillytavern.write(sillytavern.read(json.loads(once), Clock(NOW), Remarks(), ""))
    assert json.loads(again) == json.loads(once)


@given(said=st.lists(lines(), min_size=1, max_size=6))
@settings(max_examples=40, deadline=None)
def test_a_chat_keeps_its_texts_its_alternatives_and_their_order(
    said: list[JsonObject], tmp_path_factory: pytest.TempPathFactory
) -> None:
    found = read(jsonl(said), tmp_path_factory.getbasetemp()).only
    assert found.texts == [one["mes"] for one in said]
    assert [found.beside(one) for one in found.path] == [one.get("swipes", [one["mes"]]) for one in said]


def test_what_is_said_of_a_message_finds_its_place(tmp_path: Path) -> None:
    header = {**HEADER, "user_name": "unused", "character_name": "unused"}
    reply = line("Hm.", extra={"reasoning": "I think", "model": "m1", "api": "x"}, is_system=True)
    found = read(jsonl([line("Hello", user=True), reply], header), tmp_path)
    first, second = found.only.path
    assert (first.role, first.persona, first.is_hidden) == (Speaker.USER, "Anna", False)
    assert (second.thinking, second.model, second.is_hidden, second.depth) == ("I think", "m1", True, 1)
    assert (found.only.head.title, found.only.head.cast[0].name) == ("Maren - 2024", "Maren")
    assert found.only.head.created_at == datetime(2024, 9, 28, 1, 0, tzinfo=UTC)


def test_several_characters_speak_in_a_group_and_a_narrator_is_none(tmp_path: Path) -> None:
    said = [
        line("One"),
        line("Two", name="Bo", force_avatar="bo.png", original_avatar="bo.png"),
        line("Night falls.", name="Narrator", extra={"type": "narrator"}),
    ]
    found = read(jsonl(said), tmp_path)
    assert [one.character for one in found.only.path] == ["Maren", "Bo", ""]
    assert "narrated" in found.codes


@pytest.mark.parametrize(
    "name",
    ["Maren - 2024-9-28 @01h02m.jsonl", "Maren/chat.jsonl", "chats/Maren/Maren - x.jsonl"],
)
def test_who_never_speaks_is_known_by_the_file(name: str, tmp_path: Path) -> None:
    content = jsonl([line("Hello", user=True)], {"chat_metadata": {}})
    assert read(zipped({name: content}), tmp_path).only.head.cast[0].name == "Maren"


class TestBranches:
    def main(self) -> list[JsonObject]:
        return [line("a"), line("b", user=True), line("c", swipes=["c", "c2"], swipe_id=0), line("d", user=True)]

    def files(self, tmp_path: Path, **branches: list[JsonObject]) -> bytes:
        header = as_object({**HEADER, "chat_metadata": {"main_chat": "Maren - main"}})
        files = {f"chats/Maren/{name}.jsonl": jsonl(said, header) for name, said in branches.items()}
        return zipped({**files, "chats/Maren/Maren - main.jsonl": jsonl(self.main())})

    def test_they_are_joined_where_they_first_say_something_else(self, tmp_path: Path) -> None:
        content = self.files(tmp_path, one=[*self.main()[:3], line("e", user=True), line("f")])
        found = read(content, tmp_path)
        assert found.only.texts == ["a", "b", "c", "d"]
        assert len(found.only.messages) == 7
        c = found.only.path[2]
        assert [one.text for one in found.only.messages if one.parent == c.id] == ["d", "e"]
        assert found.codes == {"attached"}

    def test_one_that_goes_on_after_an_alternative_is_found_there(self, tmp_path: Path) -> None:
        content = self.files(tmp_path, one=[*self.main()[:2], line("c2"), line("e", user=True)])
        read_ = read(content, tmp_path).only
        c2 = next(one for one in read_.messages if one.text == "c2")
        e = next(one for one in read_.messages if one.text == "e")
        assert (e.parent, read_.chosen[c2.id], len(read_.messages)) == (c2.id, e.id, 6)

    def test_one_that_goes_on_after_the_end_leaves_the_end_where_it_is(self, tmp_path: Path) -> None:
        read_ = read(self.files(tmp_path, one=[*self.main(), line("e")]), tmp_path).only
        assert (read_.texts, len(read_.messages)) == (["a", "b", "c", "d"], 6)

    def test_a_branch_of_a_branch_and_new_alternatives_come_along(self, tmp_path: Path) -> None:
        one = [*self.main()[:3], line("e", user=True), line("f")]
        two = [*one[:4], line("g", swipes=["f", "g", "h"], swipe_id=1)]
        read_ = read(self.files(tmp_path, one=one, two=two), tmp_path).only
        assert sorted(one.text for one in read_.messages) == sorted(["a", "b", "c", "c2", "d", "e", "f", "g", "h"])

    def test_the_main_chat_is_found_by_what_it_says_of_its_branches(self, tmp_path: Path) -> None:
        main = [line("a"), line("b", user=True, extra={"branches": ["x"], "bookmark_link": "y"})]
        files = {"x.jsonl": jsonl([line("a"), line("x")]), "y.jsonl": jsonl([line("y")]), "z.jsonl": jsonl(main)}
        read_ = read(zipped(files), tmp_path).only
        assert (read_.head.title, read_.texts) == ("z", ["a", "b"])
        assert len(read_.messages) == 4

    def test_files_that_name_each_other_in_a_circle_are_one_chat(self, tmp_path: Path) -> None:
        files = {
            f"{one}.jsonl": jsonl([line("a"), line(one)], as_object({**HEADER, "chat_metadata": {"main_chat": other}}))
            for one, other in (("x", "y"), ("y", "x"))
        }
        assert len(read(zipped(files), tmp_path).only.messages) == 3

    def test_files_that_say_nothing_of_each_other_are_chats_of_their_own(self, tmp_path: Path) -> None:
        files = {"x.jsonl": jsonl([line("a")]), "y.jsonl": jsonl([line("a")])}
        assert len(read(zipped(files), tmp_path).conversations) == 2


@pytest.mark.parametrize(
    ("said", "moment"),
    [
        ("September 28, 2024 1:02am", datetime(2024, 9, 28, 1, 2, tzinfo=UTC)),
        ("Sep 28, 2024 12:02 PM", datetime(2024, 9, 28, 12, 2, tzinfo=UTC)),
        ("January 1, 2024 12:30am", datetime(2024, 1, 1, 0, 30, tzinfo=UTC)),
        ("2024-9-28 @1h 2m 3s 45ms", datetime(2024, 9, 28, 1, 2, 3, 45000, tzinfo=UTC)),
        ("2024-09-28@01h02m03s", datetime(2024, 9, 28, 1, 2, 3, tzinfo=UTC)),
        ("2024-09-28T03:02:03+02:00", datetime(2024, 9, 28, 1, 2, 3, tzinfo=UTC)),
        ("2024-09-28T01:02:03.004Z", datetime(2024, 9, 28, 1, 2, 3, 4000, tzinfo=UTC)),
        (1727485323004, datetime(2024, 9, 28, 1, 2, 3, 4000, tzinfo=UTC)),
        ("1727485323004", datetime(2024, 9, 28, 1, 2, 3, 4000, tzinfo=UTC)),
        (1727485323, datetime(2024, 9, 28, 1, 2, 3, tzinfo=UTC)),
        ("never", None),
        ("September 31, 2024 1:02am", None),
        (True, None),
        (-1, None),
        (None, None),
        (float(10**300), None),
        ("0001-01-01T00:00:00+14:00", None),
    ],
)
def test_every_way_to_write_a_date_is_read(said: str | float | None, moment: datetime | None) -> None:
    assert read_date(said) == moment
