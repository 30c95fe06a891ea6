"""Replies as OpenAI's API tells them: in chunks while they are told, or whole."""

import asyncio
import json
import logging
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.models import User
from chats import access, failures, following
from chats.actions import sending
from chats.models import Message
from chats.openai.errors import BadParameter, body_of
from core.database import in_thread
from core.errors import CognitiaError, LimitReached, NotFound, Unavailable
from core.json import Json, JsonObject
from core.streams.entries import Delta, Done, Gap, Numbered, Restart
from core.streams.reading import hub

logger = logging.getLogger(__name__)

# Comments between events keep proxies from closing a quiet stream while a model reads a long prompt.
QUIET_SECONDS = 10.0
OVERLOADED_SECONDS = 5


@dataclass(frozen=True, slots=True)
class Shape:
    """What differs between the two doors that tell text: the names of things, and where the text stands."""

    stem: str
    whole: str
    part: str
    is_chat: bool

    def choice(self, index: int, text: str, thinking: str, finish: str | None) -> JsonObject:
        if not self.is_chat:
            return {"index": index, "text": text, "logprobs": None, "finish_reason": finish}
        message: JsonObject = {"role": "assistant", "content": text}
        if thinking:
            message["reasoning_content"] = thinking
        return {"index": index, "message": message, "logprobs": None, "finish_reason": finish}

    def delta(self, index: int, delta: JsonObject, finish: str | None) -> JsonObject:
        if not self.is_chat:
            return {"index": index, "text": delta.get("content", ""), "logprobs": None, "finish_reason": finish}
        return {"index": index, "delta": delta, "logprobs": None, "finish_reason": finish}


CHAT = Shape("chatcmpl", "chat.completion", "chat.completion.chunk", is_chat=True)
TEXT = Shape("cmpl", "text_completion", "text_completion", is_chat=False)


@dataclass(frozen=True, slots=True)
class Told:
    """The replies to one call, in the order of their indices. `opening` is what the client has of them already."""

    user: User
    model: str
    replies: Sequence[Message]
    opening: str
    shape: Shape

    def head(self) -> JsonObject:
        first = self.replies[0]
        return {
            "id": f"{self.shape.stem}-{first.id.hex}",
            "created": int(first.created_at.timestamp()),
            "model": self.model,
        }


class Broken(CognitiaError):
    """A reply that ended before it was whole, or began again in other words."""

    code, status, permanent = "reply_failed", 502, False


class TooLong(CognitiaError):
    """As OpenAI calls it, so that clients shorten what they send."""

    code, status = "context_length_exceeded", 400


async def whole(told: Told) -> JsonObject:
    """Every reply to its end. Whoever hangs up meanwhile stops them. Raises `CognitiaError`."""
    try:
        await asyncio.gather(*(_heard_out(told, reply.id) for reply in told.replies))
    except BaseException:
        await stop(told)
        raise
    rows = [await in_thread(access.get_reply_for)(told.user, reply.id) for reply in told.replies]
    choices: list[Json] = []
    for index, row in enumerate(rows):
        _check(row.status, row.failure_code)
        text = row.text.removeprefix(told.opening)
        choices.append(told.shape.choice(index, text, row.thinking, _finish(row)))
    return {**told.head(), "object": told.shape.whole, "choices": choices, "usage": _usage(rows)}


async def chunks(told: Told, *, tells_usage: bool) -> AsyncGenerator[str, None]:
    """Server-sent events up to `[DONE]`. Whoever hangs up before that stops the replies."""
    head: JsonObject = {**told.head(), "object": told.shape.part}
    is_whole = False
    try:
        # Something at once: whoever has begun to read this ends it, too, by hanging up.
        yield ": on its way\n\n"
        if told.shape.is_chat:
            for index, _reply in enumerate(told.replies):
                yield _event(
                    {**head, "choices": [told.shape.delta(index, {"role": "assistant", "content": ""}, None)]}
                )
        try:
            async with aclosing(_merged(told)) as pieces:
                async for piece in pieces:
                    if piece is None:
                        yield ": still here\n\n"
                        continue
                    yield _event({**head, "choices": [told.shape.delta(piece.index, piece.delta, piece.finish)]})
            if tells_usage:
                rows = [await in_thread(access.get_reply_for)(told.user, reply.id) for reply in told.replies]
                yield _event({**head, "choices": [], "usage": _usage(rows)})
        except CognitiaError as error:
            # Of several replies the others are of no use to a client that stops reading here.
            await stop(told)
            yield _event(body_of(error))
        is_whole = True
        yield "data: [DONE]\n\n"
    finally:
        if not is_whole:
            await stop(told)


@dataclass(frozen=True, slots=True)
class _Piece:
    index: int
    delta: JsonObject
    finish: str | None = None


