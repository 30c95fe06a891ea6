"""The file that describes the API: it has every route of it, and no other; what it says is what is answered."""

import json
import re
from collections.abc import Iterator
from copy import deepcopy
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from rest_framework.views import APIView

from accounts.models import Scope, User
from characters.models import Character
from core.errors import (
    BadInput,
    CognitiaError,
    Conflict,
    LimitReached,
    NotAllowed,
    NotFound,
    SignedOut,
    Unavailable,
)
from core.middleware import DIRECTIVES
from core.openapi import ROOT, document

Described = dict[str, Any]

VERBS = {"get", "post", "put", "patch", "delete"}
REFUSALS = ("400", "401", "403", "404", "409", "429", "default")
ERROR = "#/components/schemas/Error"

# requirements.md by its numbers. What stands there without a version is below /api/v2 here.
REQUIRED = {
    "AZ-39": ("POST /chats/{chat_id}/messages", "GET /replies/{reply_id}/events"),
    "AZ-40": ("GET /history/{chat_id}",),
    "AZ-41": ("GET /personas", "POST /personas", "GET /personas/{persona_id}", "PATCH /personas/{persona_id}",
              "DELETE /personas/{persona_id}"),
    "AZ-42": ("GET /chats", "POST /chats", "GET /chats/{chat_id}", "PATCH /chats/{chat_id}",
              "DELETE /chats/{chat_id}"),
    "AZ-44": ("GET /tags", "POST /tags", "GET /tags/{tag_id}", "PATCH /tags/{tag_id}", "DELETE /tags/{tag_id}"),
    "AZ-45": ("GET /status",),
    "AZ-46": ("GET /dreams",),
    "AZ-47": ("GET /journal",),
    "AZ-48": ("GET /models", "POST /models", "DELETE /models/{name}"),
    "AZ-52": ("GET /settings", "PUT /settings"),
    "AZ-53": ("POST /search",),
    "AZ-54": ("GET /memories", "GET /memories/{memory_id}", "PATCH /memories/{memory_id}",
              "DELETE /memories/{memory_id}"),
    "AZ-55": ("GET /dreams/search",),
    "AZ-56": ("GET /journal/search",),
    "AZ-57": ("GET /personas/template",),
    "CG-21": ("POST /auth/register",),
    "CG-22": ("POST /auth/login",),
    "CG-23": ("POST /auth/verify-email",),
    "CG-24": ("POST /auth/request-password-reset",),
    "CG-25": ("POST /auth/reset-password",),
    "CG-26": ("POST /auth/refresh",),
    "CG-27": ("GET /auth/me",),
    "CG-28": ("GET /users/me",),
    "CG-29": ("PATCH /users/me",),
    "CG-31": ("POST /characters",),
    "CG-32": ("GET /characters",),
    "CG-33": ("GET /characters/marketplace",),
    "CG-34": ("GET /characters/{character_id}",),
    "CG-35": ("PATCH /characters/{character_id}",),
    "CG-36": ("DELETE /characters/{character_id}",),
    "CG-39": ("POST /chats",),
    "CG-40": ("GET /chats",),
    "CG-41": ("GET /chats/{chat_id}",),
    "CG-42": ("PATCH /chats/{chat_id}",),
    "CG-43": ("DELETE /chats/{chat_id}",),
    "CG-44": ("POST /chats/{chat_id}/participants",),
    "CG-45": ("DELETE /chats/{chat_id}/participants/{user_id}",),
    "CG-46": ("POST /chats/{chat_id}/characters",),
    "CG-47": ("DELETE /chats/{chat_id}/characters/{character_id}",),
    "CG-48": ("GET /chats/{chat_id}/messages",),
    "CG-49": ("POST /chats/{chat_id}/messages",),
}  # fmt: skip
# What is still to be built, and where: a route that is there must leave this list.
AWAITED = {
    "AZ-43": (("GET /groups",), "a chat with several characters is a chat; whether it gets the old name is open"),
    "AZ-49": (("POST /tts/synthesize",), "voices"),
    "AZ-50": (("POST /images/generate",), "pictures"),
    "AZ-51": (("GET /images",), "pictures"),
    "CG-30": (("DELETE /users/me",), "deleting an account, with its proof"),
    "CG-37": (("POST /characters/{character_id}/voice-permission",), "voices"),
    "CG-38": (("DELETE /characters/{character_id}/voice-permission/{user_id}",), "voices"),
    "CG-50": (("GET /subscription/plans",), "billing"),
    "CG-51": (("GET /subscription/current",), "billing"),
    "CG-52": (("GET /subscription/usage",), "billing"),
    "CG-53": (("POST /subscription/cancel",), "billing"),
    "CG-54": (("POST /subscription/reactivate",), "billing"),
}


