from django import forms
from django.utils.translation import gettext_lazy as _

from memory.actions.correcting import LONGEST
from memory.models import Decision

DECISIONS = (Decision.NEWER, Decision.OLDER, Decision.BOTH)


class PinForm(forms.Form):
    pinned = forms.BooleanField(required=False)


class CorrectForm(forms.Form):
    """`never`: what it said before was never true, and not only until now."""

    text = forms.CharField(
        max_length=LONGEST, error_messages={"required": _("Write what is true, or have the memory forgotten instead.")}
    )
    never = forms.BooleanField(required=False)


class DecideForm(forms.Form):
    """An empty decision leaves it open again."""

    decision = forms.ChoiceField(required=False, choices=[(each.value, each.label) for each in DECISIONS])