async def _merged(told: Told) -> AsyncGenerator[_Piece | None, None]:
    """Pieces of all replies as they come; None where none came for a while. Raises what the first of them raises."""
    queue: asyncio.Queue[_Piece | CognitiaError | None] = asyncio.Queue(1000)

    async def tell(index: int, reply_id: UUID) -> None:
        try:
            async with aclosing(_pieces(told, index, reply_id)) as pieces:
                async for piece in pieces:
                    await queue.put(piece)
        except CognitiaError as error:
            await queue.put(error)
        except Exception:
            logger.exception("reply not told")
            await queue.put(Unavailable(_("The reply was lost on its way. Ask again.")))

    tasks = [asyncio.ensure_future(tell(index, reply.id)) for index, reply in enumerate(told.replies)]
    ended = 0
    try:
        while ended < len(tasks):
            try:
                # Not `wait_for`: where a piece and a hang-up come at once, it would lose the hang-up (Python 3.11).
                async with asyncio.timeout(QUIET_SECONDS):
                    piece = await queue.get()
            except TimeoutError:
                if all(task.done() for task in tasks) and queue.empty():
                    raise Unavailable(_("The reply was lost on its way. Ask again.")) from None
                yield None
                continue
            if isinstance(piece, CognitiaError):
                raise piece
            ended += piece is not None and piece.finish is not None
            yield piece
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@dataclass(slots=True)
class _Said:
    """What a client has heard of one reply: it cannot unhear it."""

    text: str
    thinking: str = ""
    # Of an attempt that began again, until it has come as far as the one before.
    again: str | None = field(default=None)

    def more(self, text: str) -> str:
        """What of a new piece is new to the client. Raises `Broken` where it says otherwise than before."""
        if self.again is None:
            self.text += text
            return text
        self.again += text
        if len(self.again) < len(self.text) and self.text.startswith(self.again):
            return ""
        if not self.again.startswith(self.text):
            raise Broken(_("The reply was interrupted and began again in other words. Ask again."))
        new = self.again[len(self.text) :]
        self.text, self.again = self.again, None
        return new


async def _pieces(told: Told, index: int, reply_id: UUID) -> AsyncGenerator[_Piece, None]:
    said = _Said(told.opening)
    async with aclosing(following.entries(hub(), told.user, reply_id, 0)) as entries:
        async for numbered in entries:
            match numbered.entry:
                case Delta(text=text, thinking=thinking):
                    delta: JsonObject = {}
                    if thinking:
                        delta["reasoning_content"] = thinking
                    if new := said.more(text):
                        delta["content"] = new
                    if delta:
                        yield _Piece(index, delta)
                case Restart():
                    said.again = told.opening
                case Gap(text=text):
                    said.again = ""
                    if new := said.more(text or told.opening):
                        yield _Piece(index, {"content": new})
                case Done(status=status, code=code):
                    _check(status, code)
                    row = await in_thread(access.get_reply_for)(told.user, reply_id)
                    yield _Piece(index, {}, _finish(row))


async def _heard_out(told: Told, reply_id: UUID) -> None:
    async with aclosing(following.entries(hub(), told.user, reply_id, 0)) as entries:
        last: Numbered | None = None
        async for numbered in entries:
            last = numbered
    if last is None or not isinstance(last.entry, Done):
        raise Unavailable(_("The reply was lost on its way. Ask again."))


async def stop(told: Told) -> None:
    """Of a client that hung up: nobody waits for these words any more."""
    for reply in told.replies:
        try:
            await in_thread(sending.cancel_reply)(told.user, reply.id)
        except NotFound:
            continue


def _check(status: str, code: str) -> None:
    sentence = failures.sentence(status, code)
    if not sentence:
        return
    match code:
        case "context_overflow":
            raise TooLong(sentence, param="messages")
        case "bad_request":
            raise BadParameter(sentence)
        case "overloaded":
            raise LimitReached(sentence, retry_after_seconds=OVERLOADED_SECONDS)
    raise Broken(sentence, reason=code)


def _finish(row: Message) -> str:
    return "length" if row.finish_reason == "length" else "stop"


def _usage(rows: Sequence[Message]) -> JsonObject:
    """The prompt is read once for all of them."""
    prompt = max(row.prompt_tokens or 0 for row in rows)
    reply = sum(row.reply_tokens or 0 for row in rows)
    reused = max(row.reused_tokens or 0 for row in rows)
    return {
        "prompt_tokens": prompt,
        "completion_tokens": reply,
        "total_tokens": prompt + reply,
        "prompt_tokens_details": {"cached_tokens": reused},
    }


def _event(data: JsonObject) -> str:
    return f"data: {json.dumps(data, ensure_ascii=False)}\n\n"
