"""One whole turn, top to bottom."""

import logging
import time
from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, field, replace
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError, OperationalError

from characters.lore import state
from chats import company, directing, recollecting, rounds, staging, wishes
from chats.events import ChatChanged, MessageChanged
from chats.models import NOT_BEHIND_ANOTHER, Chat, Message, Receipt, Role
from chats.prompting import Itemised, PromptTooLong, itemised
from chats.tone import toned
from core import jobs
from core.database import ROW_SECONDS, brief_connection, insisting
from core.events import group_of_person, publish, publish_on_commit
from core.jobs import Status
from core.streams import entries
from core.streams.entries import Done, Start, Telling
from core.streams.writing import Fenced, LogWriter, appender
from inference.errors import InferenceError
from inference.registry import sentiment_analyzer, text_engine
from inference.text.budget import CountTokens, TokenBudget
from inference.text.engine import Delta, Finish, FinishReason, Generation, TextEngine
from inference.text.sampling import SamplingParams
from memory.working import mark_answered
from weights.choice import report_refused, settings_for

logger = logging.getLogger(__name__)

# Partial text reaches the row this often; an empty Redis costs at most so much.
CHECKPOINT_SECONDS = 2.0
CHECKPOINT_TOKENS = 64
# `done` follows the row, and the row follows the log this long at most.
FLUSH_SECONDS = 2.0
ALL_OF_IT = ("chat__language_model", "character__language_model", "character__version", "persona", "parent")


@dataclass(slots=True)
class _Outcome:
    """How the telling ended, and what it cost."""

    status: Status
    code: str = ""
    text: str = ""
    thinking: str = ""
    thinking_ms: int | None = None
    first_token_ms: int | None = None
    prompt_tokens: int | None = None
    reused_tokens: int | None = None
    reply_tokens: int | None = None
    finish_reason: str = ""


@dataclass(slots=True)
class _Told:
    """What the model has said so far, and when the row last heard of it."""

    text: list[str]
    thinking: list[str] = field(default_factory=list)
    tokens: int = 0
    first_at: float | None = None
    thought_until: float | None = None
    kept_at: float = field(default_factory=time.monotonic)
    kept_tokens: int = 0


def run_turn(reply_id: UUID) -> list[UUID]:
    """Tell one reply. Answers which replies may be queued now: the next one of this chat, if somebody waits for it.

    Safe to call twice, and for a reply that was stopped or taken over: it then does nothing.
    """
    try:
        reply = insisting(lambda: _claimed(reply_id), ROW_SECONDS)
    except OperationalError:
        logger.exception("reply not claimed", extra={"reply_id": str(reply_id)})
        # The task ends here, so whoever looks for replies without one queues it again.
        jobs.forget_queued(reply_id)
        return []
    if reply is None:
        return []
    started = time.monotonic()
    log = appender().open(reply.id, reply.attempt, reply.telling)
    try:
        appender().append(log, [Start(reply.attempt)])
        if reply.opening:
            # Whoever reads the log from its beginning, or makes the row's text from it, has the opening from here.
            appender().append(log, [entries.Gap(reply.opening)])
        outcome = _tell(reply, log, started)
        return _end(reply, log, outcome, started)
    except Fenced:
        logger.warning("attempt lost its reply", extra={"reply_id": str(reply_id), "attempt": reply.attempt})
        return []
    finally:
        mark_answered(reply.owner_id, reply.character_id)
        # Whatever happened: a lease that goes on being renewed would keep the reply from everybody else.
        appender().abandon(log)


def waiting_in(chat_id: UUID) -> list[UUID]:
    """The chat's first reply in line, of those that stand behind none that is being told."""
    in_line = Message.objects.filter(chat_id=chat_id, status=Status.QUEUED, trash=None).filter(NOT_BEHIND_ANOTHER)
    return insisting(lambda: list(in_line.order_by("created_at").values_list("id", flat=True)[:1]), ROW_SECONDS)


def _claimed(reply_id: UUID) -> Message | None:
    in_line = Message.objects.filter(id=reply_id, role=Role.CHARACTER).filter(NOT_BEHIND_ANOTHER)
    reply = in_line.select_related(*ALL_OF_IT).first()
    if reply is None or not reply.claim():
        return None
    jobs.forget_queued(reply_id)
    return reply


def _tell(reply: Message, log: LogWriter, started: float) -> _Outcome:
    told = _Told([reply.opening] if reply.opening else [])
    outcome = _Outcome(Status.FAILED, "failed")
    try:
        # Closed at once however it ends: another model may wait for this one's memory.
        with closing(_generation(reply, log, started)) as items:
            for item in items:
                if isinstance(item, Finish):
                    outcome = _finished(item)
                    continue
                _add(reply, log, told, item)
    except PromptTooLong:
        outcome = _Outcome(Status.FAILED, "context_overflow")
    except InferenceError as error:
        logger.exception("the model failed", extra={"reply_id": str(reply.id), "code": error.code})
        outcome = _Outcome(Status.INTERRUPTED if told.tokens else Status.FAILED, error.code)
    except Fenced:
        raise
    except Exception:
        # Whatever it was, the reader is waiting and the lease is being renewed: end it, and say so in the log.
        logger.exception("turn failed", extra={"reply_id": str(reply.id)})
        outcome = _Outcome(Status.INTERRUPTED if told.tokens else Status.FAILED, "failed")
    if log.fenced:
        raise Fenced
    outcome.text, outcome.thinking = "".join(told.text), "".join(told.thinking)
    if told.thought_until is not None:
        outcome.thinking_ms = int((told.thought_until - started) * 1000)
    if told.first_at is not None:
        outcome.first_token_ms = int((told.first_at - started) * 1000)
    return outcome


