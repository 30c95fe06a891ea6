"""What the pages say of those who share a chat. Nothing here writes."""

from django import forms

from chats.actions.casting import LONGEST_GOING_ON, MOST_SPEAKERS, Rules, SeatChanges
from chats.actions.people import MOST_DAYS, MOST_PEOPLE, USUAL_DAYS, Terms
from chats.models import Part, TurnTaking

LONGEST_SEARCH = 80


class SearchForm(forms.Form):
    q = forms.CharField(required=False, max_length=LONGEST_SEARCH)


class CharacterForm(forms.Form):
    character = forms.UUIDField()


class SeatForm(forms.Form):
    """Each button of a seat says one thing."""

    muted = forms.NullBooleanField(required=False)
    talkativeness = forms.IntegerField(required=False, min_value=0, max_value=100)
    place = forms.IntegerField(required=False, min_value=0, max_value=100)

    def changes(self) -> SeatChanges:
        percent = self.cleaned_data["talkativeness"]
        return SeatChanges(
            is_muted=self.cleaned_data["muted"],
            talkativeness=None if percent is None else percent / 100,
            place=self.cleaned_data["place"],
        )


class RulesForm(forms.Form):
    turn_taking = forms.ChoiceField(choices=TurnTaking.choices)
    speakers_most = forms.IntegerField(min_value=1, max_value=MOST_SPEAKERS)
    goes_on_for = forms.IntegerField(min_value=0, max_value=LONGEST_GOING_ON)

    def rules(self) -> Rules:
        return Rules(
            TurnTaking(self.cleaned_data["turn_taking"]),
            self.cleaned_data["speakers_most"],
            self.cleaned_data["goes_on_for"],
        )


class SpeakForm(forms.Form):
    """Who shall speak; nobody named: whoever's turn it is."""

    character = forms.UUIDField(required=False)
    key = forms.UUIDField(required=False)


class InvitationForm(forms.Form):
    part = forms.ChoiceField(choices=Part.choices[1:], initial=Part.WRITER)
    days = forms.IntegerField(min_value=1, max_value=MOST_DAYS, initial=USUAL_DAYS)
    uses = forms.IntegerField(min_value=1, max_value=MOST_PEOPLE, initial=1)
    shows_past = forms.BooleanField(required=False)

    def terms(self) -> Terms:
        wanted = self.cleaned_data
        return Terms(Part(wanted["part"]), wanted["days"], wanted["uses"], wanted["shows_past"])


class PartForm(forms.Form):
    part = forms.ChoiceField(choices=Part.choices)


class JoinForm(forms.Form):
    persona = forms.UUIDField()
