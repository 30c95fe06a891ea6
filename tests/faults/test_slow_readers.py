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
TOKENS = 400
TOKEN_CHARACTERS = 5000  # 50 replies of 400 tokens of 5,000 characters are 100 MB
GROWTH_MIB = 50.0


def test_fifty_sockets_that_never_read_do_not_fill_the_server(stack: Stack, person: Person) -> None:
    chats = [person.new_chat() for _ in range(SOCKETS)]
    before = stack.resident_mib("web")
    replies = []
    with ExitStack() as open_sockets:
        for chat in chats:
            sent = person.send(chat, f"Go [tokens={TOKENS} rate=20 size={TOKEN_CHARACTERS}]")
            replies.append(sent.json()["reply_id"])
            raw = socket.create_connection(("127.0.0.1", stack.port))
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            page = open_sockets.enter_context(
                connect(
                    f"ws://localhost:{stack.port}/ws/chats/{chat}/",
                    sock=raw,
                    additional_headers={"Cookie": person.cookie_header(), "Origin": stack.url},
                    max_queue=1,
                    close_timeout=0.1,
                    ping_interval=None,
                    legacy=True,
                )
            )
            page.send(json.dumps({"type": "reply.subscribe", "reply_id": replies[-1], "after": 0}))
        most = 0.0

        def all_told() -> bool:
            nonlocal most
            most = max(most, stack.resident_mib("web"))
            # Asking the API would send the texts themselves through the server that is being measured.
            log = (stack.home / "logs" / "gpu.log").read_text()
            return all(f'"reply ended", "reply_id": "{reply}"' in log for reply in replies)

        eventually(all_told, "every reply is told", 240)
        most = max(most, stack.resident_mib("web"))
    assert most - before <= GROWTH_MIB, f"grew by {most - before:.1f} MiB"
    print(f"web process grew by {most - before:.1f} MiB")  # noqa: T201
