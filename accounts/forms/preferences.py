from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.actions.preferences import PreferenceChanges
from accounts.models import Preferences, Theme
from accounts.time_zones import TIME_ZONES

SWITCH = [("on", "on"), ("off", "off")]


class PreferencesForm(forms.Form):
    """Parses what the page posts. A box that was not sent is not changed; `off` clears it."""

    show_thinking = forms.ChoiceField(choices=SWITCH, required=False)
    send_on_enter = forms.ChoiceField(choices=SWITCH, required=False)
    theme = forms.ChoiceField(choices=Theme.choices, required=False)
    language = forms.ChoiceField(
        label=_("Language"),
        required=False,
        choices=lambda: [("", _("As my browser says")), *settings.LANGUAGES],
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        required=False,
        choices=[("", _("As my browser says")), *((name, name.replace("_", " ")) for name in TIME_ZONES)],
        help_text=_("Times on every page, and in the mail you get, are told in it."),
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        if not offers_languages():
            del self.fields["language"]

    def changes(self) -> PreferenceChanges:
        sent = {name: value for name, value in self.cleaned_data.items() if name in self.data}
        return PreferenceChanges(
            show_thinking=_switched(sent.get("show_thinking")),
            send_on_enter=_switched(sent.get("send_on_enter")),
            theme=sent.get("theme") or None,
            language=sent.get("language"),
            time_zone=sent.get("time_zone"),
        )


def filled_in(preferences: Preferences) -> PreferencesForm:
    return PreferencesForm(initial={"language": preferences.language, "time_zone": preferences.time_zone})


def offers_languages() -> bool:
    return len(settings.LANGUAGES) > 1


def _switched(value: str | None) -> bool | None:
    return value == "on" if value else None
