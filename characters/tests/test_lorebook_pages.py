"""Lorebooks through their pages: the shelf, the table, its files, and who may see them."""

import json
import re
from collections.abc import Callable
from typing import cast

import pytest
from django.test import Client

from accounts.models import User
from characters.actions import lorebooks as actions
from characters.lore.edits import Edits, to_text
from characters.lore.entry import Book, Entry
from characters.lore.reading import read
from characters.models import Lorebook
from chats.models import Chat
from core.errors import BadInput, Conflict, LimitReached

pytestmark = pytest.mark.django_db

BOOK = Book(
    (
        Entry(1, keys=("tide", "ebb"), name="The tide", content="It is late.", raw={"x_own": [1]}),
        Entry(2, keys=("/gull(?=s)/",), comment="Gulls <b>", content="@@depth 3\n@@role user\nThey shout."),
    ),
    name="Harbour",
    raw={"x_book": True},
)


@pytest.fixture
def harbour(alice: User) -> Lorebook:
    return actions.create_lorebook(alice, BOOK)


@pytest.fixture
def signed_in(alice: User, client: Client) -> Client:
    client.force_login(alice)
    return client


def page(client: Client, row: Lorebook, query: str = "") -> str:
    return client.get(f"/lorebooks/{row.id}/{query}").content.decode()


def fields(html: str) -> dict[str, str]:
    """What the page's form would send, of what is hidden in it."""
    base = re.search(r'name="base" value="([^"]*)"', html)
    assert base is not None
    return {"base": base[1]}


class TestShelf:
    def test_it_is_empty_at_first(self, signed_in: Client) -> None:
        assert "No lorebooks yet" in signed_in.get("/lorebooks/").content.decode()

    def test_it_says_what_each_holds_and_where_it_is_used(
        self, signed_in: Client, harbour: Lorebook, alices_chat: Chat
    ) -> None:
        assert "In no chat" in signed_in.get("/lorebooks/").content.decode()
        alices_chat.lorebooks.add(harbour)
        html = signed_in.get("/lorebooks/").content.decode()
        assert "2 entries" in html
        assert "In 1 chat" in html

    def test_a_book_is_for_all_chats_or_not(self, signed_in: Client, harbour: Lorebook) -> None:
        signed_in.post(f"/lorebooks/{harbour.id}/global/", {"wanted": "on"})
        assert "In all of your chats" in signed_in.get("/lorebooks/").content.decode()
        signed_in.post(f"/lorebooks/{harbour.id}/global/")
        harbour.refresh_from_db()
        assert not harbour.is_global

    def test_one_is_made(self, signed_in: Client, alice: User) -> None:
        assert signed_in.get("/lorebooks/new/").status_code == 200
        answer = signed_in.post("/lorebooks/new/", {"name": "  Atlas ", "description": "All of it."})
        row = Lorebook.objects.get(owner=alice)
        assert answer.headers["Location"] == f"/lorebooks/{row.id}/"
        assert (row.name, row.book.description) == ("Atlas", "All of it.")

    def test_one_without_a_name_is_not(self, signed_in: Client) -> None:
        answer = signed_in.post("/lorebooks/new/", {"name": " ", "description": "Kept."})
        assert answer.status_code == 400
        assert b"Kept." in answer.content
        assert not Lorebook.objects.exists()

    def test_a_hundred_are_enough(self, signed_in: Client, alice: User) -> None:
        Lorebook.objects.bulk_create(Lorebook(owner=alice, name="x", text="{}") for _ in range(100))
        answer = signed_in.post("/lorebooks/new/", {"name": "One more"})
        assert answer.status_code == 429
        assert b"One more" in answer.content
        with pytest.raises(LimitReached):
            actions.create_lorebook(alice, BOOK)

    def test_one_is_deleted_and_its_chats_go_on(self, signed_in: Client, harbour: Lorebook, alices_chat: Chat) -> None:
        alices_chat.lorebooks.add(harbour)
        assert signed_in.post(f"/lorebooks/{harbour.id}/delete/").status_code == 302
        assert not Lorebook.objects.exists()
        assert signed_in.get(f"/chats/{alices_chat.id}/").status_code == 200


