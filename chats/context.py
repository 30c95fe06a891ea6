from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.models import User
from chats.pages import sidebar as listing


def sidebar(request: HttpRequest) -> dict[str, object]:
    """This person's chats and their tags, for the sidebar of every page that has one; asked for only where shown."""
    user = getattr(request, "user", None)
    if not isinstance(user, User):
        return {}
    return {
        "sidebar": SimpleLazyObject(lambda: listing.sidebar(user)),
        "sidebar_tags": SimpleLazyObject(lambda: listing.sidebar_tags(user)),
    }
