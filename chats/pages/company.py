"""What the pages show of those who share a chat: rows in, values out."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from characters.access import characters_for
from characters.models import Character
from characters.pages import personas as personas_page
from characters.portrayal import portrait
from chats import access, attendance, company
from chats.actions import people
from chats.actions.starting import MOST_CHARACTERS
from chats.models import CastMember, Chat, Invitation, Part, Participant, TurnTaking
from chats.pages.faces import face

# A search finds the rest.
CHOICES_SHOWN = 60
FACES_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Seat:
    """`talkativeness` in percent; `before` and `after` are the places beside its own, None at the ends."""

    id: UUID
    name: str
    tagline: str
    hue: int
    portrait: str
    is_muted: bool
    talkativeness: int
    before: int | None
    after: int | None


@dataclass(frozen=True, slots=True)
class Person:
    """`name` is their persona's, `account` what they call themselves here, "" where that says no more."""

    id: UUID
    name: str
    account: str
    symbol: str
    hue: int
    part: str
    part_label: str
    is_me: bool
    is_here: bool


@dataclass(frozen=True, slots=True)
class Link:
    """An invitation that is still good."""

    id: UUID
    part_label: str
    shows_past: bool
    uses_left: int
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Rule:
    value: str
    label: str
    is_on: bool


@dataclass(frozen=True, slots=True)
class Table:
    """Everybody at the table. `names` says who is there, in one line. `is_group`: there is something to arrange."""

    seats: tuple[Seat, ...]
    people: tuple[Person, ...]
    links: tuple[Link, ...]
    rules: tuple[Rule, ...]
    speakers_most: int
    goes_on_for: int
    names: str
    is_group: bool
    is_shared: bool
    is_host: bool
    can_write: bool
    has_room: bool
    me: UUID

    @property
    def faces(self) -> tuple[Seat, ...]:
        return self.seats[:FACES_SHOWN]


@dataclass(frozen=True, slots=True)
class Choice:
    """A character who could come."""

    id: UUID
    name: str
    tagline: str
    hue: int
    portrait: str
    is_on: bool = False


@dataclass(frozen=True, slots=True)
class Guests:
    """What whoever follows a link is told before they come in."""

    host: str
    title: str
    seats: tuple[Choice, ...]
    people: int
    reads_along: bool
    shows_past: bool
    expires_at: datetime


def table(user: User, chat: Chat) -> Table:
    """Raises `NotFound`."""
    there = access.get_participation_for(user, chat.id)
    seats = _seats(user, chat)
    persons = _people(user, chat)
    is_host = there.part == Part.OWNER
    return Table(
        seats=seats,
        people=persons,
        links=tuple(_link(one) for one in people.open_invitations(user, chat.id)) if is_host else (),
        rules=tuple(Rule(rule.value, str(rule.label), rule == chat.turn_taking) for rule in TurnTaking),
        speakers_most=chat.speakers_most,
        goes_on_for=chat.goes_on_for,
        names=_names([seat.name for seat in seats], [one.name for one in persons if not one.is_me]),
        is_group=len(seats) > 1 or len(persons) > 1 or any(seat.is_muted for seat in seats),
        is_shared=len(persons) > 1,
        is_host=is_host,
        can_write=there.part in access.WRITERS,
        has_room=len(seats) < MOST_CHARACTERS,
        me=user.id,
    )


def choices(user: User, query: str = "", *, without: Collection[UUID] = (), on: Collection[UUID] = ()) -> list[Choice]:
    """Characters they may bring, by name: those that are chosen already, and then those whose name has the words."""
    found = characters_for(user).defer("version__text").exclude(id__in=without).order_by("name", "id")
    chosen = list(found.filter(id__in=on)) if on else []
    rest = _named(found.exclude(id__in=on), query)[:CHOICES_SHOWN]
    return [_choice(one, is_on=True) for one in chosen] + [_choice(one) for one in rest]


def guests(user: User, invitation: Invitation) -> Guests:
    """Faces stand in the chat's own door, which is still closed: names only, but for built-in characters."""
    chat = invitation.chat
    host = Participant.objects.select_related("persona", "user").get(chat=chat, part=Part.OWNER)
    return Guests(
        host=host.user.name or host.persona.name,
        title=chat.title or chat.character.name,
        seats=tuple(
            Choice(
                one.character_id,
                one.character.name,
                one.character.tagline,
                one.character.hue,
                portrait(one.character) if one.character.portrait or one.character.owner_id == user.id else "",
            )
            for one in company.cast(chat)
        ),
        people=len(company.people(chat)),
        reads_along=invitation.part == Part.READER,
        shows_past=invitation.shows_past,
        expires_at=invitation.expires_at,
    )


def _seats(user: User, chat: Chat) -> tuple[Seat, ...]:
    members = company.cast(chat)
    return tuple(_seat(user, member, place, len(members)) for place, member in enumerate(members))


def _seat(user: User, member: CastMember, place: int, of: int) -> Seat:
    character = member.character
    return Seat(
        id=character.id,
        name=character.name,
        tagline=character.tagline,
        hue=character.hue,
        portrait=face(user.id, member.chat_id, character),
        is_muted=member.is_muted,
        talkativeness=round(100 * member.talkativeness),
        before=place - 1 if place else None,
        after=place + 1 if place + 1 < of else None,
    )


def _people(user: User, chat: Chat) -> tuple[Person, ...]:
    here = attendance.here(user, chat.id)
    return tuple(_person(one, user, is_here=one.user_id in here) for one in company.participants(chat))


def _person(there: Participant, user: User, *, is_here: bool) -> Person:
    shown = personas_page.persona(there.persona)
    return Person(
        id=there.user_id,
        name=shown.name,
        account=there.user.name if there.user.name != shown.name else "",
        symbol=shown.symbol,
        hue=shown.hue,
        part=there.part,
        part_label=str(Part(there.part).label),
        is_me=there.user_id == user.id,
        is_here=is_here,
    )


def _link(invitation: Invitation) -> Link:
    return Link(
        invitation.id,
        str(Part(invitation.part).label),
        invitation.shows_past,
        invitation.uses_left,
        invitation.expires_at,
    )


def _choice(character: Character, *, is_on: bool = False) -> Choice:
    return Choice(character.id, character.name, character.tagline, character.hue, portrait(character), is_on)


def _named(found: QuerySet[Character], query: str) -> QuerySet[Character]:
    for word in query.split():
        found = found.filter(name__icontains=word)
    return found


def _names(characters: list[str], others: list[str]) -> str:
    """ "Areza, Idris and you"."""
    return _("%(names)s and you") % {"names": ", ".join([*characters, *others])}
