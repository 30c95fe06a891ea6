"""No request may fill the disk: under ASGI, Django keeps the whole body there before any view is asked."""

import json
from http import HTTPStatus

from asgiref.typing import ASGI3Application, ASGIReceiveCallable, ASGIReceiveEvent, ASGISendCallable, Scope


class BodyLimit:
    """Answers 413 to a request whose body is larger than `most` bytes, by what its header says or by what comes."""

    def __init__(self, application: ASGI3Application, most: int) -> None:
        self._application = application
        self._most = most
        mib = most // 2**20
        error = {"code": "too_large", "message": f"The request is larger than {mib} MiB.", "details": {"mib": mib}}
        self._body = json.dumps({"error": error}).encode()

    async def __call__(self, scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        if scope["type"] != "http":
            await self._application(scope, receive, send)
            return
        said = dict(scope["headers"]).get(b"content-length", b"0")
        if said.isdigit() and int(said[:20]) > self._most:
            await self._refuse(send)
            return
        counted = _Counted(receive, self._most)
        await self._application(scope, counted, send)
        if counted.is_over:
            # The application heard that the client is gone, and has said nothing.
            await self._refuse(send)

    async def _refuse(self, send: ASGISendCallable) -> None:
        headers = [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(self._body)).encode()),
            (b"connection", b"close"),
        ]
        status = int(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        await send({"type": "http.response.start", "status": status, "headers": headers, "trailers": False})
        await send({"type": "http.response.body", "body": self._body, "more_body": False})


class _Counted:
    """Passes on what comes, until it is too much."""

    def __init__(self, receive: ASGIReceiveCallable, most: int) -> None:
        self._receive = receive
        self._left = most
        self.is_over = False

    async def __call__(self) -> ASGIReceiveEvent:
        event = await self._receive()
        if event["type"] == "http.request":
            self._left -= len(event["body"])
            if self._left < 0:
                self.is_over = True
                return {"type": "http.disconnect"}
        return event
