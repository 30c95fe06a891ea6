"""Verbs on characters."""

from dataclasses import dataclass
from pathlib import Path

from characters import persona
from characters.models import Character

SHEETS = Path(__file__).parent / "personas"


@dataclass(frozen=True, slots=True)
class BuiltIn:
    slug: str
    tagline: str
    hue: int
    openers: tuple[str, ...]


BUILT_IN = (
    BuiltIn(
        "azera",
        "Fixes it first, explains it second.",
        232,
        ("Hello, who are you?", "Can you help me with Python?", "My build is broken again."),
    ),
    BuiltIn(
        "areza",
        "Keeper of a thousand dungeons.",
        300,
        ("Hello, who are you?", "I open the door.", "Tell me a story."),
    ),
)


def seed_characters() -> list[Character]:
    """The built-in characters as their sheets say today; those that are there already are brought up to date."""
    seeded = []
    for built_in in BUILT_IN:
        sheet = (SHEETS / f"{built_in.slug}.md").read_text()
        character, _created = Character.objects.update_or_create(
            slug=built_in.slug,
            owner=None,
            defaults={
                "name": persona.parse(sheet).name,
                "tagline": built_in.tagline,
                "sheet": sheet,
                "hue": built_in.hue,
                "portrait": f"img/portraits/{built_in.slug}.webp",
                "openers": list(built_in.openers),
            },
        )
        seeded.append(character)
    return seeded
