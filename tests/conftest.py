from collections.abc import Iterator

import pytest

from tests.client import Person
from tests.stack import Stack, running_stack


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """The product in processes of its own, on the scripted engine, shared by the whole run."""
    with running_stack() as running:
        yield running


@pytest.fixture(scope="session")
def _names() -> Iterator[int]:
    return iter(range(1_000_000))


@pytest.fixture
def person(stack: Stack, _names: Iterator[int]) -> Person:
    """Somebody new on the stack."""
    return Person(stack.url).sign_up(f"person{next(_names)}@example.org")
