"""Row-level security: what is left when a query forgets whose memories it reads."""

import pytest
from django.db import DatabaseError, connection, transaction

from accounts.models import User
from characters.models import Character
from memory import wall
from memory.models import Kind, Memory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _both_remember(alice: User, charlie: User, azera: Character) -> None:
    for owner in (alice, charlie):
        Memory.objects.create(owner=owner, character=azera, kind=Kind.EXCHANGE, text=f"{owner.name} likes rain.")


def test_a_query_without_an_owner_sees_one_persons_memories(alice: User) -> None:
    with wall.inside(alice.id):
        assert [memory.text for memory in Memory.objects.all()] == ["Alice likes rain."]


def test_a_query_that_asks_for_somebody_elses_finds_nothing(alice: User, charlie: User) -> None:
    with wall.inside(alice.id):
        assert not Memory.objects.filter(owner=charlie).exists()


def test_nothing_can_be_written_inside(alice: User) -> None:
    with pytest.raises(DatabaseError), wall.inside(alice.id):
        Memory.objects.all().delete()


def test_outside_it_everything_is_as_before(alice: User) -> None:
    with transaction.atomic():
        with wall.inside(alice.id):
            pass
        assert Memory.objects.count() == 2
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('role'), current_setting('app.uid', true)")
            assert cursor.fetchone() == ("none", "")


def test_after_an_error_everything_is_as_before_and_the_error_is_told(alice: User) -> None:
    with transaction.atomic():
        with pytest.raises(DatabaseError, match="permission denied"), wall.inside(alice.id):
            Memory.objects.all().delete()
        assert Memory.objects.count() == 2
