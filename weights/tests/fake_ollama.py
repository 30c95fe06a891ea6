"""An Ollama server on loopback, as far as the page of models speaks to it."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class FakeOllama:
    """`models`: name to family. A pull of `lines` is said line by line; then the model is there."""

    models: dict[str, str] = field(default_factory=dict)
    lines: list[dict[str, object]] = field(default_factory=list)
    stops_after: int | None = None
    stopped: threading.Event = field(default_factory=threading.Event)
    go_on: threading.Event = field(default_factory=threading.Event)
    left: threading.Event = field(default_factory=threading.Event)
    url: str = ""


@contextmanager
def running_ollama() -> Iterator[FakeOllama]:
    server_state = FakeOllama()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path != "/api/tags":
                self._answer(404, {"error": "not found"})
                return
            listed = [
                {"name": name, "size": 2_000_000_000, "details": {"families": [family], "parameter_size": "3.2B"}}
                for name, family in server_state.models.items()
            ]
            self._answer(200, {"models": listed})

        def do_POST(self) -> None:
            asked = self._body()
            if self.path != "/api/pull" or not server_state.lines:
                self._answer(500, {"error": "pull model manifest: file does not exist"})
                return
            self.send_response(200)
            self.end_headers()
            try:
                for number, line in enumerate(server_state.lines):
                    if number == server_state.stops_after:
                        server_state.stopped.set()
                        server_state.go_on.wait(10)
                    self.wfile.write(json.dumps(line).encode() + b"\n")
                    self.wfile.flush()
                server_state.models[str(asked["model"])] = "llama"
            except OSError:
                server_state.left.set()

        def do_DELETE(self) -> None:
            asked = self._body()
            gone = server_state.models.pop(str(asked["model"]), None)
            self._answer(200 if gone else 404, {})

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  as the library names it
            pass

        def _body(self) -> dict[str, object]:
            found: dict[str, object] = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            return found

        def _answer(self, status: int, body: dict[str, object]) -> None:
            raw = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server_state.url = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield server_state
    finally:
        server_state.go_on.set()
        server.shutdown()
        server.server_close()
