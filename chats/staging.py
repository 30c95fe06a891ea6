"""From rows to the parts of a prompt: who is there, what was said, which lore it brings up."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

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
from characters.models import Lorebook, Persona
from chats.models import Chat, Message, Role
from chats.path import path_to
from chats.prompting import Line, Lore, Place, Scene, blocks
from inference.errors import EngineFailed
from inference.text.budget import CountTokens, TokenBudget
from inference.text.prompt import Role as Speaker

# More than any context holds; the budget decides how many of them are told.
HISTORY_MESSAGES = 400

Telling = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Staged:
    """`lore` is what the lorebooks must remember once this reply has been told."""

    scene: Scene
    lore: State


def staged(reply: Message, budget: TokenBudget, count: CountTokens) -> Staged:
    """Everything that goes into the prompt of this reply, with all macros replaced."""
    message = reply.parent
    if message is None:
        raise EngineFailed("a reply without a message")
    before = path_to(message.parent_id, limit=HISTORY_MESSAGES)
    card = reply.character.card
    told = _told_by(reply.chat, reply.persona, card)

    def stable(text: str) -> str:
        # What stands in the system part must not change from turn to turn, or the model reads all of it again: there
        # chance and the clock hang on the chat alone.
        return told(text, str(reply.chat_id), reply.chat.created_at)

    def fresh(text: str) -> str:
        return told(text, str(reply.id), now())

    woken = _woken(reply, [*before, message], budget, lambda text: count(fresh(text)))
    scene = Scene(
        policy=settings.CONTENT_POLICY,
        instructions="" if UiPrompt.SYSTEM in woken.disabled_prompts else stable(card.system_prompt),
        persona=stable(card.description),
        personality=stable(card.personality),
        scenario=stable(card.scenario),
        examples=tuple(blocks(stable(card.example_dialogue))),
        user_name=reply.persona.name,
        user_description=stable(reply.persona.description),
        history=tuple(_line(earlier) for earlier in before if earlier.text),
        lore=(*_lore(woken, stable, fresh), *_depth_prompt(card, fresh)),
        reminder="" if UiPrompt.POST_HISTORY in woken.disabled_prompts else fresh(card.post_history_instructions),
        message=message.text,
    )
    return Staged(scene, woken.state)


def greetings(chat: Chat) -> dict[int, str]:
    """What the character may begin this chat with, by the numbers that its lorebook knows: 0 is the usual one."""
    card = chat.character.card
    told = _told_by(chat, chat.persona, card)
    texts = (card.first_message, *card.alternate_greetings)
    said = {number: told(text, str(chat.id), chat.created_at).strip() for number, text in enumerate(texts)}
    return {number: text for number, text in said.items() if text}


def books_of(chat: Chat) -> list[Book]:
    """The character's own, those of the chat, and its owner's global ones."""
    own = own_book(chat.character.card.book, str(chat.character_id))
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


def _woken(reply: Message, path: list[Message], budget: TokenBudget, count: CountTokens) -> activation.Activation:
    # Not the path's first: of a long chat only the end is here. Only one greeting of a chat is ever answered.
    begun = Message.objects.filter(chat=reply.chat, greeting__isnull=False, children__isnull=False)
    greeting = begun.values_list("greeting", flat=True).first()
    scene = activation.Scene(
        messages=tuple(_heard(message) for message in path),
        earlier=path[0].depth,
        earlier_replies=_replies_before(path[0]),
        character=reply.character.card.spoken_name,
        user=reply.persona.name,
        greeting=greeting,
    )
    remembered = next((message.lore for message in reversed(path) if message.lore is not None), None)
    return activate(
        books_of(reply.chat),
        scene,
        from_json(remembered),
        random.Random(str(reply.id)),  # noqa: S311  chance, not a secret; the same again for another attempt
        count,
        activation.Settings(budget=budget.recalled),
    )


def _replies_before(message: Message) -> int:
    """How many of the messages before it are the character's: they take turns, and who began shows in who is at an
    even depth."""
    character_began = (message.role == Role.CHARACTER) == (message.depth % 2 == 0)
    return (message.depth + character_began) // 2


def _heard(message: Message) -> activation.Message:
    is_user = message.role == Role.USER
    name = message.persona.name if is_user else message.character.name
    return activation.Message(name, Speaker.USER if is_user else Speaker.ASSISTANT, message.text)


def _line(message: Message) -> Line:
    return Line(Speaker.USER if message.role == Role.USER else Speaker.ASSISTANT, message.text)


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
