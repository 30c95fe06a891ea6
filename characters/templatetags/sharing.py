from uuid import UUID

from django import template
from django.template import Context

from accounts.access import signed_in
from characters import access
from characters.pages.sharing import Sharing, sharing

register = template.Library()


@register.simple_tag(takes_context=True)
def sharing_of(context: Context, character_id: UUID) -> Sharing:
    """How it stands with a character of the reader's own. Raises `NotFound` for another's."""
    user = signed_in(context["request"].user)
    return sharing(access.get_own_character_for(user, character_id))
