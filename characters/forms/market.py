from django import forms
from django.utils.translation import gettext_lazy as _

from characters.actions.market import LONGEST_REPORT
from characters.models import Report
from characters.models.character import Rating
from characters.search import TEXT_LENGTH, Place, Sort, Wish, place_of
from core.errors import BadInput

MOST_AT_ONCE = 50

RATINGS = [
    (Rating.TEEN.value, _("Mature ones are hidden")),
    (Rating.EVERYONE.value, _("For everyone only")),
    (Rating.MATURE.value, _("All, mature ones too")),
]
SORTS = [
    (Sort.BEST.value, _("Best match")),
    (Sort.LOVED.value, _("Most loved")),
    (Sort.NEWEST.value, _("Newest")),
    (Sort.TAKEN.value, _("Most taken")),
]


class MarketForm(forms.Form):
    """What somebody looks for, and from where on. What is empty does not narrow anything."""

    q = forms.CharField(required=False)
    tag = forms.CharField(required=False, max_length=40)
    rating = forms.ChoiceField(required=False, choices=RATINGS)
    language = forms.RegexField(r"^[a-z]{2,8}(-[a-z0-9]{1,8}){0,4}$", required=False, max_length=16)
    voice = forms.BooleanField(required=False)
    sort = forms.ChoiceField(required=False, choices=SORTS)
    after = forms.CharField(required=False, max_length=200)
    limit = forms.IntegerField(required=False, min_value=1, max_value=MOST_AT_ONCE)

    def wish(self) -> Wish:
        """Raises `BadInput`."""
        if not self.is_valid():
            raise BadInput(said(self))
        fields = self.cleaned_data
        text = fields["q"][:TEXT_LENGTH]
        usual = Sort.BEST if text else Sort.LOVED
        sort = Sort(fields["sort"] or usual)
        return Wish(
            text=text,
            tag=fields["tag"].lower(),
            rating=Rating(fields["rating"] or Rating.TEEN),
            language=fields["language"],
            with_voice=fields["voice"],
            # Without words there is nothing to match.
            sort=sort if text or sort != Sort.BEST else usual,
        )

    def place(self) -> Place | None:
        """Raises `BadInput`."""
        return place_of(self.cleaned_data["after"]) if self.cleaned_data["after"] else None


class TakeForm(forms.Form):
    follows = forms.BooleanField(required=False)


class ReportForm(forms.Form):
    kind = forms.ChoiceField(label=_("What is wrong?"), choices=Report.Kind.choices, widget=forms.RadioSelect)
    text = forms.CharField(
        label=_("In your words"),
        required=False,
        max_length=LONGEST_REPORT,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Optional, except for “Something else”. Only moderators read it."),
    )


def said(form: forms.Form) -> str:
    """All that is wrong with it, for doors that show no form."""
    return " ".join(f"{name}: {' '.join(map(str, errors))}" for name, errors in form.errors.items())
