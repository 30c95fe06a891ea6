"""How much of a prompt is read in one step, so that nobody waits long for their next word. Pure: no clock."""

# llama.cpp's attention takes so many rows at once on a processor (GGML_FA_TILE_Q), but fewer one by one: 64 tokens
# 4,000 deep in a prompt take 0.47 s, and 60 of them 1.05 s. So whole tiles are read, one at least if that is not far
# too long.
TILE_TOKENS = 64
TOO_LONG = 4.0
# Of a model so slow that a tile is too long.
LEAST_TOKENS = 16
# A token attends to all before it, so its cost is learned apart for each stretch of so many.
STRETCH_TOKENS = 512
# Where nobody is in the middle of speaking, several prompts are read in one step: each is answered as soon as it is
# read, and those who came together then speak together, 3 % faster than one after another.
BURST = 2.0
# What a token costs before any was read.
GUESSED_SECONDS = 0.004
# No clock is finer.
LEAST_SECONDS = 1e-9
# Weight of the newest step in the running means.
NEWEST = 0.3


class Pace:
    """Learns from each step's duration what it costs on this machine to read a token, at each depth of a prompt."""

    def __init__(self, batch_tokens: int, beside_seconds: float, alone_seconds: float) -> None:
        self._most = batch_tokens
        self._beside = beside_seconds
        self._alone = alone_seconds
        self._costs: dict[int, float] = {}  # seconds a token, by stretch

    def seen(self, start: int, count: int, seconds: float) -> None:
        """So many tokens from `start` on were read in so many seconds."""
        if count < LEAST_TOKENS:
            return  # mostly what a step costs anyhow
        each = max(seconds / count, LEAST_SECONDS)
        for stretch in range(start // STRETCH_TOKENS, (start + count - 1) // STRETCH_TOKENS + 1):
            known = self._costs.get(stretch, each)
            self._costs[stretch] = known + NEWEST * (each - known)

    def allowed(self, speaking: int) -> float:
        """Seconds that may be read beside so many speakers, by all who read."""
        return self._beside if speaking else BURST * self._alone

    def cost(self, start: int) -> float:
        """Seconds a token from `start` on: as seen there, or nearest before it, or after."""
        if not self._costs:
            return GUESSED_SECONDS
        before = [stretch for stretch in self._costs if stretch <= start // STRETCH_TOKENS]
        return self._costs[max(before, default=min(self._costs))]

    def chunk(self, start: int, left: int, seconds: float) -> int:
        """How many of the `left` tokens from `start` on are read in about so many seconds; one at least."""
        cost, seconds = self.cost(start), min(seconds, self._alone)
        if left * cost <= seconds:
            return min(left, self._most)
        tiles = max(int(min(seconds / cost, self._most)), 0) // TILE_TOKENS
        if not tiles and TILE_TOKENS * cost <= TOO_LONG * seconds:
            tiles = 1
        fit = tiles * TILE_TOKENS or max(int(seconds / cost), LEAST_TOKENS)
        # What is left over of a tile is read with it: alone it would cost more than a whole one.
        return min(left, self._most, fit + left % TILE_TOKENS if tiles and left - fit < TILE_TOKENS else fit)
