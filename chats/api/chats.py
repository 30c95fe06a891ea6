"""The REST door: messages in, replies out, as JSON and as server-sent events."""

import json
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import asdict
from uuid import UUID, uuid4

from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import signed_in
from accounts.models import User
from characters.pages import tags as tags_page
from chats import access, following
from chats.actions import sending, settings
from chats.pages.messages import PAGE_MESSAGES
from chats.serializers import MessageSerializer, NewMessageSerializer, TagsSerializer
from chats.tree import path_to
from core.database import in_thread
from core.errors import BadInput, CognitiaError
from core.middleware import error_response
from core.streams.entries import plain
from core.streams.reading import hub


class Messages(APIView):
    def get(self, request: Request, chat_id: UUID) -> Response:
        """The newest messages of the path that is shown, oldest first; `?before=<id>` for those before one."""
        chat = access.get_chat_for(signed_in(request.user), chat_id)
        leaf_id = chat.leaf_id
        if before := request.query_params.get("before"):
            leaf_id = access.get_message_for(signed_in(request.user), _uuid(before), chat_id=chat.id).parent_id
        return Response({"messages": MessageSerializer(path_to(leaf_id, limit=PAGE_MESSAGES), many=True).data})

    def post(self, request: Request, chat_id: UUID) -> Response:
        """Store a message and queue its reply. `Idempotency-Key` (a UUID) makes a repeat the same answer."""
        body = NewMessageSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        key = request.headers.get("Idempotency-Key")
        sent = sending.send_message(
            signed_in(request.user), chat_id, body.validated_data["text"], _uuid(key) if key else uuid4()
        )
        answer = {
            "message_id": str(sent.message.id),
            "reply_id": str(sent.reply.id) if sent.replies else None,
            "reply_ids": [str(reply.id) for reply in sent.replies],
            "status": sent.reply.status if sent.replies else sent.message.status,
        }
        return Response(answer, status=status.HTTP_202_ACCEPTED)


class Tags(APIView):
    def put(self, request: Request, chat_id: UUID) -> Response:
        """These and no others."""
        user = signed_in(request.user)
        access.get_chat_for(user, chat_id)
        body = TagsSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        tags = settings.tag_chat(user, chat_id, body.validated_data["tags"])
        return Response({"tags": [asdict(mark) for mark in tags_page.marks(tags)]})


class Reply(APIView):
    def get(self, request: Request, reply_id: UUID) -> Response:
        return Response(MessageSerializer(access.get_reply_for(signed_in(request.user), reply_id)).data)


class CancelReply(APIView):
    def post(self, request: Request, reply_id: UUID) -> Response:
        sending.cancel_reply(signed_in(request.user), reply_id)
        return Response(status=status.HTTP_202_ACCEPTED)


async def reply_events(request: HttpRequest, reply_id: UUID) -> HttpResponseBase:
    """The reply's log as server-sent events. Async to the end: a synchronous stream would be held back whole."""
    try:
        user = signed_in(await request.auser())
        after = _number(request.headers.get("Last-Event-ID") or request.GET.get("after") or "0")
        await in_thread(access.get_reply_for)(user, reply_id)
    except CognitiaError as error:
        return error_response(request, error)
    response = StreamingHttpResponse(_events(user, reply_id, after), content_type="text/event-stream")
    # nginx would otherwise collect the stream.
    response.headers["X-Accel-Buffering"] = "no"
    return response


async def _events(user: User, reply_id: UUID, after: int) -> AsyncGenerator[str, None]:
    async with aclosing(following.entries(hub(), user, reply_id, after)) as entries:
        async for numbered in entries:
            kind, fields = plain(numbered.entry)
            yield f"id: {numbered.seq}\nevent: {kind}\ndata: {json.dumps(fields, ensure_ascii=False)}\n\n"


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise BadInput(_("%(text)s is not a UUID.") % {"text": text[:40]}) from None


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 12:
        raise BadInput(_("The place to go on from must be a whole number."))
    return int(text)
