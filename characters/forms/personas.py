from __future__ import annotations

from django import forms
from django.core.files import File
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from characters.actions.personas import DESCRIPTION_LENGTH, NAME_LENGTH, SYMBOL_LENGTH, PersonaChanges
from characters.models import Persona
from characters.picture_files import MOST_FILE_BYTES, PictureRefused


class PersonaForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=NAME_LENGTH)
    symbol = forms.CharField(
        label=gettext_lazy("Symbol"),
        max_length=SYMBOL_LENGTH,
        required=False,
        help_text=gettext_lazy("One letter, sign or emoji. Without one, the first letter of the name."),
    )
    picture = forms.FileField(
        label=gettext_lazy("Picture"),
        required=False,
        help_text=gettext_lazy("A PNG, JPEG or WEBP; it takes the place of the symbol. Only you can open it."),
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp"}),
    )
    without_picture = forms.BooleanField(label=gettext_lazy("Take the picture away"), required=False)
    hue = forms.IntegerField(label=gettext_lazy("Bubble colour"), min_value=0, max_value=359)
    description = forms.CharField(
        label=gettext_lazy("Description"),
        max_length=DESCRIPTION_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 7}),
        help_text=gettext_lazy("What a character knows of you from the start. It is part of every prompt."),
    )

    def clean_picture(self) -> File[bytes] | None:
        picture: File[bytes] | None = self.cleaned_data["picture"]
        if picture is not None and (picture.size or 0) > MOST_FILE_BYTES:
            raise forms.ValidationError(PictureRefused("too_large_picture", mib=MOST_FILE_BYTES // 2**20).sentence(_))
        return picture

    @classmethod
    def showing(cls, persona: Persona) -> PersonaForm:
        return cls(
            initial={
                "name": persona.name,
                "symbol": persona.symbol,
                "hue": persona.hue,
                "description": persona.description,
            }
        )

    def changes(self) -> PersonaChanges:
        fields = self.cleaned_data
        content = b"" if fields["without_picture"] else None
        if fields["picture"] is not None:
            content = fields["picture"].read()
        return PersonaChanges(
            name=fields["name"],
            symbol=fields["symbol"],
            hue=fields["hue"],
            description=fields["description"],
            picture=content,
        )
