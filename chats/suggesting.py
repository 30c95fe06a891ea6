"""What the model would call a chat, or say in somebody's place: nobody has said it, and it is kept in no tree."""

import logging
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.utils.timezone import now

from characters import macros
from chats import access, company, staging
from chats.events import SuggestionReady
from chats.models import Message, Role, Suggestion, SuggestionKind
from chats.prompting import Line, PromptTooLong, Scene, assemble
from chats.tree import path_after, path_to
from core import jobs
from core.database import brief_connection
from core.events import group_of_person, publish
from core.jobs import Status
from inference.errors import InferenceError
from inference.registry import text_engine
from inference.text.budget import TokenBudget
from inference.text.engine import Delta, Finish, FinishReason, Generation, TextEngine
from inference.text.prompt import Prompt, Turn
from inference.text.prompt import Role as Speaker
from weights.choice import report_refused, settings_for

logger = logging.getLogger(__name__)

# Whoever asked for it waits for it, with nothing else to look at.
DEADLINE_SECONDS = 60.0
# Longer than that, with all that surrounds it, none is told: its worker is gone.
DEAD_SECONDS = 2 * DEADLINE_SECONDS
# How often the row is asked whether it is still wanted.
BEAT_SECONDS = 1.0
TITLE_TOKENS, WORDS_TOKENS = 32, 240
TITLE_LENGTH, TITLE_MESSAGES, TITLE_CHARACTERS = 60, 8, 400
HISTORY_MESSAGES = 120
TITLE_PROMPT = (
    "You give conversations their names. Answer with a name of two to six words that says what this one is about, in "
    "the language that is spoken in it, without quotation marks, and with nothing else."
)
QUOTES = "\"'“”„«»‘’*_#` "


@dataclass(frozen=True, slots=True)
class _Asked:
    """`speaker` is in whose name it is said; `others` are those whose lines it must not write."""

    prompt: Prompt
    max_tokens: int
    speaker: str = ""
    others: tuple[str, ...] = ()


def run_suggestion(suggestion_id: UUID) -> None:
    """Carry out one suggestion, and tell whoever asked. Safe to call twice, and for one that was stopped."""
    with brief_connection():
        suggestion = _claimed(suggestion_id)
    if suggestion is None:
        return
    status, text, code = Status.FAILED, "", "failed"
    try:
        status, text = _said(suggestion)
        code = "" if text or status == Status.CANCELLED else "failed"
        status = Status.FAILED if code else status
    except PromptTooLong:
        code = "context_overflow"
    except InferenceError as error:
        logger.exception("suggestion failed", extra={"suggestion_id": str(suggestion_id), "code": error.code})
        code = error.code
    except Exception:
        # Somebody waits for it: it ends, whatever it was.
        logger.exception("suggestion failed", extra={"suggestion_id": str(suggestion_id)})
    with brief_connection():
        if _end(suggestion, status, text, code):
            publish(group_of_person(suggestion.owner_id), SuggestionReady(suggestion_id=suggestion.id))


def run_resuming() -> list[UUID]:
    """End suggestions whose worker is gone, and answer those that must be queued. Raises `redis.RedisError`."""
    long_ago = now() - timedelta(seconds=DEAD_SECONDS)
    for dead in Suggestion.objects.filter(status=Status.RUNNING, started_at__lt=long_ago):
        if _end(dead, Status.FAILED, "", "worker_lost"):
            publish(group_of_person(dead.owner_id), SuggestionReady(suggestion_id=dead.id))
    in_line = Suggestion.objects.filter(status=Status.QUEUED, queued_at__lt=now() - timedelta(seconds=1))
    return jobs.without_task(in_line.order_by("queued_at").values_list("id", flat=True)[:100])


def _claimed(suggestion_id: UUID) -> Suggestion | None:
    found = Suggestion.objects.select_related(
        "owner", "persona", "chat__language_model", "chat__character__language_model", "chat__character__version"
    ).filter(id=suggestion_id)
    suggestion = found.first()
    jobs.forget_queued(suggestion_id)
    return suggestion if suggestion is not None and suggestion.claim() else None


def _end(suggestion: Suggestion, status: Status, text: str, code: str) -> bool:
    mine = Suggestion.objects.filter(id=suggestion.id, attempt=suggestion.attempt, status=Status.RUNNING)
    return bool(mine.update(status=status, text=text, failure_code=code, finished_at=now()))


def _said(suggestion: Suggestion) -> tuple[Status, str]:
    chat = suggestion.chat
    with brief_connection():
        wanted = settings_for(chat.language_model or chat.character.language_model)
    with text_engine(wanted, report_refused) as engine:
        with brief_connection():
            asked = _title(suggestion) if suggestion.kind == SuggestionKind.TITLE else _words(suggestion, engine)
        status, said = _generated(suggestion, engine, asked)
    if status == Status.CANCELLED:
        return status, ""
    return status, _one_line(said) if suggestion.kind == SuggestionKind.TITLE else _without_name(said, asked.speaker)


