from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.models import User
from chats import transcript


def sidebar(request: HttpRequest) -> dict[str, object]:
    """This person's chats and their tags, for the sidebar of every page that has one; asked for only where shown."""
    user = getattr(request, "user", None)
    if not isinstance(user, User):
        return {}
    return {
        "sidebar": SimpleLazyObject(lambda: transcript.sidebar(user)),
        "sidebar_tags": SimpleLazyObject(lambda: transcript.sidebar_tags(user)),
    }
