"""The REST door to messages: in, out, written again, walked through, put away."""

from functools import partial
from uuid import UUID, uuid4

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import signed_in
from accounts.models import Scope, User
from chats import access
from chats.actions import branching, sending, trash
from chats.actions.sending import Sent
from chats.api.keys import idempotency_key
from chats.models import Message as MessageRow
from chats.pages.messages import Ends, piece
from chats.serializers.messages import (
    AskedSerializer,
    BookmarkSerializer,
    EditSerializer,
    EndsSerializer,
    HiddenSerializer,
    MessageSerializer,
    MessagesSerializer,
    NewMessageSerializer,
    SentMessageSerializer,
    TrashedSerializer,
)
from core.openapi import IDEMPOTENCY_KEY

operation = partial(extend_schema, tags=["messages"])
reply_operation = partial(extend_schema, tags=["replies"])


class Messages(APIView):
    scope = Scope.CHAT

    @operation("listMessages", summary="Read a chat", parameters=[EndsSerializer], responses=MessagesSerializer)
    def get(self, request: Request, chat_id: UUID) -> Response:
        """The newest messages of the path that is shown, oldest first; `before`, `after` or `around` one, those next
        to it. At most 40, or `limit`."""
        user = signed_in(request.user)
        chat = access.get_chat_for(user, chat_id)
        asked = EndsSerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        wanted = asked.validated_data
        ends = Ends(wanted["before"], wanted["after"], wanted["around"])
        found = piece(user, chat, ends, wanted["limit"])
        return Response(
            {
                "messages": MessageSerializer(found.messages, many=True).data,
                "has_older": found.has_older,
                "has_newer": found.has_newer,
            }
        )

    @operation(
        "sendMessage",
        summary="Send a message",
        parameters=[IDEMPOTENCY_KEY],
        request=NewMessageSerializer,
        responses={202: SentMessageSerializer},
    )
    def post(self, request: Request, chat_id: UUID) -> Response:
        """Store a message and queue its replies. `Idempotency-Key` (a UUID) makes a repeat the same answer."""
        body = NewMessageSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        said = body.validated_data
        sent = sending.send_message(
            signed_in(request.user),
            chat_id,
            said["text"],
            idempotency_key(request) or uuid4(),
            after=said["after"],
            speaker=said["speaker"],
        )
        return _sent(sent)


class Message(APIView):
    scope = Scope.CHAT

    @operation("getMessage", summary="Get a message", responses=MessageSerializer)
    def get(self, request: Request, message_id: UUID) -> Response:
        return _shown(signed_in(request.user), message_id)

    @operation("deleteMessage", summary="Delete a message", responses={200: TrashedSerializer})
    def delete(self, request: Request, message_id: UUID) -> Response:
        """With all that follows it, for thirty days; `trash_id` brings it back."""
        put_away = trash.delete_message(signed_in(request.user), message_id)
        return Response({"trash_id": str(put_away.id), "messages": put_away.messages})


class Edit(APIView):
    scope = Scope.CHAT

    @operation(
        "editMessage",
        summary="Edit a message",
        parameters=[IDEMPOTENCY_KEY],
        request=EditSerializer,
        responses={202: SentMessageSerializer},
    )
    def post(self, request: Request, message_id: UUID) -> Response:
        """Another wording beside it."""
        user = signed_in(request.user)
        access.get_message_for(user, message_id)
        body = EditSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        return _sent(branching.edit_message(user, message_id, body.validated_data["text"], idempotency_key(request)))


class Select(APIView):
    scope = Scope.CHAT

    @operation("selectMessage", summary="Show a message's branch", request=None, responses=MessageSerializer)
    def post(self, request: Request, message_id: UUID) -> Response:
        """Show the branch of this message."""
        user = signed_in(request.user)
        branching.select_message(user, message_id)
        return _shown(user, message_id)


