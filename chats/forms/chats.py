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


class KeyForm(forms.Form):
    """The sender's name for what is asked for: asking again with it is the same."""

    key = forms.UUIDField(required=False)


class EditForm(KeyForm):
    text = forms.CharField(strip=False)


class BranchForm(forms.Form):
    name = forms.CharField(required=False, max_length=200)


class HideForm(forms.Form):
    hidden = forms.BooleanField(required=False)


class DraftForm(forms.Form):
    text = forms.CharField(required=False, strip=False)


class DateForm(forms.Form):
    """A day where they are: `offset` is how many minutes that is behind UTC, as browsers count."""

    date = forms.DateField()
    offset = forms.IntegerField(required=False, min_value=-14 * 60, max_value=14 * 60)


class OverridesForm(forms.Form):
    """Left empty, the character's own wishes hold."""

    model = forms.CharField(required=False)
    temperature = forms.FloatField(required=False, min_value=0, max_value=2)
    top_p = forms.FloatField(required=False, min_value=0.01, max_value=1)
    max_tokens = forms.IntegerField(required=False, min_value=1, max_value=32_000)
    note = forms.CharField(required=False, strip=True)


class MemoryForm(forms.Form):
    remembers = forms.BooleanField(required=False)
    recalls = forms.BooleanField(required=False)
