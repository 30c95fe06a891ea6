from django import forms
from django.conf import settings
from django.http import HttpRequest

from accounts.forms.birth_date import BirthDateField
from accounts.law import LawProfile
from accounts.models import User


class SignUpForm(forms.Form):
    """What is asked beside e-mail and password; allauth's own sign-up form is made of this one."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        if LawProfile.ADULTS in settings.LAW_PROFILES:
            self.fields["born_on"] = BirthDateField()

    def signup(self, request: HttpRequest, user: User) -> None:
        """allauth asks for it; what was filled in is written by the adapter, with the rest of the account."""
