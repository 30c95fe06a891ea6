"""As many models as memory holds: exchanged between replies, never under one."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest

from inference.errors import EngineUnavailable
from inference.lending import Lender
from inference.testing import ScriptedBackend
from inference.text.engine import Engine, TextEngine
from inference.text.settings import TextSettings


class Watched(Engine):
    """Remembers that it was closed."""

    closed = False

    def close(self) -> None:
        assert not self.closed
        self.closed = True
        super().close()


@dataclass
class Garage:
    """Builds engines; `broken` are those that cannot be, and `only_alone` those that need all memory."""

    built: list[Watched] = field(default_factory=list)
    broken: set[str] = field(default_factory=set)
    only_alone: set[str] = field(default_factory=set)
    refused: list[str] = field(default_factory=list)

    def build(self, settings: TextSettings) -> TextEngine:
        beside = any(not engine.closed for engine in self.built)
        if settings.model in self.broken or (settings.model in self.only_alone and beside):
            raise EngineUnavailable(f"no {settings.model}")
        engine = Watched(ScriptedBackend(name=settings.model))
        self.built.append(engine)
        return engine

    def hear(self, settings: TextSettings, error: Exception) -> None:
        self.refused.append(f"{settings.model}: {error}")


@pytest.fixture
def garage() -> Garage:
    return Garage()


@pytest.fixture
def lender(garage: Garage) -> Lender:
    return Lender(garage.build)


USUAL = TextSettings("", "usual")
OTHER = TextSettings("", "other")


def name(lender: Lender, garage: Garage, wanted: TextSettings | None) -> str:
    with lender.lend(wanted, USUAL, garage.hear) as engine:
        return engine.name


def test_the_next_reply_is_told_by_the_one_that_was_chosen(lender: Lender, garage: Garage) -> None:
    assert name(lender, garage, USUAL) == "usual"
    assert name(lender, garage, OTHER) == "other"
    assert [engine.closed for engine in garage.built] == [True, False]
    assert name(lender, garage, USUAL) == "usual"


def test_a_reply_that_is_being_told_is_not_cut_off(lender: Lender, garage: Garage) -> None:
    with lender.lend(USUAL, USUAL, garage.hear) as telling:
        with lender.lend(USUAL, USUAL, garage.hear):
            assert name(lender, garage, OTHER) == "other"
        assert not garage.built[0].closed
        assert telling.count("one two three") == 3
    assert garage.built[0].closed
    assert not garage.built[1].closed


def test_one_that_cannot_be_built_changes_nothing_and_is_not_tried_each_time(lender: Lender, garage: Garage) -> None:
    garage.broken.add("other")
    assert name(lender, garage, USUAL) == "usual"
    for _ in range(3):
        assert name(lender, garage, OTHER) == "usual"
    assert garage.refused == ["other: no other"]
    with lender.lend(OTHER, USUAL, garage.hear) as engine:
        assert engine.count("still here") == 2


def test_beside_a_reply_one_that_cannot_be_built_leaves_it_alone(lender: Lender, garage: Garage) -> None:
    garage.broken.add("other")
    with lender.lend(USUAL, USUAL, garage.hear):
        assert name(lender, garage, OTHER) == "usual"
    assert [engine.closed for engine in garage.built] == [False]


def test_one_that_needs_all_memory_is_tried_again_when_nobody_speaks(lender: Lender, garage: Garage) -> None:
    garage.only_alone.add("other")
    with lender.lend(USUAL, USUAL, garage.hear):
        assert name(lender, garage, OTHER) == "usual"
    assert name(lender, garage, OTHER) == "other"
    with lender.lend(OTHER, USUAL, garage.hear):
        assert name(lender, garage, OTHER) == "other"


def test_at_the_start_the_usual_one_stands_in(lender: Lender, garage: Garage) -> None:
    garage.broken.add("other")
    assert name(lender, garage, OTHER) == "usual"
    assert garage.refused == ["other: no other"]


def test_nothing_wanted_is_whichever_is_loaded(lender: Lender, garage: Garage) -> None:
    assert name(lender, garage, None) == "usual"
    assert name(lender, garage, OTHER) == "other"
    assert name(lender, garage, None) == "other"
    assert len(garage.built) == 2


def test_many_at_once_are_all_told_and_every_model_but_one_is_closed(lender: Lender, garage: Garage) -> None:
    def talk(number: int) -> None:
        for turn in range(20):
            wanted = TextSettings("", f"model {(number + turn) % 3}")
            with lender.lend(wanted, USUAL, garage.hear) as engine:
                assert engine.name == wanted.model
                assert isinstance(engine, Watched)
                assert not engine.closed

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(talk, range(6)))
    assert sum(not engine.closed for engine in garage.built) == 1


def test_a_model_of_a_server_takes_no_memory_here(lender: Lender, garage: Garage) -> None:
    far = TextSettings("", "far", url="http://far.example/v1")
    for wanted in (USUAL, far, USUAL, far):
        assert name(lender, garage, wanted) == wanted.model
    assert len(garage.built) == 2
    assert name(lender, garage, OTHER) == "other"
    assert [engine.closed for engine in garage.built] == [True, False, False]


def test_what_is_told_here_goes_to_no_server_whatever_fails(lender: Lender, garage: Garage) -> None:
    far = TextSettings("", "far", url="http://far.example/v1")
    garage.broken |= {"other", "third"}
    assert name(lender, garage, far) == "far"
    assert name(lender, garage, OTHER) == "usual"
    assert name(lender, garage, far) == "far"
    assert name(lender, garage, TextSettings("", "third")) == "usual"
    assert name(lender, garage, far) == "far"
    assert name(lender, garage, None) == "usual"


class TestTwoInMemory:
    @pytest.fixture
    def lender(self, garage: Garage) -> Lender:
        return Lender(garage.build, most=2)

    def test_two_take_turns_without_being_loaded_again(self, lender: Lender, garage: Garage) -> None:
        for _ in range(3):
            assert name(lender, garage, USUAL) == "usual"
            assert name(lender, garage, OTHER) == "other"
        assert len(garage.built) == 2

    def test_a_third_takes_the_place_of_the_one_that_was_wanted_longest_ago(
        self, lender: Lender, garage: Garage
    ) -> None:
        for wanted in (USUAL, OTHER, USUAL, TextSettings("", "third")):
            assert name(lender, garage, wanted) == wanted.model
        assert [engine.closed for engine in garage.built] == [False, True, False]

    def test_one_that_speaks_stays_and_an_idle_one_goes(self, lender: Lender, garage: Garage) -> None:
        with lender.lend(USUAL, USUAL, garage.hear):
            for wanted in (OTHER, TextSettings("", "third")):
                assert name(lender, garage, wanted) == wanted.model
            assert [engine.closed for engine in garage.built] == [False, True, False]

    def test_a_third_that_cannot_be_built_leaves_the_one_that_was_wanted_last(
        self, lender: Lender, garage: Garage
    ) -> None:
        garage.broken.add("third")
        for wanted in (USUAL, OTHER):
            name(lender, garage, wanted)
        assert name(lender, garage, TextSettings("", "third")) == "other"
        assert not garage.built[1].closed
