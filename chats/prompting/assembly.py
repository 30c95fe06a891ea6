"""One prompt from one scene, within a budget, and what it is made of."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from chats.prompting import sections
from chats.prompting.fitting import fitted
from chats.prompting.parts import Part, Source
from chats.prompting.scene import Recollection, Scene
from inference.text.budget import CountTokens, TokenBudget
from inference.text.prompt import Prompt, Role, Turn


@dataclass(frozen=True, slots=True)
class Slice:
    """How many `tokens` one source has in a prompt, without the words around them. `items` are its blocks, entries,
    memories or messages; `name` is that of a lore entry, each of which has a slice of its own."""

    source: Source
    tokens: int
    items: int = 1
    name: str = ""


@dataclass(frozen=True, slots=True)
class Itemised:
    """`slices` in the order of the prompt; lore at a depth stands with the history, before it. `memories` are those
    that found room."""

    prompt: Prompt
    slices: tuple[Slice, ...]
    memories: tuple[Recollection, ...] = ()


def assemble(scene: Scene, budget: TokenBudget, count: CountTokens) -> Prompt:
    """The prompt for this scene, in at most `budget.context - budget.reply` tokens.

    Lore and memories are kept within their share; history is kept newest first in all that is left; examples only
    where no history has to leave for them. Raises `PromptTooLong` when even without all of these there is no room.
    """
    return _prompt(fitted(scene, budget, count))


def itemised(scene: Scene, budget: TokenBudget, count: CountTokens) -> Itemised:
    """The same prompt, and what it is made of. Raises `PromptTooLong`."""
    kept = fitted(scene, budget, count)
    return Itemised(_prompt(kept), tuple(_slices(_parts(kept), count)), kept.memories)


def _prompt(scene: Scene) -> Prompt:
    turns = [Turn(Role.SYSTEM, system)] if (system := sections.system(scene)) else []
    turns += _told(scene)
    if tail := sections.tail(scene):
        turns.append(Turn(Role.SYSTEM, tail))
    turns.append(Turn(Role.USER, sections.asked(scene)))
    return Prompt(tuple(turns), scene.opening)


def _told(scene: Scene) -> Iterator[Turn]:
    """History, and among it the lore that stands at a depth. What is deeper than the history stands before it."""
    end = len(scene.history)
    among: defaultdict[int, list[Turn]] = defaultdict(list)
    # The current message is the one at depth 1, and nothing comes after it.
    for one in sorted((one for one in scene.lore if one.is_a_turn), key=lambda one: -one.depth):
        among[max(0, min(end, end + 1 - one.depth))].append(Turn(one.role, one.text.strip()))
    for number, line in enumerate(scene.history):
        yield from among[number]
        yield Turn(line.role, line.text)
    yield from among[end]


def _parts(scene: Scene) -> Iterator[Part]:
    yield from sections.stable(scene)
    yield from (Part(Source.LORE, one.text.strip(), name=one.name) for one in scene.lore if one.is_a_turn)
    yield from (Part(Source.HISTORY, line.text) for line in scene.history)
    yield from sections.volatile(scene)
    yield Part(Source.MESSAGE, sections.asked(scene))
    if scene.opening:
        yield Part(Source.OPENING, scene.opening)


def _slices(parts: Iterable[Part], count: CountTokens) -> Iterator[Slice]:
    together: defaultdict[tuple[Source, str], list[int]] = defaultdict(list)
    for part in parts:
        together[part.source, part.name].append(count(part.text))
    for (source, name), tokens in together.items():
        yield Slice(source, sum(tokens), len(tokens), name)
