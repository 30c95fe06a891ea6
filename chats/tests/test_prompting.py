"""One prompt from one scene: in this order, within this room, with nothing cut that must not be."""

from dataclasses import replace

import pytest

from chats.prompting import Line, PromptTooLong, Recollection, Scene, assemble
from chats.prompting.tests.making import FULL, WIDE, count, words
from inference.text.budget import TokenBudget
from inference.text.prompt import Prompt, Role, Turn


def test_a_full_prompt_reads_like_this() -> None:
    assert assemble(FULL, WIDE, count) == Prompt(
        (
            Turn(
                Role.SYSTEM,
                "Stay in character.\n"
                "\n"
                "# Azera\n"
                "You are Azera, a mender of boats.\n"
                "\n"
                "# Who you are talking to\n"
                "Protag. Tall.\n"
                "\n"
                "# Earlier in this conversation\n"
                "They met at the harbour.",
            ),
            Turn(Role.USER, "My boat leaks."),
            Turn(Role.ASSISTANT, "Where?"),
            Turn(
                Role.SYSTEM,
                "# What you remember\n"
                "- yesterday (fond): The boat is called Brennick.\n"
                "- last week: It is painted green.\n"
                "\n"
                "# How you feel\n"
                "Calm.\n"
                "\n"
                "# Note\n"
                "Keep it short.",
            ),
            Turn(Role.USER, "At the bow."),
        )
    )


def test_parts_that_are_empty_leave_no_trace() -> None:
    prompt = assemble(Scene(persona="You are Azera.", message="Hi."), WIDE, count)
    assert prompt == Prompt((Turn(Role.SYSTEM, "You are Azera."), Turn(Role.USER, "Hi.")))


def test_what_changes_from_turn_to_turn_comes_after_what_does_not() -> None:
    """The model's cache of the prefix lives on it: an earlier prompt is the beginning of the next one."""
    first = assemble(FULL, WIDE, count)
    history = (*FULL.history, Line(Role.USER, "At the bow."), Line(Role.ASSISTANT, "Ah."))
    later = replace(FULL, history=history, mood="Glad.")
    second = assemble(later, WIDE, count)
    assert second.turns[: len(FULL.history) + 1] == first.turns[: len(FULL.history) + 1]


def test_history_loses_its_oldest_lines_first() -> None:
    history = tuple(Line(Role.USER, words(20, f"h{number}-")) for number in range(40))
    prompt = assemble(Scene(persona=words(20), message="Hi.", history=history), TokenBudget(500), count)
    told = [turn.text for turn in prompt.turns[1:-1]]
    assert 0 < len(told) < 40
    assert told == [line.text for line in history[-len(told) :]]


def test_memories_are_kept_best_first() -> None:
    memories = tuple(Recollection(words(20, f"m{number}-"), "then") for number in range(40))
    prompt = assemble(Scene(persona="P", message="Hi.", memories=memories), TokenBudget(500), count)
    tail = prompt.turns[-2].text
    told = [number for number in range(40) if f"m{number}-0 " in tail]
    assert told == list(range(len(told)))
    assert 0 < len(told) < 40
    assert count(tail) <= TokenBudget(500).recalled + count("# What you remember")


def test_a_persona_that_is_too_large_takes_from_history_and_memories_and_is_whole() -> None:
    persona = words(300, "p")
    scene = Scene(
        persona=persona,
        message="Hi.",
        history=(Line(Role.USER, words(200)),),
        memories=(Recollection(words(100, "m"), "then"),),
    )
    prompt = assemble(scene, TokenBudget(400), count)
    assert prompt == Prompt((Turn(Role.SYSTEM, persona), Turn(Role.USER, "Hi.")))


def test_when_nothing_is_left_to_cut_it_says_so() -> None:
    with pytest.raises(PromptTooLong) as refused:
        assemble(Scene(persona=words(400), message="Hi."), TokenBudget(400), count)
    assert refused.value.needed > refused.value.room == 320
