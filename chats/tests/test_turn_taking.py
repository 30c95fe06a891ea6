"""Who answers in a chat with several characters."""

import random
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chats.turn_taking import Seat, Table, by_name, mentioned, natural, pooled, round_robin

IDS = [UUID(int=number) for number in range(1, 9)]
NAMES = ["Mira Vale", "Captain Idris", "Captain Wren", "Ann", "Ann Marie", "The Narrator", "Kael the Unlucky", "米拉"]
KINDS = ("natural", "round_robin", "pooled")


@st.composite
def tables(draw: st.DrawFn) -> Table:
    number = draw(st.integers(0, 8))
    seats = tuple(
        Seat(
            IDS[at],
            NAMES[at],
            draw(st.sampled_from([0.0, 0.3, 1.0])),
            draw(st.booleans()),
        )
        for at in draw(st.permutations(range(number)))
    )
    ids = [seat.id for seat in seats]
    last = draw(st.sampled_from([None, *ids, UUID(int=99)]))
    spoken = draw(st.frozensets(st.sampled_from(ids))) if ids else frozenset()
    return Table(seats, last, spoken)


def chosen(kind: str, table: Table, text: str, most: int, seed: int) -> list[UUID]:
    chance = random.Random(seed)
    match kind:
        case "natural":
            return natural(table, text, most, chance)
        case "pooled":
            return pooled(table, most, chance)
        case _:
            return round_robin(table, most)


@pytest.mark.parametrize("kind", KINDS)
@given(
    table=tables(), text=st.sampled_from(["", *NAMES, " and ".join(NAMES)]), most=st.integers(1, 8), seed=st.integers()
)
def test_whoever_may_speaks_and_nobody_else(kind: str, table: Table, text: str, most: int, seed: int) -> None:
    able = {seat.id for seat in table.seats if not seat.is_muted}
    speakers = chosen(kind, table, text, most, seed)
    assert set(speakers) <= able
    assert len(speakers) == len(set(speakers)) <= most
    assert bool(speakers) == bool(able)


@given(table=tables(), most=st.integers(1, 8), seed=st.integers(), data=st.data())
def test_who_is_named_goes_first(table: Table, most: int, seed: int, data: st.DataObject) -> None:
    able = [seat for seat in table.may_speak if seat.id != table.last]
    if not able:
        return
    seat = data.draw(st.sampled_from(able))
    assert natural(table, f"And you, {seat.name}?", most, random.Random(seed))[0] == seat.id


@given(table=tables(), most=st.integers(1, 8), seed=st.integers())
def test_nobody_answers_their_own_words_while_another_may(table: Table, most: int, seed: int) -> None:
    others = [seat for seat in table.may_speak if seat.id != table.last]
    text = next((seat.name for seat in table.seats if seat.id == table.last), "")
    speakers = natural(table, text, most, random.Random(seed))
    assert not others or table.last not in speakers


@given(table=tables(), most=st.integers(1, 8))
def test_in_order_everybody_comes_round(table: Table, most: int) -> None:
    able = [seat.id for seat in table.may_speak]
    heard: list[UUID] = []
    for _ in able:
        speakers = round_robin(Table(table.seats, heard[-1] if heard else table.last), most)
        heard += speakers
    assert set(heard) == set(able)
    assert heard[: len(able)] == list(dict.fromkeys(heard))


@given(table=tables(), seed=st.integers())
def test_in_any_order_everybody_speaks_once_before_anybody_speaks_twice(table: Table, seed: int) -> None:
    chance = random.Random(seed)
    able = [seat.id for seat in table.may_speak]
    heard: list[UUID] = []
    for _ in able:
        heard += pooled(Table(table.seats, heard[-1] if heard else None, frozenset(heard)), 1, chance)
    assert sorted(heard) == sorted(able)


def seats(*names: str) -> list[Seat]:
    return [Seat(IDS[at], name) for at, name in enumerate(names)]


@pytest.mark.parametrize(
    ("names", "text", "expected"),
    [
        (["Mira Vale", "Idris"], "what says mira?", [0]),
        (["Mira Vale", "Idris"], "Idris, and then Mira.", [1, 0]),
        (["Mira Vale", "Idris"], "Admiral Idrissa waits.", []),
        (["Captain Idris", "Captain Wren"], "Captain!", []),
        (["Captain Idris", "Captain Wren"], "captain wren!", [1]),
        (["Ann", "Ann Marie"], "Ann Marie, sit down.", [1]),
        (["Ann", "Ann Marie"], "Ann, sit down. You too, Marie.", [0, 1]),
        (["The Narrator", "Kael the Unlucky"], "the storm breaks", []),
        (["The Narrator", "Kael the Unlucky"], "unlucky again, said the narrator", [1, 0]),
        (["米拉", "Wren"], "你好米拉，来吧", [0]),
        (["Wren", "Wren"], "Wren?", [0, 1]),
        (["  ", "Idris"], "   ", []),
        (["C++", "a.b"], "Ask C++ or a.b", [0, 1]),
        (["mira vale", "Idris"], "Vale!", [0]),
    ],
)
def test_who_is_called(names: list[str], text: str, expected: list[int]) -> None:
    assert mentioned(seats(*names), text) == [IDS[at] for at in expected]


def test_the_first_name_that_the_director_says_counts() -> None:
    table = seats("Mira Vale", "Idris")
    assert by_name(table, "**Idris** (not Mira)") == IDS[1]
    assert by_name(table, "Nobody.") is None


@given(st.lists(st.text(max_size=12), max_size=8), st.text(max_size=200))
def test_any_names_and_any_text_can_be_read(names: list[str], text: str) -> None:
    found = mentioned(seats(*names), text)
    assert len(found) == len(set(found))
