from django.http import HttpRequest

from accounts.models import Preferences


def preferences(request: HttpRequest) -> dict[str, Preferences]:
    """What this person prefers, for every page; the defaults for a stranger."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"preferences": Preferences()}
    return {"preferences": Preferences.objects.filter(owner=user).first() or Preferences(owner=user)}
