"""The table of what moves a mind, and which of it a message and its reply meet. Pure.

One exchange meets the rule of every exchange, all rules of manners that fit, and at most one mood. Which one, in this
order: an insult hurts; who asks for a mood gets it, unless the reply plainly feels the opposite; then what the reply
itself is full of; and last what the person was full of.
"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from inference.emotion.emotion import PLEASANT, UNPLEASANT, Emotion, Feeling
from inference.emotion.words import Vocabulary
from memory.mind.moods import EFFECTS, TALKING, Effect, Mood


class Of(StrEnum):
    """What a rule looks at."""

    EXCHANGE = "exchange"
    PERSON = "person"
    REPLY = "reply"


@dataclass(frozen=True, slots=True)
class Rule:
    """`sentence` says to the person why something moved. `matches` says what the rule looks for, `words` are those of
    it that are looked for one by one."""

    name: str
    of: Of
    matches: str
    effect: Effect
    sentence: str
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Match:
    """`cause` is what the rule met: words of the text, or an emotion and how sure it is."""

    rule: Rule
    cause: str = ""


MOOD_WORDS: Mapping[Mood, tuple[str, ...]] = {
    Mood.EXCITED: (
        *"excited exciting excites excite excitement thrilled thrilling thrills thrill ecstatic exhilarated".split(),
        *"exhilarating electrifying elated overjoyed euphoric hyped pumped stoked adventure adrenaline".split(),
        "can't wait",
        "fired up",
    ),
    Mood.ENGAGED: (
        *"debate debates debating argue argues argument arguments controversial controversy disagree".split(),
        *"disagrees disagreement counterargument counterpoint perspective perspectives premise stance thesis".split(),
        *"curious curiosity fascinating fascinated fascinates intriguing intrigued challenge challenging".split(),
        "provocative",
        "on the other hand",
        "devil's advocate",
        "change my mind",
    ),
    Mood.CALM: (
        *"calm calms calming calmly calmness peace peaceful peacefully serene serenity tranquil tranquility".split(),
        *"stillness soothe soothes soothing relax relaxed relaxes relaxing restful quiet quietly quietness".split(),
        *"meditate meditation hush mellow unwind".split(),
        "at ease",
        "slow breath",
    ),
    Mood.CONCERNED: (
        *"worry worries worried worrying concern concerns concerned concerning trouble troubles troubled".split(),
        *"troubling uneasy unease anxious anxiety unsettled unsettling".split(),
        "keeps me up",
        "keeps you up",
        "weighs on",
    ),
}
OF_EMOTION: Mapping[Emotion, Mood] = {
    Emotion.LOVE: Mood.AFFECTIONATE,
    Emotion.JOY: Mood.HAPPY,
    Emotion.SURPRISE: Mood.SURPRISED,
    Emotion.FEAR: Mood.CONCERNED,
    Emotion.ANGER: Mood.IRRITATED,
    Emotion.DISGUST: Mood.DISGUSTED,
    Emotion.SADNESS: Mood.SAD,
}
# Somebody's trouble worries whoever listens; it is not caught like a cold.
SHARED: Mapping[Emotion, Mood] = {
    **OF_EMOTION,
    Emotion.ANGER: Mood.CONCERNED,
    Emotion.SADNESS: Mood.CONCERNED,
    Emotion.DISGUST: Mood.CONCERNED,
}
# As many words as make an emotion certain, so that both are counted alike.
WORDS_OF_CERTAINTY = 3
PLAIN = 0.6

TALKED = Rule("talked", Of.EXCHANGE, "every message with its reply", Effect(energy=TALKING), "Talking takes energy.")
INSULTED = Rule(
    "insulted",
    Of.PERSON,
    "an insult",
    EFFECTS[Mood.HURT],
    "You said something that hurt.",
    (
        *("shut up", "i hate you", "you're stupid", "you are stupid", "you're useless", "you are useless"),
        *("you're an idiot", "you are an idiot", "you idiot", "stupid bot", "you suck", "you're worthless"),
        *("you are worthless", "you're annoying", "you are annoying", "you're pathetic", "you are pathetic"),
        *("you're ugly", "you are ugly", "you're dumb", "you are dumb", "nobody likes you", "get lost"),
    ),
)
MANNERS = (
    Rule(
        "thanked",
        Of.PERSON,
        "thanks",
        Effect(affection=0.02),
        "You said thank you.",
        ("thanks", "thank you", "thx", "much appreciated", "i appreciate", "grateful to you"),
    ),
    Rule(
        "praised",
        Of.PERSON,
        "praise",
        Effect(affection=0.03),
        "You said something kind.",
        (
            *("you're great", "you are great", "you're amazing", "you are amazing", "you're wonderful"),
            *("you are wonderful", "you're the best", "you are the best", "you're kind", "you are kind"),
            *("you're sweet", "you are sweet", "you're funny", "you are funny", "you're smart", "you are smart"),
            *("you're brilliant", "you are brilliant", "you're beautiful", "you are beautiful", "i like you"),
            *("good job", "well done", "proud of you", "you helped me", "you make me happy", "you make me smile"),
        ),
    ),
    Rule(
        "loved",
        Of.PERSON,
        "love or longing",
        Effect(affection=0.04),
        "You said that they mean a lot to you.",
        ("i love you", "love you", "i adore you", "i missed you", "missed you", "i care about you", "i trust you"),
    ),
    Rule(
        "apologised",
        Of.PERSON,
        "an apology",
        Effect(affection=0.02),
        "You apologised.",
        ("i'm sorry", "i am sorry", "my apologies", "i apologise", "i apologize", "forgive me", "my bad"),
    ),
)
ASKED_SOMETHING = Rule("questioned", Of.PERSON, "a question", Effect(focus=0.02), "You asked something.")
TOLD_AT_LENGTH = Rule(
    "told at length",
    Of.PERSON,
    "more than 200 characters",
    Effect(focus=0.03),
    "You told something at length.",
)
LENGTH = 200

_ASKED_SENTENCES = {
    Mood.EXCITED: "You asked for something exciting.",
    Mood.AFFECTIONATE: "You asked for something dear.",
    Mood.HAPPY: "You asked for something happy.",
    Mood.ENGAGED: "You wanted to argue about something.",
    Mood.CALM: "You asked for something peaceful.",
    Mood.SURPRISED: "You asked for something surprising.",
    Mood.CONCERNED: "You asked about something worrying.",
    Mood.IRRITATED: "You asked about something infuriating.",
    Mood.DISGUSTED: "You asked about something disgusting.",
    Mood.SAD: "You asked about something sad.",
}
_FELT_SENTENCES = {
    Mood.EXCITED: "The answer was full of excitement.",
    Mood.AFFECTIONATE: "The answer was full of affection.",
    Mood.HAPPY: "The answer was happy.",
    Mood.ENGAGED: "The answer took the matter up.",
    Mood.CALM: "The answer was calm.",
    Mood.SURPRISED: "The answer was full of surprise.",
    Mood.CONCERNED: "The answer was worried.",
    Mood.IRRITATED: "The answer was angry.",
    Mood.DISGUSTED: "The answer was full of disgust.",
    Mood.SAD: "The answer was sad.",
}
_SHARED_SENTENCES = {
    Emotion.JOY: "You sounded happy.",
    Emotion.LOVE: "You sounded loving.",
    Emotion.SURPRISE: "You sounded surprised.",
    Emotion.SADNESS: "You sounded sad.",
    Emotion.FEAR: "You sounded worried.",
    Emotion.ANGER: "You sounded angry.",
    Emotion.DISGUST: "You sounded disgusted.",
}
ASKED = {
    mood: Rule(f"asked: {mood}", Of.PERSON, f"a wish for something {mood}", EFFECTS[mood], sentence)
    for mood, sentence in _ASKED_SENTENCES.items()
}
FELT = {
    mood: Rule(f"felt: {mood}", Of.REPLY, f"words of a mood: {mood}", EFFECTS[mood], sentence)
    for mood, sentence in _FELT_SENTENCES.items()
}
HEARD = {
    emotion: Rule(f"heard: {emotion}", Of.PERSON, f"an emotion: {emotion}", EFFECTS[SHARED[emotion]], sentence)
    for emotion, sentence in _SHARED_SENTENCES.items()
}
# All there are, in the order in which they are tried.
RULES = (
    TALKED,
    *MANNERS,
    ASKED_SOMETHING,
    TOLD_AT_LENGTH,
    INSULTED,
    *ASKED.values(),
    *FELT.values(),
    *HEARD.values(),
)
BY_NAME: Mapping[str, Rule] = {rule.name: rule for rule in RULES}

WISH = re.compile(
    r"\b(?:tell|describe|share|imagine|reflect|think of|talk about|show me|name|what|which|when|how about)\b"
    r".*\b(?:you|your|yours|yourself)\b|\b(?:let's|let us|shall we|can we|could we)\b",
    re.IGNORECASE | re.DOTALL,
)
OF_THEMSELVES = re.compile(
    r"\b(?:i'm|i am|i feel|i felt|i was|i've been|i have been|i got|makes me|made me|my)\b", re.IGNORECASE
)
# "Are you worried?" says nothing of whoever asks.
OF_THE_CHARACTER = re.compile(r"\b(?:you|your|you're)\b[^?]*\?", re.IGNORECASE)
OF_ONESELF = re.compile(r"\b(?:i|me|my|we|our)\b", re.IGNORECASE)

_moods: Vocabulary[Mood] = Vocabulary()
for _mood, _words in MOOD_WORDS.items():
    _moods.add(_mood, _words)
_manners: Vocabulary[Rule] = Vocabulary()
for _rule in (*MANNERS, INSULTED):
    _manners.add(_rule, _rule.words)


def appraise(said: str, reply: str, said_feeling: Feeling, reply_feeling: Feeling) -> tuple[Match, ...]:
    """The rules that a person's message and the character's reply meet, each once, in the order of their effects."""
    met: dict[str, list[str]] = {}
    for one in _manners.met(said):
        if not one.is_denied:
            met.setdefault(one.meaning.name, []).append(one.words)
    matches = [Match(TALKED), *(Match(rule, _listed(met[rule.name])) for rule in MANNERS if rule.name in met)]
    if "?" in said:
        matches.append(Match(ASKED_SOMETHING))
    if len(said) > LENGTH:
        matches.append(Match(TOLD_AT_LENGTH))
    if INSULTED.name in met:
        mood: Match | None = Match(INSULTED, _listed(met[INSULTED.name]))
    else:
        mood = _asked(said, said_feeling, reply_feeling) or _felt(reply, reply_feeling) or _heard(said, said_feeling)
    return (*matches, *([mood] if mood is not None else []))


def _asked(said: str, said_feeling: Feeling, reply_feeling: Feeling) -> Match | None:
    text = said.replace("’", "'")
    if not WISH.search(text) or OF_THEMSELVES.search(text):
        return None
    found = _leading(said, said_feeling)
    if found is None:
        return None
    mood, cause = found
    opposite = UNPLEASANT if (EFFECTS[mood].mood_value or 0) > 0.5 else PLEASANT
    if reply_feeling.emotion in opposite and reply_feeling.confidence > PLAIN:
        return None
    return Match(ASKED[mood], cause)


def _felt(reply: str, feeling: Feeling) -> Match | None:
    found = _leading(reply, feeling)
    return None if found is None else Match(FELT[found[0]], found[1])


def _heard(said: str, feeling: Feeling) -> Match | None:
    if OF_THE_CHARACTER.search(said) and not OF_ONESELF.search(said):
        return None
    rule = HEARD.get(feeling.emotion)
    return None if rule is None else Match(rule, _sure(feeling.emotion, feeling.confidence))


def _leading(text: str, feeling: Feeling) -> tuple[Mood, str] | None:
    """The mood that a text has most of, and by what one sees that."""
    words: dict[Mood, list[str]] = {}
    for met in _moods.met(text):
        if not met.is_denied:
            words.setdefault(met.meaning, []).append(met.words)
    counted: Counter[Mood] = Counter({mood: len(found) for mood, found in words.items()})
    causes = {mood: _listed(found) for mood, found in words.items()}
    # The surest first: where two emotions make one mood, that is its cause.
    for emotion, score in sorted(feeling.scores.items(), key=lambda pair: -pair[1]):
        weight = round(score * WORDS_OF_CERTAINTY)
        mood = OF_EMOTION.get(emotion)
        if mood is None or not weight:
            continue
        counted[mood] += weight
        causes.setdefault(mood, _sure(emotion, score))
        # Excitement is joy and something more.
        if mood is Mood.HAPPY and Mood.EXCITED in words:
            counted[Mood.EXCITED] += weight
    if not counted:
        return None
    most = max(counted.values())
    leading = next(mood for mood in EFFECTS if counted[mood] == most)
    return leading, causes[leading]


def _listed(words: list[str]) -> str:
    return ", ".join(dict.fromkeys(words))


def _sure(emotion: Emotion, score: float) -> str:
    return f"{emotion} {round(score * 100)} %"
