"""A chain of thought is not the reply."""

from typing import NamedTuple

from inference.text.pieces import overlap


class Said(NamedTuple):
    """Text for the reader, and thoughts on the way to it."""

    text: str = ""
    thinking: str = ""


class Channels:
    """Takes a chain of thought apart from the reply. It stands at the beginning, between two tags.

    A tag that is mentioned later is text. `thinks`: the prompt has already opened it. `goes_on`: what is heard is the
    middle of a reply, so its first space counts.
    """

    def __init__(self, *, thinks: bool = False, goes_on: bool = False) -> None:
        self._closing = CLOSING if thinks and not goes_on else ()
        self._waits = not thinks and not goes_on
        self._begun = goes_on
        self._held = ""

    def push(self, text: str, *, final: bool = False) -> Said:
        self._held += text
        thinking = ""
        if self._waits and not self._opened(final=final):
            return Said()
        if self._closing:
            thinking = self._thought(final=final)
            if self._closing:
                return Said(thinking=thinking)
        text, self._held = self._held if self._begun else self._held.lstrip(), ""
        self._begun = self._begun or bool(text)
        return Said(text, thinking)

    def _opened(self, *, final: bool) -> bool:
        """Whether it is known by now how the reply begins."""
        begins = self._held.lstrip()
        for opening, closing in THINKING:
            if begins.startswith(opening):
                self._held, self._closing, self._waits = begins[len(opening) :], (closing,), False
                return True
            if opening.startswith(begins) and not final:
                return False
        self._waits = False
        return True

    def _thought(self, *, final: bool) -> str:
        for closing in self._closing:
            if (at := self._held.find(closing)) >= 0:
                thought, self._held, self._closing = self._held[:at], self._held[at + len(closing) :], ()
                return thought
        keep = 0 if final else max(overlap(self._held, closing) for closing in self._closing)
        thought, self._held = self._held[: len(self._held) - keep], self._held[len(self._held) - keep :]
        return thought


THINKING = tuple((f"<{tag}>", f"</{tag}>") for tag in ("think", "thinking", "thought", "reasoning"))
CLOSING = tuple(closing for _, closing in THINKING)
