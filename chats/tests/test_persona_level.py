"""A character never forgets who it is: every fact of its card is in every prompt, whatever else wants room.

`PERSONA_LEVEL=whole` runs all 20 cards through all 200 turns at each size; else three of them go.
"""

import os
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial

import pytest
from django.utils.timezone import now

from accounts.models import User
from characters.actions.characters import create_character
from characters.cards.card import Card
from chats import company, recollecting, staging
from chats.actions.starting import start_chat
from chats.models import Chat, Message, Role
from chats.prompting import PromptTooLong, Scene, Source, assemble, itemised
from chats.tests import persona_level
from chats.tests.persona_level import CARDS, CONTEXTS, FACTS, TURNS, Sheet, Talk, count, sheet
from core.json import Json, JsonObject
from inference.text.budget import TokenBudget
from inference.text.formats import CHATML
from inference.text.prompt import Prompt
from inference.text.prompt import Role as Speaker
from memory.models import Kind, Memory
from memory.models import Speaker as Whose

IS_WHOLE = os.environ.get("PERSONA_LEVEL") == "whole"
NUMBERS = tuple(range(CARDS)) if IS_WHOLE else (0, 10, 19)
# The turns that go through rows, of which some attack.
SAMPLED = (1, 9, 58, 101, 197)


@dataclass
class Score:
    """`pairs` of a turn and a fact were looked at in prompts that were made; `refused` turns had none."""

    prompts: int = 0
    refused: int = 0
    pairs: int = 0
    kept: int = 0

    def add(self, prompt: Prompt, of: Sheet) -> None:
        self.prompts += 1
        self.pairs += FACTS
        self.kept += persona_level.told(prompt, of)


def needed(scene: Scene) -> int:
    """What a prompt takes that holds only what may never be cut."""
    bare = replace(scene, lore=tuple(one for one in scene.lore if one.stays), memories=(), history=(), examples=())
    return persona_level.size_of(assemble(bare, TokenBudget(1_000_000), count))


def sent(scene: Scene, budget: TokenBudget) -> Prompt | None:
    """None: it is refused as too long."""
    try:
        return assemble(scene, budget, count)
    except PromptTooLong:
        return None


def test_the_cards_are_as_long_as_they_are_said_to_be() -> None:
    sizes = [sheet(number).tokens for number in range(CARDS)]
    assert sizes == sorted(sizes)
    assert (sizes[0] <= 420, sizes[-1] >= 2480) == (True, True)
    assert all(len({fact.split()[2] for fact in sheet(number).facts}) == FACTS for number in range(CARDS))


@pytest.mark.parametrize("context", CONTEXTS)
@pytest.mark.parametrize("number", NUMBERS)
def test_every_fact_is_in_every_prompt(number: int, context: int) -> None:
    talk, score, openings = Talk(sheet(number), context), Score(), set()
    for turn, (said, answer) in enumerate(persona_level.script(number)):
        scene = talk.scene(said)
        prompt = sent(scene, talk.budget)
        if prompt is None:
            # It says so rather than cut anything, and only where there is nothing else to be done.
            assert needed(scene) > talk.room - MARGIN, turn
            score.refused += 1
        else:
            assert persona_level.wrong(prompt, talk, scene) == [], turn
            openings.add(prompt.turns[0].text.partition("\n\n# How you talk")[0].partition("\n\n# Who you")[0])
            score.add(prompt, talk.sheet)
        talk.say(said, answer)
    assert score.prompts + score.refused == TURNS
    assert score.kept == score.pairs
    # All before the examples is the same in every turn.
    assert len(openings) <= 1
    if talk.sheet.tokens + LEAST_BESIDE < talk.room:
        assert score.prompts >= TURNS // 2
    print(f"card of {talk.sheet.tokens} in {context}: {score}")  # noqa: T201


# Tokens around turns are counted a little above what the template of the model that ships takes.
MARGIN = 60
# What else may never be cut, with a message of usual length.
LEAST_BESIDE = 500


def test_a_card_that_is_larger_than_the_context_is_refused_and_never_cut() -> None:
    talk = Talk(sheet(CARDS - 1), CONTEXTS[0])
    with pytest.raises(PromptTooLong) as refused:
        assemble(talk.scene("Hello."), talk.budget, count)
    assert refused.value.needed > refused.value.room


