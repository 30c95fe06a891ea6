"""What fits into a prompt."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from memory.recalling.packing import Item, Packing, beginning, excerpt, heading

BEGAN = datetime(2026, 3, 1, 18, tzinfo=UTC)
TEXTS = st.text(alphabet="ab .!?", min_size=1, max_size=60)
ITEMS = st.lists(st.tuples(TEXTS, st.integers(0, 5)), max_size=30).map(
    lambda made: [Item(str(at), line, BEGAN + timedelta(days=day, minutes=at)) for at, (line, day) in enumerate(made)]
)


def letters(line: str) -> int:
    return len(line)


@given(ITEMS, st.integers(0, 400))
def test_no_budget_is_exceeded_as_the_prompt_has_it(items: list[Item], budget: int) -> None:
    packing = Packing(budget, letters)
    for item in items:
        packing.add([item])
    chosen = [item for item, _tokens in packing.in_time()]
    days = dict.fromkeys(item.said_at.date() for item in chosen)
    text = "".join(f"{heading(day)}\n" for day in days) + "".join(f"{item.line}\n" for item in chosen)
    assert letters(text) == sum(tokens for _item, tokens in packing.in_time())
    assert letters(text) <= budget


@given(ITEMS, st.integers(0, 400))
def test_lines_are_in_the_order_of_time(items: list[Item], budget: int) -> None:
    packing = Packing(budget, letters)
    for item in reversed(items):
        packing.add([item])
    times = [item.said_at for item, _tokens in packing.in_time()]
    assert times == sorted(times)


def test_what_does_not_fit_is_skipped_and_the_next_tried() -> None:
    packing = Packing(40, letters)
    assert not packing.add([Item("1", "x" * 60, BEGAN)])
    assert packing.add([Item("2", "short", BEGAN)])


def test_a_group_fits_whole_or_not_at_all() -> None:
    packing = Packing(40, letters)
    assert not packing.add([Item("1", "short", BEGAN), Item("2", "x" * 60, BEGAN)])
    assert packing.chosen == {}


def test_a_long_text_is_told_around_what_is_asked() -> None:
    text = "Nothing here. " * 60 + "The boat is called Heron. It is blue. " + "Nothing there. " * 60
    part = excerpt(text, ["'boat'", "'call'"], 200)
    assert "The boat is called Heron. It is blue." in part
    assert part.startswith("… ")
    assert part.endswith(" …")
    assert len(part) <= 204


@given(st.text(max_size=600), st.integers(10, 300))
def test_an_excerpt_is_never_longer_than_asked_for(text: str, longest: int) -> None:
    assert len(excerpt(text, ["'boat'"], longest)) <= longest + len("…  …")


def test_a_beginning_ends_with_a_sentence() -> None:
    assert beginning("One two. Three four. Five six.", 18, letters) == "One two."
    assert beginning("One two.", 3, letters) == ""
