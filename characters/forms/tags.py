from uuid import UUID

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy

from characters.actions.tags import NAME_LENGTH, TagChanges
from core.errors import NotFound


class TagForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=NAME_LENGTH)
    hue = forms.IntegerField(label=gettext_lazy("Colour"), min_value=0, max_value=359, required=False)

    def changes(self) -> TagChanges:
        return TagChanges(name=self.cleaned_data["name"], hue=self.cleaned_data["hue"])


def assigned(posted: QueryDict) -> tuple[list[UUID], str]:
    """Which tags are ticked, and the name of a new one. Raises `NotFound` for what is no id."""
    field = forms.UUIDField()
    try:
        return [field.clean(text) for text in posted.getlist("tag")], posted.get("new", "")
    except forms.ValidationError:
        raise NotFound from None
