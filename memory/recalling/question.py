"""What a message asks of memory: of whom, of when, of what kind. Touches no rows."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from memory.models import Kind, Speaker
from memory.recalling.query import Query
from memory.recalling.times import TIME_WORDS, Span, spans

ASKS = re.compile(
    r"\?|(?:^|[.!,;]\s+)(?:what|when|where|who|whom|whose|which|why|how|did|do|does|is|are|was|were|has|have|had|can"
    r"|could|would|will|remind me|tell me|remember when|summari[sz]e|recall)\b",
    re.I,
)
WHEN = re.compile(
    r"^\W*(?:and |so |but )?(?:when|how long|what (?:date|day|month|year|time)|which (?:date|day|month|year)"
    r"|since when|how many (?:days|weeks|months|years)|how (?:recently|long ago))\b"
    r"|\b(?:remember|know|tell me|recall|remind me) (?:when|how long|what (?:date|day|month|year))\b",
    re.I,
)
NUMBER = re.compile(r"\bhow (?:many|much|often|old|long)\b", re.I)
NAME = re.compile(r"\b(?:who|where|which|names?|named|called|city|country|state|place|company)\b", re.I)
BOTH = re.compile(r"\b(?:both|each other|we|us|our|ours|together|in common)\b", re.I)
FIRST_TIME = re.compile(r"\b(?:first time|(?:at )?first (?:mention|talk|say|said|meet|met)|for the first)\b", re.I)
LAST_TIME = re.compile(r"\b(?:last time|most recent(?:ly)?|latest|last (?:mention|talk|say|said|meet|met))\b", re.I)
OVERVIEW = re.compile(
    r"\bwhat (?:have|did|were|are|had) (?:we|you and i) (?:been |just )?(?:talk|discuss|cover|chat|do|up to|say|said)"
    r"|\bwhat (?:topics|things|subjects)\b.*\b(?:talk|discuss|cover)|\bsummar|\brecap\b|\bcatch me up|\bso far\b"
    r"|\bwhat (?:have|has) (?:been happening|happened)"
    r"|\b(?:talked|spoken|chatted) about (?:before|so far|lately|today)",
    re.I,
)
DREAM = re.compile(r"\b(?:dream|dreams|dreamt|dreamed|dreaming|nightmare)s?\b", re.I)
JOURNAL = re.compile(r"\b(?:journal|diary|reflections?|insights?|reflect(?:ed|ing)?)\b", re.I)
OF_CHARACTER = re.compile(r"\byou(?:r|rs)?\b", re.I)
SAYS_NOTHING = frozenset(
    "a about all any anything are at been between can chat chatted chatting could cover covered did discuss "
    "discussed do does done during else everything far for from go going had happen happened happening happens has "
    "have i in is it me mention mentioned my of on one or our please recall remember remind said saw say saying so "
    "speak spoke spoken still talk talked talking tell th nd rd st that the then there things to told topic topics "
    "up us was we went were what which with you your".split()
)
# Ways to ask somebody for a memory, which say nothing of whom it is about.
POLITE = re.compile(
    r"\b(?:(?:do|can|could|would|will|did) you (?:still |even |please )*(?:happen to )?"
    r"(?:remember|recall|know|tell me|remind me|say|think|guess|believe)"
    r"|(?:please )?(?:remind|tell) me|you (?:remember|know|said)"
    r"|(?:tell|told|telling|mentioned to|say to|said to|with|to|for|from) you)\b",
    re.I,
)
# What something else was before or after: an event, and no date.
BESIDE = re.compile(
    r"\b(?:(?P<close>right|just|shortly|immediately|soon|straight|the (?:day|night|morning|evening|week))\s+)?"
    r"(?P<side>before|after)\s+(?P<what>(?:(?:the|my|our|his|her|their|your|that|i|we|he|she|they)\b|\w+ing\b)"
    r"[^?.!,;]{3,80})",
    re.I,
)
CLOSE_DAYS, NEAR_DAYS = 4, 14
# Between two who are named together.
TOGETHER = re.compile(r"^\S+ (?:and|or) $", re.I)
FIRST_PERSON = re.compile(r"\b(?:i|i'm|i've|i'd|i'll|me|my|mine|myself)\b", re.I)
SECOND_PERSON = re.compile(r"\b(?:you|you're|you've|you'd|your|yours|yourself)\b", re.I)


@dataclass(frozen=True, slots=True)
class Event:
    """Beside what something was: within `days` before it, or after it. `words` are without anybody's names."""

    words: str
    is_before: bool
    days: int

    def span(self, day: date) -> Span:
        """The time that is meant, if it was on that day."""
        away = timedelta(days=self.days)
        return Span(day - away, day) if self.is_before else Span(day, day + away)


