"""Facts that a person tells about themselves, and the ways to ask for one.

A fact is one sentence in the teller's words, the same in the second person, a noun phrase for what it is about,
the questions it answers and the value that must be given back exactly.
"""

import random
import re
from collections.abc import Callable
from dataclasses import dataclass

from starter.grammar.life import PERSONAL
from starter.grammar.text import expand
from starter.grammar.values import Split, Values
from starter.grammar.words import (
    EVENTS,
    FAVOURITES,
    HIDING_PLACES,
    MONTHS,
    NAMED_THINGS,
    NUMBERED_THINGS,
    PEOPLE,
    PETS,
    PLAIN_VALUES,
    RELATIVES,
    SECRETS,
    THINGS,
    WEEKDAYS,
)


@dataclass(frozen=True, slots=True)
class Fact:
    """`key` tells what the fact is about: no two facts of one scene may share it.

    `request` is the whole sentence that asks to keep it, where it is told so: "Remember the code word 'x'."
    """

    key: str
    stated: str
    told_back: str
    about: str
    question: str
    value: str
    third: str = ""
    request: str = ""


SECOND = (
    ("I am ", "you are "),
    ("I'm ", "you are "),
    ("I was ", "you were "),
    ("I have ", "you have "),
    ("I ", "you "),
    (" am ", " are "),
    ("gave me ", "gave you "),
    ("call me ", "call you "),
)


def second_person(text: str) -> str:
    """What the teller said, said back to them in the same words: "my" becomes "your", "I am" becomes "you are"."""
    text = re.sub(r"\b([Mm])y\b", "your", text)
    for first, second in SECOND:
        if text.startswith(first) or (first[0] == " " and first in text):
            return text.replace(first, second, 1)
        if first in text and not first.startswith(("I", " ")):
            text = text.replace(first, second, 1)
    return text.replace(" I ", " you ", 1).replace(" I'm ", " you are ", 1)


def _fact(rng: random.Random, key: str, value: str, forms: tuple[str, str, str, str]) -> Fact:
    """A fact from its four forms (stated, told back, about, question), each with choices in it.

    An empty "told back" mirrors the statement, so that a small model finds the value after the very words it copies.
    """
    stated, back, about, question = (expand(rng, form) for form in forms)
    back = back or second_person(stated)
    stated, back = stated.replace("{v}", value), back.replace("{v}", value)
    third = stated.replace("My ", "Their ", 1) if stated.startswith("My ") else ""
    return Fact(key, stated, back, about, question, value, third)


def _whose(rng: random.Random, values: Values) -> tuple[str, str, str]:
    """Whose thing it is: in the teller's words, said back, and as a key."""
    if rng.random() < (0.6 if values.split is Split.TRAINING else 0.75):
        return "my", "your", ""
    if rng.random() < 0.7:
        relative = rng.choice(RELATIVES)
        return f"my {relative}'s", f"your {relative}'s", relative
    name = values.name() if rng.random() < 0.6 else rng.choice(PEOPLE)
    return f"{name}'s", f"{name}'s", name


def _noun(rng: random.Random, values: Values, nouns: tuple[str, ...]) -> str:
    """Mostly an ordinary noun; sometimes one nobody has met, so that asking works for any word."""
    roll = rng.random()
    if roll < 0.80:
        return rng.choice(nouns)
    return values.word() if roll < 0.93 else f"{values.word()} {rng.choice(nouns)}"


def named(rng: random.Random, values: Values) -> Fact:
    """Somebody or something with a name."""
    own, your, key = _whose(rng, values)
    noun = _noun(rng, values, rng.choice((RELATIVES, RELATIVES, PETS, NAMED_THINGS)))
    value = rng.choice((values.name, values.name, values.name, values.full_name, values.word, values.title))()
    stated = (
        f"[{own} {noun} is called {{v}}.|{own} {noun} is called {{v}}.|{own} {noun}'s name is {{v}}.|"
        f"{own} {noun} is named {{v}}.|the name of {own} {noun} is {{v}}.|{own} {noun} is {{v}}.]"
    )
    if own == "my":
        stated = f"[{stated}|{stated}|{stated}|I have a {noun} called {{v}}.]"
    about = f"[{your} {noun}'s name|what {your} {noun} is called|the name of {your} {noun}]"
    question = (
        f"[what is {own} {noun} called?|what is {own} {noun} called?|what's {own} {noun}'s name?|"
        f"what is the name of {own} {noun}?|what is {own} {noun}'s name?|do you remember {own} {noun}'s name?|"
        f"what was {own} {noun} called again?|do you know what {own} {noun} is called?|tell me {own} {noun}'s name.|"
        f"how is {own} {noun} called?|can you tell me the name of {own} {noun}?|who is {own} {noun}?]"
    )
    return _fact(rng, f"name {key} {noun}", value, (stated, "", about, question))


