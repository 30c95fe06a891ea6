"""The marketplace as the database searches it.

A publication's words are kept by weight: A its name, B tags and tagline, C its author and what the author notes, D the
beginning of its description. What somebody typed is cut into the same words, so no syntax of a query can be typed.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeAlias
from uuid import UUID

from django.contrib.postgres.search import SearchQueryField, SearchRank, SearchVectorField
from django.db import transaction
from django.db.models import (
    BooleanField,
    Case,
    Expression,
    F,
    FloatField,
    Func,
    IntegerField,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import Cast, Length, Ln
from django.utils.translation import gettext as _

from characters import spelling
from characters.cards.card import Card
from characters.cards.extras import extras
from characters.models import Publication, Word
from characters.models.character import Rating
from core.errors import BadInput

NOTES_LENGTH, DESCRIPTION_LENGTH = 1_000, 2_000
NAME_LENGTH, TAG_LENGTH, MOST_TAGS = 80, 40, 20
# A position in a tsvector ends there, and a word may have so many.
LAST_POSITION, MOST_POSITIONS = 16_383, 255

TEXT_LENGTH, MOST_WORDS = 200, 8
LEAST_BEGUN = 3
# Fewer than these, and what was typed may be a slip of the finger.
FEW = 5
# So many are weighed against each other: those with the words in their name, then the best loved.
MOST_WEIGHED = 200
MOST_COUNTED, MOST_MATCHES_COUNTED = 10_000, 1_000
WEIGHTS = [0.05, 0.15, 0.4, 1.0]  # D, C, B, A
EXACTNESS, POPULARITY = 2.0, 0.02
SCORE_STEPS = 1_000_000
HIGHEST_NUMBER = 2**31


class Sort(StrEnum):
    BEST = "best"
    LOVED = "loved"
    NEWEST = "newest"
    TAKEN = "taken"


RATINGS = {Rating.EVERYONE: [Rating.EVERYONE], Rating.TEEN: [Rating.EVERYONE, Rating.TEEN]}


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody looks for. `rating` is the highest that they want to see. `BEST` needs a text."""

    text: str = ""
    tag: str = ""
    rating: Rating = Rating.TEEN
    language: str = ""
    with_voice: bool = False
    sort: Sort = Sort.LOVED


@dataclass(frozen=True, slots=True)
class Place:
    """After which publication a page begins: what it is sorted by, and then who it is."""

    number: int
    listed_at: datetime | None
    id: UUID


@dataclass(frozen=True, slots=True)
class Found:
    """One page; `after` is where the next one begins, None at the end. If `total` is cut there are more.

    `instead` is what was searched beside the text, or in its place where nothing is like it (`is_instead`).
    """

    publications: list[Publication]
    after: Place | None
    total: int
    is_total_cut: bool = False
    instead: str = ""
    is_instead: bool = False


# Each word that was typed, and those that it may have been meant for. The last one may be only begun.
Meanings: TypeAlias = list[tuple[str, list[str]]]


def index(publication: Publication, card: Card) -> None:
    """Writes what the card says into the columns that lists and searches read, and its words into the vocabulary.

    All but author, face, version and state, which the caller has set: the author's name is part of the words.
    """
    own = extras(card)
    publication.name = " ".join(card.name.split())[:NAME_LENGTH]
    publication.tagline = own.tagline
    publication.hue = own.shown_hue
    publication.rating = Rating(own.rating) if own.rating else Rating.EVERYONE
    publication.language = own.language
    publication.has_voice = bool(own.voice)
    publication.tags = tags_of(card)
    weighed = [
        ("A", spelling.words(f"{publication.name} {card.nickname[:NAME_LENGTH]}")),
        ("B", spelling.words(" ".join([*publication.tags, publication.tagline]))),
        ("C", spelling.words(f"{publication.author} {card.creator_notes[:NOTES_LENGTH]}")),
        ("D", spelling.words(card.description[:DESCRIPTION_LENGTH])),
    ]
    spelt = sorted({word for _weight, found in weighed for word in found if spelling.is_spelt(word)})
    with transaction.atomic():
        publication.save(
            update_fields=["name", "tagline", "hue", "rating", "language", "has_voice", "tags", "updated_at"]
        )
        vector = Cast(Value(_vector(weighed)), SearchVectorField())
        Publication.objects.filter(pk=publication.pk).update(words=vector)
        known = set(Word.objects.filter(text__in=spelt).values_list("text", flat=True))
        # In order, so that two who write the same words never wait for each other.
        fresh = [Word(text=word, trigrams=sorted(spelling.trigrams(word))) for word in spelt if word not in known]
        Word.objects.bulk_create(fresh, ignore_conflicts=True)
    publication.refresh_from_db(fields=["words"])


