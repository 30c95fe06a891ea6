"""What holds of every scene and every context."""

from dataclasses import replace
from itertools import groupby

from hypothesis import assume, given
from hypothesis import strategies as st

from chats.prompting import Line, Lore, Place, PromptTooLong, Recollection, Scene, Source, assemble, itemised
from chats.prompting.tests.making import cost, count, words
from inference.text.budget import TokenBudget
from inference.text.prompt import Role, Turn

LORE = st.builds(
    Lore,
    text=st.integers(0, 60).flatmap(lambda number: st.integers(0, 99).map(lambda name: words(number, f"l{name}-"))),
    place=st.sampled_from(Place),
    depth=st.integers(-1, 12),
    role=st.sampled_from(Role),
    constant=st.booleans(),
    trims_first=st.booleans(),
)
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
    instructions=st.integers(0, 20).map(words),
    scenario=st.integers(0, 20).map(words),
    examples=st.lists(st.integers(1, 60).map(lambda number: words(number, "e")), max_size=5).map(tuple),
    lore=st.lists(LORE, max_size=6).map(tuple),
    reminder=st.integers(0, 20).map(words),
)  # fmt: skip


def system_part(scene: Scene, context: int) -> str:
    first = assemble(scene, TokenBudget(context), count).turns[0]
    return first.text if first.role is Role.SYSTEM else ""


@given(SCENES, st.integers(50, 1500))
def test_it_always_leaves_the_reply_its_room(scene: Scene, context: int) -> None:
    budget = TokenBudget(context)
    try:
        prompt = assemble(scene, budget, count)
    except PromptTooLong:
        assume(False)
    assert cost(prompt) <= budget.context - budget.reply


@given(SCENES, st.integers(50, 1500))
def test_only_history_memories_examples_and_lore_that_was_brought_up_are_ever_cut(scene: Scene, context: int) -> None:
    try:
        prompt = assemble(scene, TokenBudget(context), count)
    except PromptTooLong:
        return
    whole = "\n".join(turn.text for turn in prompt.turns)
    for part in (scene.policy, scene.instructions, scene.persona, scene.scenario, scene.mood, scene.note):
        assert part in whole
    assert scene.reminder in whole
    assert all(one.text in whole for one in scene.lore if one.constant and not one.trims_first)
    assert prompt.turns[-1] == Turn(Role.USER, scene.message)


@given(SCENES, st.integers(50, 3000))
def test_no_history_leaves_for_an_example(scene: Scene, context: int) -> None:
    try:
        prompt = assemble(replace(scene, lore=()), TokenBudget(context), count)
    except PromptTooLong:
        return
    if scene.examples and scene.examples[0] in prompt.turns[0].text:
        told = [turn for turn in prompt.turns[1:-1] if turn.role is not Role.SYSTEM]
        assert told == [Turn(line.role, line.text) for line in scene.history]


@given(SCENES, st.integers(50, 3000), st.data())
def test_a_line_less_of_history_never_takes_anything_out_of_the_system_part(
    scene: Scene, context: int, data: st.DataObject
) -> None:
    assume(scene.history)
    gone = data.draw(st.integers(0, len(scene.history) - 1))
    shorter = replace(scene, history=scene.history[:gone] + scene.history[gone + 1 :])
    try:
        before, after = (system_part(one, context) for one in (scene, shorter))
    except PromptTooLong:
        return
    assert after == before or before == system_part(replace(scene, examples=()), context)


@given(SCENES, st.integers(500, 3000), st.data())
def test_in_a_growing_chat_the_system_part_changes_once_whatever_is_recalled(
    scene: Scene, context: int, data: st.DataObject
) -> None:
    lines = st.lists(st.integers(1, 80).map(words), min_size=2, max_size=2)
    standing = tuple(one for one in scene.lore if one.constant and not one.trims_first)
    seen = []
    for _ in range(12):
        scene = replace(
            scene,
            memories=tuple(Recollection(text, "then") for text in data.draw(st.lists(st.integers(1, 60).map(words)))),
            lore=standing + tuple(replace(one, constant=False) for one in data.draw(st.lists(LORE, max_size=4))),
        )
        try:
            seen.append(system_part(scene, context))
        except PromptTooLong:
            return
        answer, message = data.draw(lines)
        scene = replace(
            scene,
            history=(*scene.history, Line(Role.USER, scene.message), Line(Role.ASSISTANT, answer)),
            message=message,
        )
    assert len(list(groupby(seen))) <= 2


@given(SCENES, st.integers(50, 1500))
def test_lore_and_memories_share_what_is_for_them(scene: Scene, context: int) -> None:
    budget = TokenBudget(context)
    try:
        made = itemised(scene, budget, count)
    except PromptTooLong:
        return
    stays = {one.text for one in scene.lore if one.constant and not one.trims_first}
    whole = "\n".join(turn.text for turn in made.prompt.turns)
    brought_up = {one.text for one in scene.lore if one.text and one.text in whole} - stays
    assume(not any(text in other for text in brought_up for other in (stays | brought_up) - {text}))
    memories = sum(one.tokens for one in made.slices if one.source is Source.MEMORIES)
    assert memories + sum(count(text) for text in brought_up) <= budget.recalled


@given(SCENES, st.integers(50, 1500))
def test_new_parts_that_are_empty_change_nothing(scene: Scene, context: int) -> None:
    plain = replace(scene, instructions="", scenario="", examples=(), lore=(), reminder="")
    blank = replace(
        plain,
        instructions=" ",
        personality="\n",
        scenario=" ",
        reminder="\n",
        lore=tuple(Lore(" ", place, constant=constant) for place in Place for constant in (True, False)),
    )
    try:
        prompt = assemble(plain, TokenBudget(context), count)
    except PromptTooLong:
        return
    assert assemble(blank, TokenBudget(context), count) == prompt
