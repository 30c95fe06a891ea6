"""A hub on loopback: a stand-in for the outside network and for nothing of ours."""

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

PIECE = 16_384


@dataclass(frozen=True, slots=True)
class Asked:
    method: str
    path: str
    range: str


@dataclass
class FakeHub:
    """Answers `/owner/name/resolve/main/file` with a redirect to `/bytes/...`, as the real one does.

    `files` by that path. `breaks_at`: after so many bytes of an answer the connection dies; each is used once.
    `stops_at`: the same, but the connection stays and says nothing more until `go_on` is set.
    """

    files: dict[str, bytes] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    sent_bytes: int = 0
    breaks_at: list[int] = field(default_factory=list)
    stops_at: int | None = None
    stopped: threading.Event = field(default_factory=threading.Event)
    go_on: threading.Event = field(default_factory=threading.Event)
    knows_ranges: bool = True
    sha256: str = ""
    redirect_to: str = ""
    url: str = ""

    def add(self, content: bytes, repository: str = "somebody/tiny-GGUF", file: str = "tiny-Q8_0.gguf") -> None:
        self.files[f"/{repository}/resolve/main/{file}"] = content

    def gets(self) -> list[Asked]:
        """Those for bytes."""
        return [asked for asked in self.asked if asked.method == "GET" and asked.path.startswith("/bytes")]


@contextmanager
def running_hub() -> Iterator[FakeHub]:
    hub = FakeHub()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_HEAD(self) -> None:
            self._answer()

        def do_GET(self) -> None:
            self._answer()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  as the library names it
            pass

        def _answer(self) -> None:
            path = urlsplit(self.path).path
            hub.asked.append(Asked(self.command, path, self.headers.get("Range", "")))
            content = hub.files.get(path.removeprefix("/bytes"))
            if content is None:
                self._head(404, {"Content-Length": "0"})
            elif not path.startswith("/bytes"):
                digest = hub.sha256 or hashlib.sha256(content).hexdigest()
                self._head(
                    302,
                    {
                        "Location": hub.redirect_to or f"/bytes{path}",
                        "X-Linked-Size": str(len(content)),
                        "X-Linked-ETag": f'"{digest}"',
                        "Content-Length": "0",
                    },
                )
            else:
                self._body(content)

        def _body(self, content: bytes) -> None:
            start = 0
            wanted = self.headers.get("Range", "")
            if wanted and hub.knows_ranges:
                start = int(wanted.removeprefix("bytes=").removesuffix("-"))
                spoken = f"bytes {start}-{len(content) - 1}/{len(content)}"
                self._head(206, {"Content-Range": spoken, "Content-Length": str(len(content) - start)})
            else:
                self._head(200, {"Content-Length": str(len(content))})
            if self.command == "HEAD":
                return
            end = min(len(content), hub.breaks_at.pop(0)) if hub.breaks_at else len(content)
            for at in range(start, end, PIECE):
                if hub.stops_at is not None and at >= hub.stops_at:
                    hub.stops_at = None
                    hub.stopped.set()
                    hub.go_on.wait(10)
                piece = content[at : min(at + PIECE, end)]
                self.wfile.write(piece)
                self.wfile.flush()
                hub.sent_bytes += len(piece)
            if end < len(content):
                self.close_connection = True

        def _head(self, status: int, headers: dict[str, str]) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    hub.url = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield hub
    finally:
        hub.go_on.set()
        server.shutdown()
        server.server_close()
