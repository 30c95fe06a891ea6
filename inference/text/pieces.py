"""From the bytes of tokens to text that may be shown: whole characters, and never a stop string."""

import codecs
from collections.abc import Sequence


class Detokenizer:
    """A character that several tokens spell arrives whole, or not yet."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")

    def push(self, piece: bytes, *, final: bool = False) -> str:
        # NUL, which a model can say, is no text: PostgreSQL would refuse the whole reply.
        return self._decoder.decode(piece, final).replace("\0", "")


class StopGuard:
    """Holds back what may yet become a stop string, so that none of it is ever shown."""

    def __init__(self, stops: Sequence[str]) -> None:
        self._stops = tuple(stop for stop in stops if stop)
        self._held = ""

    def push(self, text: str, *, final: bool = False) -> tuple[str, bool]:
        """What may be shown now, and whether a stop string was met (then nothing may follow)."""
        self._held += text
        met = [at for stop in self._stops if (at := self._held.find(stop)) >= 0]
        if met:
            shown, self._held = self._held[: min(met)], ""
            return shown, True
        keep = 0 if final else self._may_continue()
        shown, self._held = self._held[: len(self._held) - keep], self._held[len(self._held) - keep :]
        return shown, False

    def _may_continue(self) -> int:
        """How many characters at the end begin a stop string."""
        return max((overlap(self._held, stop) for stop in self._stops), default=0)


def overlap(text: str, tag: str) -> int:
    """How many characters at the end of `text` may be the beginning of `tag`."""
    for length in range(min(len(tag) - 1, len(text)), 0, -1):
        if tag.startswith(text[-length:]):
            return length
    return 0