@pytest.fixture(scope="module")
def told() -> Described:
    found: Described = json.loads(document())
    return found


def operations(told: Described) -> Iterator[tuple[str, str, Described]]:
    for path, methods in told["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def views(patterns: list[URLPattern | URLResolver], prefix: str = "/") -> Iterator[tuple[str, type[APIView]]]:
    """The address and the class of every view below ROOT; of a plain view, what stands for it in the file."""
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from views(pattern.url_patterns, route)
        elif route.startswith(ROOT):
            assert hasattr(pattern.callback, "cls"), f"{route} is not in the file: see core.openapi.in_schema"
            yield re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route), pattern.callback.cls


VIEWS = list(views(get_resolver().url_patterns))


def test_it_has_every_route_and_no_other(told: Described) -> None:
    there = {(path, method) for path, view in VIEWS for method in VERBS if hasattr(view, method)}
    described = {(path, method) for path, method, _operation in operations(told)}
    # A slash at the end makes no other route of one.
    names = {path for path, _method in there}
    assert described == {(path, method) for path, method in there if path.rstrip("/") not in names - {path}}


def test_every_operation_is_described(told: Described) -> None:
    tags = {tag["name"] for tag in told["tags"]}
    ids = [operation["operationId"] for _path, _method, operation in operations(told)]
    assert len(ids) == len(set(ids))
    lacking = []
    for path, method, operation in operations(told):
        has_success = any(status.startswith("2") for status in operation["responses"])
        is_told = re.fullmatch("[a-z]+([A-Z][a-z]*)*", operation["operationId"]) and operation["summary"]
        if not (is_told and has_success and set(operation["tags"]) <= tags and len(operation["tags"]) == 1):
            lacking.append((method, path))
    assert lacking == []


def test_every_operation_says_how_it_says_no(told: Described) -> None:
    said = told["components"]["responses"]
    for refusal in said.values():
        assert refusal["content"]["application/json"]["schema"] == {"$ref": ERROR}
    for path, method, operation in operations(told):
        refusals = {status for status in operation["responses"] if status in REFUSALS}
        # Without anything that lets them in, everybody may.
        needed = {"default"} if {} in operation.get("security", [{}]) else {"401", "403", "429", "default"}
        assert needed <= refusals, path
        for status in refusals:
            assert operation["responses"][status]["$ref"].removeprefix("#/components/responses/") in said, path
        assert method == "get" or "409" in refusals, path
        assert "requestBody" not in operation or "400" in refusals, path


@pytest.mark.parametrize(
    "error",
    [BadInput("No."), SignedOut(), NotAllowed("No."), NotFound(), Conflict("No.", most=3), LimitReached("No.", at=1.5),
     Unavailable("No.", retry_after_seconds=2)],
)  # fmt: skip
def test_errors_have_the_shape_that_it_says(told: Described, error: CognitiaError) -> None:
    conforms(told, {"$ref": ERROR}, {"error": error.body()})


def test_it_is_valid_and_nothing_was_guessed() -> None:
    call_command("spectacular", "--validate", "--fail-on-warn", stdout=StringIO(), stderr=StringIO())


