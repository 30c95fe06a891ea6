"""Everything that may refuse a message before it is stored. Plans and their allowances join here."""

from django.conf import settings
from django.utils.translation import ngettext

from accounts.access import hold
from accounts.models import User
from chats.models import Message
from core.errors import LimitReached
from core.jobs import LIVE

# A fair guess at when the oldest of them will be told; the page asks again then.
RETRY_SECONDS = 5


def reserve_replies(user: User, wanted: int = 1) -> None:
    """Call inside the transaction that stores the message. Raises `LimitReached`.

    Holding the user's row makes counting and adding one step: two requests at the last free place
    come one after the other, and the second is refused.
    """
    hold(user)
    live = Message.objects.filter(owner=user, status__in=LIVE).count()
    allowed = settings.LIVE_REPLIES_PER_USER
    if wanted and (live >= allowed or (live and live + wanted > allowed)):
        raise LimitReached(
            ngettext(
                "You already have %(allowed)d reply on the way. Send this when it is there, in a few seconds.",
                "You already have %(allowed)d replies on the way. Send this when one is there, in a few seconds.",
                allowed,
            )
            % {"allowed": allowed},
            limit=allowed,
            retry_after_seconds=RETRY_SECONDS,
        )
