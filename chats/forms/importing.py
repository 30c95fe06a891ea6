from collections.abc import Sequence

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

ACCEPT = ".json,.jsonl,.zip,.txt,application/json,application/zip"
MOST_FILES = 50


class Files(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """One or more files; cleaned, they are a list."""

    def clean(self, data: object, initial: object = None) -> list["UploadedFile[bytes]"]:
        found = list(data) if isinstance(data, Sequence) else [data]
        if len(found) > MOST_FILES:
            raise forms.ValidationError(_("%(most)d files at once are the most.") % {"most": MOST_FILES})
        return [super(FilesField, self).clean(one, initial) for one in found or [None]]


class ImportForm(forms.Form):
    """What a file is, its content says; `accept` only helps whoever chooses."""

    file = FilesField(
        allow_empty_file=True,  # said by the action, which every door calls
        widget=Files(attrs={"accept": ACCEPT, "multiple": True}),
        error_messages={"required": _("Choose a file first.")},
    )
    character = forms.UUIDField(required=False, error_messages={"invalid": _("Choose a character of the list.")})
