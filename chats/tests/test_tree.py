"""The path through a chat's tree."""

import pytest

from accounts.models import User
from chats import company
from chats.actions import starting
from chats.models import Chat, Message, Role
from chats.tree import path_to
from core.jobs import Status

pytestmark = pytest.mark.django_db


def say(chat: Chat, parent: Message | None, text: str) -> Message:
    role = Role.USER if parent is None or parent.role == Role.CHARACTER else Role.CHARACTER
    return Message.objects.create(
        owner=chat.owner,
        chat=chat,
        parent=parent,
        role=role,
        persona=company.host_persona(chat),
        character=chat.character,
        text=text,
        status=Status.DONE,
    )


def line(chat: Chat, length: int) -> list[Message]:
    said: list[Message] = []
    for number in range(length):
        said.append(say(chat, said[-1] if said else None, str(number)))
    return said


def test_it_goes_from_the_first_message_to_the_last(alices_chat: Chat) -> None:
    said = line(alices_chat, 6)
    assert path_to(said[-1].id, limit=100) == said


def test_it_is_cut_at_its_beginning(alices_chat: Chat) -> None:
    said = line(alices_chat, 6)
    assert path_to(said[-1].id, limit=4) == said[2:]


def test_it_follows_one_branch(alices_chat: Chat) -> None:
    said = line(alices_chat, 4)
    branch = say(alices_chat, said[2], "another third")
    assert path_to(branch.id, limit=100) == [*said[:3], branch]
    assert path_to(said[3].id, limit=100) == said


def test_before_the_first_message_there_is_nothing(alices_chat: Chat) -> None:
    assert path_to(None, limit=10) == []


def test_it_asks_twice_however_long_it_is(alices_chat: Chat, django_assert_num_queries: object) -> None:
    said = line(alices_chat, 20)
    with django_assert_num_queries(2):  # type: ignore[operator]
        found = path_to(said[-1].id, limit=100)
        assert [(message.persona.name, message.character.name) for message in found]


def test_it_does_not_wander_into_another_chat(alices_chat: Chat, alice: User) -> None:
    other = starting.start_chat(alice, alices_chat.character)
    line(other, 3)
    said = line(alices_chat, 2)
    assert path_to(said[-1].id, limit=100) == said
