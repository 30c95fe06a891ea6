"""What the page of the trash shows: rows in, values out."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from characters.portrayal import portrait
from chats import access, staging
from chats.purging import KEPT

SHOWN = 100
FIRST_WORDS = 120


@dataclass(frozen=True, slots=True)
class TrashedChat:
    id: UUID
    title: str
    name: str
    hue: int
    portrait: str
    deleted_at: datetime
    kept_until: datetime


@dataclass(frozen=True, slots=True)
class TrashedMessages:
    """`words` are the first of the first of them; `number` says how many they are."""

    id: UUID
    chat_id: UUID
    chat: str
    speaker: str
    words: str
    number: str
    deleted_at: datetime
    kept_until: datetime


@dataclass(frozen=True, slots=True)
class TrashPage:
    """The newest hundred of each; `has_more` says whether there is more than that."""

    chats: tuple[TrashedChat, ...]
    messages: tuple[TrashedMessages, ...]
    has_more: bool


def trash(user: User) -> TrashPage:
    chats = list(access.trashed_chats_for(user).defer("character__version__text", "leaf__text")[: SHOWN + 1])
    pieces = access.trash_for(user).select_related(
        "chat__character", "message__character", "message__persona"
    )[: SHOWN + 1]  # fmt: skip
    messages = list(pieces)
    return TrashPage(
        chats=tuple(
            TrashedChat(
                chat.id,
                chat.title or _("New chat"),
                chat.character.name,
                chat.character.hue,
                portrait(chat.character),
                chat.trashed_at,
                chat.trashed_at + KEPT,
            )
            for chat in chats[:SHOWN]
            if chat.trashed_at is not None
        ),
        messages=tuple(
            TrashedMessages(
                id=one.id,
                chat_id=one.chat_id,
                chat=one.chat.title or one.chat.character.name,
                speaker=staging.speaker_of(one.message),
                words=" ".join(one.message.text[: FIRST_WORDS * 2].split())[:FIRST_WORDS],
                number=ngettext("%(n)d message", "%(n)d messages", one.messages) % {"n": one.messages},
                deleted_at=one.created_at,
                kept_until=one.created_at + KEPT,
            )
            for one in messages[:SHOWN]
        ),
        has_more=len(chats) > SHOWN or len(messages) > SHOWN,
    )
