"""What the doors' tests need beyond the cast."""

from collections.abc import AsyncIterator

import pytest
from django.test import Client

from accounts.models import User
from core.streams.reading import LogHub, hub


@pytest.fixture
async def web_process() -> AsyncIterator[LogHub]:
    """The hub that this test's event loop shares, closed at its end."""
    shared = hub()
    yield shared
    await shared.close()


@pytest.fixture
def signed_in(alice: User, client: Client) -> Client:
    """Alice's browser."""
    client.force_login(alice)
    return client