class Branch(APIView):
    scope = Scope.CHAT

    @operation("branchFromMessage", summary="Branch from a message", request=None, responses=MessageSerializer)
    def post(self, request: Request, message_id: UUID) -> Response:
        """What is said next follows this message."""
        user = signed_in(request.user)
        branching.branch_from(user, message_id)
        return _shown(user, message_id)


class Bookmark(APIView):
    scope = Scope.CHAT

    @operation(
        "bookmarkMessage", summary="Bookmark a message", request=BookmarkSerializer, responses=MessageSerializer
    )
    def put(self, request: Request, message_id: UUID) -> Response:
        user = signed_in(request.user)
        access.get_message_for(user, message_id)
        body = BookmarkSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        branching.bookmark(user, message_id, body.validated_data["name"])
        return _shown(user, message_id)

    @operation("removeBookmark", summary="Remove a bookmark", responses={204: None})
    def delete(self, request: Request, message_id: UUID) -> Response:
        branching.remove_bookmark(signed_in(request.user), message_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


class Hidden(APIView):
    scope = Scope.CHAT

    @operation("hideMessage", summary="Hide a message", request=HiddenSerializer, responses=MessageSerializer)
    def put(self, request: Request, message_id: UUID) -> Response:
        """Whether the characters are kept from it."""
        user = signed_in(request.user)
        access.get_message_for(user, message_id)
        body = HiddenSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        branching.hide_message(user, message_id, body.validated_data["hidden"])
        return _shown(user, message_id)


class Restore(APIView):
    scope = Scope.CHAT

    @operation("restoreMessages", summary="Restore deleted messages", request=None, responses={204: None})
    def post(self, request: Request, trash_id: UUID) -> Response:
        trash.restore_messages(signed_in(request.user), trash_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


class Reply(APIView):
    scope = Scope.CHAT

    @reply_operation("getReply", summary="Get a reply", responses=MessageSerializer)
    def get(self, request: Request, reply_id: UUID) -> Response:
        return Response(MessageSerializer(access.get_reply_for(signed_in(request.user), reply_id)).data)


class RetryReply(APIView):
    scope = Scope.CHAT

    @reply_operation(
        "retryReply",
        summary="Have a reply written again",
        parameters=[IDEMPOTENCY_KEY],
        request=None,
        responses={202: AskedSerializer},
    )
    def post(self, request: Request, reply_id: UUID) -> Response:
        """Another version of it."""
        return _asked(sending.write_again(signed_in(request.user), reply_id, idempotency_key(request)))


class ContinueReply(APIView):
    scope = Scope.CHAT

    @reply_operation(
        "continueReply",
        summary="Have a reply go on",
        parameters=[IDEMPOTENCY_KEY],
        request=None,
        responses={202: AskedSerializer},
    )
    def post(self, request: Request, reply_id: UUID) -> Response:
        """A longer version of it."""
        return _asked(sending.go_on(signed_in(request.user), reply_id, idempotency_key(request)))


class CancelReply(APIView):
    scope = Scope.CHAT

    @reply_operation("cancelReply", summary="Stop a reply", request=None, responses={202: None})
    def post(self, request: Request, reply_id: UUID) -> Response:
        sending.cancel_reply(signed_in(request.user), reply_id)
        return Response(status=status.HTTP_202_ACCEPTED)


def _sent(sent: Sent) -> Response:
    answer = {
        "message_id": str(sent.message.id),
        "reply_id": str(sent.reply.id) if sent.replies else None,
        "reply_ids": [str(reply.id) for reply in sent.replies],
        "status": sent.reply.status if sent.replies else sent.message.status,
    }
    return Response(answer, status=status.HTTP_202_ACCEPTED)


def _asked(reply: MessageRow) -> Response:
    return Response({"reply_id": str(reply.id), "status": reply.status}, status=status.HTTP_202_ACCEPTED)


def _shown(user: User, message_id: UUID) -> Response:
    return Response(MessageSerializer(access.get_message_for(user, message_id)).data)
