"""A browser that is let in without a form, and the list of those that are in."""

from datetime import timedelta

from allauth.account.adapter import get_adapter
from allauth.usersessions.models import UserSession
from django.contrib.auth import login
from django.http import HttpRequest
from django.utils.timezone import now

from accounts.models import User

# "Last seen" is for people to look at: one write in so many minutes and browser is enough for that.
SEEN_EVERY = timedelta(minutes=5)


def let_in(request: HttpRequest, user: User) -> None:
    """A new session, which stands in the list of sessions as any other."""
    login(request, user, backend="allauth.account.auth_backends.AuthenticationBackend")
    UserSession.objects.create_from_request(request)


def note_visit(request: HttpRequest) -> None:
    """That this browser is still used, and from where."""
    key = request.session.session_key
    if key is None:
        return
    seen_at = UserSession.objects.filter(session_key=key).values_list("last_seen_at", flat=True).first()
    if seen_at is None:
        UserSession.objects.create_from_request(request)
    elif seen_at < now() - SEEN_EVERY:
        ip = get_adapter().get_client_ip(request)
        UserSession.objects.filter(session_key=key).update(last_seen_at=now(), ip=ip)
