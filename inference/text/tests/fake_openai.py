"""A server that speaks OpenAI's chat completions and does what a test says: answers, fails, breaks off, waits."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Misbehaving:
    """A server whose next answers are scripted: a status, or lines of a stream, or silence."""

    script: list[object] = field(default_factory=list)
    requests: list[dict[str, object]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0
    closed: threading.Event = field(default_factory=threading.Event)
    go_on: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)


def piece(finish_reason: str | None = None, **delta: str) -> str:
    choices = [{"index": 0, "delta": delta, "finish_reason": finish_reason}]
    return json.dumps({"id": "x", "object": "chat.completion.chunk", "created": 0, "model": "m", "choices": choices})


@contextmanager
def running_openai() -> Iterator[tuple[Misbehaving, str]]:
    """Its state, and where its paths begin."""
    state = Misbehaving()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *args: object) -> None:
            pass

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            with state.lock:
                state.requests.append(body)
                state.keys.append(self.headers.get("Authorization", ""))
                state.at_once += 1
                state.most_at_once = max(state.most_at_once, state.at_once)
                answer = state.script.pop(0) if state.script else [piece(content="Good evening.")]
            try:
                self.answer(answer)
            finally:
                with state.lock:
                    state.at_once -= 1

        def answer(self, answer: object) -> None:
            if isinstance(answer, tuple):
                status, text, headers = answer
                raw = json.dumps({"error": {"message": text, "type": "x"}}).encode()
                self.send_response(status)
                for name, value in {**headers, "Content-Length": str(len(raw))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(raw)
                return
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.send_header("Connection", "close")
            self.end_headers()
            assert isinstance(answer, list)
            for line in answer:
                if line == "wait":
                    state.go_on.wait(10)
                elif line == "break off":
                    return
                elif line == "endless":
                    self.tell_endlessly()
                    return
                else:
                    self.wfile.write(f"data: {line}\n\n".encode())
                    self.wfile.flush()
            self.wfile.write(f"data: {piece('stop')}\n\ndata: [DONE]\n\n".encode())
            self.close_connection = True

        def tell_endlessly(self) -> None:
            with suppress(OSError):
                while not state.go_on.wait(0.01):
                    self.wfile.write(f"data: {piece(content='on and ')}\n\n".encode())
                    self.wfile.flush()
                return
            state.closed.set()

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=http.serve_forever, daemon=True).start()
    yield state, f"http://127.0.0.1:{http.server_address[1]}/v1"
    state.go_on.set()
    threading.Thread(target=http.shutdown, daemon=True).start()
