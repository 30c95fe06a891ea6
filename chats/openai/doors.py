"""/v1: chat completions, completions, models, embeddings. Keys and tokens open it; a browser's session does not."""

import base64
import logging
from collections.abc import Callable, Coroutine
from dataclasses import replace
from functools import wraps

import numpy as np
from django.conf import settings
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
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
from core.errors import CognitiaError, NotFound, SignedOut, Unavailable
from core.json import Json
from memory.embedding import model_name, query_vector

logger = logging.getLogger(__name__)

CHAT_HEADER = "X-Cognitia-Chat"
MOST_EMBEDDED = 64
EMBED_SECONDS = 10.0
View = Callable[..., Coroutine[None, None, HttpResponseBase]]


def door(*methods: str) -> Callable[[View], View]:
    """A view that lets programs in and says no in OpenAI's shape."""

    def opened(view: View) -> View:
        @csrf_exempt
        @wraps(view)
        async def guarded(request: HttpRequest, **parts: str) -> HttpResponseBase:
            try:
                if request.method not in methods:
                    return HttpResponse(status=405, headers={"Allow": ", ".join(methods)})
                caller = await in_thread(_let_in)(request)
                return await view(request, caller, **parts)
            except CognitiaError as error:
                return response_to(error)
            except OperationalError as error:
                logger.warning("database unavailable: %s", error)
                away = Unavailable(_("The database is away for a moment. Try again."), retry_after_seconds=2)
                return response_to(away)

        return guarded

    return opened


@door("POST")
async def chat_completions(request: HttpRequest, caller: Caller) -> HttpResponseBase:
    wanted = reading.chat_call(reading.parsed(request.body), request.headers.get(CHAT_HEADER, "").strip())
    return await _answered(caller, wanted, CHAT)


@door("POST")
async def completions(request: HttpRequest, caller: Caller) -> HttpResponseBase:
    return await _answered(caller, reading.completion_call(reading.parsed(request.body)), TEXT)


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
    data: list[Json] = []
    for index, text in enumerate(texts):
        vector = await in_thread(query_vector)(text, EMBED_SECONDS)
        if vector is None:
            raise Unavailable(_("The embedding model is busy. Try again."), retry_after_seconds=5)
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
    answering = await in_thread(_begin)(caller, wanted)
    told = Told(caller.user, wanted.model, answering.replies, wanted.opening, shape)
    response: HttpResponseBase
    if wanted.is_streamed:
        stream = telling.chunks(told, tells_usage=wanted.tells_usage)
        response = StreamingHttpResponse(stream, content_type="text/event-stream")
        # nginx would otherwise collect the stream.
        response.headers["X-Accel-Buffering"] = "no"
    else:
        response = JsonResponse(await telling.whole(told))
    if answering.chat_id is not None:
        response.headers[CHAT_HEADER] = str(answering.chat_id)
    return response


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
    chat_id = reading.chat_id_of(wanted.chat)
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
