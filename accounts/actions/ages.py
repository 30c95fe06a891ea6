"""How old somebody says they are."""

from datetime import date

from django.conf import settings

from accounts.law import LawProfile
from accounts.models import User


def owes_birth_date(user: User) -> bool:
    """Whether the law profile asks when they were born, and they have not said it: nothing else is open to them."""
    return LawProfile.ADULTS in settings.LAW_PROFILES and user.born_on is None


def tell_birth_date(user: User, born_on: date) -> bool:
    """False: they have told one before, and it stays, so that nobody grows older by trying."""
    told = User.objects.filter(id=user.id, born_on=None).update(born_on=born_on) == 1
    user.refresh_from_db(fields=["born_on"])
    return told
