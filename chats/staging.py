"""From rows to the parts of a prompt: who is there, what the speaker heard, which lore that brings up."""

import random
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.utils.timezone import localtime, now

from characters import macros
from characters.cards.card import Card
from characters.cards.extras import depth_prompt
from characters.lore import activation
from characters.lore.activation import activate
from characters.lore.decorators import UiPrompt
from characters.lore.entry import Book
from characters.lore.position import Position
from characters.lore.reading import own_book
from characters.lore.state import State, from_json
from characters.models import Character, Lorebook, Persona
from chats import company, folding, wishes
from chats.models import Chat, Message, Role
from chats.prompting import Line, Lore, Place, Scene, blocks, system
from chats.recollecting import Minded
from chats.tree import path_to
from inference.text.budget import CountTokens, TokenBudget
from inference.text.prompt import Role as Speaker
from memory.recalling.query import Recalled

# More than any context holds; the budget decides how many of them are told.
HISTORY_MESSAGES = 400

Telling = Callable[[str], str]
# What the speaker has in mind, having heard these messages, when it answers this text.
Minding = Callable[[Sequence[Message], str], Minded]
NOTHING = Minded()


@dataclass(frozen=True, slots=True)
class Staged:
    """`lore` is what the lorebooks must remember once this reply has been told. `others` are the names of whoever else
    is there. `recalled` is what came to the speaker's mind; `begins` is the depth of the first message that is told,
    where earlier ones are not."""

    scene: Scene
    lore: State
    others: tuple[str, ...]
    recalled: Recalled
    begins: int


def staged(
    reply: Message,
    budget: TokenBudget,
    count: CountTokens,
    *,
    unsaid: Message | None = None,
    minding: Minding = lambda _heard, _text: NOTHING,
) -> Staged:
    """Everything that goes into the prompt of this reply, with all macros replaced.

    `unsaid` is a message that may yet be said before it; neither that nor the reply needs to be in the database.
    """
    path = path_to(reply.parent_id, limit=HISTORY_MESSAGES)
    heard = heard_by(reply.character_id, path if unsaid is None else [*path, unsaid])
    card = reply.character.card
    told = _told_by(reply.chat, reply.persona, card)
    characters, people = company.others(reply.chat, reply.character)
    # With names before what is said, as soon as it could be somebody else's.
    named = bool(characters) or len(people) > 1 or any(_is_others(message, reply) for message in heard)

    def stable(text: str) -> str:
        # What stands in the system part must not change from turn to turn, or the model reads all of it again: there
        # chance and the clock hang on the chat alone.
        return told(text, str(reply.chat_id), reply.chat.created_at)

    def fresh(text: str) -> str:
        return told(text, str(reply.id), now())

    wished = wishes.from_json(reply.wishes)
    woken = _woken(reply, heard, budget, lambda text: count(fresh(text)))
    lines = [_line(message, reply.character_id, named=named) for message in heard]
    message = lines.pop().text if lines and lines[-1].role == Speaker.USER else ""
    scene = Scene(
        policy=settings.CONTENT_POLICY,
        instructions=_instructions(
            "" if UiPrompt.SYSTEM in woken.disabled_prompts else stable(card.system_prompt), wished, budget, count
        ),
        persona=stable(card.description),
        personality=stable(card.personality),
        scenario=stable(card.scenario),
        user_name=reply.persona.name,
        user_description=stable(reply.persona.description),
        company=_company(card.spoken_name, characters, people) if named else "",
        lore=(*_lore(woken, stable, fresh), *_depth_prompt(card, fresh)),
        note="\n\n".join(filter(None, (fresh(reply.chat.note), _cut(wished.note, budget.system, count)))),
        reminder="" if UiPrompt.POST_HISTORY in woken.disabled_prompts else fresh(card.post_history_instructions),
        message=message,
        opening=reply.opening,
    )
    room = budget.history(spent=count(system(scene)) + count(message) + budget.recalled)
    is_cut = len(path) == HISTORY_MESSAGES
    history = folding.folded(reply, heard[: len(lines)], room, budget.context, count, is_cut=is_cut)
    mind = minding([*history.messages, *heard[len(lines) :]], heard[-1].text if message else "")
    scene = replace(
        scene,
        # They leave when the history needs their room, and do not come back when that is folded.
        examples=() if history.begins else tuple(blocks(stable(card.example_dialogue))),
        summary=history.summary,
        history=tuple(lines[len(lines) - len(history.messages) :]),
        memories=mind.lines,
        mood=mind.mood,
    )
    return Staged(scene, woken.state, (*characters, *people), mind.recalled, history.begins)


def heard_by(character_id: UUID, path: Iterable[Message]) -> list[Message]:
    """What of a path a character was there for, and is to know of."""
    return [
        message for message in path if character_id in message.witnesses and message.text and not message.is_hidden
    ]


def greetings(chat: Chat) -> dict[int, str]:
    """What the character may begin this chat with, by the numbers that its lorebook knows: 0 is the usual one."""
    card = chat.character.card
    told = _told_by(chat, company.host_persona(chat), card)
    texts = (card.first_message, *card.alternate_greetings)
    said = {number: told(text, str(chat.id), chat.created_at).strip() for number, text in enumerate(texts)}
    return {number: text for number, text in said.items() if text}


