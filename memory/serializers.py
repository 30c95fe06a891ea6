"""Shapes of the REST API. They never write."""

from typing import TypedDict
from uuid import UUID

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers

from memory.actions.correcting import LONGEST
from memory.mind import Bounds, Range
from memory.models import Contradiction, Decision, Forgetting, Memory, MindEvent, Speaker
from memory.pages.entries import FEELINGS
from memory.pages.remembered import WHY
from memory.pages.status import Status
from memory.pages.timeline import PAGE, TABS, Wish
from memory.recalling.query import Reason, Recollection, Rule

MOST_LISTED = 100
LONGEST_QUERY = 2_000
# A quarter of a context of 4,096 tokens, as a prompt of that size would have it (ER-27).
USUAL_BUDGET, MOST_BUDGET = 1_000, 8_000
NEUTRAL = "neutral"
KINDS, EMOTIONS = [kind.value for kind in TABS], [*FEELINGS, NEUTRAL]
NEXT = "Where the next page begins; null at the end."

A_CHARACTER, A_CHAT, A_MEMORY = (f"0190b0a4-6a5e-7c31-9f6d-2f1a5f4d8c{number}" for number in ("10", "11", "12"))


class OfCharacterSerializer(serializers.Serializer[None]):
    character = serializers.UUIDField(required=False, default=None)


class ListSerializer(OfCharacterSerializer):
    """A page of a list: how many at most, and behind which one it begins."""

    limit = serializers.IntegerField(min_value=1, max_value=MOST_LISTED, default=PAGE)
    after = serializers.UUIDField(required=False, default=None)


class MemoriesSerializer(ListSerializer):
    """`since` is the first moment, `until` the first one after the last."""

    kind = serializers.ChoiceField(KINDS, required=False, default="")
    emotion = serializers.ChoiceField(EMOTIONS, required=False, default="")
    pinned = serializers.BooleanField(required=False, default=False)
    chat = serializers.UUIDField(required=False, default=None)
    since = serializers.DateTimeField(required=False, default=None)
    until = serializers.DateTimeField(required=False, default=None)

    @property
    def wish(self) -> Wish:
        wanted = self.validated_data
        return Wish(
            kind=wanted["kind"],
            feeling=wanted["emotion"],
            is_pinned=wanted["pinned"],
            chat_id=wanted["chat"],
            since=wanted["since"],
            until=wanted["until"],
        )


class FindSerializer(OfCharacterSerializer):
    q = serializers.CharField(max_length=LONGEST_QUERY)
    limit = serializers.IntegerField(min_value=1, max_value=PAGE, default=PAGE)


class MemorySerializer(serializers.ModelSerializer[Memory]):
    """`made_of` are the memories that it was made from, `message_id` is the message that it is. `counts`: it stands on
    the path that is told."""

    character_id = serializers.UUIDField(read_only=True)
    speaker = serializers.ChoiceField(choices=Speaker.choices, allow_blank=True, read_only=True)
    message_id = serializers.UUIDField(source="source_id", read_only=True, allow_null=True)
    made_of = serializers.ListField(source="sources", child=serializers.UUIDField(), read_only=True)
    replaces_id = serializers.UUIDField(read_only=True, allow_null=True)
    counts = serializers.BooleanField(source="stands", read_only=True)

    class Meta:
        model = Memory
        fields = (
            "id",
            "character_id",
            "kind",
            "text",
            "said_at",
            "speaker",
            "spoken_by",
            "chat_id",
            "message_id",
            "made_of",
            "replaces_id",
            "valid_from",
            "valid_until",
            "emotion",
            "confidence",
            "importance",
            "is_pinned",
            "counts",
        )
        read_only_fields = fields


class MemoriesPageSerializer(serializers.Serializer[None]):
    memories = MemorySerializer(many=True)
    after = serializers.UUIDField(allow_null=True, help_text=NEXT)


class DreamsSerializer(serializers.Serializer[None]):
    dreams = MemorySerializer(many=True)
    after = serializers.UUIDField(allow_null=True, help_text=NEXT)