def test_keeping_the_newest_tokens_would_fail() -> None:
    """The same check on what others do: without it, the ones above would prove nothing."""
    talk, score, failures = Talk(sheet(4), CONTEXTS[1]), Score(), 0
    for said, answer in persona_level.script(4):
        scene = replace(talk.scene(said), history=tuple(talk.lines))
        prompt = persona_level.last_of(assemble(scene, TokenBudget(1_000_000), count), talk.room)
        failures += bool(persona_level.wrong(prompt, talk, scene))
        score.add(prompt, talk.sheet)
        talk.say(said, answer)
    assert score.kept < score.pairs / 2
    assert failures > TURNS / 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("redis_db")
class TestFromRows:
    """The same, all the way: a chat of 400 messages, a lorebook, memories, chapters."""

    @pytest.mark.parametrize("context", CONTEXTS)
    @pytest.mark.parametrize("number", [0, 8])
    def test_every_fact_is_in_every_prompt(self, alice: User, number: int, context: int) -> None:
        of = sheet(number)
        chat = start_chat(alice, create_character(alice, card(of)))
        path = say(chat, persona_level.script(number))
        remember(alice, chat)
        budget, seen = TokenBudget(context), set()
        for turn in SAMPLED:
            reply = path[2 * turn + 1]
            staged = staging.staged(
                reply,
                budget,
                count,
                minding=partial(recollecting.minded, reply, budget=budget, count=count),
            )
            assert len(staged.scene.lore) == LORE_ENTRIES
            try:
                made = itemised(staged.scene, budget, count)
            except PromptTooLong:
                assert needed(staged.scene) > budget.context - budget.reply - MARGIN
                continue
            seen.add(turn)
            prompt = made.prompt
            assert prompt.turns[0].role is Speaker.SYSTEM
            assert of.text in prompt.turns[0].text
            assert persona_level.told(prompt, of) == FACTS
            assert prompt.turns[-1].text == path[2 * turn].text
            assert persona_level.size_of(prompt) <= budget.context - budget.reply
            assert sum(one.tokens for one in made.slices if one.source is Source.MEMORIES) <= budget.recalled
            # Whatever people wrote, only the template's own markers are more than letters.
            controls = [part.text for part in CHATML.render(prompt) if part.control]
            assert controls.count("<|im_start|>") == controls.count("<|im_end|>") + 1
            assert controls.count("<|im_start|>") <= len(prompt.turns) + 1
            Message.objects.filter(id=reply.id).update(history_from=staged.begins)
        # Long ones are refused where there is little room; all others are answered.
        assert seen >= {turn for turn in SAMPLED if turn % 10 != 9 and turn % 7 != 3}


LORE_ENTRIES = 10
KEYS = ("sea", "calm", "lamp", "steps", "war", "ring", "系", "🙂", "港口", "船")


def card(of: Sheet) -> Card:
    entries: list[Json] = [
        JsonObject(
            keys=[*KEYS], content=f"Entry {at}: {'the tide turns at noon ' * 6}", enabled=True, insertion_order=at,
            constant=at < 2, position=("before_char", "after_char")[at % 2], extensions={},
        )
        for at in range(LORE_ENTRIES)
    ]  # fmt: skip
    return Card(
        of.name,
        description=of.text,
        personality="Dry.",
        scenario="A harbour at night.",
        example_dialogue="<START>\n{{user}}: Hi\n{{char}}: Mind the ninth step.",
        post_history_instructions="Keep it short.",
        book={"entries": entries, "extensions": {}},
    )


def say(chat: Chat, told: list[tuple[str, str]]) -> list[Message]:
    rows: list[Message] = []
    persona, begun = company.host_persona(chat), now() - timedelta(days=2)
    for said, answer in told:
        for role, text in ((Role.USER, said), (Role.CHARACTER, answer)):
            depth = len(rows)
            rows.append(
                Message(
                    owner=chat.owner, chat=chat, parent=rows[-1] if rows else None, depth=depth,
                    replies_before=depth // 2, role=role, persona=persona, character=chat.character,
                    witnesses=[chat.character_id], people=[chat.owner_id], text=text,
                    created_at=begun + timedelta(minutes=depth), finished_at=begun + timedelta(minutes=depth),
                )
            )  # fmt: skip
    return Message.objects.bulk_create(rows, batch_size=500)


def remember(user: User, chat: Chat) -> None:
    """More than there is room for, said elsewhere and told of in words that come up here."""
    begun = now() - timedelta(days=30)
    Memory.objects.bulk_create(
        Memory(
            owner=user, character=chat.character, kind=Kind.EXCHANGE, speaker=Whose.PERSON, spoken_by="Nora",
            author_id=user.id, text=f"{one.text} ({at})", people=[user.id], witnesses=[chat.character_id],
            said_at=begun + timedelta(hours=at),
        )
        for at, one in enumerate(persona_level.memories())
    )  # fmt: skip
