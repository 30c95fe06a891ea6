"""A page that does not read costs its window and not the reply."""

import asyncio
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chats import flow
from chats.flow import WINDOW_BYTES, Stalled, Window

HALF = WINDOW_BYTES // 2


@pytest.fixture
def reply_id() -> UUID:
    return uuid4()


async def settled(task: "asyncio.Task[None]") -> bool:
    """Whether it is done once everything that could run has run."""
    for _ in range(5):
        await asyncio.sleep(0)
    return task.done()


async def test_it_waits_at_sixty_four_kibibytes_and_goes_on_after_an_acknowledgement(reply_id: UUID) -> None:
    window = Window()
    await window.send(reply_id, 1, HALF)
    await window.send(reply_id, 2, HALF)
    third = asyncio.create_task(window.send(reply_id, 3, 1))
    assert not await settled(third)
    window.acknowledge(reply_id, 1)
    assert await settled(third)


async def test_an_acknowledgement_counts_for_everything_before_it(reply_id: UUID) -> None:
    window = Window()
    for seq in range(1, 9):
        await window.send(reply_id, seq, WINDOW_BYTES // 8)
    window.acknowledge(reply_id, 8)
    await asyncio.wait_for(window.send(reply_id, 9, WINDOW_BYTES), 1)


async def test_an_acknowledgement_of_another_reply_gives_no_room(reply_id: UUID) -> None:
    window = Window()
    await window.send(reply_id, 1, WINDOW_BYTES)
    second = asyncio.create_task(window.send(reply_id, 2, 1))
    window.acknowledge(uuid4(), 100)
    assert not await settled(second)
    second.cancel()


async def test_a_frame_larger_than_the_window_goes_out_alone(reply_id: UUID) -> None:
    window = Window()
    await asyncio.wait_for(window.send(reply_id, 1, WINDOW_BYTES * 2), 1)


async def test_two_replies_share_one_window(reply_id: UUID) -> None:
    window, other = Window(), uuid4()
    await window.send(reply_id, 1, HALF)
    await window.send(other, 1, HALF)
    third = asyncio.create_task(window.send(other, 2, 1))
    assert not await settled(third)
    window.acknowledge(reply_id, 1)
    assert await settled(third)


async def test_one_who_reads_another_place_owes_nothing_for_the_old_one(reply_id: UUID) -> None:
    window = Window()
    await window.send(reply_id, 1, WINDOW_BYTES)
    window.forget(reply_id)
    await asyncio.wait_for(window.send(reply_id, 1, WINDOW_BYTES), 1)


async def test_one_who_never_reads_is_given_up(reply_id: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flow, "STALL_SECONDS", 0.05)
    window = Window()
    await window.send(reply_id, 1, WINDOW_BYTES)
    with pytest.raises(Stalled):
        await window.send(reply_id, 2, 1)


def test_ten_seconds_are_given() -> None:
    assert flow.STALL_SECONDS == 10.0


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(1, HALF)), max_size=30), st.data())
def test_what_is_on_its_way_never_exceeds_the_window(sizes: list[tuple[int, int]], data: st.DataObject) -> None:
    replies = [uuid4() for _ in range(3)]

    async def play() -> None:
        window = Window()
        out: dict[UUID, dict[int, int]] = {reply: {} for reply in replies}
        for seq, (which, size) in enumerate(sizes, start=1):
            sending = asyncio.create_task(window.send(replies[which], seq, size))
            while not await settled(sending):
                reply = data.draw(st.sampled_from([reply for reply in replies if out[reply]]))
                upto = data.draw(st.sampled_from(sorted(out[reply])))
                window.acknowledge(reply, upto)
                out[reply] = {known: bytes_ for known, bytes_ in out[reply].items() if known > upto}
            out[replies[which]][seq] = size
            assert sum(sum(sent.values()) for sent in out.values()) <= WINDOW_BYTES

    asyncio.run(play())
