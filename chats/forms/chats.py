from django import forms


class NewChatForm(forms.Form):
    character = forms.UUIDField()


class MessageForm(forms.Form):
    text = forms.CharField(strip=True, required=False)
    key = forms.UUIDField()


class GreetingForm(forms.Form):
    number = forms.IntegerField(min_value=0, max_value=32_000)


class PersonaForm(forms.Form):
    """`text` is a draft, which a browser without scripts sends along."""

    persona = forms.UUIDField()
    text = forms.CharField(strip=False, required=False)


class ListForm(forms.Form):
    """Only the chats that have this tag."""

    tag = forms.UUIDField(required=False)


class PageForm(forms.Form):
    """Next to which message: at most one of the three."""

    before = forms.UUIDField(required=False)
    after = forms.UUIDField(required=False)
    around = forms.UUIDField(required=False)
