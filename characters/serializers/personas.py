"""Shapes of the personas of users."""

from django.utils.translation import gettext as _
from rest_framework import serializers

from characters.actions import personas
from characters.actions.personas import PersonaChanges
from characters.models import Persona
from characters.pages import personas as personas_page


class PersonaFieldsSerializer(serializers.Serializer[PersonaChanges]):
    """`is_default` can be given, and not taken: another one is given it."""

    name = serializers.CharField(max_length=personas.NAME_LENGTH)
    symbol = serializers.CharField(required=False, allow_blank=True, max_length=personas.SYMBOL_LENGTH)
    hue = serializers.IntegerField(required=False, min_value=0, max_value=359)
    description = serializers.CharField(required=False, allow_blank=True, max_length=personas.DESCRIPTION_LENGTH)
    is_default = serializers.BooleanField(required=False)

    def validate_is_default(self, wanted: bool) -> bool:
        if not wanted:
            raise serializers.ValidationError(_("Make another persona your default instead."))
        return wanted

    @property
    def changes(self) -> PersonaChanges:
        said = self.validated_data
        return PersonaChanges(
            name=said.get("name"),
            symbol=said.get("symbol"),
            hue=said.get("hue"),
            description=said.get("description"),
            is_default=said.get("is_default"),
        )


class PersonaSerializer(serializers.ModelSerializer[Persona]):
    picture = serializers.SerializerMethodField()

    class Meta:
        model = Persona
        fields = ("id", "name", "symbol", "picture", "hue", "description", "is_default", "created_at")
        read_only_fields = fields

    def get_picture(self, persona: Persona) -> str:
        return personas_page.persona(persona).picture


class PersonasSerializer(serializers.Serializer[None]):
    personas = PersonaSerializer(many=True)


class SheetSerializer(serializers.Serializer[None]):
    markdown = serializers.CharField()
