"""How each persona says a thing: Azera drily and bare, Areza in italics and bold, the others plainly."""

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from starter.grammar.text import expand, pick, upper_first
from starter.grammar.words import SENSED


class Register(StrEnum):
    DRY = "dry"
    LAVISH = "lavish"
    PLAIN = "plain"


SENSE_LINES = (
    "{a}, and {b}.",
    "{a} and {b}.",
    "{a}, and somewhere {b}.",
    "The [smell|scent|breath|ghost] of {a}.",
    "{a}, close by.",
    "A breath of {a}.",
    "{a}, then silence.",
    "{a} under {b}.",
    "Somewhere, {a}.",
    "{a} [in the dark|on the air|at the door].",
)
RULES = (
    "Roll for courage.",
    "Roll for wisdom.",
    "Roll for luck.",
    "Roll for charm.",
    "Roll for stealth.",
    "Choose a door.",
    "Your move.",
    "You gain one spark.",
    "The die is yours.",
    "Advantage to the bold.",
    "One torch left.",
    "Roll a d20.",
)
ADDRESSES = ("traveller", "hero", "brave one", "wanderer", "my hero", "bold heart")


@dataclass(frozen=True, slots=True)
class Voice:
    """One persona's way of speaking. `tic` is the habit a plain persona's sheet asks for."""

    name: str
    register: Register
    tic: str = ""
    opening: bool = False

    def choose(self, rng: random.Random, dry: Sequence[str], lavish: Sequence[str], plain: Sequence[str] = ()) -> str:
        """One of the lines written for this register, with its choices resolved."""
        options = {Register.DRY: dry, Register.LAVISH: lavish, Register.PLAIN: plain or dry}[self.register]
        return pick(rng, list(options))

    def say(self, rng: random.Random, body: str, rule: float = 0.25, keep: str = "") -> str:
        """The body as this persona would send it; `rule` is how often Areza adds a ruling in bold.

        A body that opens with `keep` keeps its first letter as it is: a fact is given back exactly.
        """
        body = body.replace("{hero}", rng.choice(ADDRESSES)).strip()
        if "```" not in body:
            body = body.replace("  ", " ")
        body = body if keep and body.startswith(keep) else upper_first(body)
        match self.register:
            case Register.DRY:
                return body.replace("!", ".")
            case Register.LAVISH:
                ruling = f" **{rng.choice(RULES)}**" if rng.random() < rule and "**" not in body else ""
                joint = "\n\n" if body.startswith("```") else " "
                return f"*{sense_line(rng)}*{joint}{body}{ruling}"
            case Register.PLAIN:
                if not self.tic:
                    return body
                return f"{self.tic} {body}" if self.opening else f"{body} {self.tic}"


def sense_line(rng: random.Random) -> str:
    first, second = rng.sample(SENSED, 2)
    return upper_first(expand(rng, rng.choice(SENSE_LINES)).replace("{a}", first).replace("{b}", second))


ITALIC_OPENING = re.compile(r"\*[^*\n]+\*(?:\s|$)")
STAGE_DIRECTION = re.compile(r"(?<![*\w])\*(?!\*)[^*\n]+\*(?!\*)")


def in_register(register: Register, reply: str) -> bool:
    """The rule that is measured.

    Dry: outside code there is neither an exclamation mark nor a *stage direction*.
    Lavish: the reply opens with one *italic* line and more follows it.
    """
    if register is Register.LAVISH:
        opening = ITALIC_OPENING.match(reply)
        return bool(opening and reply[opening.end() :].strip())
    prose = re.sub(r"```.*?(?:```|$)|`[^`]*`", "", reply, flags=re.DOTALL)
    return "!" not in prose and not STAGE_DIRECTION.search(prose)
