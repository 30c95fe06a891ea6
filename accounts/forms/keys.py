from datetime import datetime, timedelta

from django import forms
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from accounts.models import Scope


class KeyForm(forms.Form):
    name = forms.CharField(
        label=_("Name"),
        max_length=80,
        help_text=_("Which program it is for, so that you know it again."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": "SillyTavern"}),
    )
    scopes = forms.MultipleChoiceField(
        label=_("What it may be used for"),
        choices=Scope.choices,
        initial=[Scope.CHAT],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Say what the key may be used for.")},
    )
    days = forms.TypedChoiceField(
        label=_("Good for"),
        choices=[("90", _("90 days")), ("365", _("One year")), ("30", _("30 days")), ("", _("Until it is revoked"))],
        # Or the browser would choose the one without a value.
        initial="90",
        coerce=int,
        empty_value=None,
        required=False,
    )

    def expires_at(self) -> datetime | None:
        days: int | None = self.cleaned_data["days"]
        return now() + timedelta(days=days) if days is not None else None