def _generated(suggestion: Suggestion, engine: TextEngine, asked: _Asked) -> tuple[Status, str]:
    cancelled = threading.Event()
    budget = TokenBudget(engine.context_tokens)
    params = replace(engine.recommended, max_tokens=min(asked.max_tokens, budget.reply, settings.MAX_TOKENS))
    generation = Generation(
        asked.prompt,
        params,
        format=suggestion.chat.character.prompt_format,
        speaker=asked.speaker,
        others=asked.others,
        user=str(suggestion.owner_id),
        cancelled=cancelled,
        deadline=time.monotonic() + DEADLINE_SECONDS,
    )
    said: list[str] = []
    for item in _watched(suggestion, engine.generate(generation), cancelled):
        match item:
            case Delta(text=text):
                said.append(text)
            case Finish(reason=FinishReason.CANCELLED):
                return Status.CANCELLED, ""
    return Status.DONE, "".join(said)


def _watched(
    suggestion: Suggestion, items: Iterator[Delta | Finish], cancelled: threading.Event
) -> Iterator[Delta | Finish]:
    looked_at = time.monotonic()
    for item in items:
        if time.monotonic() - looked_at > BEAT_SECONDS:
            looked_at = time.monotonic()
            with brief_connection():
                if Suggestion.objects.filter(id=suggestion.id, cancel_requested=True).exists():
                    cancelled.set()
        yield item


def _title(suggestion: Suggestion) -> _Asked:
    """From how it began; where they were let in later, from what was said last."""
    readable = access.messages_for(suggestion.owner).filter(chat=suggestion.chat_id, is_hidden=False)
    first = readable.filter(parent=None).order_by("chosen", "-created_at").first()
    path = [first, *path_after(first.id, limit=TITLE_MESSAGES)] if first is not None else []
    path = path if len(path) > 1 else path_to(suggestion.chat.leaf_id, limit=TITLE_MESSAGES)
    heard = _readable(suggestion, path)
    lines = [f"{staging.speaker_of(one)}: {' '.join(one.text.split())[:TITLE_CHARACTERS]}" for one in heard]
    turns = (
        Turn(Speaker.SYSTEM, TITLE_PROMPT),
        Turn(Speaker.USER, "\n".join([*lines, "", "What is this conversation called?"])),
    )
    return _Asked(Prompt(turns), TITLE_TOKENS)


def _words(suggestion: Suggestion, engine: TextEngine) -> _Asked:
    """The conversation as the one who asked has heard it: the model is their persona, everybody else talks to it."""
    chat, persona = suggestion.chat, suggestion.persona
    heard = _readable(suggestion, path_to(suggestion.message_id, limit=HISTORY_MESSAGES))
    characters = [member.character.name for member in company.cast(chat)] or [chat.character.name]
    lines = [_line(suggestion, message) for message in heard]
    message = lines.pop().text if lines and lines[-1].role == Speaker.USER else ""
    values = macros.Values(character=chat.character.card.spoken_name, user=persona.name)
    scene = Scene(
        policy=settings.CONTENT_POLICY,
        persona=macros.expand(persona.description, values, macros.Seed(str(chat.id), str(suggestion.id))),
        user_name=", ".join(characters),
        company=(
            f"{', '.join(characters)}. Each line begins with the name of who says it. You are {persona.name}, in the "
            f"first person: write only what {persona.name} says and does next, in a few sentences."
        ),
        history=tuple(lines),
        message=message,
    )
    prompt = assemble(scene, TokenBudget(engine.context_tokens), engine.count)
    others = tuple(name for name in dict.fromkeys(characters) if name != persona.name)
    return _Asked(prompt, WORDS_TOKENS, persona.name, others)


def _readable(suggestion: Suggestion, path: list[Message]) -> list[Message]:
    """Of a path, what is for their eyes, and for the characters'."""
    mine = access.messages_for(suggestion.owner).filter(id__in=[message.id for message in path], is_hidden=False)
    ids = set(mine.values_list("id", flat=True))
    return [message for message in path if message.id in ids and message.text]


def _line(suggestion: Suggestion, message: Message) -> Line:
    if message.role == Role.USER and message.owner_id == suggestion.owner_id:
        return Line(Speaker.ASSISTANT, message.text)
    return Line(Speaker.USER, f"{staging.speaker_of(message)}: {message.text}")


def _one_line(said: str) -> str:
    for line in said.splitlines():
        if name := " ".join(line.split()).strip(QUOTES).rstrip(".").strip(QUOTES):
            return name if len(name) <= TITLE_LENGTH else name[: TITLE_LENGTH - 1].rstrip() + "…"
    return ""


def _without_name(said: str, speaker: str) -> str:
    return said.strip().removeprefix(f"{speaker}:").strip()
