"""A model that goes on with the user's line is stopped before anybody sees it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.text.speakers import SpeakerGuard
from inference.text.tests.test_pieces import pieces_of


def spoken(pieces: list[str]) -> tuple[str, bool]:
    guard, shown = SpeakerGuard("Azera", ["Robin", "Areza"]), ""
    for number, piece in enumerate([*pieces, ""]):
        text, stopped = guard.push(piece, final=number == len(pieces))
        shown += text
        if stopped:
            return shown, True
    return shown, False


SCRIPT = "Azera: Good evening.\nIt rains.\n\n**Robin:** Is that so?\nAzera: It is."


class TestSpeakerGuard:
    @given(st.data())
    def test_only_its_own_lines_are_shown_however_the_text_is_cut(self, data: st.DataObject) -> None:
        shown, stopped = spoken(pieces_of(SCRIPT, data))
        assert (shown.rstrip(), stopped) == ("Good evening.\nIt rains.", True)

    @pytest.mark.parametrize("said", ["robin: well", "  Robin: well", "**Areza**: well", "*Robin:* well"])
    def test_somebody_elses_line_is_recognised_in_many_spellings(self, said: str) -> None:
        assert spoken([said]) == ("", True)

    @pytest.mark.parametrize(
        "said", ["Robin has a point: it rains.", "I told Robin: no.", "Rob", "Azera is my name.", "The list:\n- one"]
    )
    def test_a_name_that_does_not_speak_is_text(self, said: str) -> None:
        assert spoken([said]) == (said, False)

    def test_only_what_may_become_a_name_is_held_back(self) -> None:
        guard = SpeakerGuard("Azera", ["Robin"])
        assert guard.push("Good") == ("Good", False)
        assert guard.push(" day.\nRo") == (" day.\n", False)
        assert guard.push("ads are wet.") == ("Roads are wet.", False)

    def test_without_names_nothing_is_held(self) -> None:
        assert SpeakerGuard().push("Robin: hello") == ("Robin: hello", False)
