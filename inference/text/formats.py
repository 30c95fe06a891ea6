"""Prompt templates: how turns become the text a model was trained on.

A format is the strings that stand between two turns, whatever these say. So a person's or a card's text is never
part of a template, and only the template's own markers are tokenised as control tokens.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from inference.text.prompt import Prompt, Role, Segment, Turn


class Place(StrEnum):
    """What a turn stands beside, besides other turns."""

    START = "start"
    ANSWER = "answer"


class Joint(NamedTuple):
    before: Role | Place
    after: Role | Place


MARKER = re.compile(r"<[^<>\s]{1,40}>|\[/?[A-Z_]{2,30}\]|^### \w+:", re.MULTILINE)
# What ends a thought that a template has begun, where there is an answer already.
THOUGHT_ENDS = "\n</think>\n\n"
THINKING_OPENS = ("<think>", "<thinking>", "<thought>", "<reasoning>")


@dataclass(frozen=True, slots=True)
class Format:
    """`joints` has at least those of users and assistants who take turns, the user first and last.

    What a model has no joint for is told in the turns it has: a system's text opens the user's next turn, two turns
    of one role become one. `stops` end a reply besides the model's own end tokens.
    """

    name: str
    joints: Mapping[Joint, str]
    stops: tuple[str, ...] = ()
    markers: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        found = {marker for joint in self.joints.values() for marker in MARKER.findall(joint)}
        object.__setattr__(self, "markers", tuple(sorted(found - set(THINKING_OPENS), key=len, reverse=True)))

    @property
    def thinks(self) -> bool:
        """Whether the reply begins inside a chain of thought."""
        return self.joints[Joint(Role.USER, Place.ANSWER)].rstrip().endswith(THINKING_OPENS)

    def render(self, prompt: Prompt, plain: Collection[str] = ()) -> tuple[Segment, ...]:
        """The whole prompt, left open for the answer.

        `plain` are the markers that this model's vocabulary spells with ordinary letters: a person could type them,
        so they are broken up in what people say.
        """
        return tuple(_merged(self._parts(prompt, _breaker(plain)), self.markers))

    def _parts(self, prompt: Prompt, harmless: Callable[[str], str]) -> Iterator[tuple[bool, str]]:
        """Text in order, and whether it is the template's own."""
        before: Role | Place = Place.START
        for turn in self.sayable(prompt.turns):
            yield True, self.joints[Joint(before, turn.role)]
            yield False, harmless(turn.text)
            before = turn.role
        yield True, self.joints[Joint(before, Place.ANSWER)]
        if prompt.opening:
            if self.thinks:
                yield True, THOUGHT_ENDS
            yield False, harmless(prompt.opening)

    def sayable(self, turns: tuple[Turn, ...]) -> list[Turn]:
        """The same words, in turns that this format has joints for."""
        told: list[Turn] = []
        held = ""

        def joined(role: Role | Place) -> bool:
            return Joint(told[-1].role if told else Place.START, role) in self.joints

        def add(role: Role, text: str) -> None:
            if joined(role):
                told.append(Turn(role, text))
            elif told and told[-1].role == role:
                told[-1] = Turn(role, f"{told[-1].text}\n\n{text}")
            else:
                told.append(Turn(Role.USER, SILENCE))
                told.append(Turn(role, text))

        for turn in turns:
            if turn.role == Role.SYSTEM and not joined(Role.SYSTEM):
                if told and told[-1].role == Role.SYSTEM and not held:
                    add(Role.SYSTEM, turn.text)
                else:
                    held = f"{held}{turn.text}\n\n"
            elif turn.role == Role.USER:
                add(Role.USER, held + turn.text)
                held = ""
            else:
                if held:
                    add(Role.USER, held.strip())
                    held = ""
                add(turn.role, turn.text)
        if held:
            add(Role.USER, held.strip())
        if not joined(Place.ANSWER):
            add(Role.USER, SILENCE)
        return told


def _merged(parts: Iterator[tuple[bool, str]], markers: tuple[str, ...]) -> Iterator[Segment]:
    """Segments as long as they can be: a marker alone, and everything between two of them together.

    A model has seen "user" and what the user said as one text, and a tokenizer may merge letters across the two.
    """
    split = re.compile("|".join(map(re.escape, markers)) or "(?!)")
    text = ""
    for own, part in parts:
        if not own:
            text += part
            continue
        end = 0
        for marker in split.finditer(part):
            text += part[end : marker.start()]
            if text:
                yield Segment(text)
            yield Segment(marker.group(), control=True)
            text, end = "", marker.end()
        text += part[end:]
    if text:
        yield Segment(text)


