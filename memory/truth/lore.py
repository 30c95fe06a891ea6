"""What a story says of its world: plain statements about what has a name. English, by rules, and rather too little
than too much. Pure."""

import re
from collections.abc import Collection
from collections.abc import Set as AbstractSet

from memory.truth.clauses import LONGEST, OPENING, clauses, sentences

MOST_OF_A_MESSAGE = 3
# "The Hollow Crown is lost" says something, "The Hollow Crown is" does not.
LEAST_WORDS = 2

PROPER = r"[A-Z][a-z]+(?:['-][A-Za-z]+)*(?:\s(?:(?:of|the|and|de|von|van)\s){0,2}[A-Z][a-z]+(?:['-][A-Za-z]+)*)*"
VERBS = (
    r"(?:is|are|was|were|has|have|had|lies|lay|stands|stood|rules|ruled|guards|guarded|belongs|belonged|lives|lived|"
    r"holds|held|protects|protected|fell|burned|burnt|died|became|remains|serves|served|owns|owned|hides|hid|leads|led|"
    r"borders|worships?|worshipped|forged|built|founded|begins|ends|flows|sleeps|means|contains|keeps|kept|sank|rose)"
)
STATEMENT = re.compile(rf"(?P<the>[Tt]he\s)?(?P<name>{PROPER})\s{VERBS}\s(?P<rest>.+)")
# Whoever speaks of themselves, or to somebody, speaks of no world.
SPEAKERS = re.compile(r"\b(?:i|i'\w+|me|my|mine|myself|we|we'\w+|us|our|ours|you|you'\w+|your|yours)\b", re.IGNORECASE)
NO_NAMES = frozenset(
    "he she it they this that these those there here who what which when where why how one nobody somebody everybody "
    "everyone someone anyone nothing something everything anything all both some many most few none each every "
    "monday tuesday wednesday thursday friday saturday sunday january february march april may june july august "
    "september october november december today yesterday tomorrow now then yes no well oh okay maybe perhaps "
    "mom mum dad mother father grandma grandpa god christmas easter".split()
)


def lore(text: str, people: Collection[str] = ()) -> list[str]:
    """The statements, as they were made. Nothing that is said of one of `people`, by any of their names."""
    known = {part.casefold() for name in people for part in (name, *name.split())}
    found: list[str] = []
    for sentence in sentences(text):
        for clause in clauses(sentence):
            said = clause[_opening(clause) :].strip(" ,;:.!…")
            if len(said) <= LONGEST and _is_of_the_world(said, text, known) and said not in found:
                found.append(said)
    return found[:MOST_OF_A_MESSAGE]


def _opening(clause: str) -> int:
    met = OPENING.match(clause)
    return met.end() if met else 0


def _is_of_the_world(said: str, text: str, known: AbstractSet[str]) -> bool:
    met = STATEMENT.fullmatch(said)
    if met is None or len(met["rest"].split()) < LEAST_WORDS or SPEAKERS.search(said):
        return False
    words = met["name"].casefold().split()
    if words[0] in NO_NAMES or not known.isdisjoint([met["name"].casefold(), *words]):
        return False
    # At its beginning every sentence has a capital letter: one word alone must be a name elsewhere, too.
    is_sure = bool(met["the"]) or len(words) > 1
    return is_sure or re.search(rf"(?<=[a-z,] ){re.escape(met['name'])}\b", text) is not None
