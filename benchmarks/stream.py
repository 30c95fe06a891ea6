"""The stream under bad networks and many readers: `make bench-stream`.

Two measurements on one running product (web, worker, PostgreSQL and Redis in processes of their own, the scripted
engine in place of a model):

* resume: 20 clients, each dropped 20 times without a goodbye during 1,000 tokens at 100 tokens/s;
* append: 50 live streams at 30 tokens/s, from the moment the engine made a token to the moment a client has it.
"""

import asyncio
import json
import os
import random
import statistics
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from benchmarks.timing import percentile
from inference.testing import scripted_text
from tests.client import Frame, Person
from tests.stack import Stack, running_stack

CLIENTS, DROPS, TOKENS, RATE = 20, 20, 1000, 100
STREAMS, STREAM_TOKENS, STREAM_RATE = 50, 300, 30
AWAY_SECONDS = 0.3
ACKNOWLEDGE_SECONDS = 0.2
DEADLINE_SECONDS = 120.0


@dataclass
class Reader:
    """One client's copy of one reply, and what happened to it."""

    chat: str
    reply: str
    seq: int = 0
    text: str = ""
    status: str = ""
    missed: int = 0
    repeated: int = 0
    gaps: int = 0
    acknowledged_at: float = 0.0
    resumed_ms: list[float] = field(default_factory=list)
    delays_ms: list[float] = field(default_factory=list)

    def apply(self, frame: Frame) -> None:
        if frame["type"] == "reply.gap":
            self.gaps += 1
        elif frame["seq"] <= self.seq:
            self.repeated += 1
            return
        else:
            self.missed += frame["seq"] - self.seq - 1
        self.seq = frame["seq"]
        if frame["type"] == "reply.delta":
            self.text += frame["text"]
        elif frame["type"] == "reply.done":
            self.status = frame["status"]


class Sockets:
    def __init__(self, stack: Stack, person: Person) -> None:
        self._stack = stack
        self._headers = {"Cookie": person.cookie_header(), "Origin": stack.url}

    def open(self, reader: Reader) -> connect:
        address = f"ws://127.0.0.1:{self._stack.port}/ws/chats/{reader.chat}/"
        return connect(address, additional_headers=self._headers, compression=None, max_size=2**24)


async def follow(socket: ClientConnection, reader: Reader) -> Frame:
    """The next frame of the reply, applied and acknowledged."""
    while True:
        frame: Frame = json.loads(await socket.recv())
        if frame.get("reply_id") == reader.reply and "seq" in frame:
            reader.apply(frame)
            # As the page does: five times a second at most.
            if time.monotonic() - reader.acknowledged_at > ACKNOWLEDGE_SECONDS:
                reader.acknowledged_at = time.monotonic()
                await socket.send(json.dumps({"type": "reply.ack", "reply_id": reader.reply, "seq": reader.seq}))
            return frame


async def read_with_drops(sockets: Sockets, reader: Reader, rng: random.Random) -> None:
    drops = sorted(rng.sample(range(2, TOKENS - 5), DROPS))
    while not reader.status:
        began = time.monotonic()
        async with sockets.open(reader) as socket:
            await socket.send(json.dumps({"type": "reply.subscribe", "reply_id": reader.reply, "after": reader.seq}))
            await follow(socket, reader)
            reader.resumed_ms.append((time.monotonic() - began) * 1000)
            try:
                while not reader.status and not (drops and reader.seq >= drops[0]):
                    await follow(socket, reader)
            except ConnectionClosed:
                continue
            if not reader.status:
                drops = [drop for drop in drops if drop > reader.seq]
                socket.transport.abort()
        if not reader.status:
            await asyncio.sleep(rng.uniform(0, AWAY_SECONDS))


async def read_stamped(sockets: Sockets, reader: Reader) -> None:
    async with sockets.open(reader) as socket:
        await socket.send(json.dumps({"type": "reply.subscribe", "reply_id": reader.reply, "after": 0}))
        while not reader.status:
            frame = await follow(socket, reader)
            heard = time.monotonic_ns()
            for stamp in frame.get("text", "").split():
                reader.delays_ms.append((heard - int(stamp)) / 1e6)


