"""How much a message is worth remembering."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.emotion.emotion import NONE, Emotion, Feeling
from memory.importance import importance

SAD = Feeling(Emotion.SADNESS, 2 / 3, {Emotion.SADNESS: 2 / 3})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", 0.5),
        ("The train leaves at nine.", 0.5),
        ("hi taxi, meme army", 0.5),
        ("I see.", 0.55),
        ("I'm late.", 0.55),
        ("I told me and my I", 0.6),
        ("really?", 0.6),
        ("really??", 0.65),
        ("really???????", 0.65),
        ("go!", 0.55),
        ("go!!!!!!", 0.6),
        ("x" * 200, 0.5),
        ("x" * 201, 0.65),
        ("I?? Me!! " + "x" * 200, 1.0),
    ],
)
def test_each_sign_counts_up_to_its_most(text: str, expected: float) -> None:
    assert importance(text, NONE) == pytest.approx(expected)


def test_a_feeling_counts_by_its_weight_and_how_sure_it_is() -> None:
    assert importance("", SAD) == pytest.approx(0.5 + 2 / 3 * 1.0 * 0.3)


@given(st.text(max_size=400), st.sampled_from(Emotion), st.floats(0, 1))
def test_it_is_never_less_than_half_nor_more_than_whole(text: str, emotion: Emotion, confidence: float) -> None:
    assert 0.5 <= importance(text, Feeling(emotion, confidence, {})) <= 1
