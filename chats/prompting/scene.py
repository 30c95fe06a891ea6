"""Everything a prompt is made of, before it is measured and trimmed."""

from dataclasses import dataclass

from inference.text.prompt import Role


@dataclass(frozen=True, slots=True)
class Line:
    """One message of the conversation."""

    role: Role
    text: str


@dataclass(frozen=True, slots=True)
class Recollection:
    """A memory as the prompt tells it: what, when, and how it felt ("" when it felt like nothing)."""

    text: str
    when: str
    feeling: str = ""


@dataclass(frozen=True, slots=True)
class Scene:
    """The parts of one prompt. Empty text means that the part is left out.

    `memories` come best first, `history` oldest first; both may be trimmed to fit.
    Nothing else ever is.
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
