"""The cast, and what every test may ask for."""

from collections.abc import Iterator

import pytest
from django.contrib.auth.hashers import BCryptSHA256PasswordHasher

from accounts.models import User
from characters.actions.seeding import seed_characters
from characters.models import Character
from chats.actions import starting
from chats.models import Chat
from core.redis import client
from inference import registry
from inference.testing import ScriptedBackend, scripted


@pytest.fixture(scope="session", autouse=True)
def _cheap_passwords() -> None:
    """Still bcrypt, in 16 rounds instead of 4,096: two people for each of 2,000 tests would take 10 minutes."""
    BCryptSHA256PasswordHasher.rounds = 4


@pytest.fixture
def alice(db: None) -> User:
    return User.objects.create_user("alice@example.org", "a long password", name="Alice")


@pytest.fixture
def charlie(db: None) -> User:
    """Somebody else, who must never see anything of Alice's."""
    return User.objects.create_user("charlie@example.org", "another password", name="Charlie")


@pytest.fixture
def azera(db: None) -> Character:
    return seed_characters()[0]


@pytest.fixture
def alices_chat(alice: User, azera: Character) -> Chat:
    return starting.start_chat(alice, azera)


@pytest.fixture
def text_engine() -> Iterator[ScriptedBackend]:
    """The scripted engine, which every test process runs on; `script` tells it what to say."""
    backend = scripted()
    backend.prompts.clear()
    yield backend
    registry.forget_engines()


@pytest.fixture
def redis_db() -> Iterator[None]:
    """An empty Redis."""
    client().flushall()
    yield
