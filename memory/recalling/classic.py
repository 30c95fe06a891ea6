"""Recall as it is commonly done: what is near enough, then what has all the words. Kept to be chosen, and to be
measured beside ours; requirements AZ-14 to AZ-19 and ER-22 say every number of it."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from uuid import UUID

from inference import registry
from inference.emotion.emotion import Emotion
from inference.errors import InferenceError
from memory.recalling.candidates import Detail, Search
from memory.recalling.packing import Item, Packing
from memory.recalling.query import Query, Reason, Recalled, Recollection

LEAST_SIMILARITY = 0.45
MOST_SIMILAR = 10
MOST_WORDED = 10
YOUNGEST = timedelta(seconds=60)
LONGEST = 400
SAME_BEGINNING = 100
# How much more it counts where the feeling is the same, at most.
BOOST = 0.3


def recalled(query: Query, search: Search) -> Recalled:
    """To be asked inside the wall."""
    emotion = _emotion(query.text)
    similar = search.most_similar(MOST_SIMILAR, LEAST_SIMILARITY, query.now - YOUNGEST)
    boosted = sorted(
        ((cosine * _boost(detail, emotion), detail, Reason.MEANING) for detail, cosine in similar),
        key=lambda found: -found[0],
    )
    worded = search.with_all_words(query.text, MOST_WORDED, query.now - YOUNGEST)
    found = list(_without_doubles([*boosted, *((rank, detail, Reason.WORDS) for detail, rank in worded)]))
    packing = Packing(query.budget, query.count)
    for _score, detail, _reason in found:
        packing.add([Item(detail.memory_id, _line(detail), detail.said_at)])
    by_id = {detail.memory_id: (score, detail, reason) for score, detail, reason in found}
    return Recalled(
        memories=tuple(_recollection(item, tokens, *by_id[item.memory_id]) for item, tokens in packing.in_time()),
        ranked=tuple(UUID(detail.memory_id) for _score, detail, _reason in found),
    )


def _emotion(text: str) -> Emotion:
    try:
        return registry.emotion_classifier().classify(text).emotion
    except InferenceError:
        return Emotion.NEUTRAL


def _boost(detail: Detail, emotion: Emotion) -> float:
    return 1 + detail.importance * BOOST if detail.emotion == emotion else 1.0


def _without_doubles(found: Iterable[tuple[float, Detail, Reason]]) -> Iterator[tuple[float, Detail, Reason]]:
    seen: set[str] = set()
    for one in found:
        beginning = one[1].text[:SAME_BEGINNING]
        if beginning not in seen:
            seen.add(beginning)
            yield one


def _line(detail: Detail) -> str:
    text = " ".join(detail.text[:LONGEST].split())
    return f"{detail.spoken_by}: {text}" if detail.spoken_by else text


def _recollection(item: Item, tokens: int, score: float, detail: Detail, reason: Reason) -> Recollection:
    return Recollection(
        memory_id=UUID(detail.memory_id),
        source_id=detail.source_id,
        kind=detail.kind,
        line=item.line,
        said_at=detail.said_at,
        emotion=detail.emotion,
        score=max(0.0, min(1.0, score)),  # the raw one ranks
        reasons=(reason,),
        tokens=tokens,
    )
