from django import forms
from django.utils.translation import gettext_lazy as _

LONGEST_NAME = 200


class NewForm(forms.Form):
    name = forms.CharField(
        label=_("Name"), max_length=LONGEST_NAME, error_messages={"required": _("The character needs a name.")}
    )
    start = forms.ChoiceField(choices=[("template", ""), ("scratch", "")], initial="template")


class YoursForm(forms.Form):
    """Which of one's own characters; `deleted` is one that can be brought back."""

    q = forms.CharField(required=False, max_length=200)
    tag = forms.UUIDField(required=False)
    deleted = forms.UUIDField(required=False)


class AgainstForm(forms.Form):
    against = forms.IntegerField(required=False, min_value=1, max_value=2**31 - 1)
