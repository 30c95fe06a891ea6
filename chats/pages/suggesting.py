"""What a page learns of a suggestion."""

from typing import TypedDict

from chats import failures
from chats.models import Suggestion


class SuggestionView(TypedDict):
    """`message` says why there is no text; it is empty as long as there may be one."""

    id: str
    status: str
    text: str
    message: str


def view(suggestion: Suggestion) -> SuggestionView:
    return SuggestionView(
        id=str(suggestion.id),
        status=suggestion.status,
        text=suggestion.text,
        message=failures.sentence(suggestion.status, suggestion.failure_code),
    )
