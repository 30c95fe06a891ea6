"""The map's arithmetic."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memory import plane
from memory.plane import Floats

UNKNOWN = np.nan


def vectors(count: int, seed: int, dimensions: int = 16) -> Floats:
    return np.random.default_rng(seed).normal(size=(count, dimensions))


def nowhere(count: int) -> Floats:
    return np.full((count, 2), UNKNOWN)


@settings(max_examples=60, deadline=None)
@given(count=st.integers(0, 60), seed=st.integers(0, 10_000), known=st.integers(0, 60), far=st.floats(0.01, 50))
def test_every_memory_has_a_place_on_the_map(count: int, seed: int, known: int, far: float) -> None:
    before = nowhere(count)
    before[:known] = np.random.default_rng(seed + 1).random((min(known, count), 2)) * far
    places = plane.lay_out(vectors(count, seed), before)
    assert places.shape == (count, 2)
    assert np.isfinite(places).all()
    assert ((places >= 0) & (places <= 1)).all()


@settings(max_examples=40, deadline=None)
@given(count=st.integers(4, 60), seed=st.integers(0, 10_000))
def test_the_same_memories_lie_where_they_lay(count: int, seed: int) -> None:
    given_vectors = vectors(count, seed)
    first = plane.lay_out(given_vectors, nowhere(count))
    assert np.allclose(plane.lay_out(given_vectors, first), first, atol=1e-6)


@pytest.mark.parametrize("turn", [np.diag([-1.0, 1.0]), np.array([[0.0, 1.0], [1.0, 0.0]]), -np.eye(2)])
def test_a_map_that_was_turned_or_flipped_stays_so(turn: Floats) -> None:
    given_vectors = vectors(40, 7)
    first = plane.lay_out(given_vectors, nowhere(40))
    turned = (first - 0.5) @ turn + 0.5
    assert np.allclose(plane.lay_out(given_vectors, turned), turned, atol=0.02)


def test_alike_vectors_are_no_error() -> None:
    same = np.ones((10, 8))
    assert np.isfinite(plane.lay_out(same, nowhere(10))).all()
    assert np.isfinite(plane.lay_out(same, np.full((10, 2), 0.5))).all()


def test_a_cluster_is_named_by_what_only_it_is_about() -> None:
    near, far = (
        np.random.default_rng(1).normal(0.2, 0.02, (15, 2)),
        np.random.default_rng(2).normal(0.8, 0.02, (15, 2)),
    )
    texts = ["We saw the storm over the sea"] * 15 + ["We had the tea with the sugar"] * 15
    found = plane.clusters(np.vstack([near, far]), texts)
    assert [sorted(one.label.split(", ")) for one in found] == [["saw", "sea", "storm"], ["sugar", "tea"]] or [
        sorted(one.label.split(", ")) for one in found
    ] == [["sugar", "tea"], ["saw", "sea", "storm"]]
    assert {len(one.members) for one in found} == {15}


def test_few_points_are_no_clusters() -> None:
    assert plane.clusters(np.random.default_rng(1).random((4, 2)), ["tea"] * 4) == []
