"""Shapes of the REST API. They never write."""

from rest_framework import serializers

from characters.actions.tags import MOST_TAGS
from chats.actions.casting import LONGEST_GOING_ON, MOST_SPEAKERS, Rules, SeatChanges
from chats.actions.people import MOST_DAYS, MOST_PEOPLE, USUAL_DAYS, Terms
from chats.actions.settings import LONGEST_NOTE, LONGEST_TITLE
from chats.actions.starting import MOST_CHARACTERS
from chats.models import Bookmark, CastMember, Chat, Invitation, Message, Part, Participant, TurnTaking
from chats.pages.messages import PAGE_MESSAGES

MOST_LISTED = 100


class ListSerializer(serializers.Serializer[None]):
    """A page of a list: how many at most, and behind which one it begins."""

    limit = serializers.IntegerField(min_value=1, max_value=MOST_LISTED, default=MOST_LISTED)
    after = serializers.UUIDField(required=False, default=None)


class EndsSerializer(serializers.Serializer[None]):
    """Next to which message: at most one of the three."""

    limit = serializers.IntegerField(min_value=1, max_value=MOST_LISTED, default=PAGE_MESSAGES)
    before = serializers.UUIDField(required=False, default=None)
    after = serializers.UUIDField(required=False, default=None)
    around = serializers.UUIDField(required=False, default=None)


class NewChatSerializer(serializers.Serializer[Chat]):
    characters = serializers.ListField(child=serializers.UUIDField(), min_length=1, max_length=MOST_CHARACTERS)
    title = serializers.CharField(max_length=LONGEST_TITLE, allow_blank=True, default="")


class ChangesSerializer(serializers.Serializer[Chat]):
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


class NewMessageSerializer(serializers.Serializer[Message]):
    """`after`: the newest message that its author saw. `speaker`: the character who shall answer."""

    text = serializers.CharField(trim_whitespace=True, allow_blank=True, max_length=None)
    after = serializers.UUIDField(required=False, allow_null=True, default=None)
    speaker = serializers.UUIDField(required=False, allow_null=True, default=None)


class EditSerializer(serializers.Serializer[Message]):
    text = serializers.CharField(trim_whitespace=False, max_length=None)


class BookmarkSerializer(serializers.Serializer[Bookmark]):
    name = serializers.CharField(allow_blank=True, default="")


class HiddenSerializer(serializers.Serializer[Message]):
    hidden = serializers.BooleanField()


class MessageSerializer(serializers.ModelSerializer[Message]):
    chat_id = serializers.UUIDField(read_only=True)
    parent_id = serializers.UUIDField(read_only=True)
    edited_from_id = serializers.UUIDField(read_only=True)
    character_id = serializers.UUIDField(read_only=True)
    persona_id = serializers.UUIDField(read_only=True)

    class Meta:
        model = Message
        fields = (
            "id", "chat_id", "parent_id", "role", "text", "thinking", "status", "failure_code", "finish_reason", "seq",
            "model", "temperature", "top_p", "prompt_tokens", "reused_tokens", "reply_tokens", "first_token_ms",
            "character_id", "persona_id", "is_hidden", "edited_from_id", "branch_name", "created_at", "finished_at",
        )  # fmt: skip
        read_only_fields = fields


class TagsSerializer(serializers.Serializer[None]):
    """Which tags a chat has."""

    tags = serializers.ListField(child=serializers.UUIDField(), max_length=MOST_TAGS)


class CastMemberSerializer(serializers.ModelSerializer[CastMember]):
    character_id = serializers.UUIDField(read_only=True)
    name = serializers.CharField(source="character.name", read_only=True)

    class Meta:
        model = CastMember
        fields = ("character_id", "name", "talkativeness", "is_muted", "position", "joined_at")
        read_only_fields = fields


class CharacterInSerializer(serializers.Serializer[None]):
    character = serializers.UUIDField()


class SpeakSerializer(serializers.Serializer[None]):
    """Without a character it is whoever's turn it is."""

    character = serializers.UUIDField(required=False, allow_null=True, default=None)


class SeatSerializer(serializers.Serializer[SeatChanges]):
    """What is left out stays as it is. `position` is counted from 0."""

    is_muted = serializers.BooleanField(required=False)
    talkativeness = serializers.FloatField(required=False, min_value=0, max_value=1)
    position = serializers.IntegerField(required=False, min_value=0, max_value=100)

    @property
    def changes(self) -> SeatChanges:
        wanted = self.validated_data
        return SeatChanges(wanted.get("is_muted"), wanted.get("talkativeness"), wanted.get("position"))


class TurnTakingSerializer(serializers.Serializer[Chat]):
    turn_taking = serializers.ChoiceField(choices=TurnTaking.choices)
    speakers_most = serializers.IntegerField(min_value=1, max_value=MOST_SPEAKERS, default=2)
    goes_on_for = serializers.IntegerField(min_value=0, max_value=LONGEST_GOING_ON, default=0)

    @property
    def rules(self) -> Rules:
        wanted = self.validated_data
        return Rules(TurnTaking(wanted["turn_taking"]), wanted["speakers_most"], wanted["goes_on_for"])


class ParticipantSerializer(serializers.ModelSerializer[Participant]):
    """`persona` is what they are called in the chat."""

    user_id = serializers.UUIDField(read_only=True)
    role = serializers.CharField(source="part", read_only=True)
    persona = serializers.CharField(source="persona.name", read_only=True)

    class Meta:
        model = Participant
        fields = ("user_id", "role", "persona", "joined_at", "since")
        read_only_fields = fields


class InvitationSerializer(serializers.ModelSerializer[Invitation]):
    role = serializers.CharField(source="part", read_only=True)

    class Meta:
        model = Invitation
        fields = ("id", "role", "shows_past", "uses_left", "created_at", "expires_at")
        read_only_fields = fields


class NewInvitationSerializer(serializers.Serializer[Invitation]):
    role = serializers.ChoiceField(choices=Part.choices[1:], default=Part.WRITER)
    days = serializers.IntegerField(min_value=1, max_value=MOST_DAYS, default=USUAL_DAYS)
    uses = serializers.IntegerField(min_value=1, max_value=MOST_PEOPLE, default=1)
    shows_past = serializers.BooleanField(default=False)

    @property
    def terms(self) -> Terms:
        wanted = self.validated_data
        return Terms(Part(wanted["role"]), wanted["days"], wanted["uses"], wanted["shows_past"])


class RoleSerializer(serializers.Serializer[Participant]):
    """`owner` hands the chat over."""

    role = serializers.ChoiceField(choices=Part.choices)


class JoinSerializer(serializers.Serializer[Participant]):
    token = serializers.CharField(max_length=200)
    persona = serializers.UUIDField(required=False, allow_null=True, default=None)
