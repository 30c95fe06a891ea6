"""Everything a prompt is made of, before it is measured and trimmed."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chats.prompting.lore import Lore
from inference.text.prompt import Role


@dataclass(frozen=True, slots=True)
class Line:
    """One message of the conversation."""

    role: Role
    text: str


@dataclass(frozen=True, slots=True)
class Recollection:
    """A memory as the prompt tells it: what, when, and how it felt ("" when it felt like nothing).

    The prompt tells them in the order of `at`. `id` is the memory's, for whoever wants to know which were told.
    """

    text: str
    when: str
    feeling: str = ""
    at: datetime | None = None
    id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Scene:
    """The parts of one prompt, with no macros left in them. Empty text means that the part is left out.

    `instructions` are the card's own system prompt, which follows the operator's policy and never replaces it;
    `reminder` is what the card wants said after the history. `examples` are blocks of dialogue.

    `memories` come best first, `history` oldest first, `lore` in the order of the prompt. These three and `examples`
    may be trimmed to fit, except for lore that stays. Nothing else ever is.

    `company` says who else is there. `message` is what is answered, "" where the character shall speak unasked.
    `opening` are words of the answer that were said before, from which it goes on.
    """

    persona: str
    message: str
    policy: str = ""
    user_name: str = ""
    user_description: str = ""
    summary: str = ""
    history: tuple[Line, ...] = ()
    memories: tuple[Recollection, ...] = ()
    mood: str = ""
    note: str = ""
    instructions: str = ""
    personality: str = ""
    scenario: str = ""
    examples: tuple[str, ...] = ()
    lore: tuple[Lore, ...] = ()
    reminder: str = ""
    company: str = ""
    opening: str = ""
