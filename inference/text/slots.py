"""Which slot of the model's cache a sequence gets, and how much of its prompt is already computed. Pure."""

from dataclasses import dataclass, field

from inference.text.parking import Parked, Parking, shared_prefix
from inference.text.sequence import Sequence

# Less than this is computed again faster than it is copied or saved.
WORTH_KEEPING_TOKENS = 32


@dataclass(frozen=True, slots=True)
class Placement:
    """What to do before a sequence can go on in `slot`, in this order.

    `park` says under which name to save what the slot holds, of which `parked_tokens` are the source; then its cache
    becomes that of `copied_from`, or the state in `loaded`, or stays; then it is cut to `keep` tokens.
    """

    sequence: Sequence
    slot: int
    keep: int
    park: str = ""
    parked_tokens: list[int] = field(default_factory=list)
    copied_from: int | None = None
    loaded: Parked | None = None


@dataclass(eq=False, slots=True)
class Slot:
    """`tokens[:filled]` are in the cache, for the sequence that holds the slot or held it last."""

    index: int
    tokens: list[int] = field(default_factory=list)
    filled: int = 0
    key: str = ""
    left_at: int = 0
    holder: Sequence | None = None

    def shared(self, tokens: list[int]) -> int:
        return min(self.filled, shared_prefix(self.tokens, tokens))

    def worth(self, sequence: Sequence) -> tuple[int, bool, bool]:
        """How good a beginning it is for `sequence`; of equal ones, its own, then one that need not be copied."""
        return self.shared(sequence.tokens), self.key == sequence.key, self.holder is None


class Slots:
    def __init__(self, number: int, parking: Parking) -> None:
        self._slots = [Slot(index) for index in range(number)]
        self._parking = parking
        self._clock = 0

    def __getitem__(self, index: int) -> Slot:
        return self._slots[index]

    @property
    def free(self) -> list[Slot]:
        return [slot for slot in self._slots if slot.holder is None]

    @property
    def holders(self) -> list[Sequence]:
        """Who holds a slot, in the order of the slots."""
        return [slot.holder for slot in self._slots if slot.holder is not None]

    def take(self, sequence: Sequence) -> Placement:
        """A free slot for `sequence`, chosen so that most of its prompt is already computed and least is lost.

        The longest shared beginning wins, wherever it is: it is used in place, or copied where somebody else still
        has a use for it. With nothing to share, the slot that was left alone longest is taken.
        """
        reusable = len(sequence.tokens) - 1  # the last token is always computed, for its logits
        loaded, longest = self._parking.best(sequence.tokens)
        nearest = max(self._slots, key=lambda slot: slot.worth(sequence))
        source = None
        if 0 < (shared := nearest.shared(sequence.tokens)) >= longest:
            source, longest, loaded = nearest, shared, None
        target = self._target(sequence, source, longest)
        keep = min(longest, reusable)
        if target is not source and keep < WORTH_KEEPING_TOKENS:
            keep, loaded, source = min(target.shared(sequence.tokens), reusable), None, target
        park = self._outlives(target, sequence, keep)
        placement = Placement(
            sequence,
            target.index,
            keep,
            park=target.key if park else "",
            parked_tokens=target.tokens[: target.filled] if park else [],
            copied_from=source.index if source is not None and source is not target else None,
            loaded=loaded,
        )
        if loaded is not None and loaded.key == sequence.key:
            self._parking.drop(loaded.key)
        target.holder, target.key, target.tokens, target.filled = sequence, sequence.key, sequence.tokens, keep
        sequence.slot, sequence.computed, sequence.told = target.index, keep, 0
        return placement

    def leave(self, sequence: Sequence, *, known: bool = True) -> None:
        """Its slot is free again; what it computed stays there until somebody else needs the place.

        `known` False: nobody can say what the cache holds now.
        """
        if sequence.slot is None:
            return
        slot = self._slots[sequence.slot]
        self._clock += 1
        slot.holder, slot.left_at = None, self._clock
        # The sequence may be told more elsewhere; this is what is here.
        slot.tokens = list(sequence.tokens[: sequence.computed]) if known else []
        slot.filled = len(slot.tokens)
        slot.key = sequence.key if known else ""
        sequence.slot, sequence.computed = None, 0

    def _target(self, sequence: Sequence, source: Slot | None, shared: int) -> Slot:
        free = self.free
        if source is not None and source.holder is None:
            lost = source.filled - shared
            if source.key == sequence.key or lost < WORTH_KEEPING_TOKENS or free == [source]:
                return source
            free.remove(source)
        return min(free, key=lambda slot: (slot.filled > 0, slot.left_at, slot.index))

    def _outlives(self, target: Slot, sequence: Sequence, keep: int) -> bool:
        """Whether what the slot holds is worth saving before it is overwritten."""
        return target.key != sequence.key and target.filled - keep >= WORTH_KEEPING_TOKENS
