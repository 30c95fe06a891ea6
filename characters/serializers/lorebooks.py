"""Shapes of lorebooks, and of trying one out."""

from rest_framework import serializers

from characters.actions import lorebooks as actions
from characters.pages import book_trial
from characters.pages.book_trial import Told, Trial
from characters.pages.lorebooks import Shelved
from characters.serializers.importing import NoticeSerializer


class ShelvedSerializer(serializers.Serializer[Shelved]):
    """`entries` says how many there are, `chats` in how many it was put."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    description = serializers.CharField()
    entries = serializers.IntegerField()
    chats = serializers.IntegerField()
    is_global = serializers.BooleanField()
    updated_at = serializers.DateTimeField()


class LorebookChangesSerializer(serializers.Serializer[None]):
    """What is left out stays as it is."""

    name = serializers.CharField(required=False, max_length=actions.NAME_LENGTH)
    description = serializers.CharField(required=False, allow_blank=True, max_length=2_000)
    is_global = serializers.BooleanField(required=False)


class NewTrialSerializer(serializers.Serializer[None]):
    """Of `lorebook_id` and `book`, one says which book; `text` has a message on each line."""

    lorebook_id = serializers.UUIDField(required=False)
    book = serializers.JSONField(required=False)
    text = serializers.CharField(allow_blank=True, max_length=book_trial.LONGEST_TEXT, trim_whitespace=False)
    character = serializers.CharField(required=False, allow_blank=True, default="", max_length=80)
    seed = serializers.IntegerField(required=False, default=0, min_value=0, max_value=book_trial.MOST_SEED)


class LorebooksSerializer(serializers.Serializer[None]):
    lorebooks = ShelvedSerializer(many=True)


class BookFileSerializer(serializers.Serializer[None]):
    """A lorebook as a stand-alone V3 file."""

    spec = serializers.CharField()
    data = serializers.DictField()  # type: ignore[assignment]  # fields are no attributes


class WorldFileSerializer(serializers.Serializer[None]):
    """A lorebook as SillyTavern has it: entries by their numbers, and what else it says."""

    entries = serializers.DictField(child=serializers.DictField())


class LorebookSerializer(ShelvedSerializer):
    """With what it says."""

    book = BookFileSerializer()


class TakenInSerializer(ShelvedSerializer):
    """With what was mended or left out on the way in."""

    notices = NoticeSerializer(many=True)


class EntryTrialSerializer(serializers.Serializer[Told]):
    """What became of an entry. `message` counts from 1, null where it is not one message that decided."""

    id = serializers.CharField()
    name = serializers.CharField()
    active = serializers.BooleanField()
    why = serializers.CharField()
    key = serializers.CharField()
    message = serializers.IntegerField(allow_null=True)
    sweep = serializers.IntegerField()
    tokens = serializers.IntegerField()
    position = serializers.CharField()
    rank = serializers.IntegerField(allow_null=True, help_text="Its number in the order of the prompt.")


class TrialSerializer(serializers.Serializer[Trial]):
    """Tokens are estimates. `used_chance`: with another seed it may end in another way."""

    entries = EntryTrialSerializer(many=True)
    messages = serializers.IntegerField()
    tokens = serializers.IntegerField()
    budget = serializers.IntegerField()
    book_budget = serializers.IntegerField(allow_null=True)
    problems = serializers.ListField(child=serializers.CharField())
    seed = serializers.IntegerField()
    used_chance = serializers.BooleanField()
    milliseconds = serializers.IntegerField()
