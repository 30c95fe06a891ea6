from datetime import UTC, date, datetime, time, timedelta

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from chats.search.wish import TEXT_LENGTH, Place, Speaker, Wish, place_of
from core.forms import parsed

MOST_AT_ONCE = 50
KINDS = [
    ("", _("Everything")),
    ("messages", _("Messages")),
    ("chats", _("Chats")),
    ("characters", _("Characters")),
    ("memories", _("Memories, dreams and journal")),
]
SPEAKERS = [
    (Speaker.ANYONE.value, _("Anyone")),
    (Speaker.ME.value, _("Me")),
    (Speaker.CHARACTER.value, _("A character")),
]


class Typed(forms.CharField):
    """Whatever somebody types is looked for; what no text can hold is a blank."""

    def to_python(self, value: object) -> str:
        text = super().to_python(value) or ""
        return text.replace("\0", " ")[:TEXT_LENGTH].strip()


class SearchForm(forms.Form):
    """What somebody looks for, and from where on. What is empty does not narrow anything. Days are those of UTC."""

    q = Typed(required=False)
    chat = forms.UUIDField(required=False)
    character = forms.UUIDField(required=False)
    by = forms.ChoiceField(required=False, choices=SPEAKERS)
    to = forms.DateField(required=False)
    bookmarked = forms.BooleanField(required=False)
    cursor = forms.CharField(required=False, max_length=200)
    limit = forms.IntegerField(required=False, min_value=1, max_value=MOST_AT_ONCE)

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        # Python keeps these two names for itself.
        self.fields["in"] = forms.ChoiceField(required=False, choices=KINDS)
        self.fields["from"] = forms.DateField(required=False)

    def wish(self) -> Wish:
        """Raises `BadInput`."""
        fields = parsed(self).cleaned_data
        return Wish(
            text=fields["q"],
            chat_id=fields["chat"],
            character_id=fields["character"],
            speaker=Speaker(fields["by"]),
            begin=_midnight(fields["from"]),
            end=_midnight(fields["to"], days=1),
            is_bookmarked=fields["bookmarked"],
        )

    def place(self) -> Place | None:
        """Raises `BadInput`."""
        cursor = parsed(self).cleaned_data["cursor"]
        return place_of(cursor) if cursor else None


def _midnight(day: date | None, days: int = 0) -> datetime | None:
    if day is None or day == date.max:
        return None
    return datetime.combine(day + timedelta(days=days), time.min, UTC)