class FoundDreamsSerializer(serializers.Serializer[None]):
    dreams = MemorySerializer(many=True)


class JournalSerializer(serializers.Serializer[None]):
    journal = MemorySerializer(many=True)
    after = serializers.UUIDField(allow_null=True, help_text=NEXT)


class FoundJournalSerializer(serializers.Serializer[None]):
    journal = MemorySerializer(many=True)


@extend_schema_serializer(
    examples=[
        OpenApiExample("Pin it", {"is_pinned": True}),
        OpenApiExample("It is otherwise now", {"text": "I live in Porto."}),
        OpenApiExample("It never was so", {"text": "My sister is called Ana.", "was_never_true": True}),
    ]
)
class MemoryChangesSerializer(serializers.Serializer[None]):
    """What is left out stays. `text` is what is true instead; `was_never_true` says so of what stood there before."""

    is_pinned = serializers.BooleanField(required=False)
    text = serializers.CharField(required=False, max_length=LONGEST)
    was_never_true = serializers.BooleanField(default=False)


@extend_schema_serializer(
    examples=[
        OpenApiExample("One chat", {"chat": A_CHAT}),
        OpenApiExample("Some memories", {"character": A_CHARACTER, "memories": [A_MEMORY]}),
        OpenApiExample(
            "A week", {"character": A_CHARACTER, "since": "2026-03-02T00:00Z", "until": "2026-03-09T00:00Z"}
        ),
        OpenApiExample("All of it", {"character": A_CHARACTER, "everything": True}),
    ]
)
class ForgetSerializer(serializers.Serializer[None]):
    """What shall be forgotten: `memories`, what was said `since` and before `until`, or `everything`, each of one
    `character`; or a whole `chat`."""

    character = serializers.UUIDField(required=False)
    memories = serializers.ListField(
        child=serializers.UUIDField(), required=False, min_length=1, max_length=MOST_LISTED
    )
    since = serializers.DateTimeField(required=False)
    until = serializers.DateTimeField(required=False)
    chat = serializers.UUIDField(required=False)
    everything = serializers.BooleanField(required=False)

    def validate(self, attrs: "Forgetful") -> "Forgetful":
        asked = [
            "memories" in attrs,
            "since" in attrs or "until" in attrs,
            "chat" in attrs,
            attrs.get("everything", False),
        ]
        if sum(asked) != 1:
            raise serializers.ValidationError(_("Send one of: memories, since with until, chat, everything."))
        if ("since" in attrs) != ("until" in attrs):
            raise serializers.ValidationError(_("A time needs both since and until."))
        if ("character" in attrs) == ("chat" in attrs):
            raise serializers.ValidationError(_("Send a character, or a chat alone."))
        return attrs


class Forgetful(TypedDict, total=False):
    character: UUID
    memories: list[UUID]
    since: object
    until: object
    chat: UUID
    everything: bool


class ReceiptSerializer(serializers.ModelSerializer[Forgetting]):
    """`counts` says how many of each kind went, and nothing of what they said."""

    character_id = serializers.UUIDField(read_only=True, allow_null=True)
    counts = serializers.DictField(child=serializers.IntegerField(), read_only=True)

    class Meta:
        model = Forgetting
        fields = ("id", "at", "scope", "character_id", "counts")
        read_only_fields = fields


class ReceiptsSerializer(serializers.Serializer[None]):
    receipts = ReceiptSerializer(many=True)


class ContradictionSerializer(serializers.ModelSerializer[Contradiction]):
    character_id = serializers.UUIDField(read_only=True)
    older = MemorySerializer(read_only=True)
    newer = MemorySerializer(read_only=True)

    class Meta:
        model = Contradiction
        fields = ("id", "character_id", "older", "newer", "decision", "decided_at", "created_at")
        read_only_fields = fields


class ContradictionsSerializer(serializers.Serializer[None]):
    contradictions = ContradictionSerializer(many=True)