def test_examples_are_what_it_says(told: Described) -> None:
    shown = 0
    for _path, _method, operation in operations(told):
        for said in (operation.get("requestBody", {}), *operation["responses"].values()):
            for content in said.get("content", {}).values():
                for example in content.get("examples", {}).values():
                    shown += 1
                    conforms(told, content["schema"], example["value"])
    assert shown >= 20


def test_names_of_values_do_not_hang_on_what_else_there_is(told: Described) -> None:
    """drf-spectacular tells choices apart by a hash where it must, and the hash by what it meets."""
    assert [name for name in told["components"]["schemas"] if re.search(r"[0-9a-f]{3}Enum$", name)] == []


@pytest.mark.parametrize("number", REQUIRED)
def test_what_is_required_is_there(told: Described, number: str) -> None:
    there = {f"{method.upper()} {path.removeprefix('/api/v2')}" for path, method, _operation in operations(told)}
    assert set(REQUIRED[number]) <= there


def test_what_is_there_is_awaited_no_longer(told: Described) -> None:
    assert not REQUIRED.keys() & AWAITED.keys()
    numbers = {*(f"AZ-{n}" for n in range(39, 58)), *(f"CG-{n}" for n in range(21, 55))}
    assert numbers == REQUIRED.keys() | AWAITED.keys()
    there = {f"{method.upper()} {path.removeprefix('/api/v2')}" for path, method, _operation in operations(told)}
    assert [number for number, (routes, _why) in AWAITED.items() if set(routes) <= there] == []


def test_every_door_says_what_a_key_must_hold_for_it() -> None:
    ours = {"chats": Scope.CHAT, "characters": Scope.CHARACTERS, "memory": Scope.MEMORY, "weights": Scope.MODELS}
    for path, view in VIEWS:
        app = view.__module__.partition(".")[0]
        if app in ours and view.__module__ != "core.openapi":
            assert getattr(view, "scope", None) == ours[app], path


