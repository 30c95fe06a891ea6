"""As much of a prompt is read beside the speakers as nobody notices, whatever the machine."""

from math import inf

from hypothesis import given
from hypothesis import strategies as st

from inference.text.pace import LEAST_TOKENS, Pace

BESIDE, ALONE = 0.1, 0.5


def learned(seconds_a_token: float, seconds_a_step: float = 0.02) -> Pace:
    """A pace that has seen a machine of this speed, alone and beside speakers."""
    pace = Pace(2048, BESIDE, ALONE)
    for _ in range(40):
        pace.seen(4, 0, seconds_a_step)
        pace.seen(4, 64, seconds_a_step + 64 * seconds_a_token)
    return pace


def test_it_begins_carefully_beside_speakers_and_with_all_it_has_alone() -> None:
    pace = Pace(2048, BESIDE, ALONE)
    assert (pace.room(3), pace.room(0)) == (LEAST_TOKENS, 2048)


@given(st.floats(1e-5, 1e-1))
def test_a_step_takes_as_long_as_it_may_and_no_longer(seconds_a_token: float) -> None:
    pace = learned(seconds_a_token)
    for speaking, allowed in ((4, BESIDE), (0, ALONE)):
        room = pace.room(speaking)
        assert LEAST_TOKENS <= room <= 2048
        assert room == LEAST_TOKENS or room * seconds_a_token <= allowed * 1.01
        assert room == 2048 or (room + 1) * seconds_a_token >= allowed * 0.99 or room == LEAST_TOKENS


def test_it_follows_a_machine_that_becomes_busy() -> None:
    pace = learned(1e-4)
    before = pace.room(1)
    for _ in range(20):
        pace.seen(4, 64, 0.02 + 64 * 2e-3)
    assert pace.room(1) < before / 4


def test_without_a_limit_everything_is_read_at_once() -> None:
    assert Pace(2048, inf, inf).room(4) == 2048
