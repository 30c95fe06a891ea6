"""Shapes of tags."""

from rest_framework import serializers

from characters.actions import tags
from characters.actions.tags import TagChanges
from characters.models import Tag


class TagFieldsSerializer(serializers.Serializer[TagChanges]):
    name = serializers.CharField(max_length=tags.NAME_LENGTH)
    hue = serializers.IntegerField(required=False, min_value=0, max_value=359)

    @property
    def changes(self) -> TagChanges:
        return TagChanges(name=self.validated_data.get("name"), hue=self.validated_data.get("hue"))


class TagSerializer(serializers.ModelSerializer[Tag]):
    class Meta:
        model = Tag
        fields = ("id", "name", "hue", "created_at")
        read_only_fields = fields


class CharacterTagsSerializer(serializers.Serializer[None]):
    """Which tags a character has."""

    tags = serializers.ListField(child=serializers.UUIDField(), max_length=tags.MOST_TAGS)


class TagsSerializer(serializers.Serializer[None]):
    tags = TagSerializer(many=True)
