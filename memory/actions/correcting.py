"""Saying what is true instead. The old words stay, with the time until which they held."""

from uuid import UUID

from django.db import transaction
from django.utils.timezone import now
from django.utils.translation import gettext as _

from accounts.models import User
from characters import texts
from core.errors import BadInput, Conflict
from core.events import group_of_person, publish_on_commit
from inference import registry
from memory import access, tasks
from memory.events import MemoryKept
from memory.holding import hold
from memory.importance import importance
from memory.models import DERIVED, Kind, Memory, Speaker
from memory.truth import gate, validity
from memory.truth.gate import Refusal

LONGEST = 2_000


def correct_memory(user: User, memory_id: UUID, text: str, *, was_never_true: bool = False) -> Memory:
    """A fact in the place of a memory: from now on, or from when that was said on if it `was_never_true`.

    Raises `NotFound`, `BadInput` or `Conflict`.
    """
    text = _checked(text)
    feeling = registry.emotion_classifier().classify(text)
    with transaction.atomic():
        hold([user.id])
        old = access.lock_memory_for(user, memory_id)
        if old.kind in DERIVED:
            raise Conflict(_("Nobody said this, so there is nothing to correct. You can have it forgotten."))
        if old.valid_until is not None:
            raise Conflict(_("Something else is true already. Correct that instead."))
        at = now()
        new = Memory.objects.create(
            owner=user,
            character_id=old.character_id,
            kind=Kind.FACT,
            speaker=Speaker.PERSON,
            spoken_by=old.spoken_by if old.author_id == user.id else user.label[:120],
            author_id=user.id,
            text=text,
            # Told wherever the old words may be told.
            witnesses=old.witnesses,
            people=sorted({*old.people, user.id}) if old.people else [user.id],
            emotion=feeling.emotion.value,
            confidence=feeling.confidence,
            importance=importance(text, feeling),
            is_pinned=old.is_pinned,
            said_at=at,
            valid_from=(old.valid_from or old.said_at) if was_never_true else at,
        )
        validity.put_in_place_of(new, old)
        if old.is_pinned:
            old.is_pinned = False
            old.save(update_fields=["is_pinned"])
        transaction.on_commit(lambda: tasks.queue_embedding([new.id]))
        publish_on_commit(group_of_person(user.id), MemoryKept(character_id=old.character_id))
    return new


def _checked(text: str) -> str:
    text = texts.line(text, _("Correction"), LONGEST)
    match gate.refusal(text, is_asked=True):
        case Refusal.SECRET:
            raise BadInput(_("This looks like a key or the number of a card. Keep those in a safer place."))
        case Refusal.INSTRUCTION:
            raise BadInput(_("This is an instruction. Write what is true, or tell the character in the chat."))
    return text