class DecisionSerializer(serializers.Serializer[None]):
    """ "" leaves it open again."""

    decision = serializers.ChoiceField(Decision.choices, allow_blank=True)


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "For a prompt of your own",
            {"character": A_CHARACTER, "query": "What do you know about my sister?", "budget_tokens": 500},
        )
    ]
)
class ContextQuerySerializer(serializers.Serializer[None]):
    """`budget_tokens` is by an estimate on the high side: a web process has no tokenizer of a model."""

    character = serializers.UUIDField()
    query = serializers.CharField(max_length=LONGEST_QUERY)
    budget_tokens = serializers.IntegerField(min_value=1, max_value=MOST_BUDGET, default=USUAL_BUDGET)
    rule = serializers.ChoiceField([rule.value for rule in Rule], default=Rule.FUSED.value)


class Why(TypedDict):
    code: str
    sentence: str


class RecollectionSerializer(serializers.Serializer[Recollection]):
    id = serializers.UUIDField(source="memory_id")
    message_id = serializers.UUIDField(source="source_id", allow_null=True)
    kind = serializers.CharField()
    text = serializers.CharField(source="line")
    said_at = serializers.DateTimeField()
    emotion = serializers.CharField()
    score = serializers.SerializerMethodField()
    reasons = serializers.SerializerMethodField()
    tokens = serializers.IntegerField()

    def get_score(self, one: Recollection) -> float:
        return round(one.score, 3)

    def get_reasons(self, one: Recollection) -> list[Why]:
        return [_reason(reason) for reason in one.reasons]


class ContextSerializer(serializers.Serializer[None]):
    """`context` is all of it as a text; `recap` sums up what was said."""

    context = serializers.CharField()  # type: ignore[assignment]  # fields are no attributes
    tokens = serializers.IntegerField()
    memories = RecollectionSerializer(many=True)
    recap = RecollectionSerializer(allow_null=True)


class RangeSerializer(serializers.Serializer[None]):
    low = serializers.FloatField(min_value=0, max_value=1, default=0)
    high = serializers.FloatField(min_value=0, max_value=1, default=1)


class BoundsSerializer(serializers.Serializer[None]):
    """How far each value may go. What is left out may go anywhere."""

    mood_value = RangeSerializer(required=False)
    energy = RangeSerializer(required=False)
    focus = RangeSerializer(required=False)
    affection = RangeSerializer(required=False)

    @property
    def bounds(self) -> Bounds:
        said = self.validated_data
        return Bounds(**{name: Range(one["low"], one["high"]) for name, one in said.items()})


class EventsSerializer(serializers.Serializer[None]):
    limit = serializers.IntegerField(min_value=1, max_value=MOST_LISTED, default=MOST_LISTED)
    before = serializers.IntegerField(min_value=1, required=False, default=None)


class MindEventSerializer(serializers.ModelSerializer[MindEvent]):
    """`cause` is what the rule met, `source_id` the reply or dream that set it off."""

    class Meta:
        model = MindEvent
        fields = ("id", "number", "at", "rule", "cause", "source_id", "before", "after", "undone_at")
        read_only_fields = fields


class MindEventsSerializer(serializers.Serializer[None]):
    events = MindEventSerializer(many=True)


class StatusSerializer(serializers.Serializer[Status]):
    """As it is at this moment; all values are from 0 to 1. `bounds` are those that are narrower than that, as lowest
    and highest. `moved_at` is null before anything has moved it, `character_id` before they have talked to anybody."""

    character_id = serializers.UUIDField(allow_null=True)
    mood = serializers.CharField()
    mood_value = serializers.FloatField()
    energy = serializers.FloatField()
    focus = serializers.FloatField()
    clarity = serializers.FloatField()
    affection = serializers.FloatField()
    is_frozen = serializers.BooleanField()
    bounds = serializers.DictField(child=serializers.ListField(child=serializers.FloatField()))
    moved_at = serializers.DateTimeField(allow_null=True)


def _reason(reason: Reason) -> Why:
    return Why(code=reason.value, sentence=str(WHY[reason]))
