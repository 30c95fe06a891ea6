"""From entries to frames: a page that stopped anywhere goes on as if it had never stopped."""

from hypothesis import given
from hypothesis import strategies as st

from chats.streaming import Reading
from chats.tests.page import Page
from core.markdown import blocks
from core.streams.entries import Delta, Done, Entry, Gap, Numbered, Restart, Start, Telling

PIECES = st.lists(
    st.sampled_from(["word ", "\n", "\n\n", "- item\n", "```\n", "code\n", "# Title\n", "*", "🙂", "| a |\n",
                     "\r\n", "\0"]),
    max_size=6,
).map("".join)  # fmt: skip
ENTRIES: st.SearchStrategy[Entry] = st.one_of(
    st.builds(Delta, PIECES, PIECES),
    st.builds(Delta, PIECES),
    st.builds(Start, st.just(1)),
    st.builds(Restart, st.just(2)),
    st.builds(Gap, PIECES, PIECES),
)
LOGS = st.lists(ENTRIES, max_size=12).map(
    lambda said: [Numbered(seq, entry) for seq, entry in enumerate([*said, Done("done")], start=1)]
)


def seen(page: Page) -> tuple[list[str], str, str]:
    """Line ends before the first word of the open block show nothing."""
    return page.blocks, page.tail.lstrip("\n"), page.thinking


@given(LOGS)
def test_a_page_that_stopped_anywhere_goes_on_as_if_it_had_not(log: list[Numbered]) -> None:
    whole, reading, told = Page(), Reading("r"), Telling()
    stops = [(whole.copy(), told)]
    for numbered in log:
        assert whole.apply(reading.frame(numbered)) == "applied"
        told = told.after(numbered)
        stops.append((whole.copy(), told))
    for page, known in stops:
        resumed = Reading("r", known)
        for numbered in log[known.seq :]:
            assert page.apply(resumed.frame(numbered)) == "applied"
        assert page == whole


@given(LOGS)
def test_a_page_shows_what_the_row_would_show(log: list[Numbered]) -> None:
    page, reading, told = Page(), Reading("r"), Telling()
    for numbered in log[:-1]:
        page.apply(reading.frame(numbered))
        told = told.after(numbered)
        assert seen(page) == seen(Page.of_row(told))
    page.apply(reading.frame(log[-1]))
    assert (tuple(page.blocks), page.tail) == (blocks(told.text), "")


def test_a_frame_names_its_reply_and_its_number() -> None:
    frame = Reading("r").frame(Numbered(1, Delta("a", "b")))
    assert frame == {"type": "reply.delta", "reply_id": "r", "seq": 1, "text": "a", "thinking": "b"}


def test_a_frame_that_closes_a_block_carries_it() -> None:
    frame = Reading("r").frame(Numbered(1, Delta("One.\n\nTw")))
    assert frame.get("blocks") == [{"index": 0, "html": "<p>One.</p>\n"}]
    assert frame.get("tail") == "Tw"