def numbered(rng: random.Random, values: Values) -> Fact:
    """A number, a code or a secret word of something."""
    own, your, key = _whose(rng, values)
    noun = _noun(rng, values, NUMBERED_THINGS)
    value = rng.choice((values.number, values.number, values.number, values.code, values.code, values.word))()
    about = f"{your} {noun}"
    if not key and rng.random() < 0.25:
        own, your, about = "the", "the", f"the {noun}"
    stated = f"[{own} {noun} is {{v}}.|{own} {noun} is {{v}}.|{own} {noun} is {{v}}.]"
    question = (
        f"[what is {own} {noun}?|what is {own} {noun}?|what's {own} {noun}?|do you remember {own} {noun}?|"
        f"tell me {own} {noun}.|what was {own} {noun}?|what was {own} {noun} again?|can you give me {own} {noun}?|"
        f"do you know {own} {noun}?|I forgot {own} {noun}, what is it?|I need {own} {noun}.]"
    )
    return _fact(rng, f"number {key} {noun}", value, (stated, "", about, question))


def secret(rng: random.Random, values: Values) -> Fact:
    """A word to be kept, mostly in quotation marks, and asked for in other words than it was told in."""
    own, your = rng.choice((("the", "the"), ("the", "the"), ("my", "your")))
    noun = rng.choice(SECRETS)
    quote = rng.choice(("'", "'", "'", '"', ""))
    value = rng.choice((values.word, values.word, values.name, values.code))()
    stated = f"{own} {noun} is {quote}{value}{quote}."
    asked = expand(rng, "[Remember|Remember|Please remember|Keep|Don't forget|Note]")
    request = f"{asked} {own} {noun}{expand(rng, '[|:]')} {quote or chr(39)}{value}{quote or chr(39)}."
    back = stated.replace("my ", "your ", 1)
    adjective = "" if noun.startswith("secret") else "[|secret ]"
    asking = expand(rng, f"[{own}|the|a|my] {adjective}{noun}")
    question = expand(
        rng,
        f"[do you recall {asking}?|do you recall {asking}?|do you remember {asking}?|do you know {asking}?|"
        f"what is {own} {noun}?|what was {own} {noun}?|was there a {noun}?|did I tell you {asking}?|"
        f"tell me {own} {noun}.|did I give you {asking}?]",
    )
    return Fact(f"secret {noun}", stated, back, f"{your} {noun}", question, value, request=request)


def favourite(rng: random.Random, values: Values) -> Fact:
    """A favourite thing, made up or plain."""
    own, your, key = _whose(rng, values)
    noun = _noun(rng, values, FAVOURITES)
    plain = values.split is Split.TRAINING and rng.random() < 0.35
    value = (
        rng.choice(PLAIN_VALUES) if plain else rng.choice((values.word, values.name, values.title, values.full_name))()
    )
    favourite_word = "favourite" if rng.random() < 0.7 else "favorite"
    thing = f"{favourite_word} {noun}"
    stated = f"[{own} {thing} is {{v}}.|{own} {thing} is {{v}}.]"
    question = (
        f"[what is {own} {thing}?|what's {own} {thing}?|do you remember {own} {thing}?|tell me {own} {thing}.|"
        f"what {noun} is {own} favourite?|do you know {own} {thing}?|which {noun} do I like best?]"
        if own == "my"
        else f"[what is {own} {thing}?|what's {own} {thing}?|do you remember {own} {thing}?]"
    )
    return _fact(rng, f"favourite {key} {noun}", value, (stated, "", f"{your} {thing}", question))


def personal(rng: random.Random, values: Values) -> Fact:
    """Something of the person's own life that is not a possession."""
    key, kinds, stated, about, question = rng.choice(PERSONAL)
    makers: dict[str, Callable[[], str]] = {
        "place": values.place,
        "name": values.name,
        "title": values.title,
        "word": values.word,
        "full": values.full_name,
    }
    value = makers[rng.choice(kinds.split())]()
    return _fact(rng, key, value, (f"[{stated}]", "", about, f"[{question}]"))


def own_name(rng: random.Random, values: Values) -> Fact:
    """What the person is called."""
    real = values.split is Split.TRAINING and rng.random() < 0.25
    value = rng.choice(PEOPLE) if real else rng.choice((values.name, values.name, values.full_name))()
    return _fact(
        rng,
        "own name",
        value,
        (
            "[my name is {v}.|my name is {v}.|I am {v}.|I'm {v}.|people call me {v}.]",
            "",
            "your name",
            "[what is my name?|what's my name?|do you remember my name?|who am I?|do you know my name?|what am I called?|"
            "what was my name again?|do you know who I am?|say my name.]",
        ),
    )


def kept(rng: random.Random, values: Values) -> Fact:
    """Where something is kept: a made-up thing in a plain place, or a plain thing in a made-up one."""
    thing = rng.choice(THINGS) if rng.random() < 0.8 else values.word()
    if values.split is Split.TRAINING and rng.random() < 0.4:
        value = rng.choice(HIDING_PLACES)
    else:
        value = rng.choice(
            (values.word(), f"{values.word()} {rng.choice(('box', 'drawer', 'room', 'bag', 'shed', 'tin'))}")
        )
    return _fact(
        rng,
        f"kept {thing}",
        value,
        (
            f"[I keep my {thing} in the {{v}}.|my {thing} is in the {{v}}.|I put the {thing} in the {{v}}.|I left my {thing} in the {{v}}.]",
            "",
            f"where your {thing} is",
            f"[where is my {thing}?|where's my {thing}?|where did I put my {thing}?|where do I keep my {thing}?|"
            f"where did I leave the {thing}?|do you know where my {thing} is?|I can't find my {thing}. Where is it?]",
        ),
    )


