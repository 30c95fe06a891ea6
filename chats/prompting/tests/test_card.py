"""What a card brings to a prompt: its own instructions, examples, lore; and what of it gives way, in which order."""

from dataclasses import replace
from itertools import groupby

import pytest

from chats.prompting import (
    Line,
    Lore,
    Place,
    PromptTooLong,
    Recollection,
    Scene,
    Slice,
    Source,
    assemble,
    blocks,
    itemised,
)
from chats.prompting.tests.making import FULL, WIDE, count, words
from inference.text.budget import TokenBudget
from inference.text.prompt import Prompt, Role, Turn


def standing(text: str, place: Place) -> Lore:
    return Lore(text, place, constant=True)


def deep(text: str, depth: int, role: Role = Role.SYSTEM) -> Lore:
    return Lore(text, Place.AT_DEPTH, depth, role, constant=True)


CARD = replace(
    FULL,
    instructions="Write in the present tense.",
    personality="Patient.",
    scenario="A harbour in winter.",
    examples=("Protag: Hello.\nAzera: Mind the rope.", "Azera: Hold this."),
    reminder="One paragraph.",
    lore=(
        *(standing(f"Lore {place}.", place) for place in Place if place is not Place.AT_DEPTH),
        *(Lore(f"Brought up {place}.", place) for place in Place if place is not Place.AT_DEPTH),
        deep("Far back.", 9),
        deep("Before the answer.", 2, Role.USER),
        deep("At the end.", 0),
        deep("Before the message.", 1),
        deep("Ah,", 0, Role.ASSISTANT),
    ),
)


def test_a_prompt_with_a_whole_card_reads_like_this() -> None:
    assert assemble(CARD, WIDE, count) == Prompt(
        (
            Turn(
                Role.SYSTEM,
                "Stay in character.\n"
                "\n"
                "Write in the present tense.\n"
                "\n"
                "Lore before_char.\n"
                "\n"
                "Lore before_desc.\n"
                "\n"
                "# Azera\n"
                "You are Azera, a mender of boats.\n"
                "\n"
                "# What you know\n"
                "Lore after_desc.\n"
                "\n"
                "# What you are like\n"
                "Patient.\n"
                "\n"
                "Lore personality.\n"
                "\n"
                "# What is happening\n"
                "A harbour in winter.\n"
                "\n"
                "Lore scenario.\n"
                "\n"
                "# What you know\n"
                "Lore after_char.\n"
                "\n"
                "# How you talk\n"
                "Lore examples_top.\n"
                "\n---\n\n"
                "Protag: Hello.\n"
                "Azera: Mind the rope.\n"
                "\n---\n\n"
                "Azera: Hold this.\n"
                "\n---\n\n"
                "Lore examples_bottom.\n"
                "\n"
                "# Who you are talking to\n"
                "Protag. Tall.\n"
                "\n"
                "# Earlier in this conversation\n"
                "They met at the harbour.",
            ),
            Turn(Role.SYSTEM, "Far back."),
            Turn(Role.USER, "My boat leaks."),
            Turn(Role.USER, "Before the answer."),
            Turn(Role.ASSISTANT, "Where?"),
            Turn(Role.SYSTEM, "Before the message."),
            Turn(Role.SYSTEM, "At the end."),
            Turn(
                Role.SYSTEM,
                "# What you know\n"
                "Brought up before_char.\n\n"
                "Brought up before_desc.\n\n"
                "Brought up after_desc.\n\n"
                "Brought up personality.\n\n"
                "Brought up scenario.\n\n"
                "Brought up after_char.\n"
                "\n"
                "# How you talk\n"
                "Brought up examples_top.\n"
                "\n---\n\n"
                "Brought up examples_bottom.\n"
                "\n"
                "# What you remember\n"
                "- yesterday (fond): The boat is called Brennick.\n"
                "- last week: It is painted green.\n"
                "\n"
                "# How you feel\n"
                "Calm.\n"
                "\n"
                "# Note\n"
                "Lore note_top.\n\n"
                "Brought up note_top.\n\n"
                "Keep it short.\n\n"
                "Lore note_bottom.\n\n"
                "Brought up note_bottom.\n"
                "\n"
                "# How your answer begins\n"
                "Ah,\n"
                "\n"
                "# Before you answer\n"
                "One paragraph.",
            ),
            Turn(Role.USER, "At the bow."),
        )
    )


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("<START>\nA: Hi.\n<START>\nA: Bye.\n", ("A: Hi.", "A: Bye.")),
        ("A: first\n\nB: still\n< start >A: two <Start>\r\n <START> \n", ("A: first\n\nB: still", "A: two")),
        ("no start at all", ("no start at all",)),
        (" \n<START>", ()),
        ("", ()),
    ],
)
def test_examples_are_the_blocks_between_starts(written: str, found: tuple[str, ...]) -> None:
    assert blocks(written) == found


