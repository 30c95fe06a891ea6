"""What may refuse a character or a lorebook before it is made. Plans and their allowances join here."""

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.access import hold
from accounts.models import User
from characters.models import Character, Lorebook
from core.errors import LimitReached

# All global ones are looked at in every turn.
LOREBOOKS_PER_USER = 100


def reserve_character(owner: User) -> None:
    """Raises `LimitReached`. Plans will set the number; an operator can already."""
    most = settings.CHARACTERS_PER_USER
    # Held until the transaction ends, so that two requests do not both take the last place.
    hold(owner)
    if most and Character.objects.filter(owner=owner, deleted_at=None).count() >= most:
        raise LimitReached(
            ngettext(
                "You have %(most)d character, which is as many as there may be. Delete one to make room.",
                "You have %(most)d characters, which is as many as there may be. Delete one to make room.",
                most,
            )
            % {"most": most},
            most=most,
        )


def reserve_lorebook(owner: User) -> None:
    """Raises `LimitReached`."""
    hold(owner)
    if Lorebook.objects.filter(owner=owner).count() >= LOREBOOKS_PER_USER:
        raise LimitReached(
            _("You have %(most)d lorebooks, which is as many as there may be. Delete one to make room.")
            % {"most": LOREBOOKS_PER_USER},
            most=LOREBOOKS_PER_USER,
        )
