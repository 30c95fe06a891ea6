"""Which characters are in a chat, and who of them speaks when."""

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.timezone import now
from django.utils.translation import gettext as _

from accounts.models import User
from characters.access import get_character_for
from chats import access, company
from chats.actions.starting import MOST_CHARACTERS
from chats.events import CastChanged
from chats.models import CastMember, Chat, TurnTaking
from core.errors import BadInput, Conflict, LimitReached, NotFound
from core.events import publish_on_commit

MOST_SPEAKERS, LONGEST_GOING_ON = 8, 20


@dataclass(frozen=True, slots=True)
class Rules:
    """Who answers a message; how many may; and up to how many messages in a row they go on by themselves."""

    turn_taking: TurnTaking
    speakers_most: int = 2
    goes_on_for: int = 0


@dataclass(frozen=True, slots=True)
class SeatChanges:
    """None leaves something as it is. `place` is where it sits, counted from 0."""

    is_muted: bool | None = None
    talkativeness: float | None = None
    place: int | None = None


def add_character(user: User, chat_id: UUID, character_id: UUID) -> CastMember:
    """From now on it hears what is said. One that had left knows what it heard before.

    Raises `NotFound`, `NotAllowed` or `LimitReached`.
    """
    character = get_character_for(user, character_id)
    with transaction.atomic():
        chat = access.lock_chat_for(user, chat_id)
        if character.id in (there := company.present(chat)):
            return CastMember.objects.get(chat=chat, character=character)
        if len(there) >= MOST_CHARACTERS:
            raise LimitReached(
                _("A chat holds at most %(most)d characters.") % {"most": MOST_CHARACTERS}, limit=MOST_CHARACTERS
            )
        last = CastMember.objects.filter(chat=chat).aggregate(last=Max("position"))["last"]
        member, _made = CastMember.objects.update_or_create(
            chat=chat,
            character=character,
            defaults={"position": 0 if last is None else last + 1, "joined_at": now(), "left_at": None},
        )
        publish_on_commit(chat.group, CastChanged())
    return member


def remove_character(user: User, chat_id: UUID, character_id: UUID) -> None:
    """It hears nothing more. What it said stays. Raises `NotFound`, `NotAllowed` or `Conflict`."""
    with transaction.atomic():
        chat = access.lock_chat_for(user, chat_id)
        there = company.present(chat)
        if character_id not in there:
            raise NotFound
        if len(there) == 1:
            raise Conflict(_("Somebody has to stay. Add another character first."))
        CastMember.objects.filter(chat=chat, character_id=character_id).update(left_at=now())
        if chat.character_id == character_id:
            chat.character_id = next(one for one in there if one != character_id)
            chat.save(update_fields=["character"])
        publish_on_commit(chat.group, CastChanged())


def change_seat(user: User, chat_id: UUID, character_id: UUID, wanted: SeatChanges) -> CastMember:
    """Raises `NotFound`, `NotAllowed` or `BadInput`."""
    if wanted.talkativeness is not None and not 0 <= wanted.talkativeness <= 1:
        raise BadInput(_("Talkativeness is between 0 and 1."))
    with transaction.atomic():
        chat = access.lock_chat_for(user, chat_id)
        members = {member.character_id: member for member in company.cast(chat)}
        member = members.get(character_id)
        if member is None:
            raise NotFound
        if wanted.is_muted is not None:
            member.is_muted = wanted.is_muted
        if wanted.talkativeness is not None:
            member.talkativeness = wanted.talkativeness
        member.save(update_fields=["is_muted", "talkativeness"])
        if wanted.place is not None:
            _seat(list(members.values()), member, wanted.place)
        publish_on_commit(chat.group, CastChanged())
    return member


def change_rules(user: User, chat_id: UUID, rules: Rules) -> Chat:
    """Raises `NotFound`, `NotAllowed` or `BadInput`."""
    if not 1 <= rules.speakers_most <= MOST_SPEAKERS:
        raise BadInput(_("Between 1 and %(most)d may answer.") % {"most": MOST_SPEAKERS}, most=MOST_SPEAKERS)
    if not 0 <= rules.goes_on_for <= LONGEST_GOING_ON:
        raise BadInput(
            _("They may go on for at most %(most)d messages.") % {"most": LONGEST_GOING_ON}, most=LONGEST_GOING_ON
        )
    with transaction.atomic():
        chat = access.lock_chat_for(user, chat_id)
        chat.turn_taking, chat.speakers_most = rules.turn_taking, rules.speakers_most
        chat.goes_on_for = rules.goes_on_for
        chat.save(update_fields=["turn_taking", "speakers_most", "goes_on_for"])
        publish_on_commit(chat.group, CastChanged())
    return chat


def _seat(members: list[CastMember], member: CastMember, place: int) -> None:
    """Put it at this place among them, counted from 0; beyond the last is the last."""
    members.remove(member)
    members.insert(max(0, place), member)
    for position, one in enumerate(members):
        one.position = position
    CastMember.objects.bulk_update(members, ["position"])
