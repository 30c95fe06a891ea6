"""What holds in one chat: its name, who one is in it, its books and tags, and how its replies are chosen."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from characters.access import get_persona_for, lorebooks_for
from characters.actions.tags import chosen_tags
from characters.models import Persona, Tag
from chats import access
from chats.models import Chat, Participant
from core.errors import BadInput, NotFound
from weights.models import LanguageModel

LONGEST_TITLE = 120
LONGEST_NOTE = 4_000
LONGEST_DRAFT = 20_000


@dataclass(frozen=True, slots=True)
class Overrides:
    """What goes before the character's own wishes; None leaves those. `model` is a name, "" the character's own."""

    model: str = ""
    temperature: float | None = None
    top_p: float | None = None
    max_tokens: int | None = None
    note: str = ""


def overrides_of(chat: Chat) -> Overrides:
    model = chat.language_model.name if chat.language_model is not None else ""
    return Overrides(model, chat.temperature, chat.top_p, chat.max_tokens, chat.note)


def rename_chat(user: User, chat_id: UUID, title: str) -> Chat:
    """Raises `NotFound`, `NotAllowed` or `BadInput`."""
    title = " ".join(title.split())
    if len(title) > LONGEST_TITLE:
        raise BadInput(_("A name has at most %(most)d letters.") % {"most": LONGEST_TITLE}, most=LONGEST_TITLE)
    with transaction.atomic():
        chat = access.lock_chat_for(user, chat_id)
        chat.title = title
        chat.save(update_fields=["title"])
    return chat


def choose_persona(user: User, chat_id: UUID, persona_id: UUID) -> Persona:
    """Who they are from the next message on; those before it stay as they were said. Raises `NotFound`."""
    persona = get_persona_for(user, persona_id)
    there = access.get_participation_for(user, chat_id)
    Participant.objects.filter(pk=there.pk).update(persona=persona)
    return persona


def change_overrides(user: User, chat_id: UUID, wanted: Overrides) -> Chat:
    """Raises `NotFound`, `NotAllowed` or `BadInput`."""
    if len(wanted.note) > LONGEST_NOTE:
        raise BadInput(_("A note has at most %(most)d letters.") % {"most": LONGEST_NOTE}, most=LONGEST_NOTE)
    model = LanguageModel.objects.filter(name=wanted.model).first() if wanted.model else None
    if wanted.model and (model is None or not model.can_answer):
        raise BadInput(_("There is no model of this name here."))
    with transaction.atomic():
        chat = access.lock_chat_for(user, chat_id)
        chat.language_model = model
        chat.temperature, chat.top_p, chat.max_tokens = wanted.temperature, wanted.top_p, wanted.max_tokens
        chat.note = wanted.note.strip()
        chat.save(update_fields=["language_model", "temperature", "top_p", "max_tokens", "note"])
    return chat


def change_memory(user: User, chat_id: UUID, *, remembers: bool, recalls: bool) -> Chat:
    """Whether what is said from now on is remembered elsewhere, and whether what was said elsewhere is recalled here.

    Raises `NotFound` or `NotAllowed`.
    """
    with transaction.atomic():
        chat = access.lock_chat_for(user, chat_id, access.HOST)
        chat.remembers, chat.recalls = remembers, recalls
        chat.save(update_fields=["remembers", "recalls"])
    return chat


def tag_chat(user: User, chat_id: UUID, tag_ids: Collection[UUID], new: str = "") -> list[Tag]:
    """Of their tags it has these and no others; `new` is the name of one more, made if there is none of that name.

    Raises `NotFound`, `BadInput` or `LimitReached`.
    """
    with transaction.atomic():
        chat = access.lock_chat_for(user, chat_id, access.ANYONE)
        tags = chosen_tags(user, tag_ids, new)
        chat.tags.remove(*chat.tags.filter(owner=user).exclude(id__in=[tag.id for tag in tags]))
        chat.tags.add(*tags)
    return tags


def set_lorebooks(user: User, chat_id: UUID, lorebook_ids: Collection[UUID]) -> None:
    """It has these lorebooks and no others, beside those that all of their chats have. Raises `NotFound`."""
    with transaction.atomic():
        chat = access.lock_chat_for(user, chat_id, access.HOST)
        books = list(lorebooks_for(user).filter(id__in=lorebook_ids).defer("text"))
        if len(books) != len(set(lorebook_ids)):
            raise NotFound
        chat.lorebooks.set(books)


def keep_draft(user: User, chat_id: UUID, text: str) -> None:
    """What they have begun to write, for whichever machine they go on at. Raises `NotFound` or `BadInput`."""
    if len(text) > LONGEST_DRAFT or "\0" in text:
        raise BadInput(_("This draft is too long to be kept on the server; it stays in this browser."))
    there = access.get_participation_for(user, chat_id)
    Participant.objects.filter(pk=there.pk).update(draft=text)
