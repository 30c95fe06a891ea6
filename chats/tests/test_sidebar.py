"""What the lists of chats show."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from uuid import UUID

import pytest
from django.test import Client
from django.utils.timezone import now

from accounts.models import User
from characters.access import persona_for_talking
from characters.actions.characters import create_character
from characters.actions.tags import create_tag
from characters.cards.card import Card
from characters.models import Character
from chats.actions import casting, organising, settings, starting
from chats.actions.trash import delete_message
from chats.models import Chat, Message, Part, Participant
from chats.pages import sidebar as sidebar_page
from chats.tests.acting import send, tell
from inference.testing import ScriptedBackend

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("text_engine", "redis_db")]

Queries = Callable[[int], AbstractContextManager[object]]


@pytest.fixture
def reply(alice: User, alices_chat: Chat, text_engine: ScriptedBackend) -> Message:
    text_engine.script("One.\n\n", "Tw")
    return tell(send(alice, alices_chat, "**Hi** <b>").reply)


@pytest.fixture
def signed_in(alice: User, client: Client) -> Client:
    client.force_login(alice)
    return client


def shown(user: User) -> list[UUID]:
    return [row.id for row in sidebar_page.sidebar(user)]


def unread(user: User, chat: Chat) -> int:
    return sidebar_page.unread(user, [chat.id])[chat.id]


class TestRows:
    def test_the_chat_used_last_comes_first(self, alice: User, alices_chat: Chat, azera: Character) -> None:
        second = starting.start_chat(alice, azera)
        assert shown(alice) == [second.id, alices_chat.id]
        send(alice, alices_chat)
        assert shown(alice) == [alices_chat.id, second.id]

    def test_a_row_shows_the_last_words_in_one_line(self, alice: User, reply: Message) -> None:
        (row,) = sidebar_page.sidebar(alice)
        assert (row.snippet, row.is_live) == ("One. Tw", False)

    def test_a_row_says_that_somebody_writes(self, alice: User, alices_chat: Chat) -> None:
        send(alice, alices_chat)
        (row,) = sidebar_page.sidebar(alice)
        assert (row.snippet, row.is_live) == ("is writing", True)

    def test_it_holds_nothing_of_alices_for_charlie(self, charlie: User, reply: Message) -> None:
        assert list(sidebar_page.sidebar(charlie)) == []
        assert not sidebar_page.sidebar(charlie)

    def test_a_chat_with_several_shows_two_faces_of_those_who_are_there(self, alice: User, alices_chat: Chat) -> None:
        others = [create_character(alice, Card(name)) for name in ("Idris", "Wren")]
        for other in others:
            casting.add_character(alice, alices_chat.id, other.id)
        (row,) = sidebar_page.sidebar(alice)
        assert [face.name for face in row.faces] == ["Azera", "Idris"]
        casting.remove_character(alice, alices_chat.id, others[0].id)
        (row,) = sidebar_page.sidebar(alice)
        assert [face.name for face in row.faces] == ["Azera", "Wren"]

    def test_whoever_was_let_in_later_sees_no_words_from_before(
        self, alice: User, charlie: User, alices_chat: Chat, reply: Message
    ) -> None:
        persona = persona_for_talking(charlie, alices_chat.character)
        Participant.objects.create(
            chat=alices_chat, user=charlie, part=Part.READER, persona=persona, since=now(), read_at=now()
        )
        (row,) = sidebar_page.sidebar(charlie)
        assert (row.snippet, row.is_host) == ("", False)

    def test_sixty_take_as_many_questions_as_two(
        self, alice: User, azera: Character, django_assert_num_queries: Queries
    ) -> None:
        idris = create_character(alice, Card("Idris"))
        tag = create_tag(alice, "Story")
        folder = organising.make_folder(alice, "Nights")
        for number in range(62):
            chat = starting.start_chat(alice, azera, idris)
            chat.tags.add(tag)
            if number % 3 == 0:
                organising.move_chats(alice, [chat.id], folder.id)
            if number == 1:
                organising.pin_chats(alice, [chat.id], True)
        # Where they are with their chats, casts, tags; what is unread; how many are where; folders.
        with django_assert_num_queries(6):
            found = sidebar_page.sidebar(alice)
        assert (len(list(found)), found.has_more, len(found.pinned)) == (60, True, 1)
        Chat.objects.filter(id__in=[row.id for row in list(found)[2:]]).update(trashed_at=now())
        with django_assert_num_queries(6):
            sidebar_page.sidebar(alice)


class TestGroups:
    def test_pinned_ones_folders_and_the_rest_are_apart(
        self, alice: User, azera: Character, signed_in: Client
    ) -> None:
        pinned, kept, loose, over = (starting.start_chat(alice, azera) for _ in range(4))
        folder = organising.make_folder(alice, "Story nights")
        organising.move_chats(alice, [kept.id, pinned.id], folder.id)
        organising.pin_chats(alice, [pinned.id], True)
        organising.archive_chats(alice, [over.id], True)
        found = sidebar_page.sidebar(alice)
        assert [row.id for row in found.pinned] == [pinned.id]
        assert [row.id for row in found.folders[0].rows] == [kept.id]
        assert [row.id for row in found.rest] == [loose.id]
        assert found.archived == 1
        page = signed_in.get("/chats/rows/").content.decode()
        assert (
            page.index("Pinned") < page.index(str(pinned.id)) < page.index("Story nights") < page.index(str(kept.id))
        )
        assert page.index(str(kept.id)) < page.index("Recent") < page.index(str(loose.id))
        assert str(over.id) not in page
        assert str(over.id) in signed_in.get("/chats/archive/").content.decode()

    def test_a_folder_stays_as_it_was_left(self, alice: User, alices_chat: Chat, signed_in: Client) -> None:
        folder = organising.make_folder(alice, "Story nights")
        assert b"<details open>" in signed_in.get("/chats/rows/").content
        assert signed_in.post(f"/folders/{folder.id}/", {"open": "false"}).status_code == 302
        assert b"<details open>" not in signed_in.get("/chats/rows/").content

    def test_only_chats_with_a_tag_are_shown_if_one_asks_for_them(
        self, alice: User, alices_chat: Chat, azera: Character, signed_in: Client
    ) -> None:
        tag = create_tag(alice, "Story")
        other = starting.start_chat(alice, azera)
        settings.tag_chat(alice, alices_chat.id, [tag.id])
        page = signed_in.get("/chats/rows/", {"tag": str(tag.id)}).content.decode()
        assert str(alices_chat.id) in page
        assert str(other.id) not in page

    @pytest.mark.parametrize("tag", ["x", "00000000-0000-0000-0000-000000000000"])
    def test_a_tag_that_is_none_is_nothing(self, signed_in: Client, tag: str) -> None:
        for page in ("/chats/rows/", "/chats/all/", "/chats/archive/"):
            assert signed_in.get(page, {"tag": tag}).status_code == 404


class TestUnread:
    def test_a_reply_is_unread_until_it_is_read(self, alice: User, alices_chat: Chat, reply: Message) -> None:
        assert unread(alice, alices_chat) == 1
        (row,) = sidebar_page.sidebar(alice)
        assert (row.unread, row.unread_label, sidebar_page.sidebar(alice).unread) == ("1", "1 unread", 1)
        assert organising.mark_read(alice, alices_chat.id) is True
        assert organising.mark_read(alice, alices_chat.id) is False
        assert unread(alice, alices_chat) == 0

    def test_ones_own_words_greetings_and_what_is_being_written_do_not_count(
        self, alice: User, azera: Character
    ) -> None:
        chat = starting.start_chat(alice, azera)
        assert unread(alice, chat) == 0
        send(alice, chat)
        assert unread(alice, chat) == 0

    def test_a_reply_without_a_word_does_not_count(
        self, alice: User, alices_chat: Chat, text_engine: ScriptedBackend
    ) -> None:
        text_engine.fail("no")
        tell(send(alice, alices_chat).reply)
        assert unread(alice, alices_chat) == 0

    def test_what_was_deleted_does_not_count(self, alice: User, alices_chat: Chat, reply: Message) -> None:
        delete_message(alice, reply.id)
        assert unread(alice, alices_chat) == 0

    def test_somebody_elses_words_count_and_nothing_from_before_one_was_let_in(
        self, alice: User, charlie: User, alices_chat: Chat, reply: Message
    ) -> None:
        persona = persona_for_talking(charlie, alices_chat.character)
        there = Participant.objects.create(
            chat=alices_chat, user=charlie, part=Part.WRITER, persona=persona, read_at=now() - timedelta(days=1)
        )
        # What Alice said, and what was said to her.
        assert unread(charlie, alices_chat) == 2
        Participant.objects.filter(pk=there.pk).update(since=now())
        assert unread(charlie, alices_chat) == 0
        later = tell(send(alice, alices_chat, "And now?").reply)
        assert unread(charlie, alices_chat) == 2
        assert unread(alice, alices_chat) == 2
        organising.mark_read(alice, alices_chat.id)
        assert (unread(alice, alices_chat), unread(charlie, alices_chat)) == (0, 2)
        assert later.finished_at is not None

    def test_more_than_99_are_counted_no_further(self, alice: User, alices_chat: Chat, reply: Message) -> None:
        Message.objects.bulk_create(
            Message(
                owner=alice, chat=alices_chat, parent=reply, depth=3, role="character", persona=reply.persona,
                character=reply.character, text="Again.", finished_at=now(),
            )
            for _ in range(150)
        )  # fmt: skip
        assert unread(alice, alices_chat) == 100
        (row,) = sidebar_page.sidebar(alice)
        assert (row.unread, row.unread_label) == ("99+", "More than 99 unread")

    def test_a_chat_can_be_marked_unread_again(self, alice: User, alices_chat: Chat, reply: Message) -> None:
        organising.mark_read(alice, alices_chat.id)
        organising.mark_chats(alice, [alices_chat.id], is_read=False)
        assert unread(alice, alices_chat) == 1
        organising.mark_chats(alice, [alices_chat.id], is_read=True)
        assert unread(alice, alices_chat) == 0

    def test_the_number_is_said_to_those_who_cannot_see_it(
        self, alices_chat: Chat, reply: Message, signed_in: Client
    ) -> None:
        page = signed_in.get("/chats/rows/").content.decode()
        assert 'aria-hidden="true">1</span><span class="sr">1 unread</span>' in page


class TestAllChats:
    def test_all_are_there_a_page_at_a_time(
        self, alice: User, azera: Character, signed_in: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("chats.pages.sidebar.PAGE_CHATS", 2)
        chats = [starting.start_chat(alice, azera) for _ in range(5)]
        moment = now()
        # The same moment for three of them: none is lost between two pages.
        Chat.objects.filter(id__in=[chat.id for chat in chats[:3]]).update(active_at=moment)
        seen: list[UUID] = []
        after = None
        for _ in range(3):
            page = sidebar_page.page(alice, after=after)
            seen += [row.id for row in page.rows]
            after = page.next
        assert after is None
        assert sorted(seen) == sorted(chat.id for chat in chats)
        assert f"after={sidebar_page.page(alice).next}" in signed_in.get("/chats/all/").content.decode()

    def test_a_page_after_a_strangers_chat_is_nothing(self, alices_chat: Chat, charlie: User, client: Client) -> None:
        client.force_login(charlie)
        assert client.get("/chats/all/", {"after": str(alices_chat.id)}).status_code == 404

    def test_a_folder_alone_can_be_looked_at(
        self, alice: User, alices_chat: Chat, azera: Character, signed_in: Client
    ) -> None:
        folder = organising.make_folder(alice, "Story nights")
        other = starting.start_chat(alice, azera)
        organising.move_chats(alice, [other.id], folder.id)
        page = signed_in.get("/chats/all/", {"folder": str(folder.id)}).content.decode()
        assert f'data-pick="{other.id}"' in page
        assert f'data-pick="{alices_chat.id}"' not in page
