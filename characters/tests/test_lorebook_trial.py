"""The test box: which entries a text brings up, and why, of a book as its form has it."""

import json

import pytest
from django.test import Client

from accounts.models import User
from characters.actions import lorebooks as actions
from characters.actions.characters import create_character
from characters.cards.card import Card
from characters.lore.edits import Edits, to_text
from characters.lore.entry import Book, Entry
from characters.lore.outcome import Why
from characters.lore.position import Position
from characters.lore.writing import card_book
from characters.models import Lorebook
from characters.pages import lorebooks as lorebooks_page
from characters.pages.book_trial import WHY, Trial, messages, tried
from inference.text.prompt import Role

BOOK = Book(
    (
        Entry(1, keys=("tide",), name="Tide", content="It waits for no moon."),
        Entry(2, keys=("moon",), name="Moon", content="It is full."),
        Entry(3, keys=("gull",), name="Gull", content="Never said."),
        Entry(4, keys=("(a)\\1",), name="Broken", use_regex=True),
        Entry(5, constant=True, name="Always", content="@@depth 2\nHere.", position=Position.AFTER_CHARACTER),
        Entry(6, keys=("tide",), name="Off", enabled=False),
    ),
    name="Harbour",
    recursive=True,
)


def trial(text: str, book: Book = BOOK, seed: int = 0, budget: int = 100) -> Trial:
    return tried(book, messages(text, "Alice"), character="Mira", user="Alice", budget=budget, seed=seed)


def why(found: Trial) -> dict[str, str]:
    return {told.title: told.why for told in found.entries}


def test_every_reason_has_words() -> None:
    assert set(WHY) == set(Why)


def test_it_says_what_decided_and_where() -> None:
    found = trial("Mira: Good morning.\nAlice: The tide is out.")
    told = why(found)
    assert told["Tide"] == "one of its keys is there: “tide” in message 2"
    assert told["Moon"] == "one of its keys is there: “moon” in another entry"
    assert told["Gull"] == "none of its keys is there"
    assert told["Broken"] == "one of its patterns cannot be used"
    assert told["Off"] == "it is switched off"
    assert [one.title for one in found.entries[:3]] == ["Tide", "Moon", "Always"]
    assert [one.rank for one in found.entries[:3]] == [1, 2, 3]
    assert found.entries[2].place == "At depth 2"
    assert found.entries[1].sweep == 2
    assert len(found.problems) == 1
    assert found.tokens == sum(one.tokens for one in found.entries)


def test_what_does_not_fit_is_said() -> None:
    assert why(trial("tide", budget=3))["Tide"] == "there were no tokens left for it"


def test_chance_is_the_same_with_the_same_seed_and_not_with_all() -> None:
    book = Book((Entry(1, keys=("a",), probability=50, content="A"),))
    found = [trial("a", book, seed) for seed in range(20)]
    assert all(each.used_chance for each in found)
    assert {each.active for each in found} == {0, 1}
    assert [trial("a", book, seed).entries for seed in range(20)] == [each.entries for each in found]
    assert not trial("a").used_chance


@pytest.mark.parametrize(
    ("line", "name", "role"),
    [
        ("Mira: Hello.", "Mira", Role.ASSISTANT),
        ("Alice: Hello.", "Alice", Role.USER),
        ("{{user}}: Hello.", "{{user}}", Role.USER),
        ("Hello: there", "Hello", Role.ASSISTANT),
        ("at 10:30 sharp", "Alice", Role.USER),
    ],
)
def test_each_line_is_a_message(line: str, name: str, role: Role) -> None:
    (message,) = messages(f"\n{line}\n\n", "Alice")
    assert (message.name, message.role) == (name, role)


