"""How forms are read in every app."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeVar
from uuid import UUID

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from core.errors import BadInput, NotFound

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

FormT = TypeVar("FormT", bound=forms.Form)


def ids(posted: QueryDict, name: str) -> list[UUID]:
    """Those that are ticked in the boxes of this name. Raises `NotFound` for what is no id."""
    try:
        return [UUID(str(text)) for text in posted.getlist(name)]
    except ValueError:
        raise NotFound from None


def parsed(form: FormT) -> FormT:
    """The form, if it is valid. Raises `BadInput` with all that is wrong, for doors that show one sentence."""
    if not form.is_valid():
        raise BadInput(" ".join(str(sentence) for errors in form.errors.values() for sentence in errors))
    return form


class Files(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """One or more files; cleaned, they are a list. Their content is looked at by the action, which every door calls,
    and an empty one refused there."""

    def __init__(self, *, most: int, accept: str, label: "StrPromise | None" = None) -> None:
        super().__init__(
            label=label,
            allow_empty_file=True,
            widget=Files(attrs={"accept": accept, "multiple": True}),
            error_messages={"required": _("Choose a file first.")},
        )
        self._most = most

    def clean(self, data: object, initial: object = None) -> list["UploadedFile[bytes]"]:
        found = list(data) if isinstance(data, Sequence) else [data]
        if len(found) > self._most:
            raise forms.ValidationError(_("%(most)d files at once are the most.") % {"most": self._most})
        return [super(FilesField, self).clean(one, initial) for one in found or [None]]
