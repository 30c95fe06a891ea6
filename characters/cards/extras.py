"""What a card's extensions say: Cognitia's own fields, and those of SillyTavern that are used here. Pure."""

import re
from dataclasses import dataclass
from enum import StrEnum

from characters.cards.card import Card, with_changes
from core.json import Json, JsonObject
from inference.text.prompt import Role

KEY = "cognitia"
# Of a character that nobody gave one.
DEFAULT_HUE = 30
LONGEST_TAGLINE = 160
MOST_OPENERS, LONGEST_OPENER = 3, 200
# Of a voice or a prompt format. What is longer is no name of ours, and a cut one would be another's.
LONGEST_NAME = 80
# As BCP 47 has it, less its rarities: a language, then script, region and variants, in 16 letters.
LANGUAGE = re.compile(r"(?=.{2,16}$)[a-z]{2,8}(?:-[a-z0-9]{1,8}){0,4}")
EMPTY: tuple[Json, ...] = (None, "", [])
# SillyTavern's, where a depth prompt does not say.
DEPTH, DEEPEST = 4, 10_000


class Rating(StrEnum):
    EVERYONE = "everyone"
    TEEN = "teen"
    MATURE = "mature"


@dataclass(frozen=True, slots=True)
class Extras:
    """Cognitia's own. `hue` is in degrees below 360; `language` a lower-case BCP 47 tag (`en`, `pt-br`) or empty.

    `openers` are first lines to offer to the person.
    """

    tagline: str = ""
    hue: int | None = None
    rating: Rating | None = None
    language: str = ""
    openers: tuple[str, ...] = ()
    voice: str = ""
    prompt_format: str = ""

    @property
    def shown_hue(self) -> int:
        return DEFAULT_HUE if self.hue is None else self.hue


@dataclass(frozen=True, slots=True)
class DepthPrompt:
    """To be said `depth` messages before the end."""

    prompt: str
    depth: int
    role: Role


def extras(card: Card) -> Extras:
    """Whatever types the card has: what cannot be read is empty, what is too long is cut."""
    found = _extensions(card).get(KEY)
    return _read(found if isinstance(found, dict) else {})


def with_extras(card: Card, extras: Extras) -> Card:
    """The card saying these, within the limits. Other keys stay as they are, and so do values that read as these."""
    after = with_changes(card)
    extensions = dict(_extensions(after))
    found = extensions.get(KEY)
    own = dict(found) if isinstance(found, dict) else {}
    before = _written(_read(own))
    for key, value in _written(_read(_written(extras))).items():
        if value != before[key]:
            own[key] = value
        if own.get(key) in EMPTY:
            own.pop(key, None)
    if own:
        extensions[KEY] = own
    else:
        extensions.pop(KEY, None)
    data = after.raw["data"]
    if isinstance(data, dict):  # always: with_changes has just made it, and nobody else has it yet
        data["extensions"] = extensions
    return after


def depth_prompt(card: Card) -> DepthPrompt | None:
    found = _extensions(card).get("depth_prompt")
    said = found if isinstance(found, dict) else {}
    prompt = said.get("prompt")
    if not isinstance(prompt, str) or not prompt.strip():
        return None
    depth = _number(said.get("depth"), DEEPEST)
    role = next((role for role in Role if role == said.get("role")), Role.SYSTEM)
    return DepthPrompt(prompt, DEPTH if depth is None else int(depth), role)


def talkativeness(card: Card) -> float | None:
    """From 0 (silent in a group) to 1 (always answers); None where the card does not say."""
    said = _number(_extensions(card).get("talkativeness"), 1)
    return _number(card.raw.get("talkativeness"), 1) if said is None else said


def _extensions(card: Card) -> JsonObject:
    """The card's own, to be read; empty where it has none that are an object."""
    data = card.raw.get("data")
    found = data.get("extensions") if isinstance(data, dict) else None
    return found if isinstance(found, dict) else {}


def _read(said: JsonObject) -> Extras:
    hue = _number(said.get("hue"), 359)
    rating = _line(said.get("rating"), LONGEST_NAME).casefold()
    language = _line(said.get("language"), LONGEST_NAME).replace("_", "-").lower()
    return Extras(
        tagline=_line(said.get("tagline"), LONGEST_TAGLINE),
        hue=None if hue is None else int(hue),
        rating=Rating(rating) if rating in set(Rating) else None,
        language=language if LANGUAGE.fullmatch(language) else "",
        openers=_openers(said.get("openers")),
        voice=_name(said.get("voice")),
        prompt_format=_name(said.get("prompt_format")),
    )


def _written(extras: Extras) -> JsonObject:
    return {
        "tagline": extras.tagline,
        "hue": extras.hue,
        "rating": extras.rating.value if extras.rating else None,
        "language": extras.language,
        "openers": list(extras.openers),
        "voice": extras.voice,
        "prompt_format": extras.prompt_format,
    }


def _line(value: Json, most: int) -> str:
    """A text on one line; line breaks would break the lists and buttons that these stand in."""
    return " ".join(value.split())[:most].rstrip() if isinstance(value, str) else ""


def _name(value: Json) -> str:
    return value.strip() if isinstance(value, str) and len(value.strip()) <= LONGEST_NAME else ""


def _openers(value: Json) -> tuple[str, ...]:
    lines = [_line(item, LONGEST_OPENER) for item in (value if isinstance(value, list) else [value])]
    return tuple(line for line in lines if line)[:MOST_OPENERS]


def _number(value: Json, most: int) -> float | None:
    """The nearest from 0 to `most`. SillyTavern writes its numbers as texts now and then."""
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
        return None
    return max(0, min(value, most))
