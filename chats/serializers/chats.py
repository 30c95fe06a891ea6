"""Shapes of chats as a whole, and of where their people keep them."""

from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers

from characters.actions.tags import MOST_TAGS
from characters.pages.tags import TagMark
from chats.actions.organising import Place
from chats.actions.settings import LONGEST_NOTE, LONGEST_TITLE
from chats.actions.starting import MOST_CHARACTERS
from chats.models import Chat, Folder, Part, TurnTaking
from chats.pages.chats import Described, Page
from chats.serializers import MOST_LISTED

A_CHARACTER = "0190b0a4-6a5e-7c31-9f6d-2f1a5f4d8c10"


class ListSerializer(serializers.Serializer[None]):
    limit = serializers.IntegerField(
        min_value=1, max_value=MOST_LISTED, default=MOST_LISTED, help_text="How many at most."
    )
    after = serializers.UUIDField(
        required=False, default=None, help_text="Behind which one it begins: `after` of the page before."
    )


@extend_schema_serializer(
    examples=[OpenApiExample("With one character", {"characters": [A_CHARACTER], "title": "Rain over the harbour"})]
)
class NewChatSerializer(serializers.Serializer[Chat]):
    characters = serializers.ListField(child=serializers.UUIDField(), min_length=1, max_length=MOST_CHARACTERS)
    title = serializers.CharField(max_length=LONGEST_TITLE, allow_blank=True, default="")


class ChatChangesSerializer(serializers.Serializer[Chat]):
    """What is left out stays as it is; null leaves it to the character."""

    title = serializers.CharField(max_length=LONGEST_TITLE, allow_blank=True)
    persona_id = serializers.UUIDField()
    model = serializers.CharField(allow_blank=True)
    temperature = serializers.FloatField(allow_null=True, min_value=0, max_value=2)
    top_p = serializers.FloatField(allow_null=True, min_value=0.01, max_value=1)
    max_tokens = serializers.IntegerField(allow_null=True, min_value=1, max_value=32_000)
    note = serializers.CharField(allow_blank=True, max_length=LONGEST_NOTE)
    remembers = serializers.BooleanField()
    recalls = serializers.BooleanField()


class ChatSerializer(serializers.Serializer[Described]):
    """`unread` counts to 100, which stands for more. `model` "" and the numbers that are null are the character's
    own."""

    id = serializers.UUIDField()
    title = serializers.CharField()
    character_id = serializers.UUIDField(help_text="Whom it was begun with.")
    characters = serializers.ListField(child=serializers.UUIDField(), help_text="Those who are in it now.")
    persona_id = serializers.UUIDField()
    role = serializers.ChoiceField(choices=Part.choices)
    leaf_id = serializers.UUIDField(allow_null=True, help_text="The newest message of the path that is shown.")
    unread = serializers.IntegerField()
    folder_id = serializers.UUIDField(allow_null=True)
    tags = serializers.ListField(child=serializers.UUIDField())
    is_pinned = serializers.BooleanField()
    is_archived = serializers.BooleanField()
    turn_taking = serializers.ChoiceField(choices=TurnTaking.choices)
    speakers_most = serializers.IntegerField()
    goes_on_for = serializers.IntegerField()
    model = serializers.CharField()
    temperature = serializers.FloatField(allow_null=True)
    top_p = serializers.FloatField(allow_null=True)
    max_tokens = serializers.IntegerField(allow_null=True)
    note = serializers.CharField()
    remembers = serializers.BooleanField()
    recalls = serializers.BooleanField()
    created_at = serializers.DateTimeField()
    active_at = serializers.DateTimeField()


class ChatsSerializer(serializers.Serializer[Page]):
    chats = ChatSerializer(many=True)
    after = serializers.UUIDField(allow_null=True, help_text="Where the next page begins; null at the end.")


class ChatTagsSerializer(serializers.Serializer[None]):
    """Which tags a chat has."""

    tags = serializers.ListField(child=serializers.UUIDField(), max_length=MOST_TAGS)


class TagMarkSerializer(serializers.Serializer[TagMark]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    hue = serializers.IntegerField()


class TagMarksSerializer(serializers.Serializer[None]):
    tags = TagMarkSerializer(many=True)


class FolderSerializer(serializers.ModelSerializer[Folder]):
    class Meta:
        model = Folder
        fields = ("id", "name", "position", "is_open")
        read_only_fields = fields


class FoldersSerializer(serializers.Serializer[None]):
    folders = FolderSerializer(many=True)


class FolderFieldsSerializer(serializers.Serializer[None]):
    """What is left out stays as it is."""

    name = serializers.CharField(max_length=1_000, required=False)
    position = serializers.IntegerField(min_value=0, max_value=1_000, required=False)
    is_open = serializers.BooleanField(required=False)


class PlaceSerializer(serializers.Serializer[None]):
    """What is left out stays as it is; no `folder` is null."""

    folder = serializers.UUIDField(required=False, allow_null=True)
    position = serializers.IntegerField(min_value=0, max_value=1_000_000, required=False)
    before = serializers.UUIDField(required=False)
    pinned = serializers.BooleanField(required=False)
    archived = serializers.BooleanField(required=False)
    read = serializers.BooleanField(required=False)

    @property
    def place(self) -> Place:
        said = self.validated_data
        return Place(
            folder_id=said.get("folder"),
            leaves_folder="folder" in said and said["folder"] is None,
            position=said.get("position"),
            before=said.get("before"),
            is_pinned=said.get("pinned"),
            is_archived=said.get("archived"),
            is_read=said.get("read"),
        )


class KeptSerializer(serializers.Serializer[None]):
    """Where somebody keeps a chat. `unread` counts to 100, which stands for more."""

    folder = serializers.UUIDField(allow_null=True)
    pinned = serializers.BooleanField()
    archived = serializers.BooleanField()
    unread = serializers.IntegerField()
