"""A chain of thought is told apart from the reply, however the text arrives."""

from hypothesis import given
from hypothesis import strategies as st

from inference.text.channels import Channels
from inference.text.tests.test_pieces import TEXTS, pieces_of


def channelled(pieces: list[str], *, thinks: bool = False) -> tuple[str, str]:
    channels, text, thinking = Channels(thinks=thinks), "", ""
    for number, piece in enumerate([*pieces, ""]):
        said = channels.push(piece, final=number == len(pieces))
        text, thinking = text + said.text, thinking + said.thinking
    return text, thinking


class TestChannels:
    @given(TEXTS, TEXTS, st.sampled_from(["think", "thinking", "reasoning"]), st.data())
    def test_thoughts_are_told_apart_however_the_text_is_cut(
        self, thought: str, reply: str, tag: str, data: st.DataObject
    ) -> None:
        pieces = pieces_of(f"<{tag}>{thought}</{tag}>\n\n{reply}", data)
        assert channelled(pieces) == (reply.lstrip(), thought)

    @given(TEXTS, st.data())
    def test_what_has_no_tag_is_a_reply(self, reply: str, data: st.DataObject) -> None:
        assert channelled(pieces_of(reply, data)) == (reply.lstrip(), "")

    def test_the_prompt_may_have_opened_it(self) -> None:
        assert channelled(["Hm, wel", "l.</th", "ink>So", " be it."], thinks=True) == ("So be it.", "Hm, well.")

    def test_a_tag_that_is_mentioned_is_text(self) -> None:
        said = "It writes <think> and </think> around its thoughts."
        assert channelled([said]) == (said, "")

    def test_a_thought_that_never_ends_is_no_reply(self) -> None:
        assert channelled(["<think>round and ", "round</thi"]) == ("", "round and round</thi")

    def test_the_first_word_is_shown_at_once(self) -> None:
        assert Channels().push("Good").text == "Good"
