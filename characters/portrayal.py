"""What the pages show of characters: rows in, values out."""

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpResponse
from django.templatetags.static import static
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from characters import files, persona
from characters.models import Character, Persona
from core import markdown

# Widths in pixels at which every picture is kept; the pages ask for nothing else.
SMALL, LARGE = 96, 480


@dataclass(frozen=True, slots=True)
class CharacterCard:
    id: UUID
    name: str
    tagline: str
    hue: int
    portrait: str
    intent: str


@dataclass(frozen=True, slots=True)
class CharacterProfile:
    id: UUID
    name: str
    tagline: str
    hue: int
    portrait: str
    sheet_html: SafeString
    is_own: bool


def card(character: Character) -> CharacterCard:
    intent = persona.parse(character.card.description).intent
    return CharacterCard(
        character.id,
        character.name,
        character.tagline,
        character.hue,
        portrait(character, LARGE),
        " ".join(intent.split()),
    )


def profile(character: Character) -> CharacterProfile:
    return CharacterProfile(
        character.id,
        character.name,
        character.tagline,
        character.hue,
        portrait(character, LARGE),
        rendered(character.card.description),
        is_own=not character.is_built_in and character.deleted_at is None,
    )


def portrait(character: Character, width: int = SMALL) -> str:
    """The address of their face; "" without one."""
    if character.portrait:
        return static(character.portrait)
    return reverse("characters:picture", args=[character.id, character.face, width]) if character.face else ""


def persona_picture(someone: Persona) -> str:
    """The address of its picture; "" without one, and for one that was put away: nothing opens that any more."""
    if not someone.picture or someone.archived_at is not None:
        return ""
    return reverse("characters:persona_picture", args=[someone.id, someone.picture])


def drawn(digest: str, width: int, media_type: str = "image/webp") -> HttpResponse:
    """A picture of the shelf, for one browser to keep: what it holds is part of its address.

    `media_type` is that of the whole one, which `width` files.WHOLE asks for.
    """
    if width == files.WHOLE:
        response = HttpResponse(files.read(digest), content_type=media_type)
    else:
        response = HttpResponse(files.variant(digest, width), content_type="image/webp")
    response.headers["Cache-Control"] = "private, max-age=31536000, immutable"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def rendered(text: str) -> SafeString:
    """Markdown of a character's author, as safe HTML."""
    return mark_safe("".join(markdown.blocks(text)))  # noqa: S308  core.markdown has sanitised it
