"""The REST API as OpenAPI 3.1 tells it: what all its operations share, where it is served, and its two readers.

A view says `@extend_schema` of what is its own; the errors, who is let in and the addresses come from here.
"""

import json
import re
import secrets
from collections import defaultdict
from collections.abc import Callable
from functools import cache
from http import HTTPStatus
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import translation
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ComponentRegistry, ResolvedComponent
from drf_spectacular.settings import spectacular_settings
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import Direction, OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.utils.encoders import JSONEncoder
from rest_framework.views import APIView

from core.middleware import content_security_policy

# A JSON Schema, or a part of the file.
Described = dict[str, Any]
# As drf-spectacular's hooks get and give it: path, its regular expression, method, view.
Endpoint = tuple[str, str, str, Callable[..., HttpResponse]]
ViewT = TypeVar("ViewT", bound=Callable[..., object])

ROOT = "/api/v2/"
UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})

IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    OpenApiTypes.UUID,
    OpenApiParameter.HEADER,
    description="The sender's own name for what is asked for: asking again with it is answered as the first time.",
)

ERROR: Described = {
    "type": "object",
    "description": "How every door says no.",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message", "details"],
            "properties": {
                "code": {"type": "string", "description": "For programs: it stays the same in every language."},
                "message": {"type": "string", "description": "For people, in their language."},
                "details": {
                    "type": "object",
                    "description": "What is wrong, by the names of fields, or numbers that belong to the sentence.",
                    "additionalProperties": {"type": ["string", "number", "boolean", "null"]},
                },
            },
        }
    },
}
RETRY_AFTER: Described = {
    "Retry-After": {"description": "Seconds until it may be tried again.", "schema": {"type": "integer"}}
}


class Refusal:
    """One way of saying no: a component of the file, which operations point to."""

    def __init__(self, name: str, description: str, code: str, message: str, headers: Described | None = None) -> None:
        self.name, self.headers = name, headers or {}
        self.description, self.code, self.message = description, code, message

    def registered(self, registry: ComponentRegistry) -> Described:
        example = {"error": {"code": self.code, "message": self.message, "details": {}}}
        schema = _component(registry, "Error", ResolvedComponent.SCHEMA, ERROR)
        described: Described = {
            "description": self.description,
            "content": {"application/json": {"schema": schema, "example": example}},
        }
        if self.headers:
            described["headers"] = self.headers
        return _component(registry, self.name, ResolvedComponent.RESPONSE, described)


def _component(registry: ComponentRegistry, name: str, kind: str, schema: Described) -> Described:
    """What points to it."""
    component = ResolvedComponent(name=name, type=kind, schema=schema, object=name)  # type: ignore[no-untyped-call]
    registry.register_on_missing(component)
    return dict(component.ref)


REFUSALS = {
    "400": Refusal("BadInput", "What was sent cannot be.", "bad_input", "text: This field is required."),
    "401": Refusal(
        "SignedOut", "Nobody is signed in, or the key or token is not good.", "signed_out", "Please sign in."
    ),
    "403": Refusal(
        "NotAllowed",
        "They may not do this, or their key lacks the scope for it.",
        "not_allowed",
        "Only the host of this chat can do that.",
    ),
    "404": Refusal(
        "NotFound",
        "It does not exist, or it is not theirs: both get the same answer.",
        "not_found",
        "There is nothing here, or it is not yours.",
    ),
    "409": Refusal("Conflict", "As things stand this cannot be done.", "conflict", "This reply is being told."),
    "429": Refusal(
        "LimitReached",
        "A limit is reached; the sentence says which.",
        "limit_reached",
        "Too many requests.",
        RETRY_AFTER,
    ),
    "default": Refusal(
        "Failed",
        "Whatever else went wrong, in the same shape: 405, 406, 413, 415, or 503 while a part is away.",
        "unavailable",
        "The database is away for a moment. Nothing was changed; try again.",
        RETRY_AFTER,
    ),
}


