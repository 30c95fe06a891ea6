"""How many tokens of a prompt may be read in one step without anybody noticing."""

from math import inf

LEAST_TOKENS = 32
# Weight of the newest step in the running means.
NEWEST = 0.2


class Pace:
    """Learns from each step's duration what a token that is read costs on this machine."""

    def __init__(self, batch_tokens: int, beside_seconds: float, alone_seconds: float) -> None:
        self._most = batch_tokens
        self._allowed = (alone_seconds, beside_seconds)
        self._reading = 0.0  # seconds a token
        self._speaking = 0.0  # seconds a step in which nothing is read

    def seen(self, speaking: int, reading: int, seconds: float) -> None:
        """A step of so many speakers read so many tokens in so many seconds."""
        if not reading:
            self._speaking = _mean(self._speaking, seconds)
        elif reading >= LEAST_TOKENS or not self._reading:
            rest = seconds - (self._speaking if speaking else 0.0)
            self._reading = _mean(self._reading, max(rest, 0.0) / reading)

    def room(self, speaking: int) -> int:
        """Tokens to read in the next step, beside so many speakers."""
        allowed = self._allowed[speaking > 0]
        if allowed == inf:
            return self._most
        if not self._reading:
            return LEAST_TOKENS if speaking else self._most
        return max(LEAST_TOKENS, min(self._most, int(allowed / self._reading)))


def _mean(mean: float, newest: float) -> float:
    return newest if not mean else mean + NEWEST * (newest - mean)
