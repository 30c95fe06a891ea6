"""What the pages of the marketplace show: rows in, values out."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zlib import crc32

from django.db.models import Count, F, Func, QuerySet, TextField
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.timezone import now
from django.utils.translation import get_language, get_language_info

from accounts.models import User
from characters import access, dialogue, portrayal, search
from characters.cards.card import Card
from characters.models import Character, Favourite, Publication, Report
from characters.models.character import Rating
from core.errors import NotFound

PAGE = 24
TAGS_ON_A_CARD, TAGS_TO_CHOOSE, LANGUAGES_TO_CHOOSE = 3, 12, 40
WEEK = timedelta(days=7)
DIGEST_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Pill:
    tag: str
    hue: int


@dataclass(frozen=True, slots=True)
class PosterCard:
    """`rating_label` is empty for what everyone may read; `language` is a code."""

    id: UUID
    name: str
    tagline: str
    author: str
    hue: int
    picture: str
    rating: str
    rating_label: str
    language: str
    all_tags: tuple[str, ...]
    takes: int
    favourites: int
    has_voice: bool
    is_saved: bool
    is_theirs: bool

    @property
    def tags(self) -> list[Pill]:
        """Those that a card has room for."""
        return self.pills[:TAGS_ON_A_CARD]

    @property
    def pills(self) -> list[Pill]:
        # Any number that is always the same: a tag has one colour wherever it stands.
        return [Pill(tag, crc32(tag.encode()) % 360) for tag in self.all_tags]


@dataclass(frozen=True, slots=True)
class Shelf:
    """One page of posters. `is_total_cut` says that `total` is only how far was counted."""

    cards: list[PosterCard]
    after: str
    total: int
    is_total_cut: bool
    instead: str
    is_instead: bool


@dataclass(frozen=True, slots=True)
class Language:
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Choices:
    """What can be filtered by, the most used first."""

    tags: list[str]
    languages: list[Language]
    has_voices: bool


@dataclass(frozen=True, slots=True)
class Feature:
    card: PosterCard
    quote: str


@dataclass(frozen=True, slots=True)
class Turn:
    is_user: bool
    speaker: str
    html: SafeString


@dataclass(frozen=True, slots=True)
class Detail:
    """`copy_id` is the character that they may talk to: their own, their copy, or a built-in one."""

    card: PosterCard
    language: str
    greeting: SafeString
    greetings: int
    description: str
    sheet: SafeString
    dialogue: list[Turn]
    notes: SafeString
    lore_entries: int
    digest: str
    version: int
    listed_at: datetime | None
    approved_at: datetime
    user_name: str
    is_own: bool
    is_listed: bool
    is_reported: bool
    copy_id: UUID | None
    is_copy: bool
    follows: bool
    is_behind: bool


def shelf(user: User, wish: search.Wish, after: search.Place | None = None, limit: int = PAGE) -> Shelf:
    found = search.find(wish, limit, after)
    return Shelf(
        posters(user, found.publications),
        search.cursor_of(found.after) if found.after is not None else "",
        found.total,
        found.is_total_cut,
        found.instead,
        found.is_instead,
    )


def saved(user: User) -> tuple[list[PosterCard], int]:
    """What they saved, the newest first, and how many more were taken down since."""
    rows = Favourite.objects.filter(owner=user).order_by("-created_at", "-id")
    ids = list(rows.values_list("publication_id", flat=True))
    still_there = search.rows(search.seen_with(Rating.MATURE)).in_bulk(ids)
    return posters(user, [still_there[one] for one in ids if one in still_there]), len(ids) - len(still_there)


def posters(user: User, publications: list[Publication]) -> list[PosterCard]:
    ids = [publication.pk for publication in publications]
    favourites = Favourite.objects.filter(owner=user, publication_id__in=ids)
    copies = Character.objects.filter(owner=user, origin_id__in=ids, deleted_at=None)
    loved = set(favourites.values_list("publication_id", flat=True))
    taken = set(copies.values_list("origin_id", flat=True))
    return [
        _poster(one, is_saved=one.pk in loved, is_theirs=one.pk in taken or one.owner_id == user.pk)
        for one in publications
    ]


def choices(wish: search.Wish) -> Choices:
    """Of all that may be seen with this rating, whatever else is looked for."""
    listed = search.seen_with(wish.rating)
    each_tag = listed.annotate(tag=Func(F("tags"), function="unnest", output_field=TextField()))
    tags = _most_used(each_tag, "tag", TAGS_TO_CHOOSE)
    if wish.tag and wish.tag not in tags:
        tags.append(wish.tag)
    codes = [
        code.partition("-")[0] for code in _most_used(listed.exclude(language=""), "language", LANGUAGES_TO_CHOOSE)
    ]
    if wish.language:
        codes.append(wish.language)
    languages = [Language(code, language_name(code)) for code in dict.fromkeys(codes)]
    return Choices(tags, languages, has_voices=listed.filter(has_voice=True).exists())


def feature(user: User, rating: Rating) -> Feature | None:
    """Whom most people saved in the last seven days; None if nobody saved anybody."""
    lately = Favourite.objects.filter(created_at__gte=now() - WEEK, publication__in=search.seen_with(rating))
    counted = lately.values("publication_id").annotate(loves=Count("id"))
    first = counted.order_by("-loves", "-publication__listed_at", "publication_id").first()
    if first is None:
        return None
    publication = access.get_publication_for(user, first["publication_id"])
    line = dialogue.quote(approved_card(publication), access.default_persona_for(user).name)
    return Feature(posters(user, [publication])[0], line)


def detail(user: User, publication: Publication) -> Detail:
    """Of one that they may see. Raises `NotFound` for one that was never approved."""
    version = publication.version
    if version is None:
        raise NotFound
    card = version.card
    you = access.default_persona_for(user).name
    is_own = publication.owner_id == user.pk
    copy = Character.objects.filter(owner=user, origin=publication, deleted_at=None).select_related("version").first()
    at_hand = publication.character if publication.owner_id in {None, user.pk} else copy
    return Detail(
        card=posters(user, [publication])[0],
        language=language_name(publication.language) if publication.language else "",
        greeting=_shown(card.first_message, card, you),
        greetings=len([text for text in (card.first_message, *card.alternate_greetings) if text.strip()]),
        description=card.description,
        sheet=_shown(card.description, card, you),
        dialogue=_dialogue(card, you),
        notes=portrayal.rendered(dialogue.without_html(_notes(card))),
        lore_entries=card.lore_entries,
        digest=version.digest[:DIGEST_SHOWN],
        version=version.number,
        listed_at=publication.listed_at,
        approved_at=version.created_at,
        user_name=you,
        is_own=is_own,
        is_listed=publication.is_listed,
        is_reported=Report.objects.filter(owner=user, publication=publication, state=Report.State.OPEN).exists(),
        copy_id=at_hand.pk if at_hand is not None and at_hand.deleted_at is None else None,
        is_copy=copy is not None,
        follows=copy is not None and copy.follows,
        is_behind=copy is not None and copy.version is not None and copy.version.digest != version.digest,
    )


def approved_card(publication: Publication) -> Card:
    """What everybody may read. Raises `NotFound` for one that was never approved."""
    if publication.version is None:
        raise NotFound
    return publication.version.card


def language_name(code: str) -> str:
    """In itself, as those who look for it call it; the code for one that Django does not know."""
    try:
        return str(get_language_info(code)["name_local"]).capitalize()
    except KeyError:
        return code


def _poster(publication: Publication, *, is_saved: bool, is_theirs: bool) -> PosterCard:
    # Built-in ones have theirs among the product's own files.
    picture = portrayal.portrait(publication.character, portrayal.LARGE) if publication.owner_id is None else ""
    if publication.face:
        picture = reverse("characters:picture", args=[publication.character_id, publication.face, portrayal.LARGE])
    return PosterCard(
        id=publication.pk,
        name=publication.name,
        tagline=publication.tagline,
        author=publication.author,
        hue=publication.hue,
        picture=picture,
        rating=publication.rating,
        rating_label="" if publication.rating == Rating.EVERYONE else publication.get_rating_display(),
        language=publication.language,
        all_tags=tuple(publication.tags),
        takes=publication.takes,
        favourites=publication.favourites,
        has_voice=publication.has_voice,
        is_saved=is_saved,
        is_theirs=is_theirs,
    )


def _dialogue(card: Card, you: str) -> list[Turn]:
    return [
        Turn(line.is_user, you if line.is_user else card.spoken_name, portrayal.rendered(line.text))
        for line in dialogue.examples(card, you)
    ]


def _shown(text: str, card: Card, you: str) -> SafeString:
    return portrayal.rendered(dialogue.spoken(text, card, you))


def _notes(card: Card) -> str:
    """In the reader's language, where the author has written them in it."""
    language = (get_language() or "").partition("-")[0]
    return card.creator_notes_by_language.get(language) or card.creator_notes


def _most_used(rows: QuerySet[Publication], column: str, most: int) -> list[str]:
    counted = rows.values(column).annotate(times=Count("id")).order_by("-times", column)
    return [str(row[column]) for row in counted[:most]]
