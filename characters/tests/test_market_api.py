"""The marketplace over REST."""

import json
from base64 import urlsafe_b64encode
from uuid import uuid4

import pytest
from django.test import Client

from accounts.models import User
from characters.actions import market
from characters.cards.card import Card
from characters.cards.extras import Extras, with_extras
from characters.models import Character, Favourite, Publication, Report
from characters.tests.acting import edited, listed

pytestmark = pytest.mark.django_db

ALL = "/api/v2/characters/marketplace"


@pytest.fixture
def kestrel(alice: User) -> Publication:
    return listed(alice, with_extras(Card("Kestrel Vane", description="Waits.", tags=("War",)), Extras("Queens.")))


@pytest.fixture
def reader(charlie: User, client: Client) -> Client:
    client.force_login(charlie)
    return client


def test_what_is_published_is_listed_as_everybody_sees_it(reader: Client, kestrel: Publication, alice: User) -> None:
    edited(kestrel, Card("Kestrel the Worse"))
    body = reader.get(ALL).json()
    (one,) = body["characters"]
    assert (body["total"], body["next"], body["instead"]) == (1, None, "")
    assert (one["id"], one["name"], one["tagline"]) == (str(kestrel.pk), "Kestrel Vane", "Queens.")
    assert (one["author"], one["tags"], one["rating"]) == ("Alice", ["war"], "everyone")
    assert str(alice.pk) not in json.dumps(body)
    whole = reader.get(f"{ALL}/{kestrel.pk}").json()
    assert (whole["description"], whole["version"], whole["character_id"]) == ("Waits.", 1, None)
    assert {name: whole[name] for name in one} == one


def test_it_is_searched_and_a_slip_is_told(reader: Client, kestrel: Publication) -> None:
    body = reader.get(ALL, {"q": "kesterl"}).json()
    assert (body["characters"][0]["name"], body["instead"]) == ("Kestrel Vane", "kestrel")
    assert reader.get(ALL, {"tag": "peace"}).json()["characters"] == []


@pytest.mark.parametrize("said", ["0|2024-01-01T00:00:00+23:59|{id}", "0|2024-01-01T00:00:00|{id}", "9e99||{id}"])
def test_a_cursor_of_somebodys_own_making_is_refused(reader: Client, said: str) -> None:
    cursor = urlsafe_b64encode(said.format(id=uuid4()).encode()).decode().rstrip("=")
    assert reader.get(f"{ALL}?after={cursor}").status_code == 400


def test_pages_follow_each_other_by_a_cursor(reader: Client, alice: User) -> None:
    made = {str(listed(alice, Card(f"Number {number}")).pk) for number in range(5)}
    seen: list[str] = []
    after = ""
    while True:
        body = reader.get(ALL, {"limit": "2", "after": after, "sort": "newest"}).json()
        seen += [one["id"] for one in body["characters"]]
        if body["next"] is None:
            break
        after = body["next"]
    assert len(seen) == 5
    assert set(seen) == made


@pytest.mark.parametrize("query", ["limit=51", "limit=0", "limit=x", "after=%%%", "after=MQ", "rating=all"])
def test_what_makes_no_sense_is_refused(reader: Client, query: str) -> None:
    answer = reader.get(f"{ALL}?{query}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "bad_input")


def test_taking_makes_one_copy(reader: Client, charlie: User, kestrel: Publication) -> None:
    first = reader.post(f"{ALL}/{kestrel.pk}/take", {"follows": True}, content_type="application/json")
    again = reader.post(f"{ALL}/{kestrel.pk}/take", {}, content_type="application/json")
    assert (first.status_code, first.json()) == (201, again.json())
    copy = Character.objects.get(owner=charlie)
    assert (str(copy.id), copy.follows) == (first.json()["character_id"], True)
    assert reader.get(f"{ALL}/{kestrel.pk}").json()["character_id"] == str(copy.id)


def test_saving_twice_is_saving_once(reader: Client, kestrel: Publication) -> None:
    for verb, rows in ((reader.put, 1), (reader.put, 1), (reader.delete, 0), (reader.delete, 0)):
        assert verb(f"{ALL}/{kestrel.pk}/favourite").status_code == 204
        kestrel.refresh_from_db()
        assert kestrel.favourites == Favourite.objects.count() == rows


def test_a_report_is_made_and_nobody_reports_their_own(reader: Client, alice: User, kestrel: Publication) -> None:
    said = {"kind": "hate", "text": "Look."}
    assert reader.post(f"{ALL}/{kestrel.pk}/report", said, content_type="application/json").status_code == 201
    assert Report.objects.get().text == "Look."
    assert reader.post(f"{ALL}/{kestrel.pk}/report", {"kind": "x"}, content_type="application/json").status_code == 400
    reader.force_login(alice)
    assert reader.post(f"{ALL}/{kestrel.pk}/report", said, content_type="application/json").status_code == 400


def test_what_is_not_listed_is_not_there_for_a_stranger(reader: Client, kestrel: Publication, charlie: User) -> None:
    Publication.objects.update(is_listed=False)
    for one in (kestrel.pk, uuid4()):
        answers = [
            reader.get(f"{ALL}/{one}"),
            reader.post(f"{ALL}/{one}/take", {}, content_type="application/json"),
            reader.put(f"{ALL}/{one}/favourite"),
            reader.delete(f"{ALL}/{one}/favourite"),
            reader.post(f"{ALL}/{one}/report", {"kind": "hate"}, content_type="application/json"),
        ]
        assert {(answer.status_code, answer.content) for answer in answers} == {(404, answers[0].content)}
    assert not Character.objects.filter(owner=charlie).exists()


def test_one_readers_favourites_are_not_anothers(reader: Client, alice: User, kestrel: Publication) -> None:
    market.set_favourite(alice, kestrel.pk, wanted=True)
    (one,) = reader.get(ALL).json()["characters"]
    assert (one["is_saved"], one["favourites"]) == (False, 1)


def test_nobody_who_is_not_signed_in_sees_anything(client: Client, kestrel: Publication) -> None:
    for address in (ALL, f"{ALL}/{kestrel.pk}"):
        assert client.get(address).status_code in (401, 403)
    for address in (f"{ALL}/{kestrel.pk}/take", f"{ALL}/{kestrel.pk}/report"):
        assert client.post(address).status_code in (401, 403)
