"""Who is asking, and what of an account is theirs."""

from uuid import UUID

from django.db.models import QuerySet
from django.utils.timezone import now

from accounts.models import ApiKey, TokenFamily, User
from core.errors import SignedOut
from core.rows import one


def signed_in(user: object) -> User:
    """The person behind a request's `user`. Raises `SignedOut` for nobody, and for a closed account."""
    if not isinstance(user, User) or not user.is_active:
        raise SignedOut
    return user


def hold(user: User) -> None:
    """Until the transaction ends: of two requests of theirs, one comes after the other.

    Raises `SignedOut` for an account that was closed meanwhile: whoever has a socket open writes nothing more.
    """
    held = User.objects.select_for_update(no_key=True).get(id=user.id)
    if not held.is_active:
        raise SignedOut


def keys_for(user: User) -> QuerySet[ApiKey]:
    """Those that let somebody in, the newest first."""
    return ApiKey.good(now()).filter(owner=user)


def families_for(user: User) -> QuerySet[TokenFamily]:
    """Programs that are signed in, the one that was used last first."""
    return TokenFamily.good().filter(owner=user)


def get_key_for(user: User, key_id: UUID) -> ApiKey:
    """Also one that is good no longer. Raises `NotFound`."""
    return one(ApiKey.objects.filter(owner=user), id=key_id)


def get_family_for(user: User, family_id: UUID) -> TokenFamily:
    """A program's sign-in that is still good. Raises `NotFound`."""
    return one(families_for(user), id=family_id)
