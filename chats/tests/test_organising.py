"""Where somebody keeps their chats, through the pages and the REST door."""

import json
from uuid import UUID, uuid4

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from characters.access import persona_for_talking
from characters.actions.tags import create_tag
from characters.models import Character
from chats.actions import organising, starting
from chats.actions.organising import Place
from chats.models import Chat, Folder, Message, Part, Participant
from chats.pages import sidebar as sidebar_page
from chats.tests.acting import at_once, send
from core.errors import BadInput, Conflict, LimitReached, NotAllowed, NotFound
from core.jobs import Status

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("text_engine", "redis_db")]

JSON = {"Accept": "application/json"}


@pytest.fixture
def charlies_chat(charlie: User, azera: Character) -> Chat:
    return starting.start_chat(charlie, azera)


def several(user: User, character: Character, number: int) -> list[Chat]:
    return [starting.start_chat(user, character) for _ in range(number)]


def order(user: User, folder: Folder) -> list[UUID]:
    """As the list shows it."""
    found = next(each for each in sidebar_page.sidebar(user).folders if each.id == folder.id)
    return [row.id for row in found.rows]


def guest(chat: Chat, user: User, part: Part = Part.WRITER) -> Participant:
    persona = persona_for_talking(user, chat.character)
    return Participant.objects.create(chat=chat, user=user, part=part, persona=persona)


