from django import forms

from accounts.models import Theme


class PreferencesForm(forms.Form):
    """Parses what the page posts. A box that was not sent is not changed; `off` clears it."""

    show_thinking = forms.TypedChoiceField(
        choices=[("on", "on"), ("off", "off")], required=False, empty_value=None, coerce=lambda value: value == "on"
    )
    send_on_enter = forms.TypedChoiceField(
        choices=[("on", "on"), ("off", "off")], required=False, empty_value=None, coerce=lambda value: value == "on"
    )
    theme = forms.TypedChoiceField(choices=Theme.choices, required=False, empty_value=None)
