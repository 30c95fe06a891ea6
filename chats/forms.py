from django import forms


class NewChatForm(forms.Form):
    character = forms.UUIDField()


class MessageForm(forms.Form):
    text = forms.CharField(strip=True, required=False)
    key = forms.UUIDField()


class PageForm(forms.Form):
    """Which end of the history: at most one of the two."""

    before = forms.UUIDField(required=False)
    after = forms.UUIDField(required=False)