@pytest.mark.django_db
class TestDoors:
    @pytest.fixture
    def signed_in(self, alice: User, client: Client) -> Client:
        client.force_login(alice)
        return client

    @pytest.fixture
    def harbour(self, alice: User) -> Lorebook:
        return actions.create_lorebook(alice, BOOK)

    def test_what_is_not_saved_is_tried(self, signed_in: Client, harbour: Lorebook) -> None:
        edits = to_text(Edits(entries={"3": {"keys": "lighthouse"}}, deleted=frozenset({"5"})))
        sent = {"lore-try-source": f"lorebook/{harbour.id}", "lore-try-text": "A lighthouse!", "lore-edits": edits}
        html = signed_in.post("/lorebooks/test/?part", sent).content.decode()
        assert "“lighthouse” in message 1" in html
        assert "Always" not in html
        assert "<html" not in html
        assert "<html" in signed_in.post("/lorebooks/test/", sent).content.decode()
        harbour.refresh_from_db()
        assert harbour.book.entries[2].keys == ("gull",)

    def test_a_characters_book_is_tried_with_its_name(self, signed_in: Client, alice: User) -> None:
        book = Book((Entry(1, keys=("{{char}}",), name="Herself", content="Tall."),))
        character = create_character(alice, Card("Mira", book=card_book(book)))
        sent = {
            "lore-try-source": lorebooks_page.source_of_version(character.id, 1),
            "lore-try-text": "Is Mira there?",
        }
        assert "in message 1" in signed_in.post("/lorebooks/test/?part", sent).content.decode()

    def test_alices_character_is_nothing_to_charlie(self, alice: User, charlie: User, client: Client) -> None:
        character = create_character(alice, Card("Mira"))
        client.force_login(charlie)
        sent = {"lore-try-source": lorebooks_page.source_of_version(character.id, 1), "lore-try-text": "x"}
        assert client.post("/lorebooks/test/", sent).status_code == 404

    def test_a_new_book_is_tried_before_it_is_saved(self, signed_in: Client) -> None:
        edits = to_text(Edits(entries={"0": {"keys": "x", "name": "New <i>"}}))
        html = signed_in.post("/lorebooks/test/?part", {"lore-try-text": "x", "lore-edits": edits}).content.decode()
        assert "New &lt;i&gt;" in html

    @pytest.mark.parametrize(
        ("fields", "status"),
        [
            ({"lore-try-text": "x" * 20_001}, 400),
            ({"lore-try-seed": "-1"}, 400),
            ({"lore-try-seed": "many"}, 400),
            ({"lore-edits": "{"}, 400),
            ({"lore-try-source": "lorebook/x"}, 404),
            ({"lore-try-source": "version/x/1"}, 404),
            ({"lore-try-source": "elsewhere/1"}, 404),
            ({"lore-try-source": "version/00000000-0000-0000-0000-000000000000/99999999999999999999"}, 404),
        ],
    )
    def test_what_cannot_be_tried_is_said(self, signed_in: Client, fields: dict[str, str], status: int) -> None:
        answer = signed_in.post("/lorebooks/test/?part", fields, headers={"Accept": "application/json"})
        assert answer.status_code == status
        assert answer.json()["error"]["message"]

    def test_it_is_for_those_who_are_signed_in(self, client: Client) -> None:
        assert client.post("/lorebooks/test/").status_code == 302
        assert client.post("/lorebooks/reading/").status_code == 302

    def test_the_largest_book_and_text_are_tried_in_time(self, signed_in: Client, alice: User) -> None:
        entries = tuple(Entry(n, keys=(f"key{n}", "/(x+x+)+y/"), content="word " * 20) for n in range(2000))
        row = actions.create_lorebook(alice, Book(entries, name="Great", scan_depth=100))
        sent = {"lore-try-source": f"lorebook/{row.id}", "lore-try-text": ("x" * 199 + "\n") * 100}
        assert signed_in.post("/lorebooks/test/?part", sent).status_code == 200
        body = json.dumps({"lorebook_id": str(row.id), "text": sent["lore-try-text"]})
        told = signed_in.post("/api/v2/lorebooks/test", body, content_type="application/json").json()
        assert len(told["entries"]) == 2000
        assert told["milliseconds"] < 10_000

    def test_over_rest_a_book_comes_with_the_question_or_is_named(self, signed_in: Client, harbour: Lorebook) -> None:
        url = "/api/v2/lorebooks/test"
        book = {"entries": [{"keys": ["tide"], "content": "Late."}]}
        told = signed_in.post(url, {"book": book, "text": "tide", "seed": 4}, content_type="application/json").json()
        assert (told["entries"][0]["active"], told["entries"][0]["key"], told["seed"]) == (True, "tide", 4)
        both = {"book": book, "lorebook_id": str(harbour.id), "text": ""}
        for body in (both, {"text": ""}, {"book": 3, "text": ""}, {"book": book, "text": "x" * 20_001}):
            assert signed_in.post(url, body, content_type="application/json").status_code == 400