class TestTable:
    def test_it_shows_each_entry_and_nothing_that_a_text_says_runs(self, signed_in: Client, harbour: Lorebook) -> None:
        html = page(signed_in, harbour)
        assert "The tide" in html
        assert "tide, ebb" in html
        assert "Gulls &lt;b&gt;" in html
        assert "Gulls <b>" not in html

    def test_one_entry_is_open_without_scripts(self, signed_in: Client, harbour: Lorebook) -> None:
        html = page(signed_in, harbour, "?entry=2")
        assert 'name="lore-open" value="2"' in html
        assert "Here: at depth 3." in html
        assert "Said as the user." in html
        assert "never matches" in html

    def test_an_entry_is_written_and_the_rest_stays(self, signed_in: Client, harbour: Lorebook) -> None:
        html = page(signed_in, harbour, "?entry=1")
        answer = signed_in.post(
            f"/lorebooks/{harbour.id}/",
            {**fields(html), "lore-open": "1", "lore-enabled": "on", "lore-content": "Later\r\nstill.",
             "lore-use_probability": "on", "lore-book-name": "Port"},
        )  # fmt: skip
        assert answer.status_code == 302
        harbour.refresh_from_db()
        book = harbour.book
        assert (harbour.name, book.entries[0].content) == ("Port", "Later\nstill.")
        assert (book.entries[0].raw, book.raw) == ({"x_own": [1]}, {"x_book": True})
        assert book.entries[1] == read(json.loads(harbour.text)).book.entries[1]
        assert book.entries[1].content.startswith("@@depth 3")

    def test_one_is_added_and_one_deleted(self, signed_in: Client, harbour: Lorebook) -> None:
        html = page(signed_in, harbour, "?entry=new")
        sent = {**fields(html), "lore-open": "3", "lore-keys": "quay", "lore-content": "Wet.", "lore-enabled": "on"}
        signed_in.post(f"/lorebooks/{harbour.id}/", sent)
        html = page(signed_in, harbour, "?entry=1")
        signed_in.post(f"/lorebooks/{harbour.id}/", {**fields(html), "lore-open": "1", "lore-gone": "on"})
        harbour.refresh_from_db()
        assert [entry.uid for entry in harbour.book.entries] == [2, 3]

    def test_what_is_wrong_changes_nothing_and_loses_nothing(self, signed_in: Client, harbour: Lorebook) -> None:
        html = page(signed_in, harbour, "?entry=1")
        sent = {**fields(html), "lore-open": "1", "lore-depth": "deep", "lore-content": "Long thought over."}
        answer = signed_in.post(f"/lorebooks/{harbour.id}/", sent)
        assert answer.status_code == 400
        html = answer.content.decode()
        assert 'value="deep"' in html
        assert "Long thought over." in html
        assert "This must be a whole number" in html
        before = harbour.text
        harbour.refresh_from_db()
        assert harbour.text == before

    def test_a_script_is_told_which_fields_are_wrong(self, signed_in: Client, harbour: Lorebook) -> None:
        edits = Edits(entries={"2": {"probability": "200", "sticky": "x"}})
        sent = {**fields(page(signed_in, harbour)), "lore-edits": to_text(edits)}
        answer = signed_in.post(f"/lorebooks/{harbour.id}/", sent, headers={"Accept": "application/json"})
        assert answer.status_code == 400
        assert set(answer.json()["fields"]) == {"lore.2.probability", "lore.2.sticky"}

    def test_two_windows_do_not_undo_each_other(self, signed_in: Client, harbour: Lorebook) -> None:
        first, second = fields(page(signed_in, harbour)), fields(page(signed_in, harbour))
        one = {**first, "lore-edits": to_text(Edits(entries={"1": {"content": "From the first."}}))}
        two = {**second, "lore-edits": to_text(Edits(entries={"2": {"content": "From the second."}}))}
        assert signed_in.post(f"/lorebooks/{harbour.id}/", one).status_code == 302
        script = signed_in.post(f"/lorebooks/{harbour.id}/", two, headers={"Accept": "application/json"})
        assert script.status_code == 409
        answer = signed_in.post(f"/lorebooks/{harbour.id}/", two)
        html = answer.content.decode()
        assert answer.status_code == 409
        assert "From the first." in html
        assert "From the second." in html
        # Saved again from there, both are kept.
        edits = re.search(r"data-lore-edits[^>]*>([^<]*)<", html)
        assert edits is not None
        again = {**fields(html), "lore-edits": edits[1].replace("&quot;", '"')}
        assert signed_in.post(f"/lorebooks/{harbour.id}/", again).status_code == 302
        harbour.refresh_from_db()
        assert [entry.content for entry in harbour.book.entries] == ["From the first.", "From the second."]

    def test_a_script_goes_on_from_what_it_saved(self, signed_in: Client, harbour: Lorebook) -> None:
        sent = fields(page(signed_in, harbour))
        for content in ("Once.", "Twice."):
            edits = to_text(Edits(entries={"1": {"content": content}}))
            answer = signed_in.post(
                f"/lorebooks/{harbour.id}/", {**sent, "lore-edits": edits}, headers={"Accept": "application/json"}
            )
            sent = {"base": answer.json()["base"]}
        harbour.refresh_from_db()
        assert harbour.book.entries[0].content == "Twice."

    def test_what_does_not_say_what_it_was_made_from_is_refused(self, signed_in: Client, harbour: Lorebook) -> None:
        assert signed_in.post(f"/lorebooks/{harbour.id}/", {"base": "yesterday"}).status_code == 400

    def test_two_thousand_entries_are_a_light_page(self, signed_in: Client, alice: User) -> None:
        entries = tuple(Entry(n, keys=(f"key{n}",), content="Some words of it. " * 5) for n in range(2000))
        row = actions.create_lorebook(alice, Book(entries, name="Great"))
        html = page(signed_in, row)
        assert html.count("<textarea") < 12
        assert html.count("<") < 45_000
        assert len(html) < 3_000_000


