"""What a conversation is about, by its words: names of things, alone and in pairs. For English; pure."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

# So many of a sitting are kept; the oldest go first.
MOST_KEPT = 200
LEAST_LETTERS = 3
# What was spoken of in this time, "we were just discussing".
JUST_NOW = timedelta(minutes=15)
MOST_NAMED = 6

WORD = re.compile(r"[^\W\d_][\w'-]*")
BREAK = re.compile(r"[.!?,;:()\"“”*\n—–…]+")
# Somebody says what it is to be about.
NAMED = re.compile(
    r"\b(?:talk(?:ing|ed)? about|discuss(?:ing|ed)?|chat(?:ting|ted)? about|tell me (?:more )?about|"
    r"question about|curious about|learn(?:ing)? about|the (?:topic|subject) (?:of|is))\s+(?P<rest>[^.!?\n]+)",
    re.IGNORECASE,
)
ASKED = re.compile(
    r"\b(?:(?:what|which) (?:topics?|subjects?|things?)\b.*\b(?:we|us|our|covered|discussed|today)\b|"
    r"what (?:did|have|were) we (?:just )?(?:talk|discuss|cover|chat|speak|say)\w*|"
    r"(?:we were|we've been|we have been|we) (?:just )?(?:discussing|talking about|speaking (?:of|about)|covering)|"
    r"(?:we|you and i) (?:just |have |had |already )*(?:discussed|talked about|spoke (?:of|about)|covered)|"
    r"where were we|back to what we)\b",
    re.IGNORECASE,
)

# Words that say how, when and to whom, and what everybody does: none of them is what it is about.
SMALL_WORDS = frozenset(
    """
    a able about above across actually after again against ago ah all almost alone along already also although always
    am an and another any anybody anyone anything anyway anywhere are aren't around as at away back be became because
    become been before began behind being below beside besides best better between beyond big bit both but by came can
    can't cannot certain certainly come comes coming could couldn't course dear definitely did didn't different do does
    doesn't doing don't done down during each early easy eh either else end enough especially etc even evening ever
    every everybody everyone everything everywhere exactly far feel feeling feels felt few fine first for forever found
    from full fun gave get gets getting give gives giving glad go goes going gone good got great guess had hadn't half
    happen happened happening happens hard hardly has hasn't have haven't having he he'd he'll he's hear heard hello
    help helped her here here's hers herself hey hi him himself his hmm hope hoping how how's however huh i i'd i'll
    i'm i've idea if in indeed inside instead into is isn't it it'd it'll it's its itself just keep keeps kept kind
    kinds
    knew know known knows last late later least leave left less let let's like liked likes likely little lo long look
    looked looking looks lot lots love loved loves made make makes making many matter may maybe me mean means meant
    meanwhile might mind mine minute moment more morning most mostly much must my myself name near nearly need needed
    needs neither never new next nice night no nobody none nor not nothing now nowhere obviously of off often oh ok
    okay old on once one ones only onto open or other others our ours ourselves out over own part people perhaps person
    place please point possible probably put quite rather read ready real really remember right said same saw say
    saying says second see seeing seem seemed seems seen send sense sent shall she she'd she'll she's should shouldn't
    show side since so some somebody somehow someone something sometimes somewhere soon sorry sort sound sounds speak
    speaking spoke start started starting starts still stop stopped story stuff such suddenly suppose sure take taken
    takes taking talk talked talking tell telling tells than thank thanks that that'd that'll that's the their theirs
    them themselves then there there's these they they'd they'll they're they've thing things think thinking thinks
    this those though thought thoughts through till time times to today together told tomorrow tonight too took top
    topic topics totally toward towards tried tries true truly try trying turn turned two under unless until up upon us
    use used uses using usual usually very wait wanna want wanted wants was wasn't way ways we we'd we'll we're we've
    week weeks well went were weren't what what's whatever when when's whenever where where's wherever whether which
    while who who'd who's whoever whole whom whose why why's will wish with within without woman won't wonder wondering
    word words work worked works world would wouldn't wow yeah year years yep yes yesterday yet you you'd you'll you're
    you've young your yours yourself yourselves discuss discussed discussing discussion chat chatting conversation
    subject covered question questions answer answers ask asked asking asks day days hour hours minutes month months
    bring brings brought call called calls change changed find finds follow hold holds lets live lives lived move moved
    play played run runs running sit sits sitting sat stand stands stood stay stays walk walks walked walking watch
    understand understood interesting important favourite favorite bad busy happy sad tired smiles smile smiled nods
    nod laughs laugh laughed softly gently quietly eyes voice head hand hands
    """.split()
)


@dataclass(frozen=True, slots=True)
class Topic:
    """`words` as somebody wrote them; `count` messages speak of it. `is_named`: somebody said that it is the topic."""

    words: str
    count: int
    last_at: datetime
    is_named: bool = False


def topics_of(text: str, at: datetime) -> tuple[Topic, ...]:
    """Each thing that a message speaks of, once: pairs of words, and words."""
    named = {_key(words) for found in NAMED.finditer(text) for words in _things(found["rest"])}
    met: dict[str, Topic] = {}
    for words in _things(text):
        key = _key(words)
        met.setdefault(key, Topic(words, 1, at, key in named))
    return tuple(met.values())


def added(topics: Iterable[Topic], new: Iterable[Topic]) -> tuple[Topic, ...]:
    """Both together, each topic once, and the oldest left out where there are too many."""
    found = {_key(topic.words): topic for topic in topics}
    for one in new:
        old = found.get(_key(one.words))
        found[_key(one.words)] = one if old is None else _both(old, one)
    latest = sorted(found.values(), key=lambda topic: topic.last_at, reverse=True)
    return tuple(latest[:MOST_KEPT])


def leading(topics: Sequence[Topic], most: int = MOST_NAMED) -> list[Topic]:
    """What it was mostly about: what was named as a topic, then what was spoken of most, then what was last.

    A word that is spoken of only within a pair is not told beside it; a pair that is rare among uses of its word is
    not told either.
    """
    counts = {_key(topic.words): topic.count for topic in topics}
    chosen: list[Topic] = []
    for topic in sorted(topics, key=lambda one: (one.is_named, one.count, one.last_at, len(one.words)), reverse=True):
        words = _key(topic.words).split()
        if len(words) > 1:
            fits = topic.is_named or 2 * topic.count >= max(counts.get(word, 0) for word in words)
        else:
            pairs = [other for other in topics if " " in other.words and words[0] in _key(other.words).split()]
            fits = not any(2 * other.count >= topic.count for other in pairs)
        if fits and not any(set(words) & set(_key(other.words).split()) for other in chosen):
            chosen.append(topic)
        if len(chosen) == most:
            break
    return chosen


def sentence(topics: Sequence[Topic], now: datetime) -> str:
    """For the prompt, in English: what was spoken of just now, and earlier; "" if nothing was."""
    told = leading(topics)
    recent = [topic.words for topic in told if now - topic.last_at <= JUST_NOW]
    earlier = [topic.words for topic in told if now - topic.last_at > JUST_NOW]
    sentences = []
    if recent:
        sentences.append(f"Just now you talked about {_listed(recent)}.")
    if earlier:
        sentences.append(f"Earlier today you talked about {_listed(earlier)}.")
    return " ".join(sentences)


def asks_for_topics(text: str) -> bool:
    """Whether somebody wants to know, or go on with, what was spoken of."""
    return ASKED.search(text) is not None


def _things(text: str) -> Iterator[str]:
    for part in BREAK.split(text.replace("’", "'")):
        before = ""
        for word in _words(part):
            if word and before:
                yield f"{before} {word}"
            if word:
                yield word
            before = word


def _words(part: str) -> Iterator[str]:
    """Each as it is written; "" in the place of one that says nothing."""
    for word in WORD.findall(part):
        plain = word.strip("'-").removesuffix("'s")
        small = plain.casefold()
        is_small = small in SMALL_WORDS or (small.endswith("ly") and len(small) > LEAST_LETTERS + 2)
        yield "" if len(plain) < LEAST_LETTERS or is_small else plain


def _key(words: str) -> str:
    """The same for one of a thing and for many."""
    return " ".join(_singular(word) for word in words.casefold().split())


def _singular(word: str) -> str:
    if len(word) <= 4 or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    return f"{word[:-3]}y" if word.endswith("ies") else word[:-1]


def _both(old: Topic, new: Topic) -> Topic:
    return replace(
        old,
        count=old.count + new.count,
        last_at=max(old.last_at, new.last_at),
        is_named=old.is_named or new.is_named,
    )


def _listed(words: Sequence[str]) -> str:
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last
