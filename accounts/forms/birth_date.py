from datetime import date

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import law


class BirthDateField(forms.DateField):
    """A day on which an adult was born. Whoever is too young is told so kindly, and once."""

    def __init__(self) -> None:
        super().__init__(
            label=_("Date of birth"),
            help_text=_(
                "The law here asks us to let in adults only. Nobody else sees it, and it is used for nothing else."
            ),
            widget=forms.DateInput(attrs={"type": "date", "autocomplete": "bday"}, format="%Y-%m-%d"),
        )

    def validate(self, value: date | None) -> None:
        super().validate(value)
        if value is None:
            return
        today = timezone.localdate()
        if not law.is_possible(value, today):
            raise ValidationError(_("Nobody was born on that day. Look at the year again."))
        if not law.is_adult(value, today):
            raise ValidationError(
                _("You have to be %(years)d to come in here. Thank you for telling the truth; we have kept nothing."),
                params={"years": law.ADULT_YEARS},
            )


class BirthDateForm(forms.Form):
    born_on = BirthDateField()
