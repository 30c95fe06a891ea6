"""What the doors' tests need beyond the cast."""

from collections.abc import AsyncIterator

import pytest

from core.streams.reading import LogHub, hub


@pytest.fixture
async def web_process() -> AsyncIterator[LogHub]:
    """The hub that this test's event loop shares, closed at its end."""
    shared = hub()
    yield shared
    await shared.close()
