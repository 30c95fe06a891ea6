"""Engine room: what a character writes for itself, with the model, while nobody waits for that.

One text at a time, and none while somebody is being answered; it stops as soon as somebody asks.
"""

import logging
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from uuid import UUID

import redis
from django.conf import settings
from django.utils.timezone import now

from accounts.models import User
from characters import macros
from characters.models import Character
from core.database import brief_connection
from core.redis import locked
from inference.errors import InferenceError
from inference.registry import text_engine
from inference.text.engine import Delta, Finish, FinishReason, Generation, TextEngine
from inference.text.prompt import Prompt, Role, Turn
from memory import working
from memory.derived.drafts import Request, is_poor
from memory.derived.extracts import Line, within
from memory.models import Memory, Mind, Speaker
from weights.choice import report_refused, settings_for

logger = logging.getLogger(__name__)

DEADLINE_SECONDS = 90.0
# How often it is looked whether somebody asks for an answer.
BEAT_SECONDS = 0.5
# What a template puts around its turns.
TEMPLATE_TOKENS = 48
# Of each line, in characters: the first with which all of them fit.
CUTS = (1200, 600, 300, 160, 80)
ENDS = (".", "!", "?", "…", "”", '"', "*", "。", "！", "？")


class Busy(Exception):
    """Somebody waits for an answer, or something else is being written. Try again later."""


def written(character: Character, owner_id: UUID, request: Request) -> str:
    """What the model writes; "" if there is none, if it holds too little, or if what it wrote is not worth keeping.

    Raises `Busy`.
    """
    try:
        with _alone():
            said = _asked(character, owner_id, request)
    except redis.RedisError as error:
        raise Busy from error
    except InferenceError as error:
        logger.warning("nothing written by the model: %s", error, extra={"code": error.code})
        return ""
    text = within(_plain(said, character.card.spoken_name), request.words)
    return "" if is_poor(text, request) else text


def persona_of(character: Character, user_name: str) -> str:
    """Who it is, in the words of its card."""
    card = character.card
    values = macros.Values(character=card.spoken_name, user=user_name)
    return macros.expand(card.personality or card.description, values, macros.Seed(str(character.id), card.name))


def mind_of(mind_id: UUID) -> Mind | None:
    """With everything that is needed to write for it."""
    return (
        Mind.objects.select_related("character__language_model", "character__version", "owner")
        .filter(id=mind_id)
        .first()
    )


def name_of(person: User, said: Sequence[Memory]) -> str:
    """What the person is called where they are quoted, or else in general."""
    return next((one.spoken_by for one in said if one.author_id == person.id), person.name)


def line_of(memory: Memory, character: Character) -> Line:
    """A message as a text is made of it."""
    is_mine = memory.speaker == Speaker.CHARACTER and memory.author_id == character.id
    return Line(
        character.card.spoken_name if is_mine else memory.spoken_by,
        memory.text,
        memory.said_at,
        is_mine,
        memory.importance,
        memory.emotion,
        memory.confidence,
    )


@contextmanager
def only_one(kind: str, of: UUID) -> Iterator[bool]:
    """False: somebody else is writing this very text. Raises `redis.RedisError`."""
    with locked(f"memory:writing:{kind}:{of}", 2 * DEADLINE_SECONDS) as is_mine:
        yield is_mine


@contextmanager
def _alone() -> Iterator[None]:
    """Raises `Busy` if somebody is at any text, or is being answered."""
    if working.is_answering(now()):
        raise Busy
    with locked("memory:writing", 2 * DEADLINE_SECONDS) as is_mine:
        if not is_mine:
            raise Busy
        yield


def _asked(character: Character, owner_id: UUID, request: Request) -> str:
    with brief_connection():
        # Whoever speaks for it also writes for it: a chat that stays on this machine goes to no server.
        wanted = settings_for(character.language_model)
    with text_engine(wanted, report_refused) as engine:
        prompt = _prompt(engine, request)
        if prompt is None:
            return ""
        generation = Generation(
            prompt,
            replace(engine.recommended, max_tokens=min(request.tokens, settings.MAX_TOKENS)),
            format=character.prompt_format,
            user=str(owner_id),
            deadline=time.monotonic() + DEADLINE_SECONDS,
        )
        with _watched(generation.cancelled):
            return _heard(engine, generation)


def _prompt(engine: TextEngine, request: Request) -> Prompt | None:
    """None: the model holds too little for it."""
    room = engine.context_tokens - request.tokens - TEMPLATE_TOKENS - engine.count(request.instruction)
    for most in CUTS:
        lines = [line if len(line) <= most else line[: most - 1].rstrip() + "…" for line in request.lines]
        said = "\n".join([*lines, "", request.question])
        if engine.count(said) <= room:
            return Prompt((Turn(Role.SYSTEM, request.instruction), Turn(Role.USER, said)))
    return None


def _heard(engine: TextEngine, generation: Generation) -> str:
    said: list[str] = []
    for item in engine.generate(generation):
        match item:
            case Delta(text=text):
                said.append(text)
            case Finish(reason=FinishReason.CANCELLED):
                raise Busy
            case Finish(reason=FinishReason.DEADLINE):
                return ""
            case Finish(reason=FinishReason.LENGTH):
                return _whole_sentences("".join(said))
    return "".join(said)


@contextmanager
def _watched(cancelled: threading.Event) -> Iterator[None]:
    """Until the block ends, somebody who asks for an answer cancels what is written. Reading a long prompt takes
    seconds in which the model says nothing, so it is not enough to look between its words."""
    over = threading.Event()

    def watch() -> None:
        while not over.wait(BEAT_SECONDS):
            try:
                if working.is_answering(now()):
                    cancelled.set()
                    return
            except redis.RedisError:
                logger.debug("nobody knows whether somebody asks; looking again")

    watching = threading.Thread(target=watch, name="memory-writing", daemon=True)
    watching.start()
    try:
        yield
    finally:
        over.set()
        watching.join()


def _plain(said: str, name: str) -> str:
    """Without a name, a heading or quotation marks around it."""
    text = said.strip().removeprefix(f"{name}:").strip().strip("#*_ \n")
    return text[1:-1] if len(text) > 1 and text[0] in '"“' and text[-1] in '"”' else text


def _whole_sentences(text: str) -> str:
    end = max(text.rfind(mark) for mark in ENDS)
    return text[: end + 1] if end > 0 else text
