from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User


class ProfileForm(forms.Form):
    name = forms.CharField(
        label=_("Name"),
        max_length=User._meta.get_field("name").max_length,
        required=False,
        help_text=_("What we call you. Characters know you by your persona instead."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
