"""Caches of chats without a slot: found by the longest shared beginning, kept within a budget of bytes."""

from hypothesis import given
from hypothesis import strategies as st

from inference.text.parking import Parked, Parking, shared_prefix

tokens = st.lists(st.integers(0, 2), max_size=40)


def parked(key: str, *held: int, size: int = 10) -> Parked:
    return Parked(key, list(held), bytearray(size))


@given(tokens, tokens, tokens)
def test_what_two_share_is_what_both_begin_with(beginning: list[int], one: list[int], other: list[int]) -> None:
    one, other = beginning + one, beginning + other
    shared = shared_prefix(one, other)
    assert one[:shared] == other[:shared]
    assert shared == min(len(one), len(other)) or one[shared] != other[shared]


def test_the_longest_shared_beginning_is_found() -> None:
    parking = Parking(100)
    for held in (parked("short", 1, 2), parked("long", 1, 2, 3, 4), parked("other", 5, 6, 7, 8)):
        parking.put(held)
    found, shared = parking.best([1, 2, 3, 9])
    assert found is not None
    assert (found.key, shared) == ("long", 3)
    assert parking.best([0]) == (None, 0)


def test_the_one_left_alone_longest_makes_room() -> None:
    parking = Parking(30)
    for name in "abc":
        parking.put(parked(name, ord(name)))
    parking.best([ord("a")])
    parking.put(parked("d", ord("d")))
    assert parking.best([ord("b")]) == (None, 0)
    assert parking.best([ord("a")])[1] == 1


def test_what_is_larger_than_all_the_room_is_not_kept() -> None:
    parking = Parking(30)
    parking.put(parked("a", 1))
    assert not parking.put(parked("b", 2, size=31))
    assert (len(parking), parking.used_bytes) == (1, 10)


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(0, 40)), max_size=40))
def test_the_budget_is_never_passed(puts: list[tuple[str, int]]) -> None:
    parking = Parking(60)
    for name, size in puts:
        parking.put(parked(name, ord(name), size=size))
        assert 0 <= parking.used_bytes <= 60
        assert parking.used_bytes == sum(len(held.state) for held in parking._kept.values())
