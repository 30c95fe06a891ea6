"""FI-14: readers that never read cost the server next to nothing."""

import json
import socket
from contextlib import ExitStack

import pytest
from websockets.sync.client import connect

from tests.client import Person
from tests.stack import Stack, eventually

pytestmark = pytest.mark.stack

SOCKETS = 50
TOKENS = 1000
TOKEN_CHARACTERS = 2000  # 50 replies of 1,000 tokens of 2,000 characters are 100 MB
GROWTH_MIB = 50.0


def test_fifty_sockets_that_never_read_do_not_fill_the_server(stack: Stack, person: Person) -> None:
    chats = [person.new_chat() for _ in range(SOCKETS)]
    before = stack.resident_mib("web")
    replies = []
    with ExitStack() as open_sockets:
        for chat in chats:
            replies.append(person.send(chat, f"Go [tokens={TOKENS} rate=25 size={TOKEN_CHARACTERS}]").json()["reply_id"])
            raw = socket.create_connection(("127.0.0.1", stack.port))
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            page = open_sockets.enter_context(
                connect(
                    f"ws://localhost:{stack.port}/ws/chats/{chat}/",
                    sock=raw,
                    additional_headers={"Cookie": person.cookie_header(), "Origin": stack.url},
                    max_queue=1,
                    close_timeout=0.1,
                )
            )
            page.send(json.dumps({"type": "reply.subscribe", "reply_id": replies[-1], "after": 0}))
        most = 0.0

        def all_told() -> bool:
            nonlocal most
            most = max(most, stack.resident_mib("web"))
            return all(person.reply(reply)["status"] == "done" for reply in replies[-1:])

        eventually(all_told, "the last reply is told", 240)
        most = max(most, stack.resident_mib("web"))
    assert most - before <= GROWTH_MIB, f"grew by {most - before:.1f} MiB"
    print(f"web process grew by {most - before:.1f} MiB")  # noqa: T201
