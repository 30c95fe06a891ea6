from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import FilesField

ACCEPT = ".json,.jsonl,.zip,.txt,application/json,application/zip"
MOST_FILES = 50


class ImportForm(forms.Form):
    """What a file is, its content says; `accept` only helps whoever chooses."""

    file = FilesField(most=MOST_FILES, accept=ACCEPT)
    character = forms.UUIDField(required=False, error_messages={"invalid": _("Choose a character of the list.")})
