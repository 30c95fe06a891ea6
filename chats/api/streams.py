"""A reply while it is told, in three forms of one log: tokens and sentences as server-sent events, and NDJSON.

Async to the end: a synchronous stream would be held back whole.
"""

import json
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from functools import partial
from uuid import UUID

from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema

from accounts.callers import admitted
from accounts.models import Scope, User
from chats import access, following
from chats.sentences import Sentences
from core.database import in_thread
from core.errors import BadInput, CognitiaError, NotFound
from core.middleware import error_response
from core.openapi import in_schema
from core.streams.entries import Delta, Done, Entry, Gap, Restart, plain
from core.streams.reading import hub
from memory.feeling import state_of

Stream = Callable[[User, UUID, int], AsyncGenerator[str, None]]
EVENTS, LINES = "text/event-stream", "application/x-ndjson"

operation = partial(extend_schema, tags=["replies"])
FOLLOWING = [
    OpenApiParameter("after", OpenApiTypes.INT, description="The number of the last one that the reader has."),
    OpenApiParameter(
        "Last-Event-ID", OpenApiTypes.INT, OpenApiParameter.HEADER, description="The same, as browsers say it."
    ),
]
TOLD = (
    'id: 1\nevent: start\ndata: {"attempt": 1}\n\n'
    'id: 2\nevent: delta\ndata: {"text": "Good evening.", "thinking": ""}\n\n'
    'id: 3\nevent: done\ndata: {"status": "done", "code": "", "message_id": "0190b0a4-6a5e-7c31-9f6d-2f1a5f4d8c12", '
    '"mood": "content", "mood_value": 0.55, "energy": 0.7}\n\n'
)
TOLD_IN_LINES = (
    '{"seq": 1, "type": "start", "attempt": 1}\n'
    '{"seq": 2, "type": "delta", "text": "Good evening.", "thinking": ""}\n'
    '{"seq": 3, "type": "done", "status": "done", "code": "", "message_id": "0190b0a4-6a5e-7c31-9f6d-2f1a5f4d8c12"}\n'
)
TOLD_IN_SENTENCES = (
    'id: 1\nevent: sentence\ndata: {"text": "Good evening."}\n\n'
    'id: 2\nevent: done\ndata: {"status": "done", "code": "", '
    '"message_id": "0190b0a4-6a5e-7c31-9f6d-2f1a5f4d8c12"}\n\n'
)


@in_schema(
    operation(
        "followReply",
        summary="Follow a reply by its tokens",
        parameters=FOLLOWING,
        responses={(200, EVENTS): OpenApiResponse(OpenApiTypes.STR, examples=[OpenApiExample("A short reply", TOLD)])},
    ),
    Scope.CHAT,
)
@require_GET
async def reply_events(request: HttpRequest, reply_id: UUID) -> HttpResponseBase:
    """Every entry; `Last-Event-ID` or `?after=` is the last one that the reader has."""
    return await _stream(request, reply_id, _events, EVENTS)


@in_schema(
    operation(
        "followReplyLines",
        summary="Follow a reply by lines of JSON",
        parameters=FOLLOWING,
        responses={
            (200, LINES): OpenApiResponse(OpenApiTypes.STR, examples=[OpenApiExample("A short reply", TOLD_IN_LINES)])
        },
    ),
    Scope.CHAT,
)
@require_GET
async def reply_lines(request: HttpRequest, reply_id: UUID) -> HttpResponseBase:
    """Every entry as a line of JSON with its `seq` and `type`."""
    return await _stream(request, reply_id, _lines, LINES)


@in_schema(
    operation(
        "followReplySentences",
        summary="Follow a reply by its sentences",
        parameters=FOLLOWING,
        responses={
            (200, EVENTS): OpenApiResponse(
                OpenApiTypes.STR, examples=[OpenApiExample("One sentence", TOLD_IN_SENTENCES)]
            )
        },
    ),
    Scope.CHAT,
)
@require_GET
async def reply_sentences(request: HttpRequest, reply_id: UUID) -> HttpResponseBase:
    """Whole sentences, counted from 1; `Last-Event-ID` or `?after=` is the last one that the reader has."""
    return await _stream(request, reply_id, _sentences, EVENTS)


