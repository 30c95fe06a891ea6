"""What the pages of one's own characters show: rows in, values out."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.models import User
from characters import access, portrayal, sections
from characters.cards.card import Card
from characters.diff import Difference, differences
from characters.macros import Seed, Values, displayed
from characters.models import Character, Version
from characters.pages import tags as tags_page
from characters.pages.sharing import LABELS, State, states
from characters.pages.tags import TagChoice, TagMark
from characters.tokens import estimate
from inference.text.budget import TokenBudget
from weights.choice import context_of
from weights.models import CAN_ANSWER, LanguageModel


@dataclass(frozen=True, slots=True)
class OwnCard:
    """`tag_choices` are all tags of its owner, with whether it has them."""

    id: UUID
    name: str
    tagline: str
    hue: int
    portrait: str
    state: State
    state_label: str
    rating: str
    rating_label: str
    tags: tuple[TagMark, ...]
    tag_choices: tuple[TagChoice, ...]
    has_draft: bool
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class VersionRow:
    number: int
    note: str
    created_at: datetime
    is_newest: bool
    is_public: bool


@dataclass(frozen=True, slots=True)
class SectionTokens:
    title: str
    tokens: int


@dataclass(frozen=True, slots=True)
class SheetPreview:
    """`html` is safe. Tokens are estimates."""

    html: SafeString
    sections: tuple[SectionTokens, ...]
    tokens: int


@dataclass(frozen=True, slots=True)
class Greeting:
    """`html` is safe."""

    text: str
    html: SafeString


def own_cards(user: User, *, search: str = "", tag: UUID | None = None) -> list[OwnCard]:
    """Those whose name or tagline says `search`, with this tag of theirs; the one edited last first."""
    words = search.casefold().split()
    found = access.own_characters_for(user).select_related("draft").defer("version__text", "draft__text")
    found = found.prefetch_related("tags")
    rows = [row for row in found if all(word in f"{row.name} {row.tagline}".casefold() for word in words)]
    if tag is not None:
        rows = [row for row in rows if any(one.id == tag for one in row.tags.all())]
    standing, every = states(rows), tags_page.choices(user, ())
    return [_own_card(row, standing[row.id], every) for row in rows]


def versions(character: Character) -> list[VersionRow]:
    """The newest first."""
    publication = getattr(character, "publication", None)
    public = publication.version_id if publication is not None and publication.is_listed else None
    rows = character.versions.defer("text")
    return [
        VersionRow(row.number, row.note, row.created_at, row.id == character.version_id, row.id == public)
        for row in rows
    ]


def compared(old: Version | None, new: Version) -> tuple[Difference, ...]:
    """What `new` says that `old` does not; without an old one, all that it says."""
    return differences(old.card if old is not None else Card(""), new.card)


def preview(user: User, text: str, name: str) -> SheetPreview:
    """A text of a character called `name` as a page shows it to its owner."""
    outline = sections.divided(text)
    counted = tuple(
        SectionTokens(section.title, estimate(f"## {section.title}\n{section.body}")) for section in outline.sections
    )
    return SheetPreview(rendered(user, text, name), counted, estimate(text))


def rendered(user: User, text: str, name: str) -> SafeString:
    values = Values(character=name or _("Nameless"), user=access.default_persona_for(user).name)
    return portrayal.rendered(displayed(text, values, Seed("preview", "preview")))


def greetings(user: User, texts: Iterable[str], name: str) -> list[Greeting]:
    return [Greeting(text, rendered(user, text, name)) for text in texts]


def language_models(character: Character) -> list[tuple[UUID, str]]:
    """Those that it may have instead of the usual one, and the one it has, though that may be away just now."""
    found = LanguageModel.objects.filter(Q(**CAN_ANSWER) | Q(id=character.language_model_id)).order_by("name")
    return [(model.id, model.label or model.name) for model in found]


def persona_share(character: Character) -> int:
    """The tokens that a character's profile may take, of the model that tells it; the usual number if unknown."""
    return TokenBudget(context_of(character.language_model)).system


def _own_card(row: Character, state: State, every: Iterable[TagChoice]) -> OwnCard:
    own = tags_page.marks(row.tags.all())
    on = {tag.id for tag in own}
    return OwnCard(
        id=row.id,
        name=row.name,
        tagline=row.tagline,
        hue=row.hue,
        portrait=portrayal.portrait(row, portrayal.LARGE),
        state=state,
        state_label=str(LABELS[state]),
        rating=row.rating,
        rating_label=row.get_rating_display(),
        tags=own,
        tag_choices=tuple(replace(one, is_on=one.id in on) for one in every),
        has_draft=hasattr(row, "draft"),
        updated_at=row.updated_at,
    )