def _generation(reply: Message, log: LogWriter, started: float) -> Generator[Delta | Finish]:
    wanted = insisting(lambda: settings_for(reply.chat.language_model or reply.character.language_model), ROW_SECONDS)
    with text_engine(wanted, report_refused) as engine:
        if reply.is_directed:
            reply = _cast(engine, reply, log, started)
        yield from _told_by(engine, reply, log, started)


def _cast(engine: TextEngine, reply: Message, log: LogWriter, started: float) -> Message:
    """Ask the model who speaks, and let that one; where its answer is nobody's name, whoever it was to be."""
    deadline = started + settings.REPLY_DEADLINE_SECONDS
    chosen = directing.next_speaker(engine, reply, deadline, log.stop)
    with brief_connection():
        mine = Message.objects.filter(id=reply.id, attempt=reply.attempt, status=Status.RUNNING)
        if not mine.update(character_id=chosen or reply.character_id, is_directed=False):
            log.fenced = True
            raise Fenced
        publish_on_commit(Chat.group_of(reply.chat_id), MessageChanged(message_id=reply.id))
        return Message.objects.select_related(*ALL_OF_IT).get(id=reply.id)


def _told_by(engine: TextEngine, reply: Message, log: LogWriter, started: float) -> Generator[Delta | Finish]:
    budget = TokenBudget(engine.context_tokens)
    staged = insisting(
        lambda: staging.staged(
            reply,
            budget,
            engine.count,
            minding=lambda heard, text: _minded(reply, heard, text, budget, engine.count),
        ),
        ROW_SECONDS,
    )
    params, sentiment = _sampling(engine.recommended, reply, staged.scene.message, budget)
    made = itemised(staged.scene, budget, engine.count)
    insisting(
        lambda: _keep_receipt(reply, engine.name, params, sentiment, staged, made, budget),
        ROW_SECONDS,
    )
    yield from engine.generate(
        Generation(
            made.prompt,
            params,
            format=reply.character.prompt_format,
            speaker=reply.character.card.spoken_name,
            others=tuple(dict.fromkeys([*staged.others, reply.persona.name])),
            # Each character reads the chat with its own eyes, and so has its own cache of it.
            conversation=f"{reply.chat_id}.{reply.character_id}",
            user=str(reply.owner_id),
            cancelled=log.stop,
            deadline=started + settings.REPLY_DEADLINE_SECONDS,
        )
    )


def _minded(
    reply: Message, heard: Sequence[Message], text: str, budget: TokenBudget, count: CountTokens
) -> recollecting.Minded:
    """What the speaker has in mind; nothing, where that cannot be had: it answers all the same."""
    try:
        return recollecting.minded(reply, heard, text, budget, count)
    except (DatabaseError, InferenceError):
        logger.exception("nothing recalled", extra={"reply_id": str(reply.id)})
        return recollecting.Minded()


def _keep_receipt(
    reply: Message,
    model: str,
    params: SamplingParams,
    sentiment: float | None,
    staged: staging.Staged,
    made: Itemised,
    budget: TokenBudget,
) -> None:
    """What the reply is made from, before it is made: it can be looked at while the reply is told."""
    Message.objects.filter(id=reply.id).update(
        model=model,
        temperature=params.temperature,
        top_p=params.top_p,
        sentiment=sentiment,
        lore=state.to_json(staged.lore),
        history_from=staged.begins,
    )
    slices = [{**asdict(one), "source": one.source.value} for one in made.slices]
    recollecting.keep_remembered(reply, staged.recalled, made.memories)
    Receipt.objects.update_or_create(
        message=reply,
        defaults={"context_tokens": budget.context, "reply_tokens": params.max_tokens, "slices": slices},
    )


def _sampling(
    recommended: SamplingParams, reply: Message, message: str, budget: TokenBudget
) -> tuple[SamplingParams, float | None]:
    """How the reply is chosen, and the sentiment of the message if that had a say in it.

    A program's wishes go before the chat's, those before the character's, those before the operator's, and those
    before what the model's file recommends.
    """
    chat, character = reply.chat, reply.character
    temperatures = (chat.temperature, character.temperature, settings.DEFAULT_TEMPERATURE, recommended.temperature)
    top_ps = (chat.top_p, character.top_p, settings.DEFAULT_TOP_P, recommended.top_p)
    most = chat.max_tokens or character.max_tokens or settings.MAX_TOKENS
    params = replace(
        recommended,
        temperature=next(wish for wish in temperatures if wish is not None),
        top_p=next(wish for wish in top_ps if wish is not None),
        max_tokens=min(budget.reply, settings.MAX_TOKENS, most),
    )
    wished = wishes.from_json(reply.wishes)
    params = wished.over(params)
    # Who says how it is to be chosen gets that.
    if not settings.TONE_ADAPTS or wished.temperature is not None or wished.top_p is not None:
        return params, None
    compound = sentiment_analyzer().analyze(message).compound
    return toned(params, compound), compound


