from django import forms
from django.utils.translation import gettext_lazy as _

from characters.actions.publishing import LONGEST_AUTHOR


class PublishForm(forms.Form):
    author = forms.CharField(label=_("Shown as"), required=False, max_length=LONGEST_AUTHOR)
