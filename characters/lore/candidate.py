"""An entry on its way through the sweeps. Pure."""

from dataclasses import dataclass

from characters.lore.decorators import Decorators
from characters.lore.entry import Book, Entry, Kind
from characters.lore.outcome import Reason, Why
from characters.lore.state import Effect


@dataclass(eq=False, slots=True)
class Candidate:
    """`number` is its place among all of them; `kept` says that it has matched before, where it asks to know.

    Once `settled`, its `reason` is the last word. `text` and `tokens` are what it would add.
    """

    book: Book
    entry: Entry
    decorators: Decorators
    number: int
    effect: Effect | None
    kept: bool
    reason: Reason
    settled: bool = False
    tokens: int = 0
    text: str = ""

    @property
    def sticks(self) -> bool:
        return self.reason.why is Why.STICKY

    @property
    def claim(self) -> tuple[bool, bool, bool, float, int]:
        """The smallest is served first when tokens are short.

        Constant entries go first unless their author ranked them; a character's go before a world's.
        """
        return (
            self.decorators.ignore_on_max_context,
            not (self.reason.why in {Why.CONSTANT, Why.STICKY} and self.entry.priority is None),
            self.book.kind is not Kind.CHARACTER,
            -self.entry.standing,
            self.number,
        )

    def reject(self, why: Why, sweep: int) -> None:
        self.settled = True
        self.reason = Reason(self.book, self.entry, why, sweep=sweep)