def tags_of(card: Card) -> list[str]:
    """As filters show them: in small letters, each once."""
    tidy = (" ".join(tag.split()).lower()[:TAG_LENGTH].rstrip() for tag in card.tags)
    return list(dict.fromkeys(tag for tag in tidy if tag))[:MOST_TAGS]


def find(wish: Wish, limit: int, after: Place | None = None) -> Found:
    """At most `limit` of what everybody may see, from `after` on."""
    typed = spelling.words(wish.text[:TEXT_LENGTH])[:MOST_WORDS]
    wanted = _filtered(wish)
    if not wish.text.strip():
        return _in_order(wanted, wish.sort, limit, after, MOST_COUNTED)
    if not typed:
        return Found([], None, 0)
    exact: Meanings = [(word, []) for word in typed]
    as_typed = seen_with(Rating.MATURE).filter(matches(exact))[:FEW].count()
    # Several words that stand together somewhere are no slips.
    meant = _meant(typed) if as_typed == 0 or (as_typed < FEW and len(typed) == 1) else exact
    matching = wanted.filter(matches(meant))
    if wish.sort != Sort.BEST:
        found = _in_order(matching, wish.sort, limit, after, MOST_MATCHES_COUNTED)
    else:
        found = _by_merit(matching, meant, exact, limit, after)
    if not found.publications or meant == exact:
        return found
    return replace(found, instead=_said(meant, found.publications), is_instead=not as_typed)


def cursor_of(place: Place) -> str:
    """An address of a place, for whoever asks for the next page."""
    at = place.listed_at.isoformat() if place.listed_at is not None else ""
    return urlsafe_b64encode(f"{place.number}|{at}|{place.id}".encode()).decode().rstrip("=")


def place_of(cursor: str) -> Place:
    """Raises `BadInput` for what `cursor_of` has not written."""
    try:
        number, at, id_ = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().split("|")
        listed_at = datetime.fromisoformat(at) if at else None
        place = Place(int(number), listed_at, UUID(id_))
    except ValueError as error:
        raise BadInput(_("There is no such page. Go back to the beginning.")) from error
    if abs(place.number) >= HIGHEST_NUMBER or (listed_at is not None and listed_at.utcoffset() != timedelta(0)):
        raise BadInput(_("There is no such page. Go back to the beginning."))
    return place


def rows(publications: QuerySet[Publication]) -> QuerySet[Publication]:
    """With what a list shows of them, and without their words, which are long."""
    return publications.filter(character__deleted_at=None).select_related("character").defer("words")


def seen_with(rating: Rating) -> QuerySet[Publication]:
    """What is listed, rated no higher than this. What is shown of it is asked for by `rows`.

    Whoever deletes a character takes it back first; to look at that for thousands of rows would cost most of the time.
    """
    listed = Publication.objects.filter(is_listed=True)
    return listed if rating == Rating.MATURE else listed.filter(rating__in=RATINGS[rating])


def _filtered(wish: Wish) -> QuerySet[Publication]:
    wanted = seen_with(wish.rating)
    if wish.tag:
        wanted = wanted.filter(tags__contains=[wish.tag.lower()])
    if wish.language:
        wanted = wanted.filter(Q(language=wish.language) | Q(language__startswith=f"{wish.language}-"))
    return wanted.filter(has_voice=True) if wish.with_voice else wanted


def _in_order(wanted: QuerySet[Publication], sort: Sort, limit: int, after: Place | None, most: int) -> Found:
    if after is not None and after.listed_at is None:
        raise BadInput(_("There is no such page. Go back to the beginning."))
    column = "takes" if sort == Sort.TAKEN else "favourites"
    if sort == Sort.NEWEST:
        ordered = wanted.order_by("-listed_at", "-id")
        if after is not None:
            ordered = ordered.filter(
                Q(listed_at__lte=after.listed_at), ~Q(listed_at=after.listed_at, id__gte=after.id)
            )
    else:
        ordered = wanted.order_by(f"-{column}", "-listed_at", "-id")
        if after is not None:
            earlier = Q(listed_at__lt=after.listed_at) | Q(listed_at=after.listed_at, id__lt=after.id)
            fewer, as_many = Q((f"{column}__lt", after.number)), Q((column, after.number))
            # The first says nothing new, but is what the index is read by.
            ordered = ordered.filter(Q((f"{column}__lte", after.number)), fewer | (as_many & earlier))
    page = list(rows(ordered)[: limit + 1])
    rest = _place(page[limit - 1], sort) if len(page) > limit else None
    return Found(page[:limit], rest, *_counted(wanted, most))


def _counted(wanted: QuerySet[Publication], most: int) -> tuple[int, bool]:
    total = wanted[: most + 1].count()
    return min(total, most), total > most


def _place(publication: Publication, sort: Sort) -> Place:
    number = {Sort.LOVED: publication.favourites, Sort.TAKEN: publication.takes}.get(sort, 0)
    return Place(number, publication.listed_at, publication.id)


