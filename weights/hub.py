"""Files over HTTP: what a hub says of one, and its bytes from any place on.

The hub speaks as Hugging Face does: `{HUB_URL}/{repository}/resolve/main/{file}` answers with X-Linked-Size and, for a
large file, its SHA-256 in X-Linked-ETag, and sends one on to where the bytes are.
"""

import ipaddress
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import quote
from urllib.request import getproxies, proxy_bypass

import httpx2 as httpx
from django.conf import settings
from django.utils.translation import gettext as _

CONNECT_SECONDS = 5.0
# Between two pieces of a file; a model's worker is taken for dead after `recovery.SILENT_SECONDS`, which is more.
READ_SECONDS = 20.0
REDIRECTS = 5
SHA256 = re.compile(r"[0-9a-f]{64}")
REPOSITORY = re.compile(r"[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95}", re.ASCII)
FILE = re.compile(r"(?:[A-Za-z0-9][\w.-]*/)*[A-Za-z0-9][\w.-]*\.gguf", re.ASCII)


class HubError(Exception):
    """Its sentence says what is wrong with the source. `retry`: the same request may succeed in a moment."""

    def __init__(self, sentence: str, *, retry: bool = False) -> None:
        super().__init__(sentence)
        self.retry = retry


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """`size_bytes` 0 and `sha256` empty: the source does not say. `tag` changes when the file does."""

    size_bytes: int
    sha256: str
    tag: str


@dataclass(frozen=True, slots=True)
class Body:
    """`start` is 0 when the whole file comes, whatever was asked for. `size_bytes`: of the whole; 0 if unknown."""

    start: int
    size_bytes: int
    chunks: Iterator[bytes]


def address_of(repository: str, file: str) -> str:
    """Raises `ValueError` for what is no name of a repository or a GGUF file in it."""
    if not REPOSITORY.fullmatch(repository) or not FILE.fullmatch(file):
        raise ValueError(f"{repository} {file}")
    return f"{settings.HUB_URL}/{quote(repository)}/resolve/main/{quote(file)}"


def look(address: str) -> RemoteFile:
    """What the source says of a file, without its bytes. Raises `HubError`."""
    # Not HEAD: an address that was signed for GET refuses it. The bytes are not read.
    with _client() as client, _answered(client, address, {}, until_linked=True) as answer:
        headers = answer.headers
        linked = _plain_tag(headers.get("x-linked-etag", ""))
        size = _whole_number(headers.get("x-linked-size", headers.get("content-length", "")))
        tag = linked or _plain_tag(headers.get("etag", "")) or headers.get("last-modified", "")
        return RemoteFile(size, linked if SHA256.fullmatch(linked) else "", f"{size}:{tag}")


@contextmanager
def opened(address: str, start: int) -> Iterator[Body]:
    """The file from byte `start` on, where the source can do that. Raises `HubError`, also while it is read."""
    headers = {"Range": f"bytes={start}-"} if start else {}
    with _client() as client, _answered(client, address, headers) as answer:
        if answer.status_code == HTTPStatus.PARTIAL_CONTENT:
            found = re.fullmatch(r"bytes (\d+)-\d+/(\d+|\*)", answer.headers.get("content-range", ""))
            if found is None or int(found[1]) != start:
                raise HubError(_("The server sent another part of the file than it was asked for."))
            yield Body(start, _whole_number(found[2]), _chunks(answer))
        else:
            yield Body(0, _whole_number(answer.headers.get("content-length", "")), _chunks(answer))


def is_reachable(seconds: float) -> bool:
    """Whether the hub answers at all within so many seconds."""
    try:
        httpx.head(settings.HUB_URL, timeout=seconds, follow_redirects=False)
    except (httpx.HTTPError, httpx.InvalidURL):
        return False
    return True


def _client() -> httpx.Client:
    # A file that is packed on the way has another size than the one we resume and count by.
    return httpx.Client(
        timeout=httpx.Timeout(READ_SECONDS, connect=CONNECT_SECONDS),
        headers={"Accept-Encoding": "identity", "User-Agent": "cognitia"},
        follow_redirects=False,
    )


@contextmanager
def _answered(
    client: httpx.Client, address: str, headers: dict[str, str], *, until_linked: bool = False
) -> Iterator[httpx.Response]:
    """The first answer that is no redirect; with `until_linked`, also one that says what it would send one to."""
    try:
        first = here = httpx.URL(address)
        for _hop in range(REDIRECTS + 1):
            with client.stream("GET", here, headers=headers) as answer:
                if answer.is_redirect and not (until_linked and "x-linked-etag" in answer.headers):
                    here = _onward(first, here.join(answer.headers["location"]))
                    continue
                _refuse_failure(answer, here)
                yield answer
                return
    except httpx.InvalidURL as error:
        raise HubError(_("This is not an address: %(address)s.") % {"address": address}) from error
    except httpx.TransportError as error:
        raise _unreachable(here) from error
    raise HubError(_("%(host)s sends one on again and again.") % {"host": here.host})


def _chunks(answer: httpx.Response) -> Iterator[bytes]:
    try:
        yield from answer.iter_raw()
    except httpx.TransportError as error:
        raise HubError(_("The connection broke."), retry=True) from error


def _refuse_failure(answer: httpx.Response, here: httpx.URL) -> None:
    status = answer.status_code
    if answer.is_success or answer.is_redirect:
        return
    if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
        raise HubError(_("%(host)s gives this file only to people it knows.") % {"host": here.host})
    if status in {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}:
        raise HubError(_("%(host)s has no such file.") % {"host": here.host})
    again = status == HTTPStatus.TOO_MANY_REQUESTS or answer.is_server_error
    raise HubError(_("%(host)s answered %(status)d.") % {"host": here.host, "status": status}, retry=again)


def _onward(first: httpx.URL, there: httpx.URL) -> httpx.URL:
    """Where a redirect leads. Raises `HubError` where it must not: a hub could reach into our network with it."""
    if there.scheme not in {"http", "https"} or (first.scheme == "https" and there.scheme != "https"):
        raise HubError(_("%(host)s sends one on to an address that is not safe.") % {"host": first.host})
    if (there.host, there.port) == (first.host, first.port) or _by_proxy(there):
        return there
    within = all(one.is_loopback for one in _addresses(first))
    if not within and not all(one.is_global for one in _addresses(there)):
        raise HubError(_("%(host)s sends one on to an address inside this network.") % {"host": first.host})
    return there


def _by_proxy(url: httpx.URL) -> bool:
    """A proxy of the operator's goes there for us: it decides, and often nobody else here can resolve names."""
    return url.scheme in getproxies() and not proxy_bypass(url.host)


def _addresses(url: httpx.URL) -> list[ipaddress.IPv4Address | ipaddress.IPv6Address]:
    try:
        found = socket.getaddrinfo(url.host, url.port or url.scheme, type=socket.SOCK_STREAM)
    except OSError as error:
        raise _unreachable(url) from error
    return [ipaddress.ip_address(str(one[4][0]).partition("%")[0]) for one in found]


def _unreachable(url: httpx.URL) -> HubError:
    return HubError(_("%(host)s cannot be reached.") % {"host": url.host}, retry=True)


def _plain_tag(tag: str) -> str:
    return tag.removeprefix("W/").strip('"')


def _whole_number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else 0
