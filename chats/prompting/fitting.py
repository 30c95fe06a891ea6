"""What of a scene fits into a budget.

What the system part holds decides whether a model's cache of the prompt is of any use, so it changes as seldom as can
be; what is left of the room goes to history.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cache
from itertools import accumulate

from chats.prompting import sections
from chats.prompting.lore import Lore
from chats.prompting.scene import Recollection, Scene
from inference.text.budget import CountTokens, TokenBudget, fit_first, fit_newest

# What a template adds around each turn: two control tokens, the role and two line ends.
TURN_OVERHEAD_TOKENS = 6

Loose = Lore | Recollection


class PromptTooLong(Exception):
    """What may never be cut, persona and message above all, leaves no room for a reply."""

    def __init__(self, needed: int, room: int) -> None:
        super().__init__(f"{needed} tokens are needed where {room} fit")
        self.needed = needed
        self.room = room


def fitted(scene: Scene, budget: TokenBudget, count: CountTokens) -> Scene:
    """The scene with as much of its lore, memories, history and examples as makes a prompt of at most
    `budget.context - budget.reply` tokens. Raises `PromptTooLong`.

    Lore that was brought up and memories share `budget.recalled`. Where what cannot be cut leaves them less than that,
    lore that asks to goes first; then memories, the worst first; then other lore, from its end. Memories go before it
    because they come ranked: the worst of them is sure to be missed least, while nobody knows that of lore.
    """
    measure = _Measure(count)
    room = budget.context - budget.reply
    # An entry that is in two books is told once.
    scene = replace(scene, lore=tuple(dict.fromkeys(one for one in scene.lore if one.text.strip())))
    loose = _recalled(scene, budget.recalled, measure)
    kept = _with(scene, loose)
    while loose and measure.spent(kept) > room:
        loose.pop()
        kept = _with(scene, loose)
    if measure.spent(kept) > room:
        raise PromptTooLong(measure.spent(kept), room)

    costs = [measure.turn(line.text) for line in scene.history]
    kept = replace(kept, examples=_examples(scene, kept, sum(costs), budget, measure))
    history = fit_newest(scene.history, costs, budget.history(spent=measure.spent(kept)))
    return replace(kept, history=tuple(history))


class _Measure:
    """Tokens of texts, each counted once."""

    def __init__(self, count: CountTokens) -> None:
        self.count = cache(count)

    def turn(self, text: str) -> int:
        return self.count(text) + TURN_OVERHEAD_TOKENS if text else 0

    def spent(self, scene: Scene) -> int:
        """What all but history takes, with the opening of the reply."""
        texts = [sections.system(scene), sections.tail(scene), sections.asked(scene)]
        texts += [one.text.strip() for one in scene.lore if one.is_a_turn]
        return sum(self.turn(text) for text in texts) + self.count(scene.opening) + TURN_OVERHEAD_TOKENS

    def loose(self, items: Iterable[Loose]) -> list[int]:
        """Each lore entry as if it were a turn, which some are; memories are lines of one."""
        return [
            self.turn(one.text.strip()) if isinstance(one, Lore) else self.count(sections.recollection(one)) + 1
            for one in items
        ]

    def fit(self, items: Sequence[Loose], room: int) -> list[Loose]:
        return fit_first(items, self.loose(items), room)


def _recalled(scene: Scene, room: int, measure: _Measure) -> list[Loose]:
    """Lore that was brought up and memories, as much as fits in `room`; what is to go first stands last.

    Half of the room is promised to each: a large lorebook lets the character remember, and many memories let the
    author speak. What one leaves over the other has.
    """
    brought_up = [one for one in scene.lore if not one.stays]
    remembered = sum(measure.loose(measure.fit(scene.memories, room)))
    lore = measure.fit([one for one in brought_up if not one.trims_first], room - min(remembered, room // 2))
    room -= sum(measure.loose(lore))
    memories = measure.fit(scene.memories, room)
    room -= sum(measure.loose(memories))
    return [*lore, *memories, *measure.fit([one for one in brought_up if one.trims_first], room)]


def _with(scene: Scene, loose: Sequence[Loose]) -> Scene:
    """The scene with what stays and with these, but without examples and history."""
    chosen = set(loose)
    return replace(
        scene,
        lore=tuple(one for one in scene.lore if one.stays or one in chosen),
        memories=tuple(one for one in loose if isinstance(one, Recollection)),
        examples=(),
        history=(),
    )


def _examples(scene: Scene, kept: Scene, history: int, budget: TokenBudget, measure: _Measure) -> tuple[str, ...]:
    """The first blocks, as many as the system's share holds; or none, once the history needs their room.

    They leave all at once, not one by one, because whenever one leaves the model must read the whole prompt again: so
    that happens once in a chat, and by then the history shows better than they do how the character talks. What is
    recalled counts with its whole share, used or not, or they would come and go with every memory.
    """
    between = measure.count(sections.TALK.between)
    sizes = accumulate(measure.count(block) + between for block in scene.examples)
    blocks = scene.examples[: sum(size <= budget.system for size in sizes)]
    promised = budget.recalled + measure.turn(sections.RECALLED_HEADINGS)
    spent = max(
        measure.spent(replace(_with(scene, ()), examples=blocks)) + promised,
        measure.spent(replace(kept, examples=blocks)),
    )
    return blocks if spent + history <= budget.context - budget.reply else ()