async def _stream(request: HttpRequest, reply_id: UUID, stream: Stream, content_type: str) -> HttpResponseBase:
    try:
        user = await admitted(request, Scope.CHAT)
        after = _number(request.headers.get("Last-Event-ID") or request.GET.get("after") or "0")
        await in_thread(access.get_reply_for)(user, reply_id)
    except CognitiaError as error:
        return error_response(request, error)
    response = StreamingHttpResponse(_heard(stream(user, reply_id, after)), content_type=content_type)
    # nginx would otherwise collect the stream.
    response.headers["X-Accel-Buffering"] = "no"
    return response


async def _heard(stream: AsyncGenerator[str, None]) -> AsyncGenerator[str, None]:
    """It just ends for whoever was sent away meanwhile: the answer has begun, and asking again says why."""
    async with aclosing(stream) as parts:
        try:
            async for part in parts:
                yield part
        except NotFound:
            return


async def _events(user: User, reply_id: UUID, after: int) -> AsyncGenerator[str, None]:
    async with aclosing(following.entries(hub(), user, reply_id, after)) as entries:
        async for numbered in entries:
            kind, fields = await _plain(user, reply_id, numbered.entry)
            yield _event(numbered.seq, kind, fields)


async def _lines(user: User, reply_id: UUID, after: int) -> AsyncGenerator[str, None]:
    async with aclosing(following.entries(hub(), user, reply_id, after)) as entries:
        async for numbered in entries:
            kind, fields = await _plain(user, reply_id, numbered.entry)
            yield json.dumps({"seq": numbered.seq, "type": kind, **fields}, ensure_ascii=False) + "\n"


async def _sentences(user: User, reply_id: UUID, after: int) -> AsyncGenerator[str, None]:
    """Always read from the first entry, since only the text itself says where sentences end."""
    sentences, told, text = Sentences(), 0, ""
    async with aclosing(following.entries(hub(), user, reply_id, 0)) as entries:
        async for numbered in entries:
            whole: list[str] = []
            match numbered.entry:
                case Delta(text=more):
                    whole = sentences.push(more)
                    text += more
                case Gap(text=everything):
                    # What was told is not told again, if this goes on from it.
                    if not everything.startswith(text):
                        sentences, told = Sentences(), 0
                        yield _event(0, "restart", {})
                        text = ""
                    whole = sentences.push(everything[len(text) :])
                    text = everything
                case Restart():
                    sentences, told, text = Sentences(), 0, ""
                    yield _event(0, "restart", {})
                case Done():
                    whole = sentences.finish()
            for sentence in whole:
                told += 1
                if told > after:
                    yield _event(told, "sentence", {"text": sentence.strip()})
            if isinstance(numbered.entry, Done):
                kind, fields = await _plain(user, reply_id, numbered.entry)
                yield _event(told + 1, kind, fields)


async def _plain(user: User, reply_id: UUID, entry: Entry) -> tuple[str, dict[str, object]]:
    """An entry as JSON has it. The end says how the character feels towards whoever asked, if that is who listens."""
    kind, fields = plain(entry)
    if isinstance(entry, Done):
        return kind, {**fields, "message_id": str(reply_id), **await in_thread(_felt)(user, reply_id)}
    return kind, dict(fields)


def _felt(user: User, reply_id: UUID) -> dict[str, object]:
    reply = access.get_reply_for(user, reply_id)
    if reply.owner_id != user.id:
        return {}
    state = state_of(user.id, reply.character_id, now())
    return {"mood": state.mood, "mood_value": round(state.mood_value, 3), "energy": round(state.energy, 3)}


def _event(number: int, kind: str, fields: object) -> str:
    return f"id: {number}\nevent: {kind}\ndata: {json.dumps(fields, ensure_ascii=False)}\n\n"


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 12:
        raise BadInput(_("The place to go on from must be a whole number."))
    return int(text)
