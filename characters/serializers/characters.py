"""Shapes of characters and of their versions."""

from collections.abc import Mapping

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers

from characters.actions.fields import CharacterChanges
from characters.cards.extras import LANGUAGE, LONGEST_NAME, LONGEST_TAGLINE, Rating, extras
from characters.models import Character, Version
from characters.models.character import Rating as Ratings
from characters.pages.sharing import State, sharing
from characters.portrayal import LARGE, portrait
from characters.versions import NAME_LENGTH
from inference.text.formats import FORMATS

LONGEST_TEXT, LONGEST_LIST, LONGEST_TAG = 200_000, 100, 80
MOST_ROWS, USUAL_ROWS = 100, 40
# What others call our prompt formats.
TEMPLATES: Mapping[str, str] = {**{name: name for name in FORMATS}, "pygmalion": "metharme", "": ""}


class Text(serializers.CharField):
    """Its words are kept as they are, spaces and line ends too."""

    def __init__(self) -> None:
        super().__init__(required=False, allow_blank=True, trim_whitespace=False, max_length=LONGEST_TEXT)


class Texts(serializers.ListField):
    def __init__(self, most: int) -> None:
        child = serializers.CharField(trim_whitespace=False, max_length=most)
        super().__init__(required=False, child=child, max_length=LONGEST_LIST)


class PageSerializer(serializers.Serializer[None]):
    """Which part of a list."""

    after = serializers.UUIDField(required=False)
    before = serializers.IntegerField(required=False, min_value=1, max_value=2**31 - 1)
    limit = serializers.IntegerField(required=False, min_value=1, max_value=MOST_ROWS, default=USUAL_ROWS)


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "A new character",
            {
                "name": "Mira",
                "tagline": "Keeper of the last lighthouse",
                "description": "# Mira\n\nShe has kept the light since her father went out and did not come back.",
                "first_message": "You are wet to the bone. Come in, the stove is warm.",
                "tags": ["sea", "slow"],
                "rating": "everyone",
                "language": "en",
            },
        ),
        OpenApiExample(
            "As other programs send one",
            {
                "name": "Mira",
                "system_prompt": "You are Mira, who keeps a lighthouse.",
                "voice_model": "af_bella",
                "prompt_template": "pygmalion",
            },
        ),
    ]
)
class CharacterFieldsSerializer(serializers.Serializer[CharacterChanges]):
    """What programs may say of a character. `sheet` is another name of `description`; a name is needed for a new one.

    `version` is the number of the version that was looked at.
    """

    name = serializers.CharField(max_length=NAME_LENGTH)
    system_prompt = Text()
    voice_model = serializers.CharField(required=False, allow_blank=True, max_length=LONGEST_NAME)
    prompt_template = serializers.CharField(required=False, allow_blank=True, max_length=LONGEST_NAME)
    description = Text()
    sheet = Text()
    tagline = serializers.CharField(required=False, allow_blank=True, max_length=LONGEST_TAGLINE)
    personality = Text()
    scenario = Text()
    first_message = Text()
    alternate_greetings = Texts(LONGEST_TEXT)
    example_dialogue = Text()
    post_history_instructions = Text()
    tags = Texts(LONGEST_TAG)
    creator_notes = Text()
    hue = serializers.IntegerField(required=False, min_value=0, max_value=359)
    rating = serializers.ChoiceField(required=False, choices=Ratings.choices)
    language = serializers.CharField(required=False, allow_blank=True, max_length=LONGEST_NAME)
    version = serializers.IntegerField(required=False, min_value=1, max_value=2**31 - 1)

    def validate_prompt_template(self, name: str) -> str:
        if name.casefold() not in TEMPLATES:
            known = ", ".join(sorted(template for template in TEMPLATES if template))
            raise serializers.ValidationError(_("This is none of: %(known)s.") % {"known": known})
        return TEMPLATES[name.casefold()]

    def validate_language(self, tag: str) -> str:
        tag = tag.replace("_", "-").lower()
        if tag and not LANGUAGE.fullmatch(tag):
            raise serializers.ValidationError(_("This is no language tag, like en or pt-BR."))
        return tag

    def validate(self, attrs: Mapping[str, object]) -> Mapping[str, object]:
        if "sheet" in attrs and attrs.get("description", attrs["sheet"]) != attrs["sheet"]:
            raise serializers.ValidationError(_("sheet and description are one thing; send one of them."))
        return attrs

    @property
    def base(self) -> int | None:
        number: int | None = self.validated_data.get("version")
        return number

    @property
    def changes(self) -> CharacterChanges:
        said = self.validated_data
        greetings, tags, rating = said.get("alternate_greetings"), said.get("tags"), said.get("rating")
        return CharacterChanges(
            name=said.get("name"),
            description=said.get("description", said.get("sheet")),
            personality=said.get("personality"),
            scenario=said.get("scenario"),
            first_message=said.get("first_message"),
            alternate_greetings=None if greetings is None else tuple(greetings),
            example_dialogue=said.get("example_dialogue"),
            system_prompt=said.get("system_prompt"),
            post_history_instructions=said.get("post_history_instructions"),
            creator_notes=said.get("creator_notes"),
            tags=None if tags is None else tuple(tags),
            tagline=said.get("tagline"),
            hue=said.get("hue"),
            rating=None if rating is None else Rating(rating),
            language=said.get("language"),
            voice=said.get("voice_model"),
            prompt_format=said.get("prompt_template"),
        )