def test_lore_at_the_examples_is_examples() -> None:
    scene = Scene(persona="P", message="Hi.", lore=(standing("<START>\nA\n<START>B", Place.EXAMPLES_TOP),))
    assert assemble(scene, WIDE, count).turns[0].text == "P\n\n# How you talk\nA\n\n---\n\nB"


def test_an_entry_of_two_books_is_told_once_and_one_without_words_never() -> None:
    scene = Scene(persona="P", message="Hi.", lore=(*[Lore("Twice.", Place.SCENARIO)] * 2, deep(" \n", 3)))
    assert [turn.text for turn in assemble(scene, WIDE, count).turns] == ["P", "# What you know\nTwice.", "Hi."]


def test_examples_have_the_share_of_the_system_and_the_first_ones_stay() -> None:
    examples = tuple(words(30, f"e{number}-") for number in range(20))
    system = assemble(Scene(persona="P", message="Hi.", examples=examples), TokenBudget(1000), count).turns[0].text
    assert [f"e{number}-0 " in system for number in range(20)] == [True] * 6 + [False] * 14


def test_examples_leave_all_at_once_and_before_any_history_does() -> None:
    budget, told = TokenBudget(1000), []
    for length in range(60):
        history = tuple(Line(Role.USER, words(14, f"h{number}-")) for number in range(length))
        scene = Scene(persona="P", message="Hi.", history=history, examples=(words(40, "e"), words(40, "f")))
        system, *turns, _message = assemble(scene, budget, count).turns
        told.append((system.text, len(turns) == length))
    with_examples, with_all_history = ([key for key, _ in groupby(one)] for one in zip(*told, strict=True))
    assert len(with_examples) == 2
    assert with_all_history == [True, False]
    assert all(whole for system, whole in told if system != "P")


def test_a_large_lorebook_and_many_memories_have_half_of_their_share_each() -> None:
    scene = Scene(
        persona="P",
        message="Hi.",
        lore=tuple(Lore(words(14, f"l{number}-"), Place.SCENARIO) for number in range(40)),
        memories=tuple(Recollection(words(16, f"m{number}-"), "then") for number in range(40)),
    )
    budget = TokenBudget(1600)
    tail = assemble(scene, budget, count).turns[-2].text
    assert [tail.count(f"{kind}{number}-0 ") for kind in "lm" for number in range(40)] == (
        [1] * 10 + [0] * 30 + [1] * 10 + [0] * 30
    )
    alone = assemble(replace(scene, memories=()), budget, count).turns[-2].text
    assert sum(f"l{number}-0 " in alone for number in range(40)) == 20


def test_where_there_is_no_room_lore_that_asks_goes_first_then_memories_then_other_lore() -> None:
    scene = Scene(
        persona="P",
        message="Hi.",
        lore=(
            Lore("asks", Place.SCENARIO, trims_first=True, constant=True),
            Lore("first", Place.SCENARIO),
            Lore("last", Place.AT_DEPTH, 4),
            standing("stays", Place.SCENARIO),
        ),
        memories=(Recollection("best", "then"), Recollection("worst", "then")),
    )
    gone: list[str] = []
    for filler in range(200):
        try:
            prompt = assemble(replace(scene, persona=words(filler)), TokenBudget(200), count)
        except PromptTooLong:
            break
        whole = "\n".join(turn.text for turn in prompt.turns)
        gone += [word for word in "asks best worst first last stays".split() if word not in whole + " ".join(gone)]
    assert gone == ["asks", "worst", "best", "last", "first"]


def test_what_a_prompt_is_made_of_can_be_told() -> None:
    scene = Scene(
        persona="You are Azera.",
        message="At the bow.",
        policy="Be kind.",
        history=FULL.history,
        memories=FULL.memories,
        examples=("A: Hi.", "A: Bye."),
        lore=(
            Lore("The sea is cold.", Place.SCENARIO, name="sea"),
            Lore("The moon is new.", Place.AT_DEPTH, 4, name="moon", constant=True),
        ),
        reminder="Be brief.",
    )
    made = itemised(scene, WIDE, count)
    assert made.prompt == assemble(scene, WIDE, count)
    assert made.slices == (
        Slice(Source.POLICY, 2),
        Slice(Source.PERSONA, 3),
        Slice(Source.EXAMPLES, 4, 2),
        Slice(Source.LORE, 4, name="moon"),
        Slice(Source.HISTORY, 4, 2),
        Slice(Source.LORE, 4, name="sea"),
        Slice(Source.MEMORIES, 15, 2),
        Slice(Source.REMINDER, 2),
        Slice(Source.MESSAGE, 3),
    )
