"""One prompt from one scene: in this order, within this room, with nothing cut that must not be."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from chats.prompting import Line, PromptTooLong, Recollection, Scene, assemble
from chats.prompting.fitting import TURN_OVERHEAD_TOKENS
from inference.text.budget import TokenBudget
from inference.text.prompt import Prompt, Role, Turn

WIDE = TokenBudget(4000)


def count(text: str) -> int:
    return len(text.split())


def cost(prompt: Prompt) -> int:
    """What the model has to read, with the opening of its own turn."""
    return sum(count(turn.text) + TURN_OVERHEAD_TOKENS for turn in prompt.turns) + TURN_OVERHEAD_TOKENS


def words(number: int, word: str = "w") -> str:
    return " ".join(f"{word}{i}" for i in range(number))


FULL = Scene(
    policy="Stay in character.",
    persona="# Azera\nYou are Azera, a mender of boats.",
    user_name="Protag",
    user_description="Tall.",
    summary="They met at the harbour.",
    history=(Line(Role.USER, "My boat leaks."), Line(Role.ASSISTANT, "Where?")),
    memories=(
        Recollection("The boat is called Brennick.", "yesterday", "fond"),
        Recollection("It is painted green.", "last week"),
    ),
    mood="Calm.",
    note="Keep it short.",
    message="At the bow.",
)


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
    later = Scene(
        **{name: getattr(FULL, name) for name in Scene.__slots__}
        | {"history": (*FULL.history, Line(Role.USER, "At the bow."), Line(Role.ASSISTANT, "Ah.")), "mood": "Glad."}
    )
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


SCENES = st.builds(
    Scene,
    persona=st.integers(0, 200).map(lambda number: words(number, "p")),
    message=st.integers(1, 100).map(lambda number: words(number, "q")),
    policy=st.integers(0, 30).map(words),
    history=st.lists(st.builds(Line, st.sampled_from([Role.USER, Role.ASSISTANT]), st.integers(1, 80).map(words)))
    .map(tuple),
    memories=st.lists(st.builds(Recollection, st.integers(1, 60).map(words), st.just("then"))).map(tuple),
    mood=st.integers(0, 20).map(words),
    note=st.integers(0, 20).map(words),
)  # fmt: skip


@given(SCENES, st.integers(50, 800))
def test_it_always_leaves_the_reply_its_room(scene: Scene, context: int) -> None:
    budget = TokenBudget(context)
    try:
        prompt = assemble(scene, budget, count)
    except PromptTooLong:
        assume(False)
    assert cost(prompt) <= budget.context - budget.reply


@given(SCENES, st.integers(50, 800))
def test_persona_mood_note_and_message_are_never_cut(scene: Scene, context: int) -> None:
    try:
        prompt = assemble(scene, TokenBudget(context), count)
    except PromptTooLong:
        return
    whole = "\n".join(turn.text for turn in prompt.turns)
    assert scene.persona in whole
    assert scene.mood in whole
    assert scene.note in whole
    assert prompt.turns[-1] == Turn(Role.USER, scene.message)