def books_of(chat: Chat, character: Character) -> list[Book]:
    """The character's own, those of the chat, and its owner's global ones."""
    own = own_book(character.card.book, str(character.id))
    others = Lorebook.objects.filter(owner_id=chat.owner_id, is_global=True).union(chat.lorebooks.all())
    return ([own] if own is not None else []) + [row.book for row in others.order_by("name", "id")]


def _told_by(chat: Chat, persona: Persona, card: Card) -> Callable[[str, str, datetime], str]:
    """How the card's macros are replaced in this chat, for a seed of chance and a moment."""
    names = macros.Values(character=card.spoken_name, user=persona.name)
    seed = macros.Seed(str(chat.id), str(chat.id))
    # What one macro stands for is not read for others, so these are read before they are somebody's value.
    parts = replace(
        names,
        persona=macros.expand(persona.description, names, seed),
        description=macros.expand(card.description, names, seed),
        personality=macros.expand(card.personality, names, seed),
        scenario=macros.expand(card.scenario, names, seed),
        examples=macros.expand(card.example_dialogue, names, seed),
    )

    def told(text: str, chance: str, moment: datetime) -> str:
        values = replace(parts, now=localtime(moment))
        return macros.expand(text, values, macros.Seed(str(chat.id), chance))

    return told


def _woken(reply: Message, heard: list[Message], budget: TokenBudget, count: CountTokens) -> activation.Activation:
    # Not the path's first: of a long chat only the end is here. Only one greeting of a chat is ever answered.
    begun = Message.objects.filter(chat=reply.chat, greeting__isnull=False, children__isnull=False)
    greeting = begun.values_list("greeting", flat=True).first()
    scene = activation.Scene(
        messages=tuple(_heard(message) for message in heard),
        earlier=heard[0].depth if heard else 0,
        earlier_replies=heard[0].replies_before if heard else 0,
        character=reply.character.card.spoken_name,
        user=reply.persona.name,
        greeting=greeting,
    )
    # Its own state: another character's says nothing of this one's book.
    own = (message.lore for message in reversed(heard) if message.character_id == reply.character_id)
    remembered = next((lore for lore in own if lore is not None), None)
    return activate(
        books_of(reply.chat, reply.character),
        scene,
        from_json(remembered),
        random.Random(str(reply.id)),  # noqa: S311  chance, not a secret; the same again for another attempt
        count,
        activation.Settings(budget=budget.recalled),
    )


def _instructions(card: str, wished: wishes.Wishes, budget: TokenBudget, count: CountTokens) -> str:
    """The card's, and after them the program's: these are as long as a program likes, and the persona is never cut."""
    return "\n\n".join(filter(None, (card, _cut(wished.instructions, budget.system, count))))


def _cut(text: str, room: int, count: CountTokens) -> str:
    """As many of its lines, from the first, as fit."""
    if count(text) <= room:
        return text
    lines = text.split("\n")
    # By halves: a text of many short lines would otherwise be counted line by line, thousands of times.
    kept = bisect_right(range(len(lines) + 1), room, key=lambda number: count("\n".join(lines[:number]))) - 1
    return "\n".join(lines[: max(kept, 0)]).strip()


def _heard(message: Message) -> activation.Message:
    role = Speaker.USER if message.role == Role.USER else Speaker.ASSISTANT
    return activation.Message(speaker_of(message), role, message.text)


def _line(message: Message, speaker_id: UUID, *, named: bool) -> Line:
    """As the speaker heard it: its own words are the assistant's, everybody else's are told to it."""
    is_own = message.role == Role.CHARACTER and message.character_id == speaker_id
    if is_own:
        return Line(Speaker.ASSISTANT, message.text)
    return Line(Speaker.USER, f"{speaker_of(message)}: {message.text}" if named else message.text)


def speaker_of(message: Message) -> str:
    return message.persona.name if message.role == Role.USER else message.character.name


def _is_others(message: Message, reply: Message) -> bool:
    return message.role == Role.CHARACTER and message.character_id != reply.character_id


def _company(speaker: str, characters: Iterable[str], people: Iterable[str]) -> str:
    """Names only: what another character's card says is that character's own to tell."""
    there = ", ".join([*characters, *people])
    return (
        f"{there}. Each line begins with the name of who says it. "
        f"You are {speaker}: write only what {speaker} says and does."
    )


def _lore(woken: activation.Activation, stable: Telling, fresh: Telling) -> Iterator[Lore]:
    for placed in woken.placed:
        entry = placed.entry
        # An outlet is a place in somebody's own prompt template, of which there is none here.
        if placed.position is Position.OUTLET:
            continue
        always = entry.constant and not (entry.use_probability and entry.probability < 100)
        yield Lore(
            text=(stable if always else fresh)(placed.content),
            place=Place(placed.position.value),
            depth=placed.depth,
            role=placed.role,
            constant=always,
            trims_first=placed.trims_first,
            name=entry.name or entry.comment or (entry.keys[0] if entry.keys else ""),
        )


def _depth_prompt(card: Card, fresh: Telling) -> Iterator[Lore]:
    wanted = depth_prompt(card)
    if wanted is not None:
        yield Lore(fresh(wanted.prompt), Place.AT_DEPTH, wanted.depth, wanted.role, constant=True, name="depth_prompt")
