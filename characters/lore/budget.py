"""Who gets the tokens. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from characters.lore.candidate import Candidate
from characters.lore.entry import Book


@dataclass(eq=False, slots=True)
class Purse:
    """Tokens to spend; None has no end. Once something did not fit, nothing lesser gets what is left."""

    tokens: int | None
    spent: int = 0
    closed: bool = False

    def fits(self, tokens: int) -> bool:
        return self.tokens is None or (not self.closed and self.spent + tokens <= self.tokens)

    def refuse(self, tokens: int) -> None:
        # What could never fit does not take the place of the others.
        self.closed = self.closed or self.tokens is None or tokens <= self.tokens


class Budget:
    """One purse for all, and one for each book. Who comes first is served first."""

    def __init__(self, tokens: int | None, books: Iterable[Book]) -> None:
        self._all = Purse(tokens)
        self._of = {id(book): Purse(book.token_budget) for book in books}

    def pay(self, one: Candidate) -> bool:
        """Whether there was enough for it; nothing is taken if not."""
        if one.entry.ignores_budget:
            return True
        purses = (self._of[id(one.book)], self._all)
        short = [purse for purse in purses if not purse.fits(one.tokens)]
        for purse in short:
            purse.refuse(one.tokens)
        if not short:
            for purse in purses:
                purse.spent += one.tokens
        return not short