@dataclass(frozen=True, slots=True)
class Question:
    """`words` are what is looked for, without anybody's names. `speaker` is who is asked about, if that is clear.
    `kinds` are the derived texts that are asked for by name, or all of them where a whole is asked for."""

    words: str
    asks: bool
    speaker: Speaker | None
    speaker_is_sure: bool
    when: bool
    number: bool
    name: bool
    first_time: bool
    last_time: bool
    overview: bool
    kinds: tuple[Kind, ...]
    spans: tuple[Span, ...]
    event: Event | None
    # Nothing is asked for but what was said then.
    only_times: bool


def read(query: Query) -> Question:
    text = query.text.replace("’", "'")
    asks = bool(ASKS.search(text))
    speaker, is_sure = asked_about(text, query.person_names, query.character_names) if asks else (None, False)
    named = spans(text, query.now.date())
    overview = asks and bool(OVERVIEW.search(text))
    return Question(
        words=without_names(text, (*query.person_names, *query.character_names)),
        asks=asks,
        speaker=speaker,
        speaker_is_sure=is_sure,
        when=asks and bool(WHEN.search(text)),
        number=asks and bool(NUMBER.search(text)),
        name=asks and bool(NAME.search(text)),
        first_time=asks and bool(FIRST_TIME.search(text)),
        last_time=asks and bool(LAST_TIME.search(text)),
        overview=overview,
        kinds=_kinds(text, overview=overview) if asks else (),
        spans=named,
        event=_event(text, (*query.person_names, *query.character_names)) if asks and not named else None,
        only_times=asks and bool(named) and _says_nothing_else(text, (*query.person_names, *query.character_names)),
    )


def _event(text: str, names: tuple[str, ...]) -> Event | None:
    met = BESIDE.search(text)
    if met is None:
        return None
    days = CLOSE_DAYS if met["close"] else NEAR_DAYS
    return Event(without_names(met["what"], names), met["side"].lower() == "before", days)


def _says_nothing_else(text: str, names: tuple[str, ...]) -> bool:
    words = re.findall(r"[a-z]+", without_names(text, names).lower())
    return all(word in SAYS_NOTHING or word in TIME_WORDS for word in words)


def _kinds(text: str, *, overview: bool) -> tuple[Kind, ...]:
    named = []
    if OF_CHARACTER.search(text):
        named += [Kind.DREAM] if DREAM.search(text) else []
        named += [Kind.JOURNAL] if JOURNAL.search(text) else []
    if named:
        return tuple(named)
    return (Kind.SUMMARY,) if overview else ()


def _pattern(names: tuple[str, ...]) -> re.Pattern[str] | None:
    """Whole names, and the first of several words: people are called by both."""
    wanted = {part for name in names for part in (name, *name.split()[:1]) if len(part) > 1}
    if not wanted:
        return None
    ordered = sorted(wanted, key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, ordered))})(?:'s)?(?!\w)", re.I)


def without_names(text: str, names: tuple[str, ...]) -> str:
    """The text as it is embedded: whose words are looked for is told by the rows, and a name pulls every row alike."""
    pattern = _pattern(names)
    if pattern is None:
        return text
    return " ".join(pattern.sub(" ", text).split())


def asked_about(text: str, person: tuple[str, ...], character: tuple[str, ...]) -> tuple[Speaker | None, bool]:
    """Whose words the answer is in, and whether that is sure; None: both, or neither."""
    bare = POLITE.sub(" ", text)
    persons, characters = _pattern(person), _pattern(character)
    of_person = _first(bare, persons, FIRST_PERSON)
    of_character = _first(bare, characters, SECOND_PERSON)
    if of_person is None and of_character is None:
        return None, False
    if of_person is None or of_character is None:
        return Speaker.CHARACTER if of_person is None else Speaker.PERSON, True
    if BOTH.search(bare) or TOGETHER.search(bare[min(of_person, of_character) : max(of_person, of_character)]):
        return None, False
    return Speaker.PERSON if of_person < of_character else Speaker.CHARACTER, False


def _first(text: str, *patterns: re.Pattern[str] | None) -> int | None:
    """Where the first of these is met."""
    found = [match.start() for pattern in patterns if pattern and (match := pattern.search(text))]
    return min(found, default=None)