class TestReading:
    def test_an_entry_is_read_as_it_stands(self, signed_in: Client) -> None:
        sent = {"lore-open": "1", "lore-content": "@@dont_activate\n@@nonsense 4\nText.", "lore-keys": "/(a)\\1/"}
        html = signed_in.post("/lorebooks/reading/", sent).content.decode()
        assert "Never there." in html
        assert "@@nonsense 4 has no effect here" in html
        assert "never matches" in html

    def test_without_an_entry_there_is_nothing_to_read(self, signed_in: Client) -> None:
        assert signed_in.post("/lorebooks/reading/", {}).status_code == 400


class TestFiles:
    @pytest.mark.parametrize(("kind", "mark"), [("v3", "spec"), ("sillytavern", "entries")])
    def test_it_goes_out_and_comes_back_the_same(
        self, signed_in: Client, harbour: Lorebook, kind: str, mark: str
    ) -> None:
        answer = signed_in.get(f"/lorebooks/{harbour.id}/export/{kind}/")
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        told = json.loads(answer.content)
        assert mark in told
        again = read(told).book
        assert [entry.content for entry in again.entries] == [entry.content for entry in BOOK.entries]
        assert again.raw == {"x_book": True}

    def test_no_other_kind_is_known(self, signed_in: Client, harbour: Lorebook) -> None:
        assert signed_in.get(f"/lorebooks/{harbour.id}/export/exe/").status_code == 404


class TestLimits:
    @pytest.mark.parametrize(
        "book",
        [
            Book(tuple(Entry(n) for n in range(2001))),
            Book((Entry(0, content="x" * 2**21),)),
        ],
        ids=["entries", "bytes"],
    )
    def test_what_is_too_much_is_refused(self, alice: User, book: Book) -> None:
        with pytest.raises(BadInput):
            actions.create_lorebook(alice, book)

    def test_an_old_base_is_a_conflict(self, alice: User, harbour: Lorebook) -> None:
        saved = actions.save_lorebook(alice, harbour.id, BOOK, harbour.updated_at)
        assert saved.updated_at > harbour.updated_at
        with pytest.raises(Conflict):
            actions.save_lorebook(alice, harbour.id, BOOK, harbour.updated_at)


class TestChat:
    def test_books_are_put_into_a_chat_and_out_again(
        self, signed_in: Client, harbour: Lorebook, alices_chat: Chat
    ) -> None:
        url = f"/chats/{alices_chat.id}/lorebooks/"
        assert signed_in.post(url, {"lorebook": [str(harbour.id)]}).status_code == 302
        assert list(alices_chat.lorebooks.all()) == [harbour]
        signed_in.post(url)
        assert not alices_chat.lorebooks.exists()

    @pytest.mark.parametrize("lorebook", ["x", "00000000-0000-0000-0000-000000000000"])
    def test_what_is_no_book_of_theirs_changes_nothing(
        self, signed_in: Client, harbour: Lorebook, alices_chat: Chat, lorebook: str
    ) -> None:
        alices_chat.lorebooks.add(harbour)
        answer = signed_in.post(f"/chats/{alices_chat.id}/lorebooks/", {"lorebook": [lorebook]})
        assert answer.status_code == 404
        assert list(alices_chat.lorebooks.all()) == [harbour]

    def test_charlies_book_is_nothing_to_alices_chat_nor_alices_chat_to_charlie(
        self, client: Client, charlie: User, alice: User, harbour: Lorebook, alices_chat: Chat
    ) -> None:
        theirs = actions.create_lorebook(charlie, BOOK)
        client.force_login(alice)
        answer = client.post(f"/chats/{alices_chat.id}/lorebooks/", {"lorebook": [str(theirs.id)]})
        assert answer.status_code == 404
        client.force_login(charlie)
        for book in (theirs, harbour):
            answer = client.post(f"/chats/{alices_chat.id}/lorebooks/", {"lorebook": [str(book.id)]})
            assert answer.status_code == 404
        assert client.get(f"/chats/{alices_chat.id}/lines/").status_code == 404
        assert not alices_chat.lorebooks.exists()

    def test_the_last_messages_are_lines(self, signed_in: Client, alices_chat: Chat) -> None:
        found = signed_in.get(f"/chats/{alices_chat.id}/lines/").json()["lines"]
        assert all(line.startswith(f"{alices_chat.character.name}: ") for line in found)


