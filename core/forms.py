"""How forms are read in every app."""

from typing import TypeVar
from uuid import UUID

from django import forms
from django.http import QueryDict

from core.errors import BadInput, NotFound

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
