"""Shapes of the marketplace, for readers and for authors."""

from rest_framework import serializers

from characters.actions import market as actions
from characters.actions import publishing
from characters.forms.market import MOST_AT_ONCE, SORTS
from characters.models import Report
from characters.models.character import Rating
from characters.pages.market import PAGE, Detail, PosterCard
from characters.pages.sharing import Sharing, State


class MarketSerializer(serializers.Serializer[None]):
    """As `characters.forms.market.MarketForm` reads it."""

    q = serializers.CharField(required=False, allow_blank=True, help_text="Words. What is empty narrows nothing.")
    tag = serializers.CharField(required=False, max_length=40)
    rating = serializers.ChoiceField(
        choices=Rating.choices, required=False, default=Rating.TEEN.value, help_text="The most mature that is shown."
    )
    language = serializers.CharField(required=False, max_length=16, help_text="A language tag, as en or pt-br.")
    voice = serializers.BooleanField(required=False, help_text="Only those with a voice.")
    sort = serializers.ChoiceField(choices=[value for value, _label in SORTS], required=False)
    after = serializers.CharField(required=False, max_length=200, help_text="`next` of the page before.")
    limit = serializers.IntegerField(required=False, min_value=1, max_value=MOST_AT_ONCE, default=PAGE)


class PosterSerializer(serializers.Serializer[PosterCard]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    tagline = serializers.CharField()
    author = serializers.CharField()
    hue = serializers.IntegerField()
    picture = serializers.CharField()
    rating = serializers.ChoiceField(choices=Rating.choices)
    language = serializers.CharField()
    tags = serializers.ListField(source="all_tags", child=serializers.CharField())
    takes = serializers.IntegerField()
    favourites = serializers.IntegerField()
    has_voice = serializers.BooleanField()
    is_saved = serializers.BooleanField()


class DetailSerializer(serializers.Serializer[Detail]):
    """`description` is as its author wrote it: markdown, with macros, and never to be trusted as HTML."""

    description = serializers.CharField()
    greetings = serializers.IntegerField()
    lore_entries = serializers.IntegerField()
    version = serializers.IntegerField()
    digest = serializers.CharField()
    listed_at = serializers.DateTimeField()
    character_id = serializers.UUIDField(
        source="copy_id", allow_null=True, help_text="What may be talked to: their copy, or the character itself."
    )


class NewTakeSerializer(serializers.Serializer[bool]):
    follows = serializers.BooleanField(default=False)


class NewReportSerializer(serializers.Serializer[Report]):
    kind = serializers.ChoiceField(choices=Report.Kind.choices)
    text = serializers.CharField(allow_blank=True, default="", max_length=actions.LONGEST_REPORT)


class PublishedSerializer(PosterSerializer, DetailSerializer):
    """One that is published, with all that its page says."""


class ShelfSerializer(serializers.Serializer[None]):
    """If `is_total_cut` there are more than `total`. `instead` is what was looked for in place of the words."""

    characters = PosterSerializer(many=True)
    next = serializers.CharField(allow_null=True, help_text="The cursor of the next page; null at the end.")
    total = serializers.IntegerField()
    is_total_cut = serializers.BooleanField()
    instead = serializers.CharField()


class TakenSerializer(serializers.Serializer[None]):
    character_id = serializers.UUIDField()
    name = serializers.CharField()


class ReportedSerializer(serializers.Serializer[Report]):
    id = serializers.UUIDField()


class NewPublicationSerializer(serializers.Serializer[None]):
    author = serializers.CharField(required=False, allow_blank=True, max_length=publishing.LONGEST_AUTHOR)


class SharingSerializer(serializers.Serializer[Sharing]):
    """`missing` says what must be done before the newest version can be sent."""

    state = serializers.ChoiceField(choices=[state.value for state in State])
    author = serializers.CharField()
    newest = serializers.IntegerField(allow_null=True)
    published = serializers.IntegerField(allow_null=True)
    digest = serializers.CharField()
    publication_id = serializers.UUIDField(allow_null=True)
    waiting = serializers.IntegerField(allow_null=True)
    waiting_since = serializers.DateTimeField(allow_null=True)
    rejected = serializers.IntegerField(allow_null=True)
    reason = serializers.CharField()
    missing = serializers.ListField(child=serializers.CharField(), source="blocked")
