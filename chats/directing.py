"""The model as the director of a table: who speaks next?"""

import threading
from uuid import UUID

from chats import company, staging
from chats.models import Message
from chats.tree import path_to
from chats.turn_taking import by_name
from core.database import brief_connection
from inference.text.engine import Delta, Generation, TextEngine
from inference.text.prompt import Prompt, Role, Turn
from inference.text.sampling import SamplingParams

# A name, whichever way it is said.
ANSWER_TOKENS = 12
HEARD_MESSAGES = 12
HEARD_CHARACTERS = 600
QUESTION = (
    "You direct a scene with these characters: {names}. Read how it goes on and say who speaks next. "
    "Answer with one name and nothing else."
)


class _Also(threading.Event):
    """Set when it is, or when `other` is, which it leaves as it is: a generation that ends sets its own."""

    def __init__(self, other: threading.Event) -> None:
        super().__init__()
        self._other = other

    def is_set(self) -> bool:
        return super().is_set() or self._other.is_set()


def next_speaker(engine: TextEngine, reply: Message, deadline: float, stop: threading.Event) -> UUID | None:
    """Whom the model names. None: nobody who is there and may speak, or `stop` was set meanwhile.

    The director reads what the whole table has heard, since it says nothing but a name.
    """
    with brief_connection():
        seats = [seat for seat in company.seats(reply.chat) if not seat.is_muted]
        path = path_to(reply.parent_id, limit=HEARD_MESSAGES)
    everyone = {seat.id for seat in seats}
    heard = [message for message in path if everyone <= set(message.witnesses) and not message.is_hidden]
    lines = [
        f"{staging.speaker_of(message)}: {' '.join(message.text.split())[:HEARD_CHARACTERS]}" for message in heard
    ]
    prompt = Prompt(
        (
            Turn(Role.SYSTEM, QUESTION.format(names=", ".join(seat.name for seat in seats))),
            Turn(Role.USER, "\n".join([*lines, "", "Who speaks next?"])),
        )
    )
    params = SamplingParams(temperature=0.3, max_tokens=ANSWER_TOKENS)
    asked = Generation(prompt, params, user=str(reply.owner_id), deadline=deadline, cancelled=_Also(stop))
    said = "".join(item.text for item in engine.generate(asked) if isinstance(item, Delta))
    return by_name(seats, said)
