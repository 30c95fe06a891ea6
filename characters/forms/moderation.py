from django import forms


class DecisionForm(forms.Form):
    """What moderators post: the digest of the version they looked at, and why."""

    digest = forms.CharField(required=False, max_length=64)
    reason = forms.CharField(required=False)
