"""Whole words, phrases and signs in a text, and whether the sentence denies them. For English; pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Meaning = TypeVar("Meaning")

TOKEN = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*|[.,;:!?\n()]|[—–]")
APOSTROPHES = str.maketrans("’‘", "''")
BREAKS = frozenset(".,;:!?\n()—–") | {"but", "however", "although", "though"}
DENIALS = frozenset(
    "not never no none nobody nothing without hardly barely scarcely cannot neither nor "
    "dont doesnt didnt isnt wasnt arent werent cant couldnt wont wouldnt aint".split()
)
# "Not only", "no doubt": these deny nothing.
HARMLESS = {"not": frozenset({"only", "just", "merely"}), "no": frozenset({"doubt", "wonder"})}
# As far as a denial reaches: "not a very happy" is denied, "I am not sure why I am happy" is not.
REACH = 3
# "Never been so happy" is the happiest of all, and so are "couldn't be more excited" and "couldn't be happier".
HEIGHTENED = {"never": frozenset({"so", "more", "this"}), "couldn't": frozenset({"more"})}
COMPARED = re.compile(r"[^\W\d_]{2,}ier")


@dataclass(frozen=True, slots=True)
class Met(Generic[Meaning]):
    """A word of the vocabulary, as it stands in the text in small letters, and what it means."""

    words: str
    meaning: Meaning
    is_denied: bool


@dataclass(slots=True)
class Vocabulary(Generic[Meaning]):
    """Words and phrases with a meaning each. Signs (emoji, and ":)") are met inside a word, too, and never denied.

    A phrase without a meaning (None) only keeps the words in it from being met.
    """

    phrases: dict[tuple[str, ...], Meaning | None] = field(default_factory=dict)
    signs: dict[str, Meaning] = field(default_factory=dict)
    _longest: int = 1
    _sign: re.Pattern[str] | None = None

    def add(self, meaning: Meaning | None, phrases: Iterable[str], signs: Iterable[str] = ()) -> None:
        for phrase in phrases:
            words = tuple(phrase.translate(APOSTROPHES).casefold().split())
            self.phrases[words] = meaning
            self._longest = max(self._longest, len(words))
        if meaning is not None:
            self.signs.update(dict.fromkeys(signs, meaning))
        # A smiley of letters is one only where no word runs into it.
        longest_first = sorted(self.signs, key=len, reverse=True)
        made = (rf"(?<!\w){re.escape(sign)}(?!\w)" if sign.isascii() else re.escape(sign) for sign in longest_first)
        self._sign = re.compile("|".join(made)) if self.signs else None

    def met(self, text: str) -> list[Met[Meaning]]:
        """Each that the text has, as often as it has it: words in their order, and then signs."""
        found: list[Met[Meaning]] = []
        tokens = TOKEN.findall(text.translate(APOSTROPHES).casefold())
        at = 0
        while at < len(tokens):
            length = self._length_at(tokens, at)
            if not length:
                at += 1
                continue
            words = tokens[at : at + length]
            meaning = self.phrases[tuple(words)]
            if meaning is not None:
                found.append(Met(" ".join(words), meaning, is_denied(tokens, at)))
            at += length
        if self._sign is not None:
            found += [Met(sign, self.signs[sign], is_denied=False) for sign in self._sign.findall(text)]
        return found

    def _length_at(self, tokens: list[str], at: int) -> int:
        """Of the longest phrase that begins here; 0: none does."""
        for length in range(min(self._longest, len(tokens) - at), 0, -1):
            if tuple(tokens[at : at + length]) in self.phrases:
                return length
        return 0


def is_denied(tokens: list[str], at: int) -> bool:
    """Whether the clause says that this word is not so."""
    if COMPARED.fullmatch(tokens[at]):
        return False
    for before in range(at - 1, max(-1, at - 1 - REACH), -1):
        word = tokens[before]
        if word in BREAKS:
            return False
        if (word in DENIALS or word.endswith("n't")) and tokens[before + 1] not in HARMLESS.get(word, ()):
            return HEIGHTENED.get(word, frozenset()).isdisjoint(tokens[before + 1 : at])
    return False