def scheduled(rng: random.Random, values: Values) -> Fact:
    """When something happens."""
    event = _noun(rng, values, EVENTS)
    roll = rng.random()
    if values.split is Split.HELD_OUT or roll < 0.35:
        value, on = values.clock(), "at"
    elif roll < 0.7:
        value, on = rng.choice(WEEKDAYS), "on"
    else:
        value, on = f"{rng.randint(1, 30)} {rng.choice(MONTHS)}", "on"
    return _fact(
        rng,
        f"when {event}",
        value,
        (
            f"[my {event} is {on} {{v}}.|I have my {event} {on} {{v}}.|the {event} is {on} {{v}}.]",
            "",
            f"when your {event} is",
            f"[when is my {event}?|when's my {event}?|when is the {event}?|do you remember when my {event} is?|"
            f"what time is my {event}?|what day is my {event}?]",
        ),
    )


def counted(rng: random.Random, values: Values) -> Fact:
    """How many of something there are."""
    noun = rng.choice(
        (
            "books",
            "plants",
            "stamps",
            "keys",
            "cousins",
            "boxes",
            "bees",
            "chairs",
            "records",
            "coins",
            "cards",
            "jars",
            "tabs open",
            "unread emails",
            "bikes",
            "tests",
            values.word() + "s",
        )
    )
    value = values.count()
    return _fact(
        rng,
        f"count {noun}",
        value,
        (
            f"[I have {{v}} {noun}.|I own {{v}} {noun}.|I counted {{v}} {noun}.]",
            "",
            f"how many {noun} you have",
            f"[how many {noun} do I have?|how many {noun} have I got?|do you remember how many {noun} I have?]",
        ),
    )


def about_somebody(rng: random.Random, values: Values) -> Fact:
    """Something about another person, who has a made-up or a plain name."""
    who = values.name() if rng.random() < 0.6 else rng.choice(PEOPLE)
    key, value, stated, about, question = rng.choice(
        (
            (
                "home",
                values.place(),
                "{w} lives in {v}.",
                "where {w} lives",
                "[where does {w} live?|do you know where {w} lives?]",
            ),
            (
                "work",
                values.name(),
                "{w} works at {v}.",
                "where {w} works",
                "[where does {w} work?|who does {w} work for?]",
            ),
            (
                "spouse",
                values.name(),
                "{w} is married to {v}.",
                "whom {w} married",
                "[who is {w} married to?|who did {w} marry?]",
            ),
            (
                "likes",
                values.word(),
                "{w} likes {v}.",
                "what {w} likes",
                "[what does {w} like?|do you know what {w} likes?]",
            ),
            (
                "plays",
                values.word(),
                "{w} plays the {v}.",
                "what {w} plays",
                "[what does {w} play?|what instrument does {w} play?]",
            ),
            (
                "gift",
                values.word(),
                "{w} gave me a {v}.",
                "what {w} gave you",
                "[what did {w} give me?|what was {w}'s present?]",
            ),
            (
                "phone",
                values.number(),
                "{w}'s number is {v}.",
                "{w}'s number",
                "[what is {w}'s number?|do you have {w}'s number?]",
            ),
        )
    )
    stated, about, question = (text.replace("{w}", who) for text in (stated, about, question))
    back = stated.replace("gave me", "gave you")
    return _fact(rng, f"{key} {who}", value, (stated, back, about, question))


KINDS: tuple[tuple[Callable[[random.Random, Values], Fact], int], ...] = (
    (named, 32),
    (numbered, 17),
    (secret, 5),
    (favourite, 12),
    (personal, 20),
    (own_name, 6),
    (kept, 6),
    (scheduled, 5),
    (counted, 4),
    (about_somebody, 9),
)


# What is hard for a small model is practised more often than it is asked for: an answer that has to begin with a name
# that nobody has seen, one's own name among the many names of other things, and a word in quotation marks.
PRACTISED: dict[Callable[[random.Random, Values], Fact], int] = {about_somebody: 22, own_name: 12, secret: 14}


def some_fact(rng: random.Random, values: Values) -> Fact:
    """One fact of any kind."""
    practised = PRACTISED if values.split is Split.TRAINING else {}
    (make,) = rng.choices([kind for kind, _ in KINDS], [practised.get(kind, weight) for kind, weight in KINDS])
    return make(rng, values)


def facts(rng: random.Random, values: Values, count: int) -> list[Fact]:
    """Facts about different things, some of them near misses of each other (my dog, my sister's dog)."""
    found: dict[str, Fact] = {}
    while len(found) < count:
        fact = some_fact(rng, values)
        if fact.value.lower() not in {known.value.lower() for known in found.values()}:
            found.setdefault(fact.key, fact)
    return list(found.values())
