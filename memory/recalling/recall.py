"""What a character remembers of one person when something is said: the one way to ask for it.

By meaning, by words, by who said it and by when, in one score (`memory.recalling.scoring`), from all that this person
and this character said, and as much of it as the prompt has room for.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from time import perf_counter
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from memory import embedding, wall
from memory.recalling import candidates, classic, question, recapping, scoring
from memory.recalling.candidates import Detail, Found, Search
from memory.recalling.lexical import Floats
from memory.recalling.packing import Item, Packing, excerpt
from memory.recalling.query import Query, Reason, Recalled, Recollection, Rule
from memory.recalling.question import Event, Question
from memory.recalling.weights import FITTED, Fitted

Vector = NDArray[np.float32]
Embed = Callable[[str], Vector | None]

# So many of the ranked are read in full: several times what the prompt has room for, a line being 40 tokens.
READ_MORE, TOKENS_OF_A_LINE, LEAST_READ = 2, 40, 40
# What the best so many replaced is told with them.
PAIRED = 12
MOST_RANKED = 200
SAME_LETTERS = 100
# A message with fewer words of its own than this says nothing.
LEAST_WORDS = 2
# What a feature adds to a score for it to be told as a reason, in logits.
LEAST_REASON = 0.8
MOST_REASONS = 3
# Below this nobody knows when it was that something else was before or after.
LEAST_SURE = 0.3
DATE = scoring.FEATURES.index("date")
REASONS = {
    Reason.MEANING: ("dense",),
    Reason.WORDS: ("window", "own", "pairs"),
    Reason.SPEAKER: ("speaker",),
    Reason.DATE: ("date", "time_asked", "extreme"),
    Reason.TOPIC: ("topic", "answers", "key"),
    Reason.PINNED: ("pinned",),
}


@dataclass(frozen=True, slots=True)
class Ranked:
    """Everything that may answer, with what was measured of it and what that counts, in the order of `found.ids`."""

    question: Question
    found: Found
    features: Floats
    scores: Floats
    weights: Floats
    fitted: Fitted


def embed_here(text: str) -> Vector | None:
    """The meaning of a text, by the model in this process; None where there is none in time, and words must do.

    For the worker that has the weights; `memory.embedding.query_vector` is for all others.
    """
    return embedding.vector_at_hand(text)


def recall(query: Query, embed: Embed = embed_here, fitted: Fitted = FITTED) -> Recalled:
    """What comes up, within the budget. Reads only rows of this owner and this character."""
    asked = question.read(query)
    began = perf_counter()
    vector = embed(query.text if query.rule == Rule.CLASSIC else asked.words)
    event = embed(asked.event.words) if asked.event is not None and query.rule != Rule.CLASSIC else None
    embedded = perf_counter()
    with wall.inside(query.owner_id):
        search = Search(query, vector, embedding.model_name())
        if query.rule == Rule.CLASSIC:
            found = classic.recalled(query, search)
        else:
            if asked.event is not None:
                asked = _dated(asked, asked.event, Search(query, event, embedding.model_name()), fitted)
            found = _told(query, rank(asked, search, fitted), search)
    return replace(found, embed_ms=(embedded - began) * 1000, search_ms=(perf_counter() - embedded) * 1000)


def rank(asked: Question, search: Search, fitted: Fitted = FITTED) -> Ranked:
    """To be asked inside the wall."""
    found = candidates.find(asked, search)
    measured = scoring.features(asked, found.stems, found.rows, found.whole)
    weights = (fitted.question if asked.asks else fitted.statement).vector()
    return Ranked(asked, found, measured, measured @ weights, weights, fitted)


def _dated(asked: Question, event: Event, search: Search, fitted: Fitted) -> Question:
    """With the time of the event that it names, if that is remembered."""
    wanted = replace(asked, words=event.words, event=None, when=False, first_time=False, last_time=False)
    ranked = rank(wanted, search, fitted)
    if not len(ranked.scores):
        return asked
    best = int(np.argmax(ranked.scores))
    if fitted.match(float(ranked.scores[best])) < LEAST_SURE:
        return asked
    return replace(asked, spans=(event.span(date.fromordinal(ranked.found.rows.days[best])),))


def _told(query: Query, ranked: Ranked, search: Search) -> Recalled:
    order = np.argsort(-ranked.scores, kind="stable")
    lengths = ranked.found.rows.lengths
    if ranked.question.only_times and len(within := [at for at in order if ranked.features[at, DATE] >= 1]):
        order = np.array(within)
    read = LEAST_READ + READ_MORE * query.budget // TOKENS_OF_A_LINE
    best = [ranked.found.ids[at] for at in order if lengths[at] >= LEAST_WORDS][:read]
    details = {detail.memory_id: detail for detail in search.details(best)}
    # Of a time that is named, what was true then is asked, and not what made it untrue.
    is_dated = bool(ranked.question.spans)
    details |= {} if is_dated else _linked(search, details)
    recap = recapping.choose(query, ranked.question, ranked.found.derived, search)
    packing = Packing(query.budget - (recap.tokens if recap else 0), query.count)
    updates = _fill(packing, best, details, ranked.found.stems, pairs=not is_dated)
    places = {memory_id: at for at, memory_id in enumerate(ranked.found.ids)}
    return Recalled(
        memories=tuple(
            _recollection(details[item.memory_id], item.line, tokens, ranked, places.get(item.memory_id), updates)
            for item, tokens in packing.in_time()
        ),
        recap=recap,
        ranked=tuple(UUID(ranked.found.ids[at]) for at in order[:MOST_RANKED]),
    )


def _linked(search: Search, details: Mapping[str, Detail]) -> dict[str, Detail]:
    """What any of these replaced or was replaced by, however often."""
    linked: dict[str, Detail] = {}
    new = dict(details)
    while new:
        found = {one.memory_id: one for one in search.linked(new.values())}
        new = {
            memory_id: one for memory_id, one in found.items() if memory_id not in details and memory_id not in linked
        }
        linked |= new
    return linked


def _fill(
    packing: Packing, best: Sequence[str], details: Mapping[str, Detail], stems: Sequence[str], *, pairs: bool
) -> set[str]:
    """In the order of rank; with `pairs`, what was replaced never without what is true now. Answers which came up
    with another."""
    newer: dict[str, str] = {}
    for one in sorted(details.values(), key=lambda detail: (detail.said_at, detail.memory_id)):
        if one.replaces is not None and pairs:
            newer[one.replaces] = one.memory_id
    updates: set[str] = set()
    told: set[str] = set()
    for at, memory_id in enumerate(best):
        # What was said again in the same words is one memory.
        words = details[memory_id].text[:SAME_LETTERS].casefold()
        if words in told:
            continue
        told.add(words)
        newest = _newest(memory_id, newer)
        older = details[memory_id].replaces if at < PAIRED and pairs else None
        needed = list(dict.fromkeys((memory_id, newest)))
        wanted = [*needed, older] if older is not None and older in details else needed
        # Where there is no room for both, what is true goes without what was.
        for group in (wanted, needed, [newest]):
            if packing.add([_item(details[one], stems) for one in group]):
                updates |= set(group) if group != [memory_id] else set()
                break
        if packing.is_full:
            break
    return updates


def _newest(memory_id: str, newer: Mapping[str, str]) -> str:
    seen = {memory_id}
    while (following := newer.get(memory_id)) is not None and following not in seen:
        memory_id = following
        seen.add(following)
    return memory_id


def _item(detail: Detail, stems: Sequence[str]) -> Item:
    text = excerpt(detail.text, stems)
    return Item(detail.memory_id, f"{detail.spoken_by}: {text}" if detail.spoken_by else text, detail.said_at)


def _recollection(
    detail: Detail, line: str, tokens: int, ranked: Ranked, place: int | None, updates: set[str]
) -> Recollection:
    score, reasons = 0.0, list[Reason]()
    if place is not None:
        score = ranked.fitted.match(float(ranked.scores[place]))
        reasons = _reasons(ranked, place)
    if detail.memory_id in updates:
        reasons = [Reason.UPDATE, *reasons]
    return Recollection(
        memory_id=UUID(detail.memory_id),
        source_id=detail.source_id,
        kind=detail.kind,
        line=line,
        said_at=detail.said_at,
        emotion=detail.emotion,
        score=score,
        reasons=tuple(reasons[:MOST_REASONS]),
        tokens=tokens,
    )


def _reasons(ranked: Ranked, place: int) -> list[Reason]:
    """What counted most comes first; what counted most is told even where it is little."""
    added = dict(zip(scoring.FEATURES, (ranked.features[place] * ranked.weights).tolist(), strict=True))
    sums = {reason: sum(added[name] for name in names) for reason, names in REASONS.items()}
    ordered = sorted(sums, key=lambda reason: -sums[reason])
    return [reason for at, reason in enumerate(ordered) if sums[reason] >= LEAST_REASON or at == 0]
