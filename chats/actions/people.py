"""Which people are in a chat: invited by a link, of which only a digest is kept."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.timezone import now
from django.utils.translation import gettext as _

from accounts.models import User
from characters.access import get_persona_for, persona_for_talking
from chats import access, company
from chats.events import ChatChanged, PeopleChanged
from chats.models import Chat, Invitation, Part, Participant
from core.errors import BadInput, Conflict, LimitReached, NotFound
from core.events import group_of_person, publish_on_commit

MOST_PEOPLE = 12
# Links of one chat that are still good.
MOST_INVITATIONS = 20
USUAL_DAYS, MOST_DAYS = 7, 30
TOKEN_BYTES = 24


@dataclass(frozen=True, slots=True)
class Terms:
    """What an invitation is good for. `shows_past`: they may read what was said before they came."""

    part: Part = Part.WRITER
    days: int = USUAL_DAYS
    uses: int = 1
    shows_past: bool = False


@dataclass(frozen=True, slots=True)
class Invited:
    """`token` is told here and never again."""

    invitation: Invitation
    token: str


def invite(user: User, chat_id: UUID, terms: Terms) -> Invited:
    """Raises `NotFound`, `NotAllowed`, `BadInput` or `LimitReached`."""
    if terms.part not in (Part.WRITER, Part.READER):
        raise BadInput(_("Somebody who is invited takes part or reads along."))
    if not 1 <= terms.days <= MOST_DAYS:
        raise BadInput(_("An invitation is good for 1 to %(most)d days.") % {"most": MOST_DAYS}, most=MOST_DAYS)
    if not 1 <= terms.uses <= MOST_PEOPLE:
        raise BadInput(_("An invitation is good for 1 to %(most)d people.") % {"most": MOST_PEOPLE}, most=MOST_PEOPLE)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    with transaction.atomic():
        chat = access.lock_chat_for(user, chat_id, access.HOST)
        if _good().filter(chat=chat).count() >= MOST_INVITATIONS:
            raise LimitReached(
                _("A chat has at most %(most)d open invitations. Take one back first.") % {"most": MOST_INVITATIONS},
                limit=MOST_INVITATIONS,
            )
        invitation = Invitation.objects.create(
            owner=user,
            chat=chat,
            digest=_digest(token),
            part=terms.part,
            shows_past=terms.shows_past,
            uses_left=terms.uses,
            expires_at=now() + timedelta(days=terms.days),
        )
        publish_on_commit(chat.group, PeopleChanged())
    return Invited(invitation, token)


def revoke_invitation(user: User, chat_id: UUID, invitation_id: UUID) -> None:
    """Nobody comes in by it any more. Raises `NotFound` or `NotAllowed`."""
    found = access.get_invitation_for(user, chat_id, invitation_id)
    Invitation.objects.filter(id=found.id).update(revoked_at=now())


def open_invitations(user: User, chat_id: UUID) -> QuerySet[Invitation]:
    """Those by which somebody may still come. Raises `NotFound` or `NotAllowed`."""
    return access.invitations_for(user, chat_id).filter(uses_left__gt=0, expires_at__gt=now())


def invitation_of(token: str) -> Invitation:
    """Raises `NotFound` for one that was made up, used, taken back, or has run out."""
    found = _good().filter(digest=_digest(token)).select_related("chat__character", "owner").first()
    if found is None:
        raise NotFound
    return found


def join(user: User, token: str, persona_id: UUID | None = None) -> Participant:
    """Come in; whoever is in already stays as they are, and the invitation is not used.

    `persona_id`: who they are there; None: who they usually are. Raises `NotFound` or `LimitReached`.
    """
    invitation = invitation_of(token)
    persona = get_persona_for(user, persona_id) if persona_id is not None else None
    with transaction.atomic():
        chat = Chat.objects.select_for_update(no_key=True).get(id=invitation.chat_id)
        there = access.participations_for(user).filter(chat=chat).first()
        if there is not None:
            return there
        if len(company.people(chat)) >= MOST_PEOPLE:
            raise LimitReached(
                _("This chat is full: at most %(most)d people take part. Ask its host to make room.")
                % {"most": MOST_PEOPLE},
                limit=MOST_PEOPLE,
            )
        # Whoever has left, or was sent away, needs an invitation that was made since.
        if Participant.objects.filter(chat=chat, user=user, left_at__gt=invitation.created_at).exists():
            raise NotFound
        # Of two who follow a link for one at the same moment, one comes in.
        if _good().filter(id=invitation.id).update(uses_left=F("uses_left") - 1) != 1:
            raise NotFound
        there, _made = Participant.objects.update_or_create(
            chat=chat,
            user=user,
            defaults={
                "part": invitation.part,
                "persona": persona or persona_for_talking(user, chat.character),
                "joined_at": now(),
                "left_at": None,
                "since": None if invitation.shows_past else now(),
                "read_at": now(),
            },
        )
        _tell(chat, user.id)
    return there


def leave_chat(user: User, chat_id: UUID) -> None:
    """Raises `NotFound`, and `Conflict` for the host."""
    with transaction.atomic():
        chat = access.lock_chat_for(user, chat_id, access.ANYONE)
        there = access.get_participation_for(user, chat_id)
        if there.part == Part.OWNER:
            raise Conflict(_("This chat is yours. Hand it to somebody else, or delete it."))
        _see_off(chat, there)


def remove_person(user: User, chat_id: UUID, person_id: UUID) -> None:
    """They read and write nothing more here. What they said stays. Raises `NotFound`, `NotAllowed` or `Conflict`."""
    if person_id == user.id:
        leave_chat(user, chat_id)
        return
    with transaction.atomic():
        chat = access.lock_chat_for(user, chat_id, access.HOST)
        _see_off(chat, _guest(chat, person_id))


def change_part(user: User, chat_id: UUID, person_id: UUID, part: Part) -> Participant:
    """What somebody else may do there; `Part.OWNER` hands the chat over, and its host then takes part.

    Raises `NotFound`, `NotAllowed` or `Conflict`.
    """
    with transaction.atomic():
        chat = access.lock_chat_for(user, chat_id, access.HOST)
        if person_id == user.id:
            raise Conflict(_("This chat is yours. Hand it to somebody else first."))
        guest = _guest(chat, person_id)
        if part == Part.OWNER:
            # There is one host at any moment.
            Participant.objects.filter(chat=chat, part=Part.OWNER).update(part=Part.WRITER)
            chat.owner_id = person_id
            chat.save(update_fields=["owner"])
            guest.since = None
        guest.part = part
        guest.save(update_fields=["part", "since"])
        _tell(chat, person_id)
    return guest


def _guest(chat: Chat, person_id: UUID) -> Participant:
    found = Participant.objects.filter(chat=chat, user_id=person_id, left_at=None).exclude(part=Part.OWNER).first()
    if found is None:
        raise NotFound
    return found


def _see_off(chat: Chat, there: Participant) -> None:
    there.left_at = now()
    there.save(update_fields=["left_at"])
    _tell(chat, there.user_id)


def _tell(chat: Chat, person_id: UUID) -> None:
    publish_on_commit(chat.group, PeopleChanged())
    publish_on_commit(group_of_person(person_id), ChatChanged(chat_id=chat.id))


def _good() -> QuerySet[Invitation]:
    return Invitation.objects.filter(
        revoked_at=None, uses_left__gt=0, expires_at__gt=now(), chat__trashed_at=None, owner__is_active=True
    )


def _digest(token: str) -> str:
    return sha256(token.encode(errors="replace")).hexdigest()
