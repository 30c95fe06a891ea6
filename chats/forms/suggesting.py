from django import forms

from chats.models import SuggestionKind


class SuggestionForm(forms.Form):
    kind = forms.ChoiceField(choices=SuggestionKind.choices)
