"""The macros of cards, as V3 (CBS) and SillyTavern write them. Pure.

    {{char}} <BOT> <CHAR>               the character's name        {{user}} <USER>     the name of who talks to it
    {{random:A,B}} {{random::A::B}}     one of them, another for each reply
    {{pick:A,B}} {{pick::A::B}}         one of them, always the same in a chat
    {{roll:6}} {{roll:d6}} {{roll:2d6+1}}                           the sum of dice
    {{reverse:A}}                       A backwards                 {{original}}        the text that is replaced
    {{// A}} {{hidden_key:A}}           nothing                     {{comment: A}}      nothing, but shown on pages
    {{newline}} {{noop}}                a line end; nothing         {{trim}}            no line ends around it
    {{time}} 5:03 PM   {{date}} November 21, 2026   {{weekday}} Saturday   {{isotime}} 17:03   {{isodate}} 2026-11-21
    {{persona}} {{description}} {{personality}} {{scenario}} {{mesExamples}}    where the caller gives them

Case does not matter. Between commas spaces are cut off and `\\,` is a comma; between `::` everything counts.
A macro may stand in another one's arguments and is then read first. Whatever a macro stands for is never read again:
a name that contains a macro is only its letters. What is none of these, or makes no sense, stays as it is.
"""

import hashlib
import random
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

# Of three braces the inner two count, so that `{{{char}}}` is a name in braces, and a run of them begins one macro.
MARK = re.compile(r"\{\{(?!\{)|\}\}|<(?:user|bot|char)>", re.IGNORECASE | re.ASCII)
ANGLED = {"<user>": "user", "<bot>": "char", "<char>": "char"}
HEAD = re.compile(r"\s*(?P<name>//|[a-z_]+)\s*(?P<colon>::?)?", re.IGNORECASE | re.ASCII)
COMMA = re.compile(r"(?<!\\),")
DICE = re.compile(r"(?:(?P<number>[0-9]{0,3})d)?(?P<sides>[0-9]{1,9})(?P<more>[+-][0-9]{1,9})?", re.IGNORECASE)
# What lies deeper stays as it is.
MOST_DEPTH = 8
# 80,000 rolls of 99 dice, which fit in a megabyte, would take seconds.
MOST_DICE = 1_000
# `{{persona}}` is eleven letters and may stand for ten thousand. A text grows to at most four times its length, the
# length of every value once, and some room for a short line that names somebody with a long name.
MOST_GROWTH = 4
ROOM = 4_096


@dataclass(frozen=True, slots=True)
class Values:
    """What macros stand for; of what is None, the macro stays as it is.

    Texts are inserted as they are, so expand a card's description before it becomes
    the value of `{{description}}` elsewhere.
    """

    character: str
    user: str
    original: str = ""
    now: datetime | None = None
    persona: str | None = None
    description: str | None = None
    personality: str | None = None
    scenario: str | None = None
    examples: str | None = None


@dataclass(frozen=True, slots=True)
class Seed:
    """What chance hangs on. With the same `chat` the same `{{pick}}` picks the same: the n-th of equal ones in a text,
    whatever else the text says. `{{random}}` and `{{roll}}` hang on `reply` and the whole text."""

    chat: str
    reply: str


def expand(text: str, values: Values, seed: Seed) -> str:
    """As the model reads it, in at most MOST_GROWTH times its length, all values once, and ROOM."""
    return _Expansion(text, values, seed, comments=False).whole()


def displayed(text: str, values: Values, seed: Seed) -> str:
    """As a page shows it: comments have their words. Otherwise the same, by the same chance."""
    return _Expansion(text, values, seed, comments=True).whole()


class _Piece(NamedTuple):
    """A run of text; only what the `author` wrote has commas and colons that mean something."""

    text: str
    author: bool = False


# `{{trim}}`, until what stands around it is known. Told from other empty pieces by identity.
TRIM = _Piece("")


class _Mark(NamedTuple):
    """Where a macro begins or ends, or an angled name. `macro_end`: of one that begins, where it ends."""

    start: int
    end: int
    text: str
    macro_end: int = 0


class _Open(NamedTuple):
    """A macro that is being read."""

    start: int
    end: int
    pieces: list[_Piece]


