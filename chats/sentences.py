"""A reply's text as sentences, as they become whole. Pure.

For whoever speaks or shows sentence by sentence (CG-9): a sentence is told once it is certain that it has ended, and
all of them together are the text, letter by letter.
"""

import re

# An ending, what may close behind it, and the space that shows that it was one; or the end of a paragraph.
END = re.compile(r"""[.!?…]+["'”’»)\]*_]*(?=\s)|[。！？]+["'”’」』）*_]*|\n\s*\n""")
# A dot after these ends no sentence.
ABBREVIATIONS = re.compile(
    r"(?:^|[\s(\"“])(?:mr|mrs|ms|dr|prof|st|jr|sr|vs|etc|e\.g|i\.e|cf|no|fig|approx|[A-Za-z])\.$", re.IGNORECASE
)
# An answer in one breath is told in pieces, too.
LONGEST = 1_000


class Sentences:
    def __init__(self) -> None:
        self._held = ""

    def push(self, text: str) -> list[str]:
        """Those that have become whole, each with the space that follows it."""
        self._held += text
        found: list[str] = []
        while (end := _end(self._held)) is not None:
            found.append(self._held[:end])
            self._held = self._held[end:]
        return found

    def finish(self) -> list[str]:
        """What is left when nothing follows any more."""
        rest, self._held = self._held, ""
        return [rest] if rest.strip() else []


def _end(text: str) -> int | None:
    """Where the first sentence ends, with its space. None: nobody knows yet."""
    for found in END.finditer(text):
        if not text[: found.end()].strip():
            continue
        if found.group().startswith(".") and ABBREVIATIONS.search(text[: found.start() + 1]):
            continue
        end = found.end()
        while end < len(text) and text[end].isspace():
            end += 1
        # More space may come; whose it is shows with the next letter.
        return end if end < len(text) else None
    return LONGEST if len(text) > LONGEST else None
