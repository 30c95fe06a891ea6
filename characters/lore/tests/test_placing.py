"""Where entries go, in which words, and what is told of them."""

import random

import pytest

from characters.lore.activation import Scene, activate
from characters.lore.decorators import UiPrompt, parse, stripped
from characters.lore.entry import Book, Entry, Kind
from characters.lore.position import Position
from characters.lore.state import State
from characters.lore.tests.making import run, said, words
from inference.text.prompt import Role

SCENE = Scene(said("a", "b", "c"))


def placed(content: str, **more: object) -> tuple[Position, int, Role, str]:
    entry = Entry("a", constant=True, content=content, **more)  # type: ignore[arg-type]
    one = run([entry], SCENE).placed[0]
    return one.position, one.depth, one.role, one.content


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("x", (Position.BEFORE_CHARACTER, 0, Role.SYSTEM, "x")),
        ("@@depth 2\nx", (Position.AT_DEPTH, 2, Role.SYSTEM, "x")),
        ("@@depth 99\nx", (Position.AT_DEPTH, 3, Role.SYSTEM, "x")),
        ("@@depth -1\nx", (Position.AT_DEPTH, 0, Role.SYSTEM, "x")),
        ("@@depth 0\n@@role assistant\nx", (Position.AT_DEPTH, 0, Role.ASSISTANT, "x")),
        ("@@reverse_depth 1\nx", (Position.AT_DEPTH, 2, Role.SYSTEM, "x")),
        ("@@reverse_depth 1\n@@depth 1\nx", (Position.AT_DEPTH, 1, Role.SYSTEM, "x")),
        ("@@depth 2\n@@position scenario\nx", (Position.SCENARIO, 0, Role.SYSTEM, "x")),
        ("@@position before_desc\nx", (Position.BEFORE_DESCRIPTION, 0, Role.SYSTEM, "x")),
        ("@@position after_desc\nx", (Position.AFTER_DESCRIPTION, 0, Role.SYSTEM, "x")),
        ("@@position personality\nx", (Position.PERSONALITY, 0, Role.SYSTEM, "x")),
        ("@@position moon\n@@@depth 1\nx", (Position.AT_DEPTH, 1, Role.SYSTEM, "x")),
        ("@@instruct_depth 9\n@@@depth 1\nx", (Position.AT_DEPTH, 1, Role.SYSTEM, "x")),
        ("@@depth many\n@@depth 1\nx", (Position.AT_DEPTH, 1, Role.SYSTEM, "x")),
        ("@@depth 2\n@@depth 1\nx", (Position.AT_DEPTH, 2, Role.SYSTEM, "x")),
        ("@@role wizard\nx", (Position.BEFORE_CHARACTER, 0, Role.SYSTEM, "x")),
        ("@@role user\r\n\r\nx\r\n", (Position.BEFORE_CHARACTER, 0, Role.USER, "x")),
        ("@@a\n@@@b\n@@@c\n@@@d\n@@@e\n@@@f\n@@@role user\nx", (Position.BEFORE_CHARACTER, 0, Role.USER, "x")),
        ("@@@role user\nx", (Position.BEFORE_CHARACTER, 0, Role.SYSTEM, "x")),
        ("x\n@@role user", (Position.BEFORE_CHARACTER, 0, Role.SYSTEM, "x\n@@role user")),
        ("x{{// y}}{{comment: y}}{{hidden_key:y}}", (Position.BEFORE_CHARACTER, 0, Role.SYSTEM, "x")),
    ],
)
def test_decorators_say_where_and_as_whom(content: str, expected: tuple[Position, int, Role, str]) -> None:
    assert placed(content) == expected


def test_an_entry_at_depth_has_its_own_depth_and_role() -> None:
    assert placed("x", position=Position.AT_DEPTH, depth=1, role=Role.USER) == (Position.AT_DEPTH, 1, Role.USER, "x")


@pytest.mark.parametrize("content", ["", "  \n", "@@activate", "@@depth 1\n\n", "{{// nothing}}"])
def test_empty_content_adds_nothing_but_is_active(content: str) -> None:
    activation = run([Entry("a", constant=True, content=content)], SCENE)
    assert activation.placed == ()
    assert activation.reasons[0].active


def test_entries_stand_in_the_order_of_the_prompt() -> None:
    def at(uid: str, position: Position, order: float = 1, depth: int = 0) -> Entry:
        return Entry(uid, constant=True, content=uid, position=position, order=order, depth=depth)

    low, high = Position.BEFORE_CHARACTER, Position.AT_DEPTH
    world = Book((at("w", low, 0), at("last", high), at("deep", high, 9, 3), at("after", Position.AFTER_CHARACTER)))
    own = Book((at("two", low, 2), at("one", low, 1)), kind=Kind.CHARACTER)
    activation = activate([world, own], SCENE, State(), random.Random(1), words)
    assert [one.content for one in activation.placed] == ["one", "two", "w", "after", "deep", "last"]
    assert activation.tokens == 6


def test_a_reason_names_the_key_and_the_message() -> None:
    reason = run([Entry("a", ("dog", "b"), content="x")], SCENE).reasons[0]
    assert (reason.key, reason.message) == ("b", 1)
    assert str(reason) == "matched: 'b' in message 1"


def test_a_key_across_messages_is_in_none() -> None:
    reason = run([Entry("a", (r"/c\n\x01Ann: b/",), content="x")], SCENE).reasons[0]
    assert reason.active
    assert reason.message is None


def test_a_pattern_that_cannot_be_run_is_reported_once() -> None:
    activation = run([Entry("a", (r"/(a)\1/", "b"), content="x")], SCENE)
    assert [(problem.key, problem.entry.uid) for problem in activation.problems] == [(r"/(a)\1/", "a")]
    assert activation.reasons[0].active


def test_an_expression_that_would_explode_does_not() -> None:
    text = "a" * 50_000
    assert not run([Entry("a", ("/^(a+)+$/",), content="x")], Scene(said(text + "!"))).placed


def test_what_is_no_text_to_re2_is_no_error() -> None:
    run([Entry("a", ("/\ud800/", "\ud800"), content="x")], Scene(said("\ud800 \x00")))


def test_prompts_are_disabled_by_active_entries_only() -> None:
    wish = "@@disable_ui_prompt system_prompt\nx"
    assert run([Entry("a", constant=True, content=wish)], SCENE).disabled_prompts == {UiPrompt.SYSTEM}
    assert run([Entry("a", content=wish)], SCENE).disabled_prompts == frozenset()


def test_a_book_for_v2_has_no_decorators() -> None:
    assert stripped("@@depth 4\n@@@x y\n\nwords\n") == "words"
    assert parse("@@sing\n@@depth 4\nwords").ignored == ("@@sing",)