def start(person: Person, count: int, text: str) -> list[Reader]:
    chats = [person.new_chat() for _ in range(count)]
    return [Reader(chat, person.send(chat, text).json()["reply_id"]) for chat in chats]


def cpu_seconds(stack: Stack) -> dict[str, float]:
    ticks = os.sysconf("SC_CLK_TCK")
    spent = {}
    for name in ("web", "gpu", "redis"):
        fields = Path(f"/proc/{stack.pid(name)}/stat").read_text().rpartition(")")[2].split()
        spent[name] = (int(fields[11]) + int(fields[12])) / ticks
    return spent


async def resume(stack: Stack, person: Person, seed: int) -> list[Reader]:
    readers = start(person, CLIENTS, f"[tokens={TOKENS} rate={RATE} delay=3]")
    sockets = Sockets(stack, person)
    work = [read_with_drops(sockets, reader, random.Random(seed + at)) for at, reader in enumerate(readers)]
    await asyncio.wait_for(asyncio.gather(*work), DEADLINE_SECONDS)
    return readers


async def append(stack: Stack, person: Person) -> tuple[list[Reader], dict[str, float]]:
    readers = start(person, STREAMS, f"[tokens={STREAM_TOKENS} rate={STREAM_RATE} delay=4 stamp=1]")
    before = cpu_seconds(stack)
    sockets = Sockets(stack, person)
    await asyncio.wait_for(asyncio.gather(*(read_stamped(sockets, reader) for reader in readers)), DEADLINE_SECONDS)
    after = cpu_seconds(stack)
    return readers, {name: after[name] - before[name] for name in after}


def main() -> None:
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    with running_stack() as stack:
        person = Person(stack.url).sign_up("bench@example.org")
        # One reply first, so that no lazy import is measured.
        first = start(person, 1, "[tokens=5]")[0]
        asyncio.run(read_stamped_once(stack, person, first))
        dropped = asyncio.run(resume(stack, person, seed))
        rows = {reader.reply: person.reply(reader.reply)["text"] for reader in dropped}
        live, cpu = asyncio.run(append(stack, person))

    whole = scripted_text(TOKENS)
    wrong = sum(reader.text != whole or rows[reader.reply] != whole for reader in dropped)
    lost, duplicated = sum(reader.missed for reader in dropped), sum(reader.repeated for reader in dropped)
    resumed = [value for reader in dropped for value in reader.resumed_ms[1:]]
    delays = [value for reader in live for value in reader.delays_ms]
    per_token = {name: spent / len(delays) * 1e6 for name, spent in cpu.items()}
    print(f"seed {seed}")
    print(f"{'':28}{'p50':>9}{'p95':>9}{'max':>9}")
    print(f"{'resume, ms':28}{statistics.median(resumed):9.1f}{percentile(resumed, 0.95):9.1f}{max(resumed):9.1f}")
    print(
        f"{'append to client, ms':28}{statistics.median(delays):9.2f}{percentile(delays, 0.95):9.2f}{max(delays):9.1f}"
    )
    print(
        f"{len(resumed)} reconnections of {CLIENTS} clients; {len(delays)} tokens on {STREAMS} streams; "
        f"{sum(reader.gaps for reader in dropped)} gaps"
    )
    print("CPU us per token: " + ", ".join(f"{name} {value:.0f}" for name, value in per_token.items()))
    print(
        f"wrong={wrong} lost={lost} duplicated={duplicated} resume_p95_ms={percentile(resumed, 0.95):.1f} "
        f"append_p50_ms={statistics.median(delays):.2f} append_p95_ms={percentile(delays, 0.95):.2f} "
        f"cpu_us_per_token={sum(per_token.values()):.0f}"
    )


async def read_stamped_once(stack: Stack, person: Person, reader: Reader) -> None:
    async with Sockets(stack, person).open(reader) as socket:
        await socket.send(json.dumps({"type": "reply.subscribe", "reply_id": reader.reply, "after": 0}))
        while not reader.status:
            await follow(socket, reader)


if __name__ == "__main__":
    main()
