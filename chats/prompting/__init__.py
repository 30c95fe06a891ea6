"""Prompt assembly: order, share, trim. Pure: values in, a prompt out.

Stable parts come first and volatile ones last, so that a model's cache of the prefix
survives from turn to turn: policy, persona, user persona and summary; then history,
oldest first; then a tail that is never stored (memories, mood, note) and the message.
"""

from chats.prompting.assembly import PromptTooLong, assemble
from chats.prompting.scene import Line, Recollection, Scene

__all__ = ["Line", "PromptTooLong", "Recollection", "Scene", "assemble"]
