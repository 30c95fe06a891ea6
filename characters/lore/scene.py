"""What lorebooks are held against: a conversation, and what holds for all of them. Pure."""

from dataclasses import dataclass

from inference.text.prompt import Role


@dataclass(frozen=True, slots=True)
class Message:
    name: str
    role: Role
    text: str


@dataclass(frozen=True, slots=True)
class Scene:
    """`messages` come oldest first; before them were `earlier` others, `earlier_replies` of which the character's:
    they count, and are not looked through.

    `greeting` 0 is the first message's own text. `greeting` and `user_icon` None: nobody knows, so entries may not
    depend on it.
    """

    messages: tuple[Message, ...] = ()
    earlier: int = 0
    earlier_replies: int = 0
    character: str = ""
    user: str = ""
    greeting: int | None = None
    user_icon: str | None = None
    context_full: bool = False

    @property
    def length(self) -> int:
        """In messages, all of them."""
        return self.earlier + len(self.messages)

    @property
    def replies(self) -> int:
        return self.earlier_replies + sum(message.role is Role.ASSISTANT for message in self.messages)


@dataclass(frozen=True, slots=True)
class Settings:
    """What holds where neither book nor entry says otherwise.

    `budget` is in tokens, over all books together; None has no end. `sweeps` counts the first one too, so that 1
    means no recursion.
    """

    scan_depth: int = 2
    budget: int | None = None
    recursive: bool = False
    sweeps: int = 16
    case_sensitive: bool = False
    whole_words: bool = True
    group_scoring: bool = False
