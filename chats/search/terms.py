"""From what somebody typed to what the database is asked: words, those that they may have been meant for, and runs of
a script without spaces, which are looked for letter by letter. Pure."""

from dataclasses import dataclass, replace

from characters import spelling
from chats.search.snippets import Hits

# One letter begins every message, and is looked for as it stands.
LEAST_BEGUN = 2


@dataclass(frozen=True, slots=True)
class Term:
    """`word` is as the index has it, of a run all its letters; `others` is what it may have been meant for."""

    word: str
    others: tuple[str, ...] = ()
    is_begun: bool = False
    is_run: bool = False

    def query(self) -> str:
        """As a tsquery is written. Being letters and digits, none of it can be an operator."""
        if self.is_run:
            return "(" + " <-> ".join(f"'{letter}'" for letter in self.word) + ")"
        begun = ":*" if self.is_begun else ""
        return "(" + " | ".join([f"'{self.word}'{begun}", *(f"'{other}'" for other in self.others)]) + ")"


Terms = tuple[Term, ...]


def terms(words: list[str], most: int) -> Terms:
    """Of the words in order, as the database cuts a text. What was typed last may be only begun."""
    found: list[Term] = []
    was_run = False
    for word in words:
        is_run = len(word) == 1 and any(ord(word) in script for script in spelling.UNSPACED)
        if is_run and was_run:
            found[-1] = replace(found[-1], word=found[-1].word + word)
        else:
            found.append(Term(word, is_run=is_run))
        was_run = is_run
    found = found[:most]
    if found and not found[-1].is_run and len(found[-1].word) >= LEAST_BEGUN:
        found[-1] = replace(found[-1], is_begun=True)
    return tuple(found)


def query(wanted: Terms) -> str:
    """All of them; of each, itself or what it may mean."""
    return " & ".join(term.query() for term in wanted)


def hits(wanted: Terms) -> Hits:
    spaced = [term for term in wanted if not term.is_run]
    return Hits(
        words=frozenset(word for term in spaced for word in (term.word, *term.others)),
        begun=frozenset(term.word for term in spaced if term.is_begun),
        runs=frozenset(term.word for term in wanted if term.is_run),
    )


def reach(wanted: Terms) -> tuple[int, int] | None:
    """How short and how long a word may be that one of these was meant for. None: none of them can be mistyped."""
    lengths = [len(term.word) for term in wanted if _is_spelt(term)]
    most = max((spelling.mistakes(term.word) for term in wanted if _is_spelt(term)), default=0)
    return (min(lengths) - most, max(lengths) + most) if lengths else None


def meant(wanted: Terms, vocabulary: list[str]) -> Terms:
    """With what each word may have been meant for: for one that is nowhere the nearest in the vocabulary, for the
    others those that are one slip away. The same terms, if there is nothing like any of them."""
    known = set(vocabulary)
    return tuple(_meant(term, vocabulary, known) if _is_spelt(term) else term for term in wanted)


def said(wanted: Terms, seen: frozenset[str]) -> str:
    """What was searched, in words that were found: "" if none of those that were meant is among `seen`."""
    if not any(other in seen for term in wanted for other in term.others):
        return ""
    likeliest = (next((other for other in term.others if other in seen), term.word) for term in wanted)
    return " ".join(likeliest)


def _is_spelt(term: Term) -> bool:
    return not term.is_run and spelling.is_spelt(term.word)


def _meant(term: Term, vocabulary: list[str], known: set[str]) -> Term:
    word = term.word
    is_known = word in known or (term.is_begun and any(other.startswith(word) for other in vocabulary))
    for slips in range(1, 2 if is_known else spelling.mistakes(word) + 1):
        telling = spelling.telling(word, slips)
        alike = (
            other
            for other in vocabulary
            if abs(len(other) - len(word)) <= slips and any(part in f"  {other} " for part in telling)
        )
        if near := spelling.nearest(word, alike, slips):
            return replace(term, others=tuple(near))
    return term