class TestFolders:
    def test_they_stand_in_the_order_in_which_they_were_made_and_can_be_moved(self, alice: User) -> None:
        one, two, three = (organising.make_folder(alice, name) for name in ("B", "C", "A"))
        assert list(Folder.objects.all()) == [one, two, three]
        organising.put_folder(alice, three.id, 0)
        assert list(Folder.objects.all()) == [three, one, two]
        organising.put_folder(alice, three.id, 99)
        assert list(Folder.objects.all()) == [one, two, three]

    @pytest.mark.parametrize("name", ["", "  \n", "x" * 61, "a\0b", "\ud800"])
    def test_a_name_that_is_none_is_refused(self, alice: User, name: str) -> None:
        with pytest.raises(BadInput):
            organising.make_folder(alice, name)
        folder = organising.make_folder(alice, "Story")
        with pytest.raises(BadInput):
            organising.rename_folder(alice, folder.id, name)
        assert Folder.objects.get().name == "Story"

    def test_two_of_one_name_are_refused_and_two_people_may_have_one_each(self, alice: User, charlie: User) -> None:
        folder = organising.make_folder(alice, "Story nights")
        organising.make_folder(charlie, "Story nights")
        other = organising.make_folder(alice, "Work")
        with pytest.raises(Conflict):
            organising.make_folder(alice, " story  NIGHTS ")
        with pytest.raises(Conflict):
            organising.rename_folder(alice, other.id, "Story Nights")
        assert organising.rename_folder(alice, folder.id, "Story Nights").name == "Story Nights"

    def test_two_made_at_once_are_one(self, alice: User) -> None:
        made = at_once([lambda: organising.make_folder(alice, "Story")] * 4)
        assert sum(isinstance(each, Folder) for each in made) == 1
        assert all(isinstance(each, Folder | Conflict) for each in made)

    def test_there_is_an_end_to_them(self, alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(organising, "MOST_FOLDERS", 2)
        organising.make_folder(alice, "One")
        organising.make_folder(alice, "Two")
        with pytest.raises(LimitReached, match="Delete one"):
            organising.make_folder(alice, "Three")

    def test_a_deleted_one_leaves_its_chats(self, alice: User, alices_chat: Chat, signed_in: Client) -> None:
        folder = organising.make_folder(alice, "Story")
        organising.place_chat(alice, alices_chat.id, Place(folder_id=folder.id, position=0))
        assert signed_in.post(f"/folders/{folder.id}/delete/").status_code == 302
        (row,) = sidebar_page.sidebar(alice).rest
        assert row.id == alices_chat.id
        assert Participant.objects.get().position is None

    def test_the_page_makes_renames_and_shows_one(self, alice: User, signed_in: Client) -> None:
        made = signed_in.post("/folders/", {"name": "Story"}, headers=JSON)
        assert made.status_code == 201
        url = f"/folders/{made.json()['id']}/"
        assert signed_in.post(url, {"name": "Nights"}, headers=JSON).status_code == 204
        assert b"Nights" in signed_in.get(url).content
        assert b"</html>" not in signed_in.get(url, {"menu": ""}).content
        refused = signed_in.post("/folders/", {"name": "Nights"}, headers=JSON)
        assert (refused.status_code, refused.json()["error"]["code"]) == (409, "conflict")


class TestPlaces:
    def test_a_chat_goes_where_it_is_put_and_stays_there(self, alice: User, azera: Character) -> None:
        folder = organising.make_folder(alice, "Story")
        one, two, three = several(alice, azera, 3)
        organising.move_chats(alice, [chat.id for chat in (one, two, three)], folder.id)
        assert order(alice, folder) == [three.id, two.id, one.id]
        organising.place_chat(alice, one.id, Place(before=two.id))
        assert order(alice, folder) == [three.id, one.id, two.id]
        send(alice, two)
        assert order(alice, folder) == [three.id, one.id, two.id]
        organising.place_chat(alice, three.id, Place(position=999))
        assert order(alice, folder) == [one.id, two.id, three.id]
        new = starting.start_chat(alice, azera)
        organising.place_chat(alice, new.id, Place(folder_id=folder.id, before=two.id))
        assert order(alice, folder) == [one.id, new.id, two.id, three.id]

    @settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(moves=st.lists(st.tuples(st.integers(0, 4), st.integers(0, 6)), max_size=6))
    def test_moving_by_numbers_is_moving_in_a_list(
        self, alice: User, azera: Character, moves: list[tuple[int, int]]
    ) -> None:
        # The rows stay from one example to the next; what one leaves, the next begins with.
        folder, _made = Folder.objects.get_or_create(owner=alice, name="Story")
        chats = list(Chat.objects.order_by("created_at")) or several(alice, azera, 5)
        organising.move_chats(alice, [chat.id for chat in chats], folder.id)
        expected = order(alice, folder)
        for which, to in moves:
            chat_id = chats[which].id
            organising.place_chat(alice, chat_id, Place(position=to))
            expected.remove(chat_id)
            expected.insert(to, chat_id)
            assert order(alice, folder) == expected

    def test_without_a_folder_there_is_no_place(self, alice: User, alices_chat: Chat) -> None:
        with pytest.raises(Conflict, match="into a folder first"):
            organising.place_chat(alice, alices_chat.id, Place(position=0, is_pinned=True))
        assert Participant.objects.get().is_pinned is False

    def test_one_that_is_not_beside_it_is_no_place(self, alice: User, alices_chat: Chat, charlies_chat: Chat) -> None:
        folder = organising.make_folder(alice, "Story")
        for before in (charlies_chat.id, uuid4(), alices_chat.id):
            with pytest.raises(NotFound):
                organising.place_chat(alice, alices_chat.id, Place(folder_id=folder.id, before=before))
        assert Participant.objects.get(user=alice).folder is None

    def test_somebody_elses_folder_is_none(self, alice: User, charlie: User, alices_chat: Chat) -> None:
        theirs = organising.make_folder(charlie, "Mine")
        with pytest.raises(NotFound):
            organising.move_chats(alice, [alices_chat.id], theirs.id)

    def test_each_person_keeps_a_shared_chat_where_they_like(
        self, alice: User, charlie: User, alices_chat: Chat
    ) -> None:
        guest(alices_chat, charlie)
        organising.pin_chats(charlie, [alices_chat.id], True)
        organising.archive_chats(alice, [alices_chat.id], True)
        assert [row.id for row in sidebar_page.sidebar(charlie).pinned] == [alices_chat.id]
        assert (list(sidebar_page.sidebar(alice)), sidebar_page.sidebar(alice).archived) == ([], 1)

    def test_the_form_pins_moves_and_makes_a_folder(self, alice: User, alices_chat: Chat, signed_in: Client) -> None:
        url = f"/chats/{alices_chat.id}/place/"
        assert signed_in.post(url, {"pinned": "true"}).headers["Location"] == url
        assert signed_in.post(url, {"new": "Story nights"}, headers=JSON).status_code == 204
        there = Participant.objects.get()
        assert (there.is_pinned, there.folder and there.folder.name) == (True, "Story nights")
        assert signed_in.post(url, {"folder": "none"}, headers=JSON).status_code == 204
        assert Participant.objects.get().folder is None
        refused = signed_in.post(url, {"new": "Story nights"})
        assert refused.status_code == 409
        assert b"already" in refused.content
        assert signed_in.post(url, {"folder": "x"}).status_code == 404
        assert b"Take the pin out" in signed_in.get(url).content

    def test_a_chat_is_renamed(self, alices_chat: Chat, signed_in: Client) -> None:
        url = f"/chats/{alices_chat.id}/title/"
        assert signed_in.post(url, {"title": "  The lamp\nroom "}, headers=JSON).json() == {"title": "The lamp room"}
        assert signed_in.post(url, {"title": "x" * 121}, headers=JSON).status_code == 400


class TestSeveral:
    def test_one_that_is_not_theirs_changes_nothing(
        self, alice: User, azera: Character, charlies_chat: Chat, signed_in: Client
    ) -> None:
        mine = several(alice, azera, 2)
        tag = create_tag(alice, "Story")
        folder = organising.make_folder(alice, "Nights")
        for foreign in (str(charlies_chat.id), str(uuid4())):
            for verb in (
                "folder",
                "tag",
                "untag",
                "pin",
                "archive",
                "unarchive",
                "read",
                "unread",
                "delete",
                "restore",
            ):
                fields = {"do": verb, "chat": [*(str(chat.id) for chat in mine), foreign], "folder": str(folder.id)}
                answer = signed_in.post("/chats/bulk/", {**fields, "tag": str(tag.id)}, headers=JSON)
                assert answer.status_code == 404, verb
        assert Chat.objects.filter(trashed_at=None).count() == 3
        assert not Participant.objects.exclude(folder=None, is_pinned=False, archived_at=None).exists()
        assert not Chat.objects.filter(tags=tag).exists()

    @pytest.mark.parametrize(
        ("verb", "kept"),
        [
            ("folder", {"folder__name": "Nights"}), ("pin", {"is_pinned": True}),
            ("archive", {"archived_at__isnull": False}), ("tag", {"chat__tags__name": "Story"}),
            ("delete", {"chat__trashed_at__isnull": False}),
        ],
    )  # fmt: skip
    def test_all_of_them_are_changed(
        self, alice: User, azera: Character, signed_in: Client, verb: str, kept: dict[str, str | bool]
    ) -> None:
        chats = several(alice, azera, 3)
        tag, folder = create_tag(alice, "Story"), organising.make_folder(alice, "Nights")
        fields = {"do": verb, "chat": [str(chat.id) for chat in chats[:2]], "folder": folder.id, "tag": tag.id}
        answer = signed_in.post("/chats/bulk/", fields, headers=JSON)
        assert answer.status_code == 200
        assert answer.json()["message"]
        changed = Participant.objects.filter(**kept)
        assert {there.chat_id for there in changed} == {chat.id for chat in chats[:2]}

    def test_what_was_done_is_undone(self, alice: User, azera: Character, signed_in: Client) -> None:
        chats = several(alice, azera, 2)
        for verb, back in (("delete", "restore"), ("archive", "unarchive"), ("pin", "unpin")):
            for do in (verb, back):
                fields = {"do": do, "chat": [str(chat.id) for chat in chats]}
                assert signed_in.post("/chats/bulk/", fields, headers=JSON).status_code == 200
        assert len(sidebar_page.sidebar(alice).rest) == 2

    def test_a_form_with_nothing_ticked_says_so(self, alice: User, signed_in: Client) -> None:
        answer = signed_in.post("/chats/bulk/", {"do": "archive"}, follow=True)
        assert b"Tick the chats first" in answer.content
        assert signed_in.post("/chats/bulk/", {"do": "explode", "chat": str(uuid4())}).status_code == 400

    def test_too_many_at_once_are_refused(
        self, alice: User, azera: Character, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(organising, "MOST_AT_ONCE", 1)
        with pytest.raises(LimitReached, match="At most 1 chat"):
            organising.pin_chats(alice, [chat.id for chat in several(alice, azera, 2)], True)

    def test_only_a_host_deletes_and_then_nothing_of_the_rest(
        self, alice: User, charlie: User, alices_chat: Chat, charlies_chat: Chat
    ) -> None:
        guest(alices_chat, charlie)
        with pytest.raises(NotAllowed):
            organising.delete_chats(charlie, [charlies_chat.id, alices_chat.id])
        assert not Chat.objects.filter(trashed_at__isnull=False).exists()

    def test_deleting_stops_what_is_being_written(self, alice: User, alices_chat: Chat) -> None:
        reply = send(alice, alices_chat).reply
        organising.delete_chats(alice, [alices_chat.id])
        assert Message.objects.get(id=reply.id).status == Status.CANCELLED


class TestRest:
    def ask(self, client: Client, verb: str, path: str, body: object = None) -> tuple[int, dict[str, object]]:
        answer = getattr(client, verb)(f"/api/v2/{path}", json.dumps(body), content_type="application/json")
        return answer.status_code, answer.json() if answer.content else {}

    def test_folders_are_made_changed_listed_and_deleted(self, signed_in: Client) -> None:
        status, made = self.ask(signed_in, "post", "folders", {"name": "Story"})
        assert (status, made["name"], made["is_open"]) == (201, "Story", True)
        path = f"folders/{made['id']}"
        status, changed = self.ask(signed_in, "patch", path, {"name": "Nights", "is_open": False})
        assert (status, changed["name"], changed["is_open"]) == (200, "Nights", False)
        assert signed_in.get("/api/v2/folders").json() == {"folders": [changed]}
        assert self.ask(signed_in, "delete", path) == (204, {})
        assert signed_in.get("/api/v2/folders").json() == {"folders": []}

    def test_a_chat_is_put_where_it_belongs(self, alice: User, alices_chat: Chat, signed_in: Client) -> None:
        folder = organising.make_folder(alice, "Story")
        path = f"chats/{alices_chat.id}/place"
        place = {"folder": str(folder.id), "position": 0, "pinned": True, "archived": True, "read": True}
        expected = {"folder": str(folder.id), "pinned": True, "archived": True, "unread": 0}
        assert self.ask(signed_in, "patch", path, place) == (200, expected)
        assert signed_in.get(f"/api/v2/{path}").json() == expected
        status, said = self.ask(signed_in, "patch", path, {"folder": None})
        assert (status, said["folder"], said["pinned"]) == (200, None, True)

    @pytest.mark.parametrize("body", [{"folder": "x"}, {"position": -1}, {"pinned": "maybe"}, [], "x"])
    def test_what_is_no_place_is_refused_in_one_shape(
        self, alices_chat: Chat, signed_in: Client, body: object
    ) -> None:
        status, said = self.ask(signed_in, "patch", f"chats/{alices_chat.id}/place", body)
        assert status == 400
        assert set(said) == {"error"}
