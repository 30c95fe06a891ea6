"""Who is asking."""

from accounts.models import User
from core.errors import SignedOut


def signed_in(user: object) -> User:
    """The person behind a request's `user`. Raises `SignedOut` for nobody, and for a closed account."""
    if not isinstance(user, User) or not user.is_active:
        raise SignedOut
    return user


def hold(user: User) -> None:
    """Until the transaction ends: of two requests of theirs, one comes after the other."""
    User.objects.select_for_update(no_key=True).get(id=user.id)
