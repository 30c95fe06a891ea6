from django import forms
from django.utils.translation import gettext_lazy as _

from memory.forms.timeline import TEXT_LENGTH, ZonedForm

SCOPES = ("memory", "topic", "range", "chat", "character")


class ForgetForm(ZonedForm):
    """What shall be forgotten. Memories that are named one by one are read beside the form."""

    scope = forms.ChoiceField(choices=[(scope, "") for scope in SCOPES])
    q = forms.CharField(required=False, max_length=TEXT_LENGTH)
    chat = forms.UUIDField(required=False)

    def clean(self) -> dict[str, object]:
        said: dict[str, object] = super().clean() or self.cleaned_data
        match said.get("scope"):
            case "topic" if not str(said.get("q") or "").strip():
                self.add_error(None, _("Say what it is about: one or more words."))
            case "range" if self.starts is None or self.ends is None:
                self.add_error(None, _("Choose the first and the last day."))
            case "range" if self.starts is not None and self.ends is not None and self.starts >= self.ends:
                self.add_error(None, _("The last day must not be before the first."))
            case "chat" if said.get("chat") is None:
                self.add_error(None, _("Choose a chat."))
        return said
