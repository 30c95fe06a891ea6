"""What any of these files says: conversations, each a tree of messages. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from core.json import JsonObject

# More in one conversation nobody has written; 400,000 fit into the largest file that is taken.
MOST_MESSAGES = 500_000
NO_NAME = ""


class Format(StrEnum):
    SILLYTAVERN = "sillytavern"
    CHATGPT = "chatgpt"
    OPEN_WEBUI = "openwebui"
    OWN = "cognitia"


class Speaker(StrEnum):
    """The values are those of `chats.models.Role`."""

    USER = "user"
    CHARACTER = "character"


@dataclass(frozen=True, slots=True)
class Member:
    """A character of a conversation: `key` is how its messages call it, `id` that of ours who it was.

    `talkativeness` (0 to 1) and `is_muted` only our own files say.
    """

    key: str
    name: str
    id: str = ""
    talkativeness: float | None = None
    is_muted: bool = False


@dataclass(frozen=True, slots=True)
class Turns:
    """Who answers, which only our own files say: the fields of `chats.models.Chat`. None: not said."""

    taking: str = ""
    speakers_most: int | None = None
    goes_on_for: int | None = None


NOT_SAID = Turns()


@dataclass(frozen=True, slots=True)
class Making:
    """How a message came about, which only our own files say."""

    status: str = "done"
    failure_code: str = ""
    finish_reason: str = ""
    opening: str = ""
    branch_name: str = ""
    edited_from: int | None = None
    greeting: int | None = None
    thinking_ms: int | None = None
    prompt_tokens: int | None = None
    reused_tokens: int | None = None
    reply_tokens: int | None = None
    first_token_ms: int | None = None
    temperature: float | None = None
    top_p: float | None = None
    sentiment: float | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """A message. `id`, `parent` and `chosen` are numbers within the conversation.

    `chosen` is the one of those after it that is shown, as in chats/tree.py; `is_leaf`: the shown path ends here.
    `character` is a member's key, or "" for whom the conversation is with; `persona` a name, or "".
    `brought` is what the file says of it beyond this, by the format's name.
    """

    id: int
    parent: int | None
    depth: int
    replies_before: int
    role: Speaker
    text: str
    created_at: datetime
    chosen: int | None = None
    is_leaf: bool = False
    character: str = NO_NAME
    persona: str = NO_NAME
    is_hidden: bool = False
    thinking: str = ""
    model: str = ""
    brought: JsonObject | None = None
    making: Making | None = None


@dataclass(frozen=True, slots=True)
class Chosen:
    """Learned late: what is shown after a message that came before."""

    parent: int
    child: int


Event: TypeAlias = Said | Chosen


@dataclass(frozen=True, slots=True)
class Conversation:
    """`messages` are read once, and before the next conversation is asked for. The first member is whom it is with.

    `canonical` is the number of the message that the path which counts ends with. `bookmarks` are names by the numbers
    of the marked messages, `tags` names of tags. `brought` is what the file says of
    the whole beyond this, by the format's name.
    """

    format: Format
    title: str
    cast: tuple[Member, ...]
    created_at: datetime
    messages: Iterable[Event]
    canonical: int | None = None
    note: str = ""
    brought: JsonObject | None = None
    turns: Turns = NOT_SAID
    bookmarks: Mapping[int, str] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
