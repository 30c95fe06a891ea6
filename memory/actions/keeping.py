"""Remembering what was said. The messages themselves are never refused: only what is made of them is."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from characters.models import Character
from core.events import group_of_person, publish_on_commit
from core.json import mended
from inference import registry
from memory.events import MemoryKept
from memory.exchange import Said
from memory.holding import hold
from memory.importance import importance
from memory.models import Forgotten, Kind, Memory
from memory.truth.learning import Learner

# A name longer than its column is cut: it is only shown.
LONGEST_NAME = 120

# A person, a character, a message.
Key = tuple[UUID, UUID, UUID]


def keep(said: Sequence[Said], recalled: Sequence[str] = ()) -> list[UUID]:
    """Remember these messages, each for every character that was there, and what their author states of themselves.

    Answers all memories that there are of them: also those that were there before, whose vectors may be missing.
    Safe to run twice. What was forgotten is not remembered again. `recalled` is what the characters were reminded of
    for their answer; nothing is learned from its echo. Raises `EngineUnavailable`.
    """
    wanted = {
        (one.owner_id, character_id, one.source_id): one
        for one in sorted(said, key=lambda one: one.said_at)
        for character_id in one.witnesses
        if one.text.strip()
    }
    feelings = _feelings({one.text for one in wanted.values()})
    with transaction.atomic():
        # Of two that remember for one person, one comes after the other.
        owners = hold(owner_id for owner_id, _character_id, _source_id in wanted)
        present = Character.objects.filter(id__in={key[1] for key in wanted})
        characters = dict(present.values_list("id", "name"))
        is_forgotten = _Forgetter(owners, wanted)
        kept = _kept(owners, {source for one in wanted.values() for source in (one.source_id, one.follows) if source})
        new: list[Memory] = []
        for key, one in wanted.items():
            if key in kept or key[0] not in owners or key[1] not in characters or is_forgotten(key[1], one):
                continue
            row = _exchange(one, key[1], kept)
            row.emotion, row.confidence, row.importance = feelings[one.text]
            kept[key] = row.id
            new.append(row)
        Memory.objects.bulk_create(new, batch_size=500)
        names = {one.spoken_by for one in said}.union(characters.values())
        learners: dict[tuple[UUID, UUID], Learner] = {}
        for row in new:
            place = (row.owner_id, row.character_id)
            learners.setdefault(place, Learner(*place, recalled, names)).learn(row)
        for owner_id, character_id in learners:
            publish_on_commit(group_of_person(owner_id), MemoryKept(character_id=character_id))
        ids = [kept[key] for key in wanted if key in kept]
        return [*ids, *_made_of(owners, characters, ids)]


def _feelings(texts: Iterable[str]) -> dict[str, tuple[str, float, float]]:
    classifier = registry.emotion_classifier()
    found = {}
    for text in texts:
        feeling = classifier.classify(text)
        found[text] = (feeling.emotion.value, feeling.confidence, importance(text, feeling))
    return found


def _kept(owners: Iterable[UUID], source_ids: Iterable[UUID]) -> dict[Key, UUID]:
    rows = Memory.objects.filter(owner__in=owners, source_id__in=source_ids, kind=Kind.EXCHANGE)
    found: dict[Key, UUID] = {}
    for owner_id, character_id, source_id, memory_id in rows.values_list("owner", "character", "source_id", "id"):
        if source_id is not None:
            found[owner_id, character_id, source_id] = memory_id
    return found


class _Forgetter:
    """Whether somebody wanted a message forgotten, or all that was said in its chat until then."""

    def __init__(self, owners: Iterable[UUID], wanted: dict[Key, Said]) -> None:
        ids = {one.source_id for one in wanted.values()} | {one.chat_id for one in wanted.values()}
        rows = Forgotten.objects.filter(owner__in=owners, source_id__in=ids)
        self._at: dict[Key, datetime] = {
            (owner_id, character_id, source_id): at
            for owner_id, character_id, source_id, at in rows.values_list("owner", "character", "source_id", "at")
        }

    def __call__(self, character_id: UUID, one: Said) -> bool:
        until = self._at.get((one.owner_id, character_id, one.chat_id))
        return (one.owner_id, character_id, one.source_id) in self._at or (until is not None and one.said_at <= until)


def _exchange(one: Said, character_id: UUID, kept: dict[Key, UUID]) -> Memory:
    before = kept.get((one.owner_id, character_id, one.follows)) if one.follows is not None else None
    return Memory(
        owner_id=one.owner_id,
        character_id=character_id,
        kind=Kind.EXCHANGE,
        speaker=one.speaker,
        spoken_by=mended(one.spoken_by)[:LONGEST_NAME],
        author_id=one.author_id,
        text=mended(one.text),
        chat_id=one.chat_id,
        source_id=one.source_id,
        previous_id=before,
        witnesses=list(one.witnesses),
        people=list(one.people),
        stands=one.stands,
        said_at=one.said_at,
    )


def _made_of(owners: Collection[UUID], characters: Collection[UUID], ids: Sequence[UUID]) -> list[UUID]:
    learned = Memory.objects.filter(owner__in=owners, character__in=characters, kind__in=(Kind.FACT, Kind.LORE))
    made = learned.filter(sources__overlap=ids)
    return list(made.order_by("said_at", "id").values_list("id", flat=True)) if ids else []
