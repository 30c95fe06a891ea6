"""One request as the scheduler sees it: numbers in, numbers out."""

from dataclasses import dataclass, field
from itertools import count

_numbers = count(1)


@dataclass(eq=False, slots=True)
class Sequence:
    """`tokens` are the prompt and then what was generated; the cache of its slot holds the first `computed` of them.

    `conversation` names the chat, so that its cache is found again; `user` is who must not take more than a fair
    share. `waited` counts steps since it last got something, `told` counts tokens since it last got a slot.
    """

    tokens: list[int]
    most: int
    user: str = ""
    conversation: str = ""
    prompt_tokens: int = field(init=False)
    number: int = field(default_factory=lambda: next(_numbers))
    slot: int | None = None
    computed: int = 0
    reused: int = 0
    waited: int = 0
    told: int = 0

    def __post_init__(self) -> None:
        self.prompt_tokens = len(self.tokens)

    @property
    def key(self) -> str:
        """What its cache is remembered by."""
        return self.conversation or f"#{self.number}"

    @property
    def left(self) -> int:
        """Tokens that the model has not seen yet: one while it speaks, more while it reads."""
        return len(self.tokens) - self.computed

    @property
    def speaks(self) -> bool:
        """It has begun to answer, and needs one token computed at a time."""
        return self.left == 1 and self.told_before

    @property
    def told_before(self) -> bool:
        """It had a slot before, and has said something there."""
        return len(self.tokens) > self.prompt_tokens

    @property
    def full(self) -> bool:
        """It has generated as much as it may."""
        return len(self.tokens) - self.prompt_tokens >= self.most
