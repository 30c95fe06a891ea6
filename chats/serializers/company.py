"""Shapes of those who are in a chat: characters, whose turn it is, and people."""

from rest_framework import serializers

from chats.actions.casting import LONGEST_GOING_ON, MOST_SPEAKERS, Rules, SeatChanges
from chats.actions.people import MOST_DAYS, MOST_PEOPLE, USUAL_DAYS, Terms
from chats.models import CastMember, Chat, Invitation, Part, Participant, TurnTaking


class CastMemberSerializer(serializers.ModelSerializer[CastMember]):
    character_id = serializers.UUIDField(read_only=True)
    name = serializers.CharField(source="character.name", read_only=True)

    class Meta:
        model = CastMember
        fields = ("character_id", "name", "talkativeness", "is_muted", "position", "joined_at")
        read_only_fields = fields


class CastSerializer(serializers.Serializer[None]):
    characters = CastMemberSerializer(many=True)


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
    role = serializers.ChoiceField(choices=Part.choices, source="part", read_only=True)
    persona = serializers.CharField(source="persona.name", read_only=True)

    class Meta:
        model = Participant
        fields: tuple[str, ...] = ("user_id", "role", "persona", "joined_at", "since")
        read_only_fields = fields


class InvitationSerializer(serializers.ModelSerializer[Invitation]):
    role = serializers.ChoiceField(choices=Part.choices, source="part", read_only=True)

    class Meta:
        model = Invitation
        fields: tuple[str, ...] = ("id", "role", "shows_past", "uses_left", "created_at", "expires_at")
        read_only_fields = fields


class ParticipantsSerializer(serializers.Serializer[None]):
    """`invitations` are told to the host alone."""

    participants = ParticipantSerializer(many=True)
    invitations = InvitationSerializer(many=True, required=False)


class InvitedSerializer(InvitationSerializer):
    """`token` and `url` are told here and never again."""

    token = serializers.CharField(read_only=True)
    url = serializers.URLField(read_only=True)

    class Meta(InvitationSerializer.Meta):
        fields = (*InvitationSerializer.Meta.fields, "token", "url")
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


class JoinedSerializer(ParticipantSerializer):
    chat_id = serializers.UUIDField(read_only=True)

    class Meta(ParticipantSerializer.Meta):
        fields = ("chat_id", *ParticipantSerializer.Meta.fields)
        read_only_fields = fields