@pytest.mark.django_db
class TestReading:
    def test_anybody_may_read_it(self, client: Client) -> None:
        answer = client.get("/api/v2/openapi.json")
        assert answer.status_code == 200
        assert answer.headers["Content-Type"] == "application/json"
        assert answer.json()["openapi"] == "3.1.0"

    @pytest.mark.parametrize("path", ["/docs", "/redoc"])
    def test_its_pages_load_nothing_from_elsewhere(self, client: Client, path: str) -> None:
        answer = client.get(path)
        assert answer.status_code == 200
        text = answer.content.decode()
        loaded = re.findall(r'(?:src|href|data-document)="([^"]*)"', text)
        assert len(loaded) >= 4
        assert all(address.startswith(("/static/", "/api/v2/")) for address in loaded), loaded
        # Nothing in the page itself is a script or a style.
        assert not re.search(r"<style|<script(?! src=)|\son\w+=", text)

    def test_only_redoc_may_do_more_than_our_pages(self, client: Client) -> None:
        usual = policy(client.get("/docs"))
        assert usual == DIRECTIVES
        added = {name: sources for name, sources in policy(client.get("/redoc")).items() if usual.get(name) != sources}
        assert added.keys() == {"style-src", "worker-src"}
        assert added["worker-src"] == "blob:"
        assert re.fullmatch(r"'self' 'nonce-[\w-]{22}'", added["style-src"])
        assert policy(client.get("/redoc"))["style-src"] != added["style-src"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("redis_db", "text_engine")
def test_what_is_answered_is_what_it_says(told: Described, alice: User, azera: Character, client: Client) -> None:
    client.force_login(alice)
    told = exact(told)
    chat = asked(told, client, "createChat", {"characters": [str(azera.id)], "title": "Rain"})
    sent = asked(told, client, "sendMessage", {"text": "Hello"}, chat_id=chat["id"])
    made = asked(told, client, "createCharacter", {"name": "Mira", "first_message": "Hello."})
    persona = asked(told, client, "createPersona", {"name": "Ana"})
    tag = asked(told, client, "createTag", {"name": "sea"})
    folder = asked(told, client, "createFolder", {"name": "Journeys"})
    book = asked(told, client, "createLorebook", BOOK)
    asked(told, client, "replaceLorebook", BOOK, lorebook_id=book["id"])
    asked(told, client, "changeLorebook", {"name": "The shore"}, lorebook_id=book["id"])
    asked(told, client, "testLorebook", {"lorebook_id": book["id"], "text": "The lighthouse is dark."})
    asked(told, client, "tagChat", {"tags": [tag["id"]]}, chat_id=chat["id"])
    asked(told, client, "tagCharacter", {"tags": [tag["id"]]}, character_id=made["id"])
    asked(told, client, "searchMemories", {"query": "sister"})
    asked(told, client, "addCharacter", {"character": made["id"]}, chat_id=chat["id"])
    asked(told, client, "invite", {"role": "reader"}, chat_id=chat["id"])
    asked(told, client, "retrieveContext", {"character": str(azera.id), "query": "Who am I?"})
    ids = {
        "chat_id": chat["id"], "character_id": made["id"], "message_id": sent["message_id"],
        "reply_id": sent["reply_id"], "persona_id": persona["id"], "tag_id": tag["id"], "folder_id": folder["id"],
        "lorebook_id": book["id"],
    }  # fmt: skip
    for path, method, operation in operations(told):
        needs = set(re.findall(r"{(\w+)}", path))
        is_json = "application/json" in operation["responses"].get("200", {}).get("content", {})
        if method == "get" and is_json and needs <= ids.keys() and operation["operationId"] not in SKIPPED:
            asked(told, client, operation["operationId"], **ids)
    shape = told["paths"]["/api/v2/lorebooks/{lorebook_id}"]["get"]["responses"]["200"]["content"]["application/json"]
    for kind in ("v3", "sillytavern"):
        conforms(told, shape["schema"], client.get(f"/api/v2/lorebooks/{book['id']}", {"format": kind}).json())


BOOK = {
    "spec": "lorebook_v3",
    "data": {"name": "The coast", "extensions": {}, "entries": [
        {"keys": ["lighthouse"], "content": "It is dark.", "extensions": {}, "enabled": True, "insertion_order": 0,
         "use_regex": False},
    ]},
}  # fmt: skip
# Their files are looked at by their own tests; models are for operators, and what is found needs words.
SKIPPED = {"exportChat", "exportCharacter", "listModels", "searchDreams", "searchJournal"}


def asked(told: Described, client: Client, identity: str, body: Described | None = None, **ids: str) -> Described:
    """The answer to an operation, which is as the file says."""
    path, method, operation = next(one for one in operations(told) if one[2]["operationId"] == identity)
    extra: Described = {}
    if body is not None:
        conforms(told, operation["requestBody"]["content"]["application/json"]["schema"], body)
        extra = {"data": json.dumps(body), "content_type": "application/json"}
    answer = getattr(client, method)(path.format(**ids), **extra)
    assert str(answer.status_code) in operation["responses"], (identity, answer.content)
    said = operation["responses"][str(answer.status_code)]
    assert "content" in said, (identity, answer.content)
    conforms(told, said["content"]["application/json"]["schema"], answer.json())
    found: Described = answer.json()
    return found


def conforms(told: Described, schema: Described, value: object) -> None:
    found = Draft202012Validator({**schema, "components": told["components"]}).iter_errors(value)
    assert [f"{error.json_path}: {error.message[:200]}" for error in found] == []


def exact(told: Described) -> Described:
    """As it is, with nothing allowed that is not described, but in files of other programs."""
    told = deepcopy(told)
    for name, schema in told["components"]["schemas"].items():
        if "properties" in schema and not name.endswith("File"):
            schema["additionalProperties"] = False
    return told


def policy(answer: HttpResponseBase) -> dict[str, str]:
    directives = [one.partition(" ") for one in answer.headers["Content-Security-Policy"].split("; ")]
    return {name: sources for name, _space, sources in directives}
