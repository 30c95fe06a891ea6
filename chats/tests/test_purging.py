"""What was deleted: how it is shown, brought back, and at last gone."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from itertools import pairwise
from uuid import uuid4

import pytest
from django.test import Client
from django.utils.timezone import now

from accounts.models import User
from chats import purging
from chats.actions import branching, organising, trash
from chats.models import Bookmark, Chat, Message, Participant, Receipt, Suggestion, SuggestionKind, Trash
from chats.tests.acting import send, tell
from core.jobs import Status

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("text_engine", "redis_db")]

Queries = Callable[[int], AbstractContextManager[object]]
DAY = timedelta(days=1)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], None]:
    """Lets so much time pass for the purge."""
    began = now()

    def passes(time: timedelta) -> None:
        monkeypatch.setattr(purging, "now", lambda: began + time)

    return passes


@pytest.fixture
def signed_in(alice: User, client: Client) -> Client:
    client.force_login(alice)
    return client


def talk(user: User, chat: Chat, number: int = 2) -> list[Message]:
    said: list[Message] = []
    for each in range(number):
        sent = send(user, chat, f"Message {each}.")
        said += [sent.message, tell(sent.reply)]
    return said


def long_talk(user: User, chat: Chat, number: int) -> list[Message]:
    """A path of so many messages, each the parent of the next."""
    first = send(user, chat).message
    rows = [first]
    for depth in range(1, number):
        rows.append(
            Message(
                id=uuid4(), owner=user, chat=chat, parent=rows[-1], depth=depth, role="character",
                persona=first.persona, character=first.character, text=f"{depth}", finished_at=now(),
            )
        )  # fmt: skip
    Message.objects.bulk_create(rows[1:], batch_size=2_000)
    for row, following in pairwise(rows):
        row.chosen = following
    Message.objects.bulk_update(rows[:-1], ["chosen"], batch_size=2_000)
    Chat.objects.filter(id=chat.id).update(leaf=rows[-1])
    return rows


class TestChats:
    def test_it_is_kept_for_thirty_days_and_then_gone_with_all_that_was_said(
        self, alice: User, alices_chat: Chat, clock: Callable[[timedelta], None]
    ) -> None:
        said = talk(alice, alices_chat)
        branching.bookmark(alice, said[0].id)
        trash.delete_message(alice, said[2].id)
        organising.delete_chats(alice, [alices_chat.id])
        clock(30 * DAY - timedelta(minutes=1))
        assert purging.run_purging() == 0
        assert Chat.objects.get().trashed_at is not None
        clock(30 * DAY + timedelta(minutes=1))
        assert purging.run_purging() >= 4
        for rows in (Chat, Message, Trash, Bookmark, Receipt, Participant):
            assert not rows._default_manager.exists()

    def test_what_was_brought_back_stays(
        self, alice: User, alices_chat: Chat, clock: Callable[[timedelta], None]
    ) -> None:
        talk(alice, alices_chat)
        organising.delete_chats(alice, [alices_chat.id])
        organising.restore_chats(alice, [alices_chat.id])
        clock(60 * DAY)
        assert purging.run_purging() == 0
        assert Message.objects.filter(chat=alices_chat).count() >= 4

    def test_ten_thousand_messages_in_a_row_take_a_few_questions(
        self,
        alice: User,
        alices_chat: Chat,
        clock: Callable[[timedelta], None],
        django_assert_max_num_queries: Queries,
    ) -> None:
        long_talk(alice, alices_chat, 10_000)
        organising.delete_chats(alice, [alices_chat.id])
        clock(31 * DAY)
        # Some for each thousand, and none for each message.
        with django_assert_max_num_queries(250):
            assert purging.run_purging() >= 10_000
        assert not Message.objects.exists()


class TestMessages:
    def test_they_are_gone_with_all_that_follows_and_the_rest_stays(
        self, alice: User, alices_chat: Chat, clock: Callable[[timedelta], None]
    ) -> None:
        first, reply, second, last = talk(alice, alices_chat)
        branching.bookmark(alice, last.id)
        branching.make_canonical(alice, last.id, alices_chat.id)
        trash.delete_message(alice, second.id)
        clock(29 * DAY)
        assert purging.run_purging() == 0
        clock(31 * DAY)
        assert purging.run_purging() == 2
        left = set(Message.objects.filter(greeting=None).values_list("id", flat=True))
        assert left == {first.id, reply.id}
        chat = Chat.objects.get()
        assert (chat.leaf_id, chat.canonical_id) == (reply.id, None)
        assert not Trash.objects.exists()
        assert tell(send(alice, chat, "Still here?").reply).status == Status.DONE

    def test_one_deleted_inside_of_another_goes_first(
        self, alice: User, alices_chat: Chat, clock: Callable[[timedelta], None]
    ) -> None:
        first, _reply, second, _last = talk(alice, alices_chat)
        inner = trash.delete_message(alice, second.id)
        Trash.objects.filter(id=inner.id).update(created_at=now() - 10 * DAY)
        trash.delete_message(alice, first.id)
        clock(25 * DAY)
        assert purging.run_purging() == 2
        clock(31 * DAY)
        assert purging.run_purging() == 2
        assert not Message.objects.filter(greeting=None).exists()

    def test_a_greeting_that_was_chosen_again_outlives_what_followed_it(
        self, alice: User, alices_chat: Chat, clock: Callable[[timedelta], None]
    ) -> None:
        greeting = Message.objects.create(
            owner=alice, chat=alices_chat, role="character", greeting=7, text="Evening.", finished_at=now(),
            persona=Participant.objects.get().persona, character=alices_chat.character,
        )  # fmt: skip
        Chat.objects.filter(id=alices_chat.id).update(leaf=greeting)
        said = send(alice, alices_chat)
        tell(said.reply)
        trash.delete_message(alice, greeting.id)
        Message.objects.filter(id=greeting.id).update(trash=None, chosen=said.message)
        clock(31 * DAY)
        assert purging.run_purging() == 2
        kept = Message.objects.get(id=greeting.id)
        assert (kept.trash_id, kept.chosen_id) == (None, None)


def test_old_suggestions_go_too(alice: User, alices_chat: Chat, clock: Callable[[timedelta], None]) -> None:
    Suggestion.objects.create(
        owner=alice, chat=alices_chat, persona=Participant.objects.get().persona, kind=SuggestionKind.TITLE
    )
    clock(timedelta(hours=23))
    purging.run_purging()
    assert Suggestion.objects.count() == 1
    clock(timedelta(hours=25))
    purging.run_purging()
    assert not Suggestion.objects.exists()


class TestPage:
    def test_it_shows_what_was_deleted_and_how_long_it_is_kept(
        self, alice: User, alices_chat: Chat, signed_in: Client
    ) -> None:
        said = talk(alice, alices_chat)
        away = trash.delete_message(alice, said[2].id)
        page = signed_in.get("/chats/trash/").content.decode()
        until = (away.created_at + 30 * DAY).strftime("%-d %B %Y")
        for part in ("Message 1.", "2 messages", f"kept until {until}", str(away.id)):
            assert part in page
        organising.delete_chats(alice, [alices_chat.id])
        page = signed_in.get("/chats/trash/").content.decode()
        assert f"/chats/{alices_chat.id}/restore/" in page
        # They come back with their chat.
        assert str(away.id) not in page

    def test_it_holds_nothing_of_anybody_elses(
        self, alice: User, charlie: User, alices_chat: Chat, client: Client
    ) -> None:
        said = talk(alice, alices_chat)
        trash.delete_message(alice, said[2].id)
        organising.delete_chats(alice, [alices_chat.id])
        client.force_login(charlie)
        assert b"The trash is empty." in client.get("/chats/trash/").content

    def test_both_are_brought_back_by_a_button(self, alice: User, alices_chat: Chat, signed_in: Client) -> None:
        said = talk(alice, alices_chat)
        away = trash.delete_message(alice, said[2].id)
        assert signed_in.post(f"/chats/{alices_chat.id}/trash/{away.id}/restore/").status_code == 302
        assert Message.objects.filter(trash=None).count() == Message.objects.count()
        assert signed_in.post(f"/chats/{alices_chat.id}/delete/").headers["Location"] == "/chats/trash/"
        assert signed_in.get(f"/chats/{alices_chat.id}/").status_code == 404
        back = signed_in.post(f"/chats/{alices_chat.id}/restore/")
        assert back.headers["Location"] == f"/chats/{alices_chat.id}/"
        assert signed_in.get(f"/chats/{alices_chat.id}/").status_code == 200
        assert signed_in.post(f"/chats/{alices_chat.id}/restore/").status_code == 404
