"""When what is said takes the place of what was said before, and when nobody can tell. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from memory.truth.facts import Fact
from memory.truth.gate import content_words

# Below this two statements are not about the same thing (memory.md, 3h).
LEAST_SIMILARITY = 0.35
# Facts that were not understood are closed by another only if they are nearly about the same.
LEAST_OF_FACTS = 0.55
# As close as this, and without another name or number: it was said before.
SAME = 0.96
# What is true today and another time no longer. Said on another day it is news; on the same, a contradiction.
CHANGING = frozenset({"home", "age", "job", "employer", "study", "diet", "partner", "status", "drives"})
NEWS_AFTER = timedelta(hours=20)
LASTING = re.compile(
    r"(?:name|nickname|birthday|hometown|nationality|mother|father|mum|mom|dad|sister|brother|son|daughter|"
    r"blood type|eye colou?r)$"
)
CUE = re.compile(
    r"\b(?:now|nowadays|these days|any\s?more|any longer|no longer|not any|instead|rather than|used to|turns? out|"
    r"turned out|ended up|switch(?:ed|ing)?|chang(?:ed|ing)|mov(?:ed|ing)|renam(?:ed|ing)|swapp?(?:ed|ing)|"
    r"replac(?:ed|ing)|upgraded|transferred|promoted|demoted|broke up|split up|got divorced|dropped|quit|gave up|"
    r"given up|giving up|stopped|sold|lost|left|retired|finished|postponed|resched?uled|pushed (?:back|to)|"
    r"brought forward|put off|called off|cancell?ed|got pushed|actually|correction|i meant|was wrong|were wrong|"
    r"mistaken|not true|since then|from now on|went back|gone back|back to|again|gone off|over it|passed away|"
    r"a new|my new|our new|the new|new one|started|finally|officially|became|becoming|turned into|raised|went up|"
    r"went down|no more|isn't|aren't|don't .{1,40} anymore)\b",
    re.IGNORECASE,
)
# Fewer words of its own say too little to be about anything.
LEAST_WORDS = 3
# Most news has no words of change: "Quill flew off", where a raven called Quill was told of. It is known by a word of
# its own that only few messages have, by how short it is, and by being told on another day. Longer messages go on with
# a story. Measured by `make bench-memory-truth`.
LEAST_OF_NEWS, NEAREST_OF_NEWS, LONGEST_NEWS = 0.3, 3, 120
LONGEST_WITH_CUE = 140
# Of two short statements of oneself the nearer are about the same thing without a word in common.
LEAST_OF_OWN, LONGEST_OF_OWN = 0.4, 100
OWN = re.compile(r"\b(?:i|we|my|our|me|us)\b", re.IGNORECASE)
# What was done at a time stays done: another cake does not make the first one untrue.
DONE = re.compile(
    r"\b(?:today|tonight|yesterday|just now|earlier|this (?:morning|afternoon|evening|week|weekend|month)|"
    r"last (?:night|week|weekend|month|\w+day)|(?:after|before|at) (?:breakfast|lunch|dinner|supper|dark|work|school)|"
    r"\w+ ago)\b",
    re.IGNORECASE,
)
AT_WORK = re.compile(r"^.*? (?:at|for|with) (?:the |an? )?")
SENTENCE = re.compile(r"(?<=[.!?…])\s+")
# "They raised our rent, can you believe that?" is told, not asked.
ASKING = re.compile(
    r"\W*(?:(?:and|but|so|oh|hey|wow|well|by the way|btw|anyway)[,\s]+)*(?:what|when|where|who|whom|whose|which|why|"
    r"how|did|do|does|is|are|was|were|has|have|had|can|could|would|will|should|any|got|you|your)\b",
    re.IGNORECASE,
)
SHORT_QUESTION = 4


class Verdict(StrEnum):
    UNRELATED = "unrelated"  # both may be true
    SAME = "same"
    REPLACES = "replaces"
    CONTRADICTS = "contradicts"


@dataclass(frozen=True, slots=True)
class Dated:
    """A fact, and since when it is told."""

    fact: Fact
    since: datetime


def has_cue(text: str) -> bool:
    """Whether it says by its words that something has changed."""
    return CUE.search(text) is not None


@dataclass(frozen=True, slots=True)
class Older:
    """An earlier message of the same one: how alike the two are by meaning, whether they share a word that few have,
    and whether the later was said in another sitting."""

    text: str
    similarity: float
    shares_rare: bool
    is_apart: bool


def statement(text: str) -> str:
    """What of a message is told rather than asked."""
    return " ".join(sentence for sentence in SENTENCE.split(text.strip()) if not _is_question(sentence))


def may_replace(text: str) -> bool:
    """Whether it says enough to make anything untrue."""
    return len(content_words(statement(text))) >= LEAST_WORDS


def replaced(text: str, nearest: Sequence[Older]) -> int | None:
    """Which of these, the most alike first, a later message makes untrue; None: none, as far as can be seen.

    Rather one too many than one too few: both are kept, and told with their dates.
    """
    told = statement(text)
    if len(told) <= LONGEST_NEWS:
        for at, older in enumerate(nearest[:NEAREST_OF_NEWS]):
            is_near = older.similarity >= LEAST_OF_NEWS and older.is_apart and not DONE.search(older.text)
            if is_near and older.shares_rare and len(older.text) <= LONGEST_NEWS:
                return at
    if nearest and len(told) <= LONGEST_WITH_CUE and has_cue(told) and nearest[0].similarity >= LEAST_SIMILARITY:
        return 0
    return 0 if nearest and _is_of_own(told, nearest[0]) else None


def _is_of_own(told: str, older: Older) -> bool:
    are_short = max(len(told), len(older.text)) <= LONGEST_OF_OWN
    are_own = OWN.search(told) is not None and OWN.search(older.text) is not None and not DONE.search(older.text)
    return are_short and are_own and older.is_apart and older.similarity >= LEAST_OF_OWN


def _is_question(sentence: str) -> bool:
    if not sentence.rstrip("\"') ").endswith("?"):
        return False
    return ASKING.match(sentence) is not None or len(sentence.split()) <= SHORT_QUESTION


def verdict(newer: Dated, older: Dated) -> Verdict:
    """What a later statement of the same person makes of an earlier one, by their words alone."""
    one, other = _of_one_matter(newer.fact, older.fact)
    if not one.relation or (one.subject, _relation(one)) != (other.subject, _relation(other)):
        same = content_words(one.text) == content_words(other.text) != frozenset()
        return Verdict.SAME if same and one.is_negative == other.is_negative else Verdict.UNRELATED
    if _is_one_of_many(one) or _is_one_of_many(other):
        if one.is_negative != other.is_negative:
            return Verdict.REPLACES if one.values & other.values else Verdict.UNRELATED
        return Verdict.SAME if one.values <= other.values else Verdict.UNRELATED
    if one.is_negative or other.is_negative:
        # "I do not live in Rome" says nothing of Paris.
        return Verdict.UNRELATED if not _is_same(one, other) else _of_same(one, other)
    if one.values == other.values:
        return Verdict.SAME
    if one.is_asked or has_cue(one.text) or (_is_changing(one) and newer.since - older.since >= NEWS_AFTER):
        return Verdict.REPLACES
    return Verdict.UNRELATED if _is_same(one, other) else Verdict.CONTRADICTS


def _of_same(one: Fact, other: Fact) -> Verdict:
    return Verdict.SAME if one.is_negative == other.is_negative else Verdict.REPLACES


def _of_one_matter(one: Fact, other: Fact) -> tuple[Fact, Fact]:
    """Of a job and an employer, the two employers, where the job names one: "a nurse at St Mary's"."""
    if {one.relation, other.relation} != {"job", "employer"}:
        return one, other
    at_job = one if one.relation == "job" else other
    places = frozenset(place for value in at_job.values if (place := AT_WORK.sub("", value)) != value)
    if not places:
        return one, other
    named = replace(at_job, relation="employer", values=places)
    return (named, other) if at_job is one else (one, named)


def _relation(fact: Fact) -> str:
    return "is" if fact.relation == "called" else fact.relation


def _is_one_of_many(fact: Fact) -> bool:
    """Of this there may be several at once."""
    return fact.relation in {"allergy", "condition", "likes", "eats", "drinks", "speaks", "learns", "plays", "has"}


def _is_changing(fact: Fact) -> bool:
    return fact.relation in CHANGING or (fact.relation == "is" and not LASTING.search(fact.subject))


def _is_same(one: Fact, other: Fact) -> bool:
    """Whether one says the other more exactly: a nurse, and a nurse in Bath."""
    pairs = [(set(a.split()), set(b.split())) for a in one.values for b in other.values]
    return any(a <= b or b <= a for a, b in pairs)
