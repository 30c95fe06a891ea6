from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django import forms
from django.utils.translation import gettext_lazy as _

from memory.models import Speaker
from memory.pages.entries import FEELINGS
from memory.pages.timeline import TABS, Wish

TEXT_LENGTH = 200


class ZonedForm(forms.Form):
    """Dates of a form as moments: in the reader's own zone where the page could say which that is, or else in UTC."""

    since = forms.DateField(required=False, label=_("From"), widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(required=False, label=_("To"), widget=forms.DateInput(attrs={"type": "date"}))
    zone = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)

    def clean_zone(self) -> tzinfo:
        try:
            return ZoneInfo(self.cleaned_data["zone"]) if self.cleaned_data["zone"] else UTC
        except (ZoneInfoNotFoundError, ValueError, OSError):
            return UTC

    @property
    def starts(self) -> datetime | None:
        """The first moment of the first day."""
        day = self.cleaned_data.get("since")
        return datetime.combine(day, time(), self._zone) if day is not None else None

    @property
    def ends(self) -> datetime | None:
        """The first moment after the last day."""
        day = self.cleaned_data.get("until")
        if day is None or day == date.max:
            return None
        return datetime.combine(day + timedelta(days=1), time(), self._zone)

    @property
    def _zone(self) -> tzinfo:
        zone: tzinfo = self.cleaned_data.get("zone") or UTC
        return zone


class TimelineForm(ZonedForm):
    """The filters of the page. What cannot be read is left out: an address that was typed still shows something."""

    q = forms.CharField(required=False, max_length=TEXT_LENGTH)
    kind = forms.ChoiceField(required=False, choices=[("", ""), *((kind.value, "") for kind in TABS)])
    feeling = forms.ChoiceField(required=False, choices=[("", ""), *((name, "") for name in FEELINGS)])
    speaker = forms.ChoiceField(required=False, choices=[("", ""), *Speaker.choices])
    pinned = forms.BooleanField(required=False)
    chat = forms.UUIDField(required=False)
    after = forms.UUIDField(required=False)

    def wish(self) -> Wish:
        self.is_valid()
        said = self.cleaned_data
        return Wish(
            text=(said.get("q") or "").strip(),
            kind=said.get("kind") or "",
            feeling=said.get("feeling") or "",
            speaker=said.get("speaker") or "",
            is_pinned=bool(said.get("pinned")),
            chat_id=said.get("chat"),
            since=self.starts,
            until=self.ends,
        )