def _breaker(plain: Collection[str]) -> Callable[[str], str]:
    """What breaks up each of these markers by a space after its first letter."""
    if not plain:
        return str
    found = re.compile("|".join(map(re.escape, plain)), re.IGNORECASE)
    return lambda text: found.sub(lambda marker: f"{marker.group()[0]} {marker.group()[1:]}", text)


# What the user is taken to have said where a model cannot speak first.
SILENCE = "..."


class Wrap(NamedTuple):
    """What stands before and after one role's text."""

    before: str
    after: str


def wrapped(
    name: str,
    turns: Mapping[Role, Wrap],
    answer: str,
    *,
    opening: str = "",
    late_system: bool = False,
    in_any_order: bool = False,
    stops: tuple[str, ...] = (),
) -> Format:
    """A format whose turns look the same wherever they stand. `late_system`: a system may speak after the first turn;
    `in_any_order`: roles need not alternate."""
    joints: dict[Joint, str] = {}
    for role, wrap in turns.items():
        if role != Role.ASSISTANT or in_any_order:
            joints[Joint(Place.START, role)] = opening + wrap.before
        for other, earlier in turns.items():
            follows = role != other and (role == Role.ASSISTANT) == (other == Role.USER)
            if in_any_order or (follows and (role != Role.SYSTEM or late_system)):
                joints[Joint(other, role)] = earlier.after + wrap.before
        if role == Role.USER or in_any_order:
            joints[Joint(role, Place.ANSWER)] = wrap.after + answer
    return Format(name, joints, stops)


def _tagged(role: str, text: str) -> Wrap:
    return Wrap(text.replace("ROLE", role).split("TEXT")[0], text.split("TEXT")[1])


CHATML = wrapped(
    "chatml",
    {role: _tagged(role, "<|im_start|>ROLE\nTEXT<|im_end|>\n") for role in Role},
    "<|im_start|>assistant\n",
    in_any_order=True,
    stops=("<|im_end|>", "<|im_start|>"),
)
LLAMA3 = wrapped(
    "llama3",
    {role: _tagged(role, "<|start_header_id|>ROLE<|end_header_id|>\n\nTEXT<|eot_id|>") for role in Role},
    "<|start_header_id|>assistant<|end_header_id|>\n\n",
    opening="<|begin_of_text|>",
    in_any_order=True,
    stops=("<|eot_id|>", "<|start_header_id|>"),
)
MISTRAL = wrapped(
    "mistral",
    {Role.USER: Wrap("[INST] ", "[/INST]"), Role.ASSISTANT: Wrap(" ", "</s>")},
    "",
    opening="<s>",
    stops=("[INST]", "</s>"),
)
GEMMA = wrapped(
    "gemma",
    {
        Role.USER: Wrap("<start_of_turn>user\n", "<end_of_turn>\n"),
        Role.ASSISTANT: Wrap("<start_of_turn>model\n", "<end_of_turn>\n"),
    },
    "<start_of_turn>model\n",
    opening="<bos>",
    stops=("<end_of_turn>", "<start_of_turn>"),
)
ALPACA = wrapped(
    "alpaca",
    {
        Role.SYSTEM: Wrap("", "\n\n"),
        Role.USER: Wrap("### Instruction:\n", "\n\n"),
        Role.ASSISTANT: Wrap("### Response:\n", "\n\n"),
    },
    "### Response:\n",
    stops=("### Instruction:", "### Input:", "### Response:"),
)
METHARME = wrapped(
    "metharme",
    {
        Role.SYSTEM: Wrap("<|system|>", ""),
        Role.USER: Wrap("<|user|>", ""),
        Role.ASSISTANT: Wrap("<|model|>", ""),
    },
    "<|model|>",
    late_system=True,
    stops=("<|user|>", "<|system|>", "<|model|>", "</s>"),
)
FORMATS = {one.name: one for one in (CHATML, LLAMA3, MISTRAL, GEMMA, ALPACA, METHARME)}
# What a model's own template says about its family. The first that is found decides.
FAMILIES = (
    ("<|im_start|>", CHATML),
    ("<|start_header_id|>", LLAMA3),
    ("<start_of_turn>", GEMMA),
    ("[INST]", MISTRAL),
    ("### Instruction:", ALPACA),
    ("<|model|>", METHARME),
)


def family_of(template: str) -> Format | None:
    """The format of ours that a model's own template is of, if it is one we know."""
    return next((one for marker, one in FAMILIES if marker in template), None)
