from django import forms
from django.utils.translation import gettext_lazy as _

from weights.models import LONGEST_NAME


class HubForm(forms.Form):
    """A GGUF file of the hub. What the values mean is checked by the action."""

    name = forms.CharField(label=_("Name here"), max_length=LONGEST_NAME)
    repository = forms.CharField(label=_("Repository"), max_length=160, help_text=_("owner/name"))
    file = forms.CharField(label=_("File"), max_length=200, help_text=_("ends in .gguf"))


class AddressForm(forms.Form):
    name = forms.CharField(label=_("Name here"), max_length=LONGEST_NAME)
    url = forms.CharField(label=_("Address of a GGUF file"), max_length=2000)
    sha256 = forms.CharField(label=_("SHA-256, if you know it"), max_length=64, required=False)


class OllamaForm(forms.Form):
    tag = forms.CharField(label=_("Model"), max_length=200, help_text=_("as Ollama names it, for example llama3.2:3b"))
