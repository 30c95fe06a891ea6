"""The caches of chats that have no slot now, kept in RAM within a budget. Pure: what a state is, the backend knows."""

from bisect import bisect_left
from collections import OrderedDict
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Parked:
    """The saved cache of one chat, and the tokens it was computed from."""

    key: str
    tokens: list[int]
    state: bytearray


class Parking:
    """Saved caches by chat; the one that was left alone longest goes first when there is no room."""

    def __init__(self, room_bytes: int) -> None:
        self.room_bytes = room_bytes
        self.used_bytes = 0
        self._kept: OrderedDict[str, Parked] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    def put(self, parked: Parked) -> bool:
        """Keep it, in place of what the same chat had. False: it is larger than all the room there is."""
        self.drop(parked.key)
        if len(parked.state) > self.room_bytes:
            return False
        while self.used_bytes + len(parked.state) > self.room_bytes:
            self.drop(next(iter(self._kept)))
        self._kept[parked.key] = parked
        self.used_bytes += len(parked.state)
        return True

    def drop(self, key: str) -> None:
        if (parked := self._kept.pop(key, None)) is not None:
            self.used_bytes -= len(parked.state)

    def best(self, tokens: list[int]) -> tuple[Parked | None, int]:
        """The one that shares the longest beginning with `tokens`, and how long that is."""
        found, longest = None, 0
        for parked in self._kept.values():
            if (shared := shared_prefix(parked.tokens, tokens)) > longest:
                found, longest = parked, shared
        if found is not None:
            self._kept.move_to_end(found.key)
        return found, longest


def shared_prefix(one: list[int], other: list[int]) -> int:
    """How many tokens both begin with. Slices are compared, which is fast, in steps that double and then halve."""
    most = min(len(one), len(other))
    low, high = 0, 1
    while high <= most and one[low:high] == other[low:high]:
        low, high = high, high * 2
    high = min(high, most)
    if low < high and one[low:high] == other[low:high]:
        return high
    return low + bisect_left(range(high - low), True, key=lambda n: one[low : low + n + 1] != other[low : low + n + 1])
