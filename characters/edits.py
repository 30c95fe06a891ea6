"""What the editor changes of a card, as values. Pure.

A card is never built anew from these: `applied` says them in the card that was edited, which keeps all the rest.
"""

from dataclasses import dataclass, replace

from characters.cards.card import Card, with_changes
from characters.cards.extras import Rating, extras, with_extras
from characters.sections import renamed, unix
from core.json import JsonObject


@dataclass(frozen=True, slots=True)
class Edit:
    """`sheet` is the markdown. Lists have no empty items."""

    name: str
    nickname: str
    tagline: str
    sheet: str
    hue: int
    scenario: str
    personality: str
    first_message: str
    alternate_greetings: tuple[str, ...]
    group_only_greetings: tuple[str, ...]
    example_dialogue: str
    openers: tuple[str, ...]
    system_prompt: str
    post_history_instructions: str
    rating: Rating | None  # None: nobody has chosen one
    language: str
    tags: tuple[str, ...]
    creator_notes: str
    creator: str
    character_version: str
    book: JsonObject | None


def edit_of(card: Card) -> Edit:
    own = extras(card)
    return Edit(
        name=card.name,
        nickname=card.nickname,
        tagline=own.tagline,
        sheet=card.description,
        hue=own.shown_hue,
        scenario=card.scenario,
        personality=card.personality,
        first_message=card.first_message,
        alternate_greetings=_shown(card.alternate_greetings),
        group_only_greetings=_shown(card.group_only_greetings),
        example_dialogue=card.example_dialogue,
        openers=own.openers,
        system_prompt=card.system_prompt,
        post_history_instructions=card.post_history_instructions,
        rating=own.rating,
        language=own.language,
        tags=_shown(card.tags),
        creator_notes=card.creator_notes,
        creator=card.creator,
        character_version=card.character_version,
        book=card.book,
    )


def applied(card: Card, edit: Edit) -> Card:
    """The card saying these. What reads the same on a page stays to the letter, so that nothing becomes an edit by
    going through a form; a sheet whose heading is the old name gets the new one."""
    before = edit_of(card)
    sheet = _same(before.sheet, edit.sheet)
    if edit.name != before.name:
        sheet = renamed(sheet, before.name, edit.name)
    changed = with_changes(
        card,
        name=_same(before.name, edit.name),
        nickname=_same(before.nickname, edit.nickname),
        description=sheet,
        scenario=_same(before.scenario, edit.scenario),
        personality=_same(before.personality, edit.personality),
        first_message=_same(before.first_message, edit.first_message),
        alternate_greetings=_all_same(card.alternate_greetings, edit.alternate_greetings),
        group_only_greetings=_all_same(card.group_only_greetings, edit.group_only_greetings),
        example_dialogue=_same(before.example_dialogue, edit.example_dialogue),
        system_prompt=_same(before.system_prompt, edit.system_prompt),
        post_history_instructions=_same(before.post_history_instructions, edit.post_history_instructions),
        tags=_all_same(card.tags, edit.tags),
        creator_notes=_same(before.creator_notes, edit.creator_notes),
        creator=_same(before.creator, edit.creator),
        character_version=_same(before.character_version, edit.character_version),
        book=edit.book,
    )
    own = extras(card)
    return with_extras(
        changed,
        replace(
            own,
            tagline=edit.tagline,
            hue=own.hue if edit.hue == before.hue else edit.hue,
            rating=edit.rating,
            language=edit.language,
            openers=edit.openers,
        ),
    )


def _same(before: str, now: str) -> str:
    """The text as it was, if only its line ends or the empty space at its ends changed on the way."""
    return before if unix(before).strip() == unix(now).strip() else unix(now)


def _all_same(before: tuple[str, ...], now: tuple[str, ...]) -> tuple[str, ...]:
    """Likewise; texts of nothing, which no form shows, stay as long as nothing else changes."""
    shown = [unix(text).strip() for text in _shown(before)]
    return before if shown == [unix(text).strip() for text in now] else tuple(unix(text) for text in now)


def _shown(texts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(text for text in texts if text.strip())
