"""Shapes of conversations that are brought from other programs."""

from rest_framework import serializers

from chats.formats.report import Fate
from chats.models import ChatImport
from core.jobs import Status


# As chats.forms.importing.ImportForm reads it.
class NewChatImportSerializer(serializers.Serializer[ChatImport]):
    file = serializers.FileField(help_text="Of SillyTavern, ChatGPT, Open WebUI or Cognitia.")
    character = serializers.UUIDField(required=False, help_text="Whom its chats are with.")


class ChatNoticeSerializer(serializers.Serializer[None]):
    """What became of a part of the file, which `where` names."""

    fate = serializers.ChoiceField(choices=[fate.value for fate in Fate])
    code = serializers.CharField()
    where = serializers.CharField()
    message = serializers.CharField()


class ImportFailureSerializer(serializers.Serializer[None]):
    code = serializers.CharField()
    message = serializers.CharField()
    details = serializers.DictField()


class ChatImportSerializer(serializers.Serializer[ChatImport]):
    """`messages` is how many came in. `failure` is null unless nothing could be kept of it."""

    id = serializers.UUIDField()
    file_name = serializers.CharField()
    size_bytes = serializers.IntegerField()
    status = serializers.ChoiceField(choices=Status.choices)
    steps_done = serializers.IntegerField()
    steps = serializers.IntegerField()
    format = serializers.CharField()
    character_id = serializers.UUIDField(allow_null=True)
    chat_ids = serializers.ListField(child=serializers.UUIDField())
    messages = serializers.IntegerField()
    notices = ChatNoticeSerializer(many=True)
    failure = ImportFailureSerializer(allow_null=True)
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)


class ChatImportsSerializer(serializers.Serializer[None]):
    imports = ChatImportSerializer(many=True)