class _Expansion:
    def __init__(self, text: str, values: Values, seed: Seed, *, comments: bool) -> None:
        self._text = text
        self._seed = seed
        self._comments = comments
        self._words = _words(values)
        self._growth = (MOST_GROWTH - 1) * len(text) + sum(len(word) for word in self._words.values()) + ROOM
        self._dice = MOST_DICE
        self._chance = random.Random(_number(seed.reply, text))  # noqa: S311  dice, not keys
        self._picks: Counter[str] = Counter()

    def whole(self) -> str:
        reading = [_Open(0, -1, [])]
        told = 0
        for mark in _marks(self._text):
            too_deep = mark.text == "{{" and len(reading) > MOST_DEPTH
            if too_deep or (mark.text == "}}" and mark.end != reading[-1].end):
                continue
            reading[-1].pieces.append(_Piece(self._text[told : mark.start], author=True))
            told = mark.end
            if mark.text == "{{":
                reading.append(_Open(mark.start, mark.macro_end, []))
            elif mark.text == "}}":
                macro = reading.pop()
                reading[-1].pieces.append(self._meaning(macro) or _Piece("{{" + _joined(macro.pieces) + "}}"))
            else:
                reading[-1].pieces.append(self._word(ANGLED[mark.text.lower()]) or _Piece(mark.text))
        return _joined([*reading[0].pieces, _Piece(self._text[told:], author=True)])

    def _meaning(self, macro: _Open) -> _Piece | None:
        """What it stands for; None if that is nothing we know."""
        opening = macro.pieces[0].text
        head = HEAD.match(opening)
        if head is None:
            return None
        name = head["name"].lower()
        rest = [_Piece(opening[head.end() :], author=True), *macro.pieces[1:]]
        if name == "//":
            return _Piece("")
        if name == "roll":
            return self._roll(_joined(rest))
        if head["colon"]:
            return self._applied(name, rest, macro)
        return None if any(piece.text for piece in rest) else self._word(name)

    def _word(self, name: str) -> _Piece | None:
        if name == "trim":
            return TRIM
        word = self._words.get(name)
        if word is None or len(word) > self._growth:
            return None
        self._growth -= len(word)
        return _Piece(word)

    def _applied(self, name: str, rest: list[_Piece], macro: _Open) -> _Piece | None:
        match name:
            case "comment":
                return _Piece(_joined(rest).strip() if self._comments else "")
            case "hidden_key":
                return _Piece("")
            case "reverse":
                return _Piece(_joined(rest)[::-1])
            case "random":
                return _Piece(self._chance.choice(_options(rest)))
            case "pick":
                return _Piece(self._picked(_options(rest), self._text[macro.start : macro.end]))
        return None

    def _picked(self, options: list[str], macro: str) -> str:
        self._picks[macro] += 1
        return options[_number(self._seed.chat, macro, str(self._picks[macro])) % len(options)]

    def _roll(self, formula: str) -> _Piece | None:
        dice = DICE.fullmatch("".join(formula.split()))
        if dice is None:
            return None
        number, sides = int(dice["number"] or 1), int(dice["sides"])
        if not number or not sides or number > self._dice:
            return None
        self._dice -= number
        thrown = sum(self._chance.randint(1, sides) for _ in range(number))
        return _Piece(str(thrown + int(dice["more"] or 0)))


def _marks(text: str) -> list[_Mark]:
    """In order, without braces that have no partner."""
    opened: list[int] = []
    marks: list[_Mark] = []
    for found in MARK.finditer(text):
        if found.group() == "{{":
            opened.append(found.start())
            continue
        if found.group() == "}}":
            if not opened:
                continue
            start = opened.pop()
            marks.append(_Mark(start, start + 2, "{{", found.end()))
        marks.append(_Mark(found.start(), found.end(), found.group()))
    return sorted(marks)


def _words(values: Values) -> dict[str, str]:
    """What stands for itself, by the name of its macro in lower case."""
    words = {
        "char": values.character,
        "user": values.user,
        "original": values.original,
        "persona": values.persona,
        "description": values.description,
        "personality": values.personality,
        "scenario": values.scenario,
        "mesexamples": values.examples,
        "newline": "\n",
        "noop": "",
    }
    if values.now is not None:
        now = values.now
        words |= {
            "time": f"{now.hour % 12 or 12}:{now:%M %p}",
            "date": f"{now:%B} {now.day}, {now.year}",
            "weekday": f"{now:%A}",
            "isotime": f"{now:%H:%M}",
            "isodate": now.date().isoformat(),
        }
    return {name: word for name, word in words.items() if word is not None}


def _options(pieces: list[_Piece]) -> list[str]:
    """At least one. What a macro inside stands for is never cut in two."""
    doubled = any(piece.author and "::" in piece.text for piece in pieces)
    options: list[list[_Piece]] = [[]]
    for piece in pieces:
        if not piece.author:
            options[-1].append(piece)
            continue
        first, *others = piece.text.split("::") if doubled else COMMA.split(piece.text)
        options[-1].append(_Piece(first, author=True))
        options += [[_Piece(other, author=True)] for other in others]
    if doubled:
        return [_joined(option) for option in options]
    return [_joined(_unescaped(option)).strip() for option in options]


def _unescaped(pieces: Iterable[_Piece]) -> list[_Piece]:
    return [piece._replace(text=piece.text.replace("\\,", ",")) if piece.author else piece for piece in pieces]


def _joined(pieces: Iterable[_Piece]) -> str:
    told: list[str] = []
    trimming = False
    for piece in pieces:
        text = piece.text.lstrip("\r\n") if trimming else piece.text
        if text:
            told.append(text)
            trimming = False
        if piece is TRIM:
            trimming = True
            while told:
                left = told.pop().rstrip("\r\n")
                if left:
                    told.append(left)
                    break
    return "".join(told)


def _number(*parts: str) -> int:
    """The same for the same parts, on every machine and in every process."""
    return int.from_bytes(hashlib.sha256("\0".join(parts).encode(errors="replace")).digest())
