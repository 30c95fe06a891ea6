"""Shapes of files that become characters or lorebooks."""

from rest_framework import serializers

from characters.models import Import
from characters.report import Fate
from core.jobs import Status


# As characters.forms.importing.ImportForm reads it.
class NewImportSerializer(serializers.Serializer[Import]):
    file = serializers.FileField(help_text="A card in a PNG, JSON, CHARX or WEBP, a lorebook, or a sheet as markdown.")


class NoticeSerializer(serializers.Serializer[None]):
    """What became of a part of the file, which `where` names."""

    where = serializers.CharField()
    fate = serializers.ChoiceField(choices=[fate.value for fate in Fate])
    message = serializers.CharField()


class ImportNoticeSerializer(NoticeSerializer):
    code = serializers.CharField()


class CharacterImportFailureSerializer(serializers.Serializer[None]):
    code = serializers.CharField()
    message = serializers.CharField()
    details = serializers.DictField()


class CharacterImportSerializer(serializers.Serializer[Import]):
    """`failure` is null unless nothing could be kept of it."""

    id = serializers.UUIDField()
    file_name = serializers.CharField()
    size_bytes = serializers.IntegerField()
    status = serializers.ChoiceField(choices=Status.choices)
    steps_done = serializers.IntegerField()
    steps = serializers.IntegerField()
    container = serializers.CharField()
    character_id = serializers.UUIDField(allow_null=True)
    lorebook_id = serializers.UUIDField(allow_null=True)
    notices = ImportNoticeSerializer(many=True)
    links = serializers.ListField(child=serializers.CharField())
    failure = CharacterImportFailureSerializer(allow_null=True)
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)
