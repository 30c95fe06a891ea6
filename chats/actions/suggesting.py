"""Asking the model for a name, or for words to say."""

from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.timezone import now
from django.utils.translation import gettext as _

from accounts.models import User
from chats import access, limits, tasks
from chats.models import Suggestion, SuggestionKind
from core.errors import Conflict, LimitReached
from core.jobs import LIVE, Status


def suggest(user: User, chat_id: UUID, kind: SuggestionKind) -> Suggestion:
    """Queue it. One of this kind that is on its way in this chat is answered instead.

    Raises `NotFound`, `NotAllowed`, `Conflict` or `LimitReached`.
    """
    with transaction.atomic():
        there = access.get_participation_for(user, chat_id, access.WRITERS)
        limits.reserve_replies(user)
        live = Suggestion.objects.filter(owner=user, status__in=LIVE)
        known = live.filter(chat=chat_id, kind=kind, cancel_requested=False).first()
        if known is not None:
            return known
        if live.count() >= settings.LIVE_REPLIES_PER_USER:
            raise LimitReached(
                _("Several suggestions are on their way. Ask again when one is there, in a few seconds."),
                limit=settings.LIVE_REPLIES_PER_USER,
                retry_after_seconds=limits.RETRY_SECONDS,
            )
        leaf = there.chat.leaf
        if leaf is None:
            raise Conflict(_("Nothing was said yet. Say the first thing."))
        if kind == SuggestionKind.WORDS and leaf.is_live:
            raise Conflict(_("A reply is on its way. Wait for it, or stop it."))
        suggestion = Suggestion.objects.create(
            owner=user,
            chat=there.chat,
            message=leaf,
            persona=there.persona,
            kind=kind,
            status=Status.QUEUED,
            attempt=1,
            queued_at=now(),
        )
        transaction.on_commit(lambda: tasks.queue_suggestion(suggestion.id))
    return suggestion


def cancel(user: User, suggestion_id: UUID) -> None:
    """It is not wanted any more; one that has ended stays as it is. Raises `NotFound`."""
    suggestion = access.get_suggestion_for(user, suggestion_id)
    if not suggestion.cancel_in_queue():
        suggestion.request_cancel()