def _by_merit(
    matching: QuerySet[Publication], meant: Meanings, exact: Meanings, limit: int, after: Place | None
) -> Found:
    named = _named(meant)
    weighed = matching.order_by(named.desc(), "-favourites", "-listed_at", "-id").values_list("pk", flat=True)
    score: Expression = SearchRank(
        F("words"), _query(meant), weights=WEIGHTS, cover_density=True, normalization=Value(32)
    )
    score = score + named + POPULARITY * Ln(1.0 + F("favourites") + F("takes"), output_field=FloatField())
    if meant != exact:
        score = score + Case(When(matches(exact), then=Value(EXACTNESS)), default=Value(0.0))
    # Whole numbers, which come back from a cursor as they were.
    # By their ids: as one query it would look through all publications.
    ranked = Publication.objects.filter(pk__in=list(weighed[:MOST_WEIGHED]))
    ranked = ranked.annotate(score=Cast(score * SCORE_STEPS, IntegerField()))
    if after is not None:
        ranked = ranked.filter(Q(score__lt=after.number) | Q(score=after.number, id__lt=after.id))
    scores = list(ranked.order_by("-score", "-id").values_list("id", "score")[: limit + 1])
    found = rows(Publication.objects.filter(is_listed=True)).in_bulk([one for one, _score in scores])
    rest = Place(scores[limit - 1][1], None, scores[limit - 1][0]) if len(scores) > limit else None
    return Found(
        [found[one] for one, _score in scores[:limit] if one in found], rest, *_counted(matching, MOST_MATCHES_COUNTED)
    )


def _meant(typed: list[str]) -> Meanings:
    """For words that are nowhere, the nearest that are somewhere; for the others, those that are one slip away."""
    known = set(Word.objects.filter(text__in=typed).values_list("text", flat=True))
    begun = typed[-1]
    is_telling = len(typed) > 1 or len(begun) >= LEAST_BEGUN
    if begun not in known and is_telling and Word.objects.filter(text__startswith=begun).exists():
        known.add(begun)
    return [(word, _near(word, 1 if word in known else spelling.mistakes(word))) for word in typed]


def _near(word: str, most: int) -> list[str]:
    """Words at a distance of one if there are any, or else of `most`."""
    if not spelling.is_spelt(word):
        return []
    for slips in range(1, most + 1):
        alike = Word.objects.filter(trigrams__overlap=spelling.telling(word, slips)).annotate(length=Length("text"))
        alike = alike.filter(length__gte=len(word) - slips, length__lte=len(word) + slips)
        near = spelling.nearest(word, alike.values_list("text", flat=True), slips)
        if near:
            return near
    return []


def matches(meanings: Meanings) -> Func:
    return Func(
        F("words"), _query(meanings), template="(%(expressions)s)", arg_joiner=" @@ ", output_field=BooleanField()
    )


def _query(meanings: Meanings) -> Cast:
    """All of the words; of each, itself or one that it may mean. Being letters and digits, none can be an operator."""
    parts = []
    for at, (word, others) in enumerate(meanings):
        # Two letters alone begin most of all names: 13,000 of 20,000 would be found, and weighed.
        is_telling = at > 0 or len(word) >= LEAST_BEGUN
        begun = ":*" if at == len(meanings) - 1 and is_telling else ""
        parts.append(" | ".join([f"'{word}'{begun}", *(f"'{other}'" for other in others)]))
    return Cast(Value(" & ".join(f"({part})" for part in parts)), SearchQueryField())


def _named(meanings: Meanings) -> Expression:
    """How many of the words stand in the name: it is at hand, where the vector lies elsewhere on the disk."""
    named: Expression = Value(0.0)
    for word, others in meanings:
        somewhere = Q(name__icontains=word)
        for other in others:
            somewhere |= Q(name__icontains=other)
        named = named + Case(When(somewhere, then=Value(1.0)), default=Value(0.0))
    return named


def _said(meanings: Meanings, found: list[Publication]) -> str:
    """What the page says that it searched: of words that may be meant, those that the first results have."""
    seen = [set(spelling.words(" ".join([one.name, one.tagline, one.author, *one.tags]))) for one in found]
    said = []
    for word, others in meanings:
        likeliest = next((other for words in seen for other in others if other in words), None)
        said.append(likeliest or (others[0] if others else word))
    return " ".join(said)


def _vector(weighed: list[tuple[str, list[str]]]) -> str:
    """A tsvector as PostgreSQL writes it."""
    places: dict[str, list[str]] = {}
    position = 0
    for weight, found in weighed:
        for word in found:
            position = min(position + 1, LAST_POSITION)
            places.setdefault(word, []).append(f"{position}{weight}")
    return " ".join(f"'{word}':{','.join(at[:MOST_POSITIONS])}" for word, at in places.items())
