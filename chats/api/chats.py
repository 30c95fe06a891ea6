"""The REST door to chats as a whole."""

from dataclasses import asdict, fields, replace
from functools import partial
from uuid import UUID

from django.db import transaction
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import signed_in
from accounts.models import Scope, User
from characters.access import get_character_for
from characters.pages import tags as tags_page
from chats import access
from chats.actions import organising, settings, starting
from chats.pages.chats import described, page
from chats.serializers.chats import (
    ChatChangesSerializer,
    ChatSerializer,
    ChatsSerializer,
    ChatTagsSerializer,
    ListSerializer,
    NewChatSerializer,
    TagMarksSerializer,
)

operation = partial(extend_schema, tags=["chats"])
OVERRIDES = {field.name for field in fields(settings.Overrides)}


class Chats(APIView):
    scope = Scope.CHAT

    @operation("listChats", summary="List chats", parameters=[ListSerializer], responses=ChatsSerializer)
    def get(self, request: Request) -> Response:
        """Theirs, the one used last first, with how much of each is unread; `after` of one page is the next one's."""
        asked = ListSerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        found = page(signed_in(request.user), asked.validated_data["limit"], asked.validated_data["after"])
        return Response({"chats": [asdict(one) for one in found.chats], "after": found.after})

    @operation("createChat", summary="Begin a chat", request=NewChatSerializer, responses={201: ChatSerializer})
    def post(self, request: Request) -> Response:
        """With these characters; the first one says its greeting."""
        user = signed_in(request.user)
        body = NewChatSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        characters = [get_character_for(user, one) for one in body.validated_data["characters"]]
        chat = starting.start_chat(user, *characters)
        if title := body.validated_data["title"]:
            settings.rename_chat(user, chat.id, title)
        return _chat(user, chat.id, status.HTTP_201_CREATED)


class Chat(APIView):
    scope = Scope.CHAT

    @operation("getChat", summary="Get a chat", responses=ChatSerializer)
    def get(self, request: Request, chat_id: UUID) -> Response:
        return _chat(signed_in(request.user), chat_id)

    @operation(
        "changeChat",
        summary="Change a chat",
        request=ChatChangesSerializer(partial=True),
        responses=ChatSerializer,
    )
    def patch(self, request: Request, chat_id: UUID) -> Response:
        """What is named changes, the rest stays: all of it, or nothing."""
        user = signed_in(request.user)
        access.get_chat_for(user, chat_id)
        body = ChatChangesSerializer(data=request.data, partial=True)
        body.is_valid(raise_exception=True)
        changes = body.validated_data
        with transaction.atomic():
            if told := {name: value for name, value in changes.items() if name in OVERRIDES}:
                held = access.lock_chat_for(user, chat_id)
                settings.change_overrides(user, chat_id, replace(settings.overrides_of(held), **told))
            if "remembers" in changes or "recalls" in changes:
                held = access.lock_chat_for(user, chat_id, access.HOST)
                settings.change_memory(
                    user,
                    chat_id,
                    remembers=changes.get("remembers", held.remembers),
                    recalls=changes.get("recalls", held.recalls),
                )
            if "title" in changes:
                settings.rename_chat(user, chat_id, changes["title"])
            if "persona_id" in changes:
                settings.choose_persona(user, chat_id, changes["persona_id"])
        return _chat(user, chat_id)

    @operation("deleteChat", summary="Delete a chat", responses={204: None})
    def delete(self, request: Request, chat_id: UUID) -> Response:
        """Put away for thirty days."""
        organising.delete_chats(signed_in(request.user), [chat_id])
        return Response(status=status.HTTP_204_NO_CONTENT)


class RestoreChat(APIView):
    scope = Scope.CHAT

    @operation("restoreChat", summary="Restore a deleted chat", request=None, responses=ChatSerializer)
    def post(self, request: Request, chat_id: UUID) -> Response:
        user = signed_in(request.user)
        organising.restore_chats(user, [chat_id])
        return _chat(user, chat_id)


class Tags(APIView):
    scope = Scope.CHAT

    @operation("tagChat", summary="Set a chat's tags", request=ChatTagsSerializer, responses=TagMarksSerializer)
    def put(self, request: Request, chat_id: UUID) -> Response:
        """These and no others."""
        user = signed_in(request.user)
        access.get_chat_for(user, chat_id)
        body = ChatTagsSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        tags = settings.tag_chat(user, chat_id, body.validated_data["tags"])
        return Response({"tags": [asdict(mark) for mark in tags_page.marks(tags)]})


def _chat(user: User, chat_id: UUID, code: int = status.HTTP_200_OK) -> Response:
    (found,) = described(user, [access.get_chat_for(user, chat_id)])
    return Response(asdict(found), status=code)
