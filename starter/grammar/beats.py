"""A beat is one exchange: what the person says, what the persona answers, and what a summary would keep of it."""

import random
from dataclasses import dataclass

from starter.grammar.personas import Persona
from starter.grammar.text import mistype, pick, upper_first
from starter.grammar.values import Values


@dataclass(frozen=True, slots=True)
class Beat:
    """`gist` is the exchange in the third person; `value` is what the reply must contain, if anything."""

    said: str
    reply: str
    gist: str = ""
    value: str = ""
    kind: str = "talk"


@dataclass(slots=True)
class Stage:
    """What a grammar rule needs at hand."""

    rng: random.Random
    values: Values
    persona: Persona

    def beat(
        self, said: str, body: str, gist: str = "", *, kind: str = "talk", value: str = "", rule: float = 0.25
    ) -> Beat:
        """An exchange in the persona's voice; the person's line may be mistyped unless a value must survive it."""
        said = upper_first(said)
        said = said if value else mistype(self.rng, said)
        return Beat(said, self.persona.voice.say(self.rng, body, rule, value), gist, value, kind)

    def lines(
        self,
        asked: tuple[str, ...],
        dry: tuple[str, ...],
        lavish: tuple[str, ...],
        plain: tuple[str, ...] = (),
        gist: str = "",
    ) -> Beat:
        """An exchange picked from written lines."""
        return self.beat(pick(self.rng, asked), self.persona.voice.choose(self.rng, dry, lavish, plain), gist)
