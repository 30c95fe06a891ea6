"""The part of a text in which words stand, with these marked. Pure: what comes out is text, never HTML."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

LENGTH, BEFORE = 180, 50
# As far as the database reads a text for its words, and then as many places as a snippet could ever show.
READ, MOST_PLACES = 50_000, 400
WORD = re.compile(r"(?:[^\W_]|[\u0300-\u036f])+")
# Between two letters it keeps words apart.
MARKUP = re.compile(r"(?<!\w)[*`~]+|[*`~]+(?!\w)|^[#>]+ ", re.MULTILINE)
ACCENTS = re.compile(r"[\u0300-\u036f]+")


@dataclass(frozen=True, slots=True)
class Segment:
    text: str
    is_hit: bool = False


@dataclass(frozen=True, slots=True)
class Hits:
    """`words` as the index has them, `begun` what a word may only begin with, `runs` what stands anywhere in a script
    without spaces."""

    words: frozenset[str] = frozenset()
    begun: frozenset[str] = frozenset()
    runs: frozenset[str] = frozenset()

    def holds(self, word: str) -> bool:
        return word in self.words or any(word.startswith(begun) for begun in self.begun)


NO_HITS = Hits()


def folded(text: str) -> str:
    """In small letters and without accents."""
    apart = unicodedata.normalize("NFKD", text)
    return unicodedata.normalize("NFC", ACCENTS.sub("", apart)).casefold()


def snippet(text: str, hits: Hits, length: int = LENGTH) -> tuple[Segment, ...]:
    """About `length` letters around the place with most of the words; the beginning where there is none of them."""
    plain = " ".join(MARKUP.sub("", text[:READ]).split())
    places = _places(plain, hits)
    begin = _best(places, length)
    begin = _after_blank(plain, max(0, begin - BEFORE)) if begin > BEFORE else 0
    end = begin + length
    if end < len(plain):
        end = max(plain.rfind(" ", begin + length // 2, end), begin + length // 2)
    shown: list[Segment] = [Segment("… ")] if begin else []
    at = begin
    for first, last in places:
        if first < at or last > end:
            continue
        shown += [Segment(plain[at:first]), Segment(plain[first:last], is_hit=True)]
        at = last
    shown.append(Segment(plain[at:end] + (" …" if end < len(plain) else "")))
    return tuple(segment for segment in shown if segment.text)


def words_in(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(folded(word) for text in texts for word in WORD.findall(text[:READ]))


def _places(plain: str, hits: Hits) -> list[tuple[int, int]]:
    places = [found.span() for found in WORD.finditer(plain) if hits.holds(folded(found[0]))]
    for run in hits.runs:
        places += [found.span() for found in re.finditer(re.escape(run), plain, re.IGNORECASE)]
    return sorted(places)[:MOST_PLACES]


def _best(places: list[tuple[int, int]], length: int) -> int:
    """Where the snippet with most places begins."""
    best, most = 0, 0
    for number, (begin, _end) in enumerate(places):
        reached = number
        while reached < len(places) and places[reached][1] <= begin + length - BEFORE:
            reached += 1
        if reached - number > most:
            best, most = begin, reached - number
    return best


def _after_blank(plain: str, at: int) -> int:
    blank = plain.find(" ", at, at + BEFORE // 2)
    return blank + 1 if blank >= 0 else at