def _add(reply: Message, log: LogWriter, told: _Told, delta: Delta) -> None:
    told.tokens += delta.tokens
    if told.first_at is None:
        told.first_at = time.monotonic()
    if delta.text:
        told.text.append(delta.text)
    if delta.thinking:
        told.thinking.append(delta.thinking)
        told.thought_until = time.monotonic()
    if delta.text or delta.thinking:
        appender().append(log, [entries.Delta(delta.text, delta.thinking)])
    instant = time.monotonic()
    if instant - told.kept_at < CHECKPOINT_SECONDS and told.tokens - told.kept_tokens < CHECKPOINT_TOKENS:
        return
    told.kept_at, told.kept_tokens = instant, told.tokens
    try:
        _checkpoint(reply, log)
    except OperationalError as error:
        # PostgreSQL restarts; the log has the text meanwhile.
        logger.warning("checkpoint skipped: %s", error, extra={"reply_id": str(reply.id)})


def _checkpoint(reply: Message, log: LogWriter) -> None:
    with brief_connection():
        # What has landed in the log, with its number; never more, or a reader would hear it twice.
        if not reply.checkpoint(log.told):
            log.fenced = True
            raise Fenced
        # Stop was pressed while Redis was away: only the row knows.
        if Message.objects.filter(id=reply.id, cancel_requested=True).exists():
            log.stop.set()


def _finished(finish: Finish) -> _Outcome:
    match finish.reason:
        case FinishReason.CANCELLED:
            outcome = _Outcome(Status.CANCELLED, finish_reason=finish.reason.value)
        case FinishReason.DEADLINE:
            outcome = _Outcome(Status.INTERRUPTED, "deadline", finish_reason=finish.reason.value)
        case _:
            outcome = _Outcome(Status.DONE, finish_reason=finish.reason.value)
    outcome.prompt_tokens, outcome.reply_tokens = finish.prompt_tokens, finish.reply_tokens
    outcome.reused_tokens = finish.reused_tokens
    return outcome


def _end(reply: Message, log: LogWriter, outcome: _Outcome, started: float) -> list[UUID]:
    """The row first, then `done`: whoever hears `done` finds the whole text."""
    landed = appender().landed(log, FLUSH_SECONDS)
    whole = Telling(landed.seq, outcome.text, outcome.thinking)
    if not _kept(reply, whole, outcome):
        return []
    _feel(reply)
    if (landed.text, landed.thinking) == (whole.text, whole.thinking):
        appender().finish(log, Done(outcome.status, outcome.code))
    else:
        # Redis is away, and `landed.seq` is not the number of the whole text: readers get that from the row.
        appender().abandon(log)
    logger.info(
        "reply ended",
        extra={
            "reply_id": str(reply.id),
            "status": outcome.status.value,
            "code": outcome.code,
            "prompt_tokens": outcome.prompt_tokens,
            "reply_tokens": outcome.reply_tokens,
            "seconds": round(time.monotonic() - started, 3),
        },
    )
    if outcome.status == Status.DONE:
        insisting(lambda: rounds.go_on_after(reply.id), ROW_SECONDS)
    _tell_people(reply)
    return waiting_in(reply.chat_id)


def _feel(reply: Message) -> None:
    """Before `done`, whose readers are told of the mood; it takes some milliseconds, after the last word."""
    try:
        with brief_connection():
            recollecting.feel(reply)
    except (DatabaseError, InferenceError) as error:
        logger.warning("mood not moved yet: %s", error, extra={"reply_id": str(reply.id)})


def _tell_people(reply: Message) -> None:
    """Everybody's list of chats, whichever page they look at."""
    for user_id in insisting(lambda: company.people(reply.chat), ROW_SECONDS):
        publish(group_of_person(user_id), ChatChanged(chat_id=reply.chat_id))


def _kept(reply: Message, whole: Telling, outcome: _Outcome) -> bool:
    """The row has the end of the reply. False: another attempt has taken it, or the database stayed away."""
    try:
        return insisting(
            lambda: reply.end(
                outcome.status,
                whole,
                failure_code=outcome.code,
                finish_reason=outcome.finish_reason,
                thinking_ms=outcome.thinking_ms,
                first_token_ms=outcome.first_token_ms,
                prompt_tokens=outcome.prompt_tokens,
                reused_tokens=outcome.reused_tokens,
                reply_tokens=outcome.reply_tokens,
            ),
            ROW_SECONDS,
        )
    except OperationalError:
        logger.exception("reply not kept", extra={"reply_id": str(reply.id)})
        return False