class Schema(AutoSchema):
    """For `DEFAULT_SCHEMA_CLASS`: what drf-spectacular finds out, and how each operation may say no."""

    def get_operation(
        self, path: str, path_regex: str, path_prefix: str, method: str, registry: ComponentRegistry
    ) -> Described | None:
        operation = super().get_operation(path, path_regex, path_prefix, method, registry)
        if operation is not None:
            answers = {code: said for code, said in operation["responses"].items() if code not in REFUSALS}
            refusals = {*self._refusals(operation), *(operation["responses"].keys() & REFUSALS.keys()), "default"}
            said = {code: REFUSALS[code].registered(registry) for code in sorted(refusals)}
            for code, answer in answers.items():
                answer["description"] = answer["description"] or HTTPStatus(int(code)).phrase
            operation["responses"] = answers | said
        return operation

    def get_summary(self) -> str:
        """Of a view that gives none, its operation's id in words."""
        words = re.sub("([A-Z])", lambda letter: f" {letter[1].lower()}", self.get_operation_id())
        return super().get_summary() or words.capitalize()

    def _refusals(self, operation: Described) -> set[str]:
        """By what it is; a view that says no in another way names the status among its responses."""
        is_open = all(isinstance(permission, AllowAny) for permission in self.view.get_permissions())
        found = set() if is_open else {"401", "403", "429"}
        places = {parameter["in"] for parameter in operation.get("parameters", ())}
        is_asked = "requestBody" in operation or bool(places - {"path"})
        if is_asked:
            found.add("400")
        if places or (is_asked and not is_open):
            found.add("404")
        if self.method in UNSAFE:
            found |= {"409", "429"}
        return found

    def _get_request_for_media_type(
        self, serializer: object, direction: Direction = "request"
    ) -> tuple[Described | None, bool]:
        """Only a body that is `partial=True` may leave out what is needed: a PATCH by itself does not say so."""
        method = self.method
        self.method = method if getattr(serializer, "partial", False) else "PUT"
        try:
            shape: tuple[Described | None, bool] = super()._get_request_for_media_type(  # type: ignore[no-untyped-call]
                serializer, direction
            )
        finally:
            self.method = method
        return shape


class ProgramScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """A key or an access token in either header; the scopes are those that a key must have."""

    target_class = "accounts.authentication.ProgramAuthentication"
    name: list[str] = ["bearer", "apiKey"]

    def get_security_requirement(self, auto_schema: AutoSchema) -> list[dict[str, list[Any]]]:
        scope = getattr(auto_schema.view, "scope", None)
        return [{name: [] if scope is None else [str(scope)]} for name in self.name]

    def get_security_definition(self, auto_schema: AutoSchema) -> list[Described]:
        said = "An API key, or an access token of `/auth/login`. A key must have the scope that is named."
        return [
            {"type": "http", "scheme": "bearer", "description": said},
            {"type": "apiKey", "in": "header", "name": "X-API-Key", "description": said},
        ]


def in_schema(described: Callable[[Any], Any], scope: str) -> Callable[[ViewT], ViewT]:
    """Put a GET of a plain view into the file, as `described` (an `extend_schema`) says. The view stays as it is.

    drf-spectacular reads the attribute `cls` of a callback, which the views of REST framework have.
    """

    def decorated(view: ViewT) -> ViewT:
        def get(self: APIView, request: Request, **ids: object) -> None:
            raise NotImplementedError

        get.__doc__ = view.__doc__
        said = {"get": described(get), "scope": scope}
        stand_in = type(view.__name__, (APIView,), said)
        vars(view).update(cls=stand_in, initkwargs={})
        return view

    return decorated


def ours(endpoints: list[Endpoint], **_more: object) -> list[Endpoint]:
    """A preprocessing hook: what is below ROOT. A slash at the end makes no other route of one."""
    paths = {path for path, _regex, _method, _view in endpoints}
    return [one for one in endpoints if one[0].startswith(ROOT) and one[0].rstrip("/") not in paths - {one[0]}]


def distinct(result: Described, **_more: object) -> Described:
    """A postprocessing hook: of a view that stands at two addresses, the second one's ids end with its noun."""
    found: defaultdict[str, list[tuple[str, Described]]] = defaultdict(list)
    for path, methods in result["paths"].items():
        for operation in methods.values():
            found[operation["operationId"]].append((path, operation))
    for named in found.values():
        for path, operation in named[1:]:
            noun = path.removeprefix(ROOT).partition("/")[0]
            operation["operationId"] += f"In{noun.title().replace('-', '')}"
    return result


@cache
def document() -> bytes:
    """The whole file, made once in a process: nothing in it depends on who asks."""
    with translation.override("en"):
        made = spectacular_settings.DEFAULT_GENERATOR_CLASS().get_schema(request=None, public=True)
        return json.dumps(made, cls=JSONEncoder, ensure_ascii=False).encode()


class Document(APIView):
    authentication_classes = ()
    permission_classes = (AllowAny,)
    throttle_classes = ()

    @extend_schema(
        operation_id="getDocument",
        summary="Get this file",
        tags=["documentation"],
        responses=OpenApiResponse(OpenApiTypes.OBJECT, description="An OpenAPI 3.1 document."),
    )
    def get(self, request: Request) -> HttpResponse:
        """What you are reading, as JSON. Anybody may."""
        return HttpResponse(document(), content_type="application/json")


def swagger(request: HttpRequest) -> HttpResponse:
    """The API for trying it out, by Swagger UI."""
    return HttpResponse(render_to_string("api/swagger.html", request=request))


def redoc(request: HttpRequest) -> HttpResponse:
    """The API for reading, by ReDoc."""
    nonce = secrets.token_urlsafe(16)
    response = HttpResponse(render_to_string("api/redoc.html", {"nonce": nonce}, request))
    # Its script writes its style sheet, and searches in a worker that it makes of a text of its own.
    policy = content_security_policy(style_src=f"'nonce-{nonce}'", worker_src="blob:")
    response.headers["Content-Security-Policy"] = policy
    return response
