"""One prompt from one scene, within a budget."""

from chats.prompting import sections
from chats.prompting.scene import Line, Scene
from inference.text.budget import CountTokens, TokenBudget, fit_first, fit_newest
from inference.text.prompt import Prompt, Role, Turn

# What a template adds around each turn: two control tokens, the role and two line ends.
TURN_OVERHEAD_TOKENS = 6


class PromptTooLong(Exception):
    """Persona and message alone leave no room for a reply; nothing that may be cut is left to cut."""

    def __init__(self, needed: int, room: int) -> None:
        super().__init__(f"{needed} tokens are needed where {room} fit")
        self.needed = needed
        self.room = room


def assemble(scene: Scene, budget: TokenBudget, count: CountTokens) -> Prompt:
    """The prompt for this scene, in at most `budget.context - budget.reply` tokens.

    Memories are kept best first within their share; history is kept newest first in all that is left.
    Raises `PromptTooLong` when even without both there is no room.
    """

    def cost(text: str) -> int:
        return count(text) + TURN_OVERHEAD_TOKENS if text else 0

    system = sections.system(scene)
    memory_costs = [count(sections.recollection(memory)) + 1 for memory in scene.memories]
    memories = fit_first(scene.memories, memory_costs, budget.recalled)

    fixed = cost(system) + cost(scene.message) + TURN_OVERHEAD_TOKENS
    room = budget.context - budget.reply
    while memories and fixed + cost(sections.tail(scene, memories)) > room:
        memories.pop()
    spent = fixed + cost(sections.tail(scene, memories))
    if spent > room:
        raise PromptTooLong(spent, room)

    history = fit_newest(scene.history, [cost(line.text) for line in scene.history], budget.history(spent=spent))
    return Prompt(tuple(_turns(system, history, sections.tail(scene, memories), scene.message)))


def _turns(system: str, history: list[Line], tail: str, message: str) -> list[Turn]:
    turns = [Turn(Role.SYSTEM, system)] if system else []
    turns += [Turn(line.role, line.text) for line in history]
    if tail:
        turns.append(Turn(Role.SYSTEM, tail))
    turns.append(Turn(Role.USER, message))
    return turns
