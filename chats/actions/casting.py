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


def change_seat(
    user: User, chat_id: UUID, character_id: UUID, *, is_muted: bool | None = None, talkativeness: float | None = None
) -> CastMember:
    """Raises `NotFound`, `NotAllowed` or `BadInput`."""
    if talkativeness is not None and not 0 <= talkativeness <= 1:
        raise BadInput(_("Talkativeness is between 0 and 1."))
    with transaction.atomic():
        chat = access.lock_chat_for(user, chat_id)
        member = CastMember.objects.filter(chat=chat, character_id=character_id, left_at=None).first()
        if member is None:
            raise NotFound
        member.is_muted = member.is_muted if is_muted is None else is_muted
        member.talkativeness = member.talkativeness if talkativeness is None else talkativeness
        member.save(update_fields=["is_muted", "talkativeness"])
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