def own_routes(row: Lorebook) -> dict[str, Callable[[Client], int]]:
    url = f"/lorebooks/{row.id}/"
    api = f"/api/v2/lorebooks/{row.id}"
    body = json.dumps({"spec": "lorebook_v3", "data": {"entries": []}})
    return {
        "page": lambda client: client.get(url).status_code,
        "save": lambda client: client.post(url, {"base": row.updated_at.isoformat()}).status_code,
        "delete": lambda client: client.post(f"{url}delete/").status_code,
        "global": lambda client: client.post(f"{url}global/", {"wanted": "on"}).status_code,
        "export": lambda client: client.get(f"{url}export/v3/").status_code,
        "test": lambda client: (
            client.post(
                "/lorebooks/test/", {"lore-try-source": f"lorebook/{row.id}", "lore-try-text": "tide"}
            ).status_code
        ),
        "api get": lambda client: client.get(api).status_code,
        "api put": lambda client: client.put(api, body, content_type="application/json").status_code,
        "api patch": lambda client: client.patch(api, "{}", content_type="application/json").status_code,
        "api delete": lambda client: client.delete(api).status_code,
        "api test": lambda client: (
            client.post(
                "/api/v2/lorebooks/test", {"lorebook_id": str(row.id), "text": "tide"}, content_type="application/json"
            ).status_code
        ),
    }


ROUTES = ["page", "save", "delete", "global", "export", "test", "api get", "api put", "api patch", "api delete",
          "api test"]  # fmt: skip


@pytest.mark.parametrize("route", ROUTES)
def test_alices_book_is_nothing_to_charlie(route: str, client: Client, charlie: User, harbour: Lorebook) -> None:
    before = (harbour.text, harbour.is_global)
    client.force_login(charlie)
    assert own_routes(harbour)[route](client) == 404
    harbour.refresh_from_db()
    assert (harbour.text, harbour.is_global) == before
    assert "Harbour" not in client.get("/lorebooks/").content.decode()
    client.logout()
    assert own_routes(harbour)[route](client) in {302, 401, 403}


@pytest.mark.parametrize("route", ROUTES)
def test_it_is_alices(route: str, signed_in: Client, harbour: Lorebook) -> None:
    assert own_routes(harbour)[route](signed_in) in {200, 204, 302}


def test_the_shelf_over_rest(signed_in: Client, alice: User) -> None:
    world = {"entries": {"0": {"uid": 0, "key": ["a"], "content": "A", "sticky": -1}}, "name": "World"}
    made = signed_in.post("/api/v2/lorebooks", world, content_type="application/json")
    assert made.status_code == 201
    told = cast(dict[str, object], made.json())
    assert (told["name"], told["entries"]) == ("World", 1)
    assert "sticky" in str(told["notices"])
    url = f"/api/v2/lorebooks/{told['id']}"
    changed = signed_in.patch(url, {"name": "Globe", "is_global": True}, content_type="application/json").json()
    assert (changed["name"], changed["is_global"], changed["entries"]) == ("Globe", True, 1)
    assert signed_in.get(url).json()["book"]["data"]["name"] == "Globe"
    assert signed_in.get(f"{url}?format=sillytavern").json()["entries"]["0"]["key"] == ["a"]
    assert signed_in.get(f"{url}?format=odt").status_code == 400
    listed = signed_in.get("/api/v2/lorebooks").json()["lorebooks"]
    assert [one["name"] for one in listed] == ["Globe"]


@pytest.mark.parametrize(
    "body",
    ["", "[]", "{", '{"entries": 3}', '{"type": "risu", "data": []}', "[" * 5000, f'{{"a": "{"x" * 2**21}"}}'],
    ids=["empty", "list", "cut", "odd", "foreign", "deep", "large"],
)
def test_what_is_no_lorebook_is_refused_over_rest(signed_in: Client, harbour: Lorebook, body: str) -> None:
    before = harbour.text
    for answer in (
        signed_in.post("/api/v2/lorebooks", body, content_type="application/json"),
        signed_in.put(f"/api/v2/lorebooks/{harbour.id}", body, content_type="application/json"),
    ):
        assert answer.status_code == 400
        assert answer.json()["error"]["message"]
    harbour.refresh_from_db()
    assert harbour.text == before
    assert Lorebook.objects.count() == 1
