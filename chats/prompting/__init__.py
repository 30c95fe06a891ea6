"""Prompt assembly: order, share, trim. Pure: values in, a prompt out.

Stable parts come first and volatile ones last, so that a model's cache of the prefix
survives from turn to turn: policy, the card's instructions, persona, personality, scenario,
examples, user persona and summary, with constant lore among them; then history, oldest
first; then a tail that is never stored (lore, memories, mood, note, reminder) and the message.
"""

from chats.prompting.assembly import Itemised, Slice, assemble, itemised
from chats.prompting.examples import blocks
from chats.prompting.fitting import TURN_OVERHEAD_TOKENS, PromptTooLong
from chats.prompting.lore import Lore, Place
from chats.prompting.parts import Source
from chats.prompting.scene import Line, Recollection, Scene
from chats.prompting.sections import system

__all__ = [
    "TURN_OVERHEAD_TOKENS",
    "Itemised",
    "Line",
    "Lore",
    "Place",
    "PromptTooLong",
    "Recollection",
    "Scene",
    "Slice",
    "Source",
    "assemble",
    "blocks",
    "itemised",
    "system",
]
