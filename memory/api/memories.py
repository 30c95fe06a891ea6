"""The REST door to what is remembered: found, read, pinned, corrected, taken out."""

from functools import partial
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_GET
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import signed_in
from accounts.callers import admitted
from accounts.models import Scope
from core.database import in_thread
from core.errors import CognitiaError, NotFound
from core.middleware import error_response
from core.openapi import in_schema
from memory import access
from memory.actions import correcting, forgetting, pinning
from memory.exporting import lines
from memory.pages import timeline as page
from memory.pages.entries import whose
from memory.serializers import (
    EMOTIONS,
    KINDS,
    MemoriesPageSerializer,
    MemoriesSerializer,
    MemoryChangesSerializer,
    MemorySerializer,
    ReceiptSerializer,
)
from memory.views.exporting import as_attachment

operation = partial(extend_schema, tags=["memories"])


class Memories(APIView):
    scope = Scope.MEMORY

    @operation(
        "listMemories",
        summary="List memories",
        # By default neither narrows anything.
        parameters=[
            MemoriesSerializer,
            OpenApiParameter("kind", enum=KINDS),
            OpenApiParameter("emotion", enum=EMOTIONS),
        ],
        responses=MemoriesPageSerializer,
    )
    def get(self, request: Request) -> Response:
        """What counts now, the newest first; `after` of one page is the next one's."""
        asked = MemoriesSerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        wanted = asked.validated_data
        user = signed_in(request.user)
        found = page.found(user, wanted["character"], asked.wish, wanted["after"], wanted["limit"])
        return Response({"memories": MemorySerializer(found.rows, many=True).data, "after": found.after})


class Memory(APIView):
    scope = Scope.MEMORY

    @operation("getMemory", summary="Get a memory", responses=MemorySerializer)
    def get(self, request: Request, memory_id: UUID) -> Response:
        return Response(MemorySerializer(access.get_memory_for(signed_in(request.user), memory_id)).data)

    @operation(
        "changeMemory",
        summary="Pin or correct a memory",
        request=MemoryChangesSerializer,
        responses=MemorySerializer,
    )
    def patch(self, request: Request, memory_id: UUID) -> Response:
        """All of it, or nothing. With a `text`, what is answered is the memory that stands in this one's place."""
        user = signed_in(request.user)
        memory = access.get_memory_for(user, memory_id)
        body = MemoryChangesSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        changes = body.validated_data
        with transaction.atomic():
            if "text" in changes:
                never = changes["was_never_true"]
                memory = correcting.correct_memory(user, memory.id, changes["text"], was_never_true=never)
            if "is_pinned" in changes:
                change = pinning.pin_memory if changes["is_pinned"] else pinning.unpin_memory
                memory = change(user, memory.id)
        return Response(MemorySerializer(memory).data)

    @operation("forgetMemory", summary="Forget a memory", responses={200: ReceiptSerializer})
    def delete(self, request: Request, memory_id: UUID) -> Response:
        """Forget it, with all that was made of it. The answer is the receipt."""
        return Response(ReceiptSerializer(forgetting.forget_memory(signed_in(request.user), memory_id)).data)


@in_schema(
    operation(
        "exportMemories",
        summary="Export memories",
        parameters=[OpenApiParameter("character", OpenApiTypes.UUID)],
        responses={(200, "application/jsonl"): OpenApiTypes.STR},
    ),
    Scope.MEMORY,
)
@require_GET
async def export(request: HttpRequest) -> HttpResponseBase:
    """All that is stored, a JSON object on each line, read while it is sent; `?character=` is one character's part."""
    try:
        user = await admitted(request, Scope.MEMORY)
        character_id, name = _id(request.GET.get("character", "")), "all"
        if character_id is not None:
            name = (await in_thread(whose)(user, character_id)).name
        return as_attachment(lines(user, character_id), name)
    except CognitiaError as error:
        return error_response(request, error)


def _id(text: str) -> UUID | None:
    """Raises `NotFound` for what is no id."""
    try:
        return UUID(text) if text else None
    except ValueError:
        raise NotFound from None
