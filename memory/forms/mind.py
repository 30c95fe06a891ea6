from django import forms

from memory.mind import Bounds, Range

NAMES = ("mood_value", "energy", "focus", "affection")
_Percent = forms.IntegerField


class FreezeForm(forms.Form):
    frozen = forms.BooleanField(required=False)


class BoundsForm(forms.Form):
    """How far each value may go, in percent."""

    mood_value_low = _Percent(min_value=0, max_value=100)
    mood_value_high = _Percent(min_value=0, max_value=100)
    energy_low = _Percent(min_value=0, max_value=100)
    energy_high = _Percent(min_value=0, max_value=100)
    focus_low = _Percent(min_value=0, max_value=100)
    focus_high = _Percent(min_value=0, max_value=100)
    affection_low = _Percent(min_value=0, max_value=100)
    affection_high = _Percent(min_value=0, max_value=100)

    def bounds(self) -> Bounds:
        return Bounds(**{name: self._range(name) for name in NAMES})

    def _range(self, name: str) -> Range:
        return Range(self.cleaned_data[f"{name}_low"] / 100, self.cleaned_data[f"{name}_high"] / 100)
