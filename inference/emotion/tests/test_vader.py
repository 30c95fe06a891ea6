"""What VADER makes of plain sentences."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.emotion.adapters import vader


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [
        ("I love this, thank you so much!", 0.5, 1.0),
        ("I hate everything about this awful day.", -1.0, -0.3),
        ("The train leaves at nine.", -0.3, 0.5),
        ("", 0.0, 0.0),
    ],
)
def test_joy_is_high_grief_is_low_and_facts_are_neither(text: str, least: float, most: float) -> None:
    assert least <= vader.build().analyze(text).compound <= most


@given(st.text(max_size=200))
def test_any_text_has_a_sentiment_within_its_bounds(text: str) -> None:
    found = vader.build().analyze(text)
    assert -1 <= found.compound <= 1
    assert all(0 <= share <= 1 for share in (found.positive, found.negative, found.neutral))
