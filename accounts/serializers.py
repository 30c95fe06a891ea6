"""Shapes of accounts in the REST API. They never write."""

from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework import serializers

from accounts.models import ApiKey, Preferences, Scope, Theme, User
from accounts.time_zones import TIME_ZONES

MOST_LETTERS_OF_A_PASSWORD = 1000
KEY_FIELDS = (
    "id",
    "name",
    "prefix",
    "scopes",
    "per_minute",
    "created_at",
    "expires_at",
    "last_used_at",
    "revoked_at",
)


class SignUpSerializer(serializers.Serializer[object]):
    email = serializers.EmailField()
    password = serializers.CharField(trim_whitespace=False, max_length=MOST_LETTERS_OF_A_PASSWORD)
    first_name = serializers.CharField(required=False, default="", allow_blank=True, max_length=80)
    born_on = serializers.DateField(required=False, help_text="Asked for where the law profile wants it.")


class SignInSerializer(serializers.Serializer[object]):
    email = serializers.EmailField()
    password = serializers.CharField(trim_whitespace=False, max_length=MOST_LETTERS_OF_A_PASSWORD)
    code = serializers.CharField(
        required=False,
        default="",
        allow_blank=True,
        max_length=32,
        help_text="Of the authenticator app, if there is one.",
    )


class TokenSerializer(serializers.Serializer[object]):
    token = serializers.CharField(max_length=500, help_text="What the mailed link ends in.")


class EmailSerializer(serializers.Serializer[object]):
    email = serializers.EmailField()


class ResetSerializer(serializers.Serializer[object]):
    token = serializers.CharField(max_length=500, help_text="What the mailed link ends in.")
    password = serializers.CharField(trim_whitespace=False, max_length=MOST_LETTERS_OF_A_PASSWORD)


class RefreshSerializer(serializers.Serializer[object]):
    refresh_token = serializers.CharField(max_length=4000)


class PairSerializer(serializers.Serializer[object]):
    """A pair of tokens: the first opens doors for an hour, the second is good once and makes the next pair."""

    access_token = serializers.CharField()
    refresh_token = serializers.CharField()
    token_type = serializers.CharField(help_text="Always “bearer”.")
    expires_in = serializers.IntegerField(help_text="Seconds that the access token is good for.")


class SentSerializer(serializers.Serializer[object]):
    message = serializers.CharField()


class UserSerializer(serializers.ModelSerializer[User]):
    first_name = serializers.CharField(source="name", required=False, allow_blank=True, max_length=80)

    class Meta:
        model = User
        fields = ("id", "email", "first_name", "is_staff", "date_joined")
        read_only_fields = ("id", "email", "is_staff", "date_joined")


class PreferencesSerializer(serializers.ModelSerializer[Preferences]):
    theme = serializers.ChoiceField(choices=Theme.choices)

    class Meta:
        model = Preferences
        fields = ("show_thinking", "send_on_enter", "theme", "language", "time_zone")

    def validate_language(self, value: str) -> str:
        if value and value not in dict(settings.LANGUAGES):
            raise serializers.ValidationError(_("There is no translation into this language."))
        return value

    def validate_time_zone(self, value: str) -> str:
        if value and value not in TIME_ZONES:
            raise serializers.ValidationError(_("This is no time zone, such as Europe/Berlin."))
        return value


class KeySerializer(serializers.ModelSerializer[ApiKey]):
    """A key without its secret."""

    class Meta:
        model = ApiKey
        fields = KEY_FIELDS
        read_only_fields = fields


class NewKeySerializer(serializers.Serializer[object]):
    name = serializers.CharField(max_length=80)
    scopes = serializers.ListField(child=serializers.ChoiceField(choices=Scope.choices), min_length=1, max_length=10)
    expires_at = serializers.DateTimeField(required=False, allow_null=True, default=None)
    per_minute = serializers.IntegerField(
        required=False, allow_null=True, default=None, min_value=1, max_value=100_000
    )


class MadeKeySerializer(KeySerializer):
    """A new key, with its secret: this is the only time that it is told."""

    secret = serializers.CharField()

    class Meta:
        model = ApiKey
        fields = (*KEY_FIELDS, "secret")
        read_only_fields = fields


class FamilySerializer(serializers.Serializer[object]):
    """A program that is signed in by tokens."""

    id = serializers.UUIDField()
    agent = serializers.CharField()
    started_at = serializers.DateTimeField()
    used_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()


class TicketSerializer(serializers.Serializer[object]):
    ticket = serializers.CharField(help_text="Opens one socket: /ws/chat?ticket=…")
    expires_in = serializers.IntegerField(help_text="Seconds.")
