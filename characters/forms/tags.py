from django import forms
from django.utils.translation import gettext_lazy

from characters.actions.tags import NAME_LENGTH, TagChanges


class TagForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=NAME_LENGTH)
    hue = forms.IntegerField(label=gettext_lazy("Colour"), min_value=0, max_value=359, required=False)

    def changes(self) -> TagChanges:
        return TagChanges(name=self.cleaned_data["name"], hue=self.cleaned_data["hue"])
