"""From what a model says to what may be shown: nothing after a stop string, thoughts apart, nobody else's lines."""

from collections.abc import Sequence

from inference.text.channels import Channels, Said
from inference.text.pieces import StopGuard
from inference.text.speakers import SpeakerGuard


class Listener:
    """Hears one reply. `thinks`: the prompt has already opened a chain of thought. `opening`: words of the reply that
    came before."""

    def __init__(
        self, stops: Sequence[str], *, thinks: bool, speaker: str, others: Sequence[str], opening: str = ""
    ) -> None:
        self._stops = StopGuard(stops)
        self._channels = Channels(thinks=thinks, goes_on=bool(opening))
        self._speakers = SpeakerGuard(speaker, others, opening)

    def hear(self, text: str, *, final: bool = False) -> tuple[Said, bool]:
        """What may be shown now, and whether the reply has ended by what it says."""
        text, stopped = self._stops.push(text, final=final)
        said = self._channels.push(text, final=final or stopped)
        text, interrupted = self._speakers.push(said.text, final=final or stopped)
        return Said(text, said.thinking), stopped or interrupted
