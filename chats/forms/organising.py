from uuid import UUID

from django import forms

from chats.actions.organising import NAME_LENGTH, Place
from core.errors import NotFound

# In a field whose emptiness says that nothing shall change.
NO_FOLDER = "none"
VERBS = (
    "folder", "tag", "untag", "pin", "unpin", "archive", "unarchive", "read", "unread", "delete", "restore",
)  # fmt: skip


class PlaceForm(forms.Form):
    """Where a chat is kept. What is left out stays as it is; `new` is the name of a folder that is to be made."""

    folder = forms.CharField(required=False)
    new = forms.CharField(required=False, max_length=200)
    position = forms.IntegerField(required=False, min_value=0, max_value=1_000_000)
    before = forms.UUIDField(required=False)
    pinned = forms.NullBooleanField(required=False)
    archived = forms.NullBooleanField(required=False)
    read = forms.NullBooleanField(required=False)

    def place(self, folder_id: UUID | None = None) -> Place:
        """`folder_id` is the new folder's, if one was made."""
        folder = self.cleaned_data["folder"]
        return Place(
            folder_id=folder_id or (_id(folder) if folder and folder != NO_FOLDER else None),
            leaves_folder=folder == NO_FOLDER and folder_id is None,
            position=self.cleaned_data["position"],
            before=self.cleaned_data["before"],
            is_pinned=self.cleaned_data["pinned"],
            is_archived=self.cleaned_data["archived"],
            is_read=self.cleaned_data["read"],
        )


class TitleForm(forms.Form):
    title = forms.CharField(required=False, max_length=1000)


class FolderForm(forms.Form):
    """What is left out stays as it is."""

    name = forms.CharField(required=False, max_length=NAME_LENGTH * 10)
    position = forms.IntegerField(required=False, min_value=0, max_value=1_000)
    open = forms.NullBooleanField(required=False)


class AllForm(forms.Form):
    """Which chats of all: from behind one on, with a tag, in a folder."""

    after = forms.UUIDField(required=False)
    tag = forms.UUIDField(required=False)
    folder = forms.UUIDField(required=False)


class BulkForm(forms.Form):
    """What is done with several chats at once."""

    do = forms.ChoiceField(choices=[(verb, verb) for verb in VERBS])
    folder = forms.CharField(required=False)
    tag = forms.UUIDField(required=False)

    def folder_id(self) -> UUID | None:
        """Raises `NotFound` for what is no id."""
        folder = self.cleaned_data["folder"]
        return _id(folder) if folder and folder != NO_FOLDER else None


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound from None
