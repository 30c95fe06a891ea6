"""What of a long conversation a prompt begins with, and what stands for the rest.

History is folded seldom and by much, not by one message a turn: what a prompt begins with then stays the same for many
turns, and the model's cache of it is kept.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from chats import company, tree
from chats.models import Message, Role
from chats.prompting import TURN_OVERHEAD_TOKENS
from inference.text.budget import CountTokens
from memory.summarizing import chapters

# In percent of the room for history: above the first it is folded, to the second.
FULL, FOLDED = 90, 50
# Of the context, in percent: what chapters may take that stand for what was folded away.
TOLD_IN_SHORT = 10


@dataclass(frozen=True, slots=True)
class History:
    """`begins` is the depth of the first of the messages, where others came before it, which `summary` tells in
    short; else 0."""

    messages: Sequence[Message]
    begins: int = 0
    summary: str = ""


def first_told(costs: Sequence[int], begins: int, room: int) -> int:
    """The place of the first message that is told, where the one before it began with `begins`. Costs in tokens."""
    spent = sum(costs[begins:])
    if spent * 100 <= room * FULL:
        return begins
    while begins < len(costs) and spent * 100 > room * FOLDED:
        spent -= costs[begins]
        begins += 1
    return begins


def folded(
    reply: Message, heard: Sequence[Message], room: int, context: int, count: CountTokens, *, is_cut: bool
) -> History:
    """What is told of these messages, all that its speaker heard before the one it answers; `room` is for them.

    `is_cut`: there are more before them.
    """
    own = (one for one in reversed(heard) if one.role == Role.CHARACTER and one.character_id == reply.character_id)
    last = next(own, None)
    began = last.history_from if last is not None else 0
    costs = [count(message.text) + TURN_OVERHEAD_TOKENS for message in heard]
    begins = next((place for place, message in enumerate(heard) if message.depth >= began), 0)
    told = heard[first_told(costs, begins, room) :]
    if not told or (told[0].id == heard[0].id and not is_cut):
        return History(told)
    return History(told, told[0].depth, _summary(reply, told[0], context, count))


def _summary(reply: Message, first: Message, context: int, count: CountTokens) -> str:
    """What happened before this message, in short: the newest chapters of it, as many as there is room for."""
    room = context * TOLD_IN_SHORT // 100
    kept: list[str] = []
    before = tree.ids_to(first.parent_id)
    people = company.people(reply.chat)
    for chapter in reversed(chapters(reply.owner_id, reply.character_id, reply.chat_id, before, people)):
        room -= count(chapter.text) + 1
        if room < 0:
            break
        kept.append(chapter.text)
    return "\n\n".join(reversed(kept))
