from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import FilesField

ACCEPT = ".png,.apng,.json,.charx,.webp,.jpg,.jpeg,.md,.txt,image/png,image/webp,application/json,text/markdown"
MOST_FILES = 20


class ImportForm(forms.Form):
    """What a file is, its content says; `accept` only helps whoever chooses."""

    file = FilesField(most=MOST_FILES, accept=ACCEPT, label=_("Choose files"))
