"""/v1: chat completions, completions, models, embeddings. Keys and tokens open it; a browser's session does not."""

import asyncio
import base64
from collections.abc import AsyncGenerator, Callable, Coroutine, Sequence
from contextlib import aclosing
from dataclasses import replace
from functools import wraps

import numpy as np
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import OperationalError
from django.http import HttpRequest, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from accounts.callers import Caller, program
from accounts.models import ApiKey, Scope
from chats.actions.answering import Answering, Call, answer
from chats.openai import models, reading, telling
from chats.openai.errors import BadParameter, NoSuchModel, response_to
from chats.openai.reading import Wanted
from chats.openai.telling import CHAT, TEXT, Shape, Told
from core import rates
from core.database import in_thread
from core.errors import CognitiaError, LimitReached, NotFound, SignedOut, Unavailable
from core.json import Json
from core.middleware import without_database
from core.rows import id_of
from memory.embedding import model_name, query_vector

CHAT_HEADER = "X-Cognitia-Chat"
MOST_EMBEDDED = 64
# What nobody has answered by then, the queue has dropped.
EMBED_SECONDS = 5
# More than the model reads of a text.
LONGEST_EMBEDDED = 4_000
# Each waits in a thread that sockets and pages share, so one call at a time.
_embedding = asyncio.Semaphore(1)
View = Callable[..., Coroutine[None, None, HttpResponseBase]]


class WrongMethod(CognitiaError):
    code, status = "method_not_allowed", 405

    def __init__(self, methods: Sequence[str]) -> None:
        self.allowed = ", ".join(methods)
        super().__init__(_("This door takes %(methods)s.") % {"methods": self.allowed})

    def headers(self) -> dict[str, str]:
        return {"Allow": self.allowed}


class TooLarge(CognitiaError):
    code, status = "too_large", 413

    def __init__(self) -> None:
        most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 2**20
        super().__init__(_("A body may have %(most)d MiB.") % {"most": most}, most=most)


def door(*methods: str) -> Callable[[View], View]:
    """A view that lets programs in and says no in OpenAI's shape."""

    def opened(view: View) -> View:
        @csrf_exempt
        @wraps(view)
        async def guarded(request: HttpRequest, **parts: str) -> HttpResponseBase:
            try:
                if request.method not in methods:
                    return response_to(WrongMethod(methods))
                caller = await in_thread(_let_in)(request)
                return await view(request, caller, **parts)
            except CognitiaError as error:
                return response_to(error)
            except RequestDataTooBig:
                return response_to(TooLarge())
            except OperationalError as error:
                return response_to(without_database(error))

        return guarded

    return opened


@door("POST")
async def chat_completions(request: HttpRequest, caller: Caller) -> HttpResponseBase:
    header = request.headers.get(CHAT_HEADER, "").strip()
    # In a thread: megabytes of messages would hold up every socket of this process.
    wanted = await in_thread(lambda body: reading.chat_call(reading.parsed(body), header))(request.body)
    return await _answered(caller, wanted, CHAT)


@door("POST")
async def completions(request: HttpRequest, caller: Caller) -> HttpResponseBase:
    wanted = await in_thread(lambda body: reading.completion_call(reading.parsed(body)))(request.body)
    return await _answered(caller, wanted, TEXT)


@door("GET")
async def model_list(_request: HttpRequest, caller: Caller) -> HttpResponseBase:
    return JsonResponse({"object": "list", "data": await in_thread(models.models_of)(caller.user)})


@door("GET")
async def model(_request: HttpRequest, caller: Caller, name: str) -> HttpResponseBase:
    return JsonResponse(models.shown(await in_thread(models.character_of)(caller.user, name)))


@door("POST")
async def embeddings(request: HttpRequest, _caller: Caller) -> HttpResponseBase:
    name, texts, is_base64 = reading.embedding_call(reading.parsed(request.body), MOST_EMBEDDED)
    if name not in (model_name(), settings.EMBEDDING.model):
        raise NoSuchModel
    if _embedding.locked():
        raise LimitReached(_("Others are having texts embedded. Try again."), retry_after_seconds=EMBED_SECONDS)
    async with _embedding:
        vectors = [await in_thread(query_vector)(text[:LONGEST_EMBEDDED], EMBED_SECONDS) for text in texts]
    data: list[Json] = []
    for index, vector in enumerate(vectors):
        if vector is None:
            raise Unavailable(_("The embedding model is busy. Try again."), retry_after_seconds=EMBED_SECONDS)
        numbers = np.asarray(vector, dtype="<f4")
        told: Json = base64.b64encode(numbers.tobytes()).decode() if is_base64 else [float(one) for one in numbers]
        data.append({"object": "embedding", "index": index, "embedding": told})
    # Words, not tokens: the worker that knows the tokens answers with vectors alone.
    words = sum(len(text.split()) for text in texts)
    usage = {"prompt_tokens": words, "total_tokens": words}
    return JsonResponse({"object": "list", "data": data, "model": name, "usage": usage})


def _let_in(request: HttpRequest) -> Caller:
    caller = program(request.headers)
    if caller is None:
        raise SignedOut
    rates.check(request, caller.count())
    caller.check_scope(Scope.CHAT)
    return caller


async def _answered(caller: Caller, wanted: Wanted, shape: Shape) -> HttpResponseBase:
    beginning = asyncio.ensure_future(in_thread(_begin)(caller, wanted))
    try:
        answering = await asyncio.shield(beginning)
    except asyncio.CancelledError:
        # The client went while its message was stored: that stays, and nobody waits for the answer.
        left = await beginning
        await telling.stop(Told(caller.user, wanted.model, left.replies, wanted.opening, shape))
        raise
    told = Told(caller.user, wanted.model, answering.replies, wanted.opening, shape)
    response: HttpResponseBase
    if wanted.is_streamed:
        stream = telling.chunks(told, tells_usage=wanted.tells_usage)
        # A generator that was never begun would not hear of a hang-up.
        first = await anext(stream)
        response = StreamingHttpResponse(_from(first, stream), content_type="text/event-stream")
        # nginx would otherwise collect the stream.
        response.headers["X-Accel-Buffering"] = "no"
    else:
        response = JsonResponse(await telling.whole(told))
    if answering.chat_id is not None:
        response.headers[CHAT_HEADER] = str(answering.chat_id)
    return response


async def _from(first: str, rest: AsyncGenerator[str, None]) -> AsyncGenerator[str, None]:
    async with aclosing(rest) as parts:
        yield first
        async for part in parts:
            yield part


def _begin(caller: Caller, wanted: Wanted) -> Answering:
    character = models.character_of(caller.user, wanted.model)
    key = caller.credential
    call = Call(
        caller=key.id if isinstance(key, ApiKey) else caller.user.id,
        character=character,
        said=wanted.said,
        wishes=wanted.wishes,
        replies=wanted.replies,
        opening=wanted.opening,
        is_aside=wanted.is_aside,
    )
    chat_id = id_of(wanted.chat)
    if wanted.chat and chat_id is None:
        raise BadParameter(_("%(header)s takes the id of a chat.") % {"header": CHAT_HEADER}, "chat_id")
    try:
        return answer(caller.user, replace(call, chat_id=chat_id, name=wanted.user))
    except NotFound as error:
        raise _NoSuchChat from error


class _NoSuchChat(CognitiaError):
    code, status = "chat_not_found", 404

    def __init__(self) -> None:
        super().__init__(_("There is no such chat, or it is not yours."), param="chat_id")
