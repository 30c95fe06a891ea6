"""A character says its own lines, and nobody else's."""

from collections.abc import Sequence


class SpeakerGuard:
    """Keeps a character to its own lines: "Name:" of somebody else ends the reply, its own name at the start goes.

    Models that were trained on scripts go on with the user's line when they have said theirs. Only what may yet
    become a name is held back, so that the first word comes at once.
    """

    def __init__(self, own: str = "", others: Sequence[str] = (), opening: str = "") -> None:
        """`opening`: what the reply has said before."""
        self._own = _labels([own])
        self._others = _labels(others)
        self._held = ""
        self._in_line = bool(opening) and not opening.endswith("\n")
        self._begun = bool(opening.strip())
        self._named = False

    def push(self, text: str, *, final: bool = False) -> tuple[str, bool]:
        """What may be shown now, and whether somebody else began to speak (then nothing may follow)."""
        shown = ""
        self._held += text
        while self._held:
            if not self._in_line:
                if _label(self._held, self._others):
                    return shown.rstrip(), True
                if not self._begun and (own := _label(self._held, self._own)):
                    self._held, self._named = self._held[own:], True
                    continue
                if self._named and not self._begun and self._held[0].isspace():
                    self._held = self._held.lstrip()
                    continue
                if not final and _may_become(self._held, self._others if self._begun else self._others | self._own):
                    break
            line, newline, self._held = self._held.partition("\n")
            self._begun = self._begun or bool(line.strip())
            self._in_line = not newline
            shown += line + newline
        return shown, False


def _labels(names: Sequence[str]) -> frozenset[str]:
    """How a script writes that these speak."""
    plain = [name.strip().casefold() for name in names if name.strip()]
    return frozenset(label for name in plain for label in (f"{name}:", f"**{name}:**", f"**{name}**:", f"*{name}:*"))


def _label(line: str, labels: frozenset[str]) -> int:
    """How many characters of the line are such a label, with the spaces before it."""
    indented = len(line) - len(line.lstrip())
    for label in labels:
        if line[indented : indented + len(label)].casefold() == label:
            return indented + len(label)
    return 0


def _may_become(line: str, labels: frozenset[str]) -> bool:
    """Whether more text could make a label of it."""
    begun = line.lstrip().casefold()
    return any(label.startswith(begun) for label in labels)
