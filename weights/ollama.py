"""A server that keeps its models itself: Ollama, seen by its own API beside the OpenAI-compatible one."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus

import httpx2 as httpx
from django.conf import settings
from django.utils.translation import gettext as _

from weights.hub import HubError

ANSWER_SECONDS = 3.0
# Ollama says nothing while it checks a large layer.
READ_SECONDS = 120.0
TAG = re.compile(r"(?:[a-z0-9][a-z0-9.-]*/){0,2}[A-Za-z0-9][A-Za-z0-9._-]*(?::[A-Za-z0-9][A-Za-z0-9._-]*)?", re.ASCII)
EMBEDS = ("bert", "embed")


@dataclass(frozen=True, slots=True)
class RemoteModel:
    tag: str
    size_bytes: int
    parameters: int
    embeds: bool


@dataclass(frozen=True, slots=True)
class Progress:
    """Bytes, of all layers that the server has spoken of so far."""

    completed: int
    total: int


def address() -> str:
    """Where Ollama would be, from TEXT_URL; empty when the engine is not one behind an address."""
    url: str = settings.INFERENCE["text"].url
    return re.sub(r"/v1/?$", "", url).rstrip("/")


def listed() -> list[RemoteModel] | None:
    """What the server has. None: there is no server, it is away, or it is not Ollama."""
    if not address():
        return None
    try:
        answer = httpx.get(f"{address()}/api/tags", timeout=ANSWER_SECONDS)
        found = answer.json()["models"] if answer.is_success else None
        return None if found is None else [_remote(one) for one in found]
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, KeyError, TypeError, AttributeError):
        return None


def pull(tag: str) -> Iterator[Progress]:
    """How far it has come, layer by layer; the server keeps what it has when this is closed. Raises `HubError`."""
    layers: dict[str, Progress] = {}
    timeout = httpx.Timeout(READ_SECONDS, connect=ANSWER_SECONDS)
    try:
        with httpx.stream("POST", f"{address()}/api/pull", json={"model": tag}, timeout=timeout) as answer:
            if not answer.is_success:
                answer.read()
                raise HubError(_said(answer.text))
            for line in answer.iter_lines():
                said = json.loads(line) if line else {}
                if "error" in said:
                    raise HubError(_said(line))
                if "digest" in said:
                    layers[said["digest"]] = Progress(int(said.get("completed", 0)), int(said.get("total", 0)))
                yield Progress(
                    sum(layer.completed for layer in layers.values()), sum(layer.total for layer in layers.values())
                )
                if said.get("status") == "success":
                    return
    except (httpx.TransportError, httpx.InvalidURL) as error:
        raise HubError(_("The Ollama server cannot be reached."), retry=True) from error
    except (ValueError, TypeError, AttributeError) as error:
        raise HubError(_("The Ollama server said something that cannot be understood.")) from error
    raise HubError(_("The Ollama server stopped before the model was whole."), retry=True)


def delete(tag: str) -> None:
    """Raises `HubError`. A model that is not there is gone."""
    try:
        answer = httpx.request("DELETE", f"{address()}/api/delete", json={"model": tag}, timeout=READ_SECONDS)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise HubError(_("The Ollama server cannot be reached."), retry=True) from error
    if not answer.is_success and answer.status_code != HTTPStatus.NOT_FOUND:
        raise HubError(_said(answer.text))


def _remote(one: dict[str, object]) -> RemoteModel:
    details = one.get("details")
    facts = details if isinstance(details, dict) else {}
    tag = str(one["name"])
    families = [str(family) for family in facts.get("families") or [facts.get("family", "")]]
    embeds = any(mark in text.lower() for mark in EMBEDS for text in [*families, tag.rpartition("/")[2]])
    size = one.get("size")
    return RemoteModel(tag, size if isinstance(size, int) else 0, _parameters(facts.get("parameter_size")), embeds)


def _parameters(text: object) -> int:
    """From "7.6B" to a number; 0 if it says nothing."""
    found = re.fullmatch(r"([\d.]+)([MB])", str(text))
    try:
        return int(float(found[1]) * {"M": 1e6, "B": 1e9}[found[2]]) if found else 0
    except ValueError:
        return 0


def _said(text: str) -> str:
    try:
        reason = str(json.loads(text)["error"])
    except (ValueError, KeyError, TypeError):
        reason = text
    return _("The Ollama server says: %(reason)s.") % {"reason": reason[:200].strip().rstrip(".")}
