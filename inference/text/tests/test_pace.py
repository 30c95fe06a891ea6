"""As much of a prompt is read beside the speakers as nobody notices, whatever the machine."""

from math import inf

from hypothesis import given
from hypothesis import strategies as st

from inference.text.pace import BURST, LEAST_TOKENS, STRETCH_TOKENS, TILE_TOKENS, TOO_LONG, Pace

BESIDE, ALONE, MOST = 0.25, 0.5, 2048


def learned(seconds_a_token: float, start: int = 0) -> Pace:
    """A pace that has seen a machine of this speed."""
    pace = Pace(MOST, BESIDE, ALONE)
    pace.seen(start, TILE_TOKENS, TILE_TOKENS * seconds_a_token)
    return pace


def test_it_begins_carefully() -> None:
    pace = Pace(MOST, BESIDE, ALONE)
    assert (pace.allowed(3), pace.allowed(0)) == (BESIDE, BURST * ALONE)
    assert pace.chunk(0, 5000, BESIDE) == TILE_TOKENS


@given(st.floats(1e-6, 1.0), st.integers(0, 8000), st.integers(1, 8000), st.floats(-0.5, 1.0))
def test_a_chunk_takes_as_long_as_it_may_and_no_longer_than_one_tile_or_the_least(
    seconds_a_token: float, start: int, left: int, seconds: float
) -> None:
    count = learned(seconds_a_token).chunk(start, left, seconds)
    seconds = min(seconds, ALONE)
    assert 1 <= count <= min(left, MOST)
    assert count == left or count % TILE_TOKENS == 0 or count < TILE_TOKENS
    if count >= TILE_TOKENS:
        assert count == MOST or left == count or left - count >= TILE_TOKENS
    took = (count if count < 2 * TILE_TOKENS else count - TILE_TOKENS) * seconds_a_token
    assert (
        took <= seconds * 1.001
        or count <= LEAST_TOKENS
        or (count == min(left, TILE_TOKENS) and TILE_TOKENS * seconds_a_token <= TOO_LONG * seconds * 1.001)
    )
    if count < min(left, MOST) and count > TILE_TOKENS:
        assert (count + TILE_TOKENS) * seconds_a_token > seconds * 0.999


def test_deep_in_a_prompt_where_a_token_costs_more_less_is_read() -> None:
    pace, deep = learned(0.0002), 8 * STRETCH_TOKENS
    assert pace.chunk(deep, 5000, BESIDE) == pace.chunk(0, 5000, BESIDE)
    pace.seen(deep, TILE_TOKENS, TILE_TOKENS * 0.001)
    assert pace.chunk(0, 5000, BESIDE) > 4 * pace.chunk(deep, 5000, BESIDE)
    assert pace.chunk(deep + STRETCH_TOKENS, 5000, BESIDE) == pace.chunk(deep, 5000, BESIDE)


def test_it_follows_a_machine_that_becomes_busy() -> None:
    pace = learned(1e-4)
    before = pace.chunk(0, 5000, BESIDE)
    for _ in range(20):
        pace.seen(0, TILE_TOKENS, TILE_TOKENS * 1e-3)
    assert pace.chunk(0, 5000, BESIDE) < before / 4


def test_a_handful_of_tokens_says_nothing_about_many() -> None:
    pace = learned(1e-4)
    pace.seen(0, LEAST_TOKENS - 1, 60.0)
    assert pace.cost(0) == 1e-4


def test_without_a_limit_everything_is_read_at_once() -> None:
    pace = Pace(MOST, inf, inf)
    assert pace.chunk(0, 5000, pace.allowed(3)) == pace.chunk(0, 5000, pace.allowed(0)) == MOST


def test_one_prompt_alone_is_read_in_chunks_that_stop_can_come_between() -> None:
    pace = learned(0.001)
    assert pace.chunk(0, 5000, pace.allowed(0)) * 0.001 <= ALONE