class CharacterSerializer(serializers.ModelSerializer[Character]):
    """One line of a list. `state` is built_in, or how it stands with it in the marketplace."""

    portrait = serializers.SerializerMethodField()
    is_own = serializers.SerializerMethodField()
    state = serializers.SerializerMethodField()

    class Meta:
        model = Character
        fields: tuple[str, ...] = (
            "id", "name", "tagline", "hue", "rating", "language", "portrait", "is_own", "state", "created_at",
            "updated_at",
        )  # fmt: skip
        read_only_fields = fields

    def get_portrait(self, character: Character) -> str:
        return portrait(character, LARGE)

    def get_is_own(self, character: Character) -> bool:
        return not character.is_built_in

    def get_state(self, character: Character) -> str:
        if character.is_built_in:
            return "built_in"
        if character.was_taken:
            return State.COPY.value
        # Most have none, and the list has asked for all of them at once.
        return sharing(character).state.value if hasattr(character, "publication") else State.PRIVATE.value


class WholeCharacterSerializer(CharacterSerializer):
    """All that may be sent, as it is now, and the number of the version that says it."""

    version = serializers.IntegerField(source="version.number", allow_null=True, read_only=True)
    system_prompt = serializers.CharField(source="card.system_prompt")
    voice_model = serializers.SerializerMethodField()
    prompt_template = serializers.CharField(source="prompt_format")
    description = serializers.CharField(source="card.description")
    personality = serializers.CharField(source="card.personality")
    scenario = serializers.CharField(source="card.scenario")
    first_message = serializers.CharField(source="card.first_message")
    alternate_greetings = serializers.ListField(source="card.alternate_greetings", child=serializers.CharField())
    example_dialogue = serializers.CharField(source="card.example_dialogue")
    post_history_instructions = serializers.CharField(source="card.post_history_instructions")
    tags = serializers.ListField(source="card.tags", child=serializers.CharField())
    creator_notes = serializers.CharField(source="card.creator_notes")

    class Meta(CharacterSerializer.Meta):
        fields = (
            *CharacterSerializer.Meta.fields, "version", "system_prompt", "voice_model", "prompt_template",
            "description", "personality", "scenario", "first_message", "alternate_greetings", "example_dialogue",
            "post_history_instructions", "tags", "creator_notes",
        )  # fmt: skip
        read_only_fields = fields

    def get_voice_model(self, character: Character) -> str:
        return extras(character.card).voice


class VersionSerializer(serializers.ModelSerializer[Version]):
    class Meta:
        model = Version
        fields = ("number", "note", "digest", "created_at")
        read_only_fields = fields


class CharactersSerializer(serializers.Serializer[None]):
    characters = CharacterSerializer(many=True)
    next = serializers.UUIDField(allow_null=True, help_text="Behind which one the next page begins; null at the end.")


class VersionsSerializer(serializers.Serializer[None]):
    versions = VersionSerializer(many=True)
    next = serializers.IntegerField(
        allow_null=True, help_text="Before which number the next page begins; null at the end."
    )
