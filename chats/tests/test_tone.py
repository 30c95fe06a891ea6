"""Sentiment moves temperature and top-p a little, within bounds, and in the right direction."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chats.tone import MOST_TEMPERATURE, MOST_TOP_P, TEMPERATURES, TOP_PS, toned
from inference.text.sampling import SamplingParams

DEFAULT = SamplingParams()
compounds = st.floats(-1, 1)
params = st.builds(SamplingParams, temperature=st.floats(0, 5), top_p=st.floats(0, 1))


@pytest.mark.parametrize("compound", [-0.3, -0.1, 0.0, 0.5])
def test_an_even_message_changes_nothing(compound: float) -> None:
    assert toned(DEFAULT, compound) == DEFAULT


def test_delight_makes_it_bolder_and_grief_calmer() -> None:
    bold, calm = toned(DEFAULT, 0.9), toned(DEFAULT, -0.9)
    assert bold.temperature > DEFAULT.temperature > calm.temperature
    assert bold.top_p > DEFAULT.top_p > calm.top_p


@given(params, compounds)
def test_it_stays_near_and_within_bounds(given_: SamplingParams, compound: float) -> None:
    made = toned(given_, compound)
    assert abs(made.temperature - given_.temperature) <= MOST_TEMPERATURE + 0.001
    assert abs(made.top_p - given_.top_p) <= MOST_TOP_P + 0.001
    for value, before, (low, high) in (
        (made.temperature, given_.temperature, TEMPERATURES),
        (made.top_p, given_.top_p, TOP_PS),
    ):
        assert min(low, before) - 0.001 <= value <= max(high, before) + 0.001


@given(compounds, compounds)
def test_more_joy_is_never_calmer(one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert toned(DEFAULT, low).temperature <= toned(DEFAULT, high).temperature
