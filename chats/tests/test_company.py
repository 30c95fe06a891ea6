"""The doors to who speaks in a chat: characters come, go, are silenced and moved; and their faces."""

import io
from functools import partial
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.test import Client
from PIL import Image
from pytest_django import Settings

from accounts.models import User
from characters import files, pictures
from characters.actions.characters import create_character
from characters.cards.card import Card
from characters.models import Character
from chats import company, presence
from chats.actions import casting
from chats.actions.starting import MOST_CHARACTERS
from chats.models import CastMember, Chat, Message, TurnTaking
from chats.tests.acting import at_once, send, tell
from chats.tests.table import characters, come_in, group
from core.errors import BadInput, LimitReached, NotFound
from core.redis import client as redis_client

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("text_engine", "redis_db")]


@pytest.fixture
def chat(alice: User) -> Chat:
    return group(alice, "Mira", "Bram", "Odile")


@pytest.fixture
def pictured(alice: User, settings: Settings, tmp_path: Path) -> Character:
    """A private character of Alice's with a face."""
    settings.MEDIA_ROOT = tmp_path / "media"
    content = io.BytesIO()
    Image.new("RGB", (40, 40), (90, 20, 160)).save(content, "PNG")
    digest = files.put_picture(pictures.re_encode(content.getvalue()))
    made = create_character(alice, Card("Secret", description="The sheet of Secret"))
    Character.objects.filter(id=made.id).update(face=digest)
    made.refresh_from_db()
    return made


def names(chat: Chat) -> list[str]:
    return [member.character.name for member in company.cast(chat)]


class TestStartingAGroup:
    def test_several_are_chosen_and_the_first_begins(self, signed_in: Client, alice: User, azera: Character) -> None:
        mira, bram = characters(alice, "Mira", "Bram")
        page = signed_in.get("/chats/group/").content.decode()
        assert all(f'value="{one.id}"' in page for one in (mira, bram, azera))
        answer = signed_in.post("/chats/group/", {"character": [str(bram.id), str(azera.id), str(mira.id)]})
        made = Chat.objects.get()
        assert answer.headers["Location"] == f"/chats/{made.id}/"
        assert names(made) == ["Bram", azera.name, "Mira"]
        page = signed_in.get(f"/chats/{made.id}/").content.decode()
        assert f"Bram, {azera.name}, Mira and you" in page
        assert "At the table" in page
        assert "Next to speak" in page

    def test_what_is_ticked_stays_ticked_through_a_search(self, signed_in: Client, alice: User) -> None:
        mira, bram = characters(alice, "Mira Vale", "Bram")
        page = signed_in.post("/chats/group/", {"character": str(bram.id), "q": "val", "find": "1"}).content.decode()
        assert f'value="{bram.id}" checked' in page
        assert f'value="{mira.id}">' in page
        assert not Chat.objects.exists()

    def test_one_at_least_and_eight_at_most(self, signed_in: Client, alice: User) -> None:
        assert signed_in.post("/chats/group/", {}).status_code == 400
        crowd = [str(one.id) for one in characters(alice, *(f"Guest {n}" for n in range(MOST_CHARACTERS + 1)))]
        answer = signed_in.post("/chats/group/", {"character": crowd})
        assert answer.status_code == 429
        assert b"at most 8 characters" in answer.content
        page = answer.content.decode()
        assert all(f'name="character" value="{one}" checked' in page for one in crowd)

    def test_anothers_character_is_not_there(self, signed_in: Client, charlie: User) -> None:
        (his,) = characters(charlie, "Secret")
        assert b"Secret" not in signed_in.get("/chats/group/").content
        assert signed_in.post("/chats/group/", {"character": str(his.id)}).status_code == 404


class TestComingAndGoing:
    def test_a_chat_for_two_becomes_a_group(self, signed_in: Client, alice: User) -> None:
        chat = group(alice, "Mira")
        page = signed_in.get(f"/chats/{chat.id}/").content.decode()
        assert "Add a character" in page
        assert "At the table" not in page
        (bram,) = characters(alice, "Bram")
        page = signed_in.get(f"/chats/{chat.id}/characters/?q=bra").content.decode()
        assert "Bram" in page
        answer = signed_in.post(f"/chats/{chat.id}/characters/", {"character": str(bram.id)})
        assert answer.headers["Location"] == f"/chats/{chat.id}/"
        assert names(chat) == ["Mira", "Bram"]
        assert "At the table" in signed_in.get(f"/chats/{chat.id}/").content.decode()

    def test_who_is_there_is_not_offered_again(self, signed_in: Client, chat: Chat) -> None:
        page = signed_in.get(f"/chats/{chat.id}/characters/").content.decode()
        assert f'value="{chat.character_id}"' not in page

    def test_a_newcomer_knows_nothing_of_before_and_one_who_is_back_what_it_heard(
        self, alice: User, chat: Chat
    ) -> None:
        bram = chat.cast.get(character__name="Bram").character_id
        first = send(alice, chat).message
        casting.remove_character(alice, chat.id, bram)
        second = send(alice, chat).message
        casting.add_character(alice, chat.id, bram)
        third = send(alice, chat).message
        assert [bram in one.witnesses for one in (first, second, third)] == [True, False, True]
        assert CastMember.objects.filter(chat=chat, character_id=bram).count() == 1

    def test_the_last_one_stays(self, signed_in: Client, alice: User) -> None:
        chat = group(alice, "Mira")
        answer = signed_in.post(f"/chats/{chat.id}/characters/{chat.character_id}/remove/")
        assert answer.status_code == 409
        assert b"Somebody has to stay" in answer.content

    def test_the_chat_has_the_face_of_somebody_who_is_there(self, alice: User, chat: Chat) -> None:
        casting.remove_character(alice, chat.id, chat.character_id)
        chat.refresh_from_db()
        assert chat.character.name == "Bram"

    def test_a_full_table_says_so_where_one_chooses(self, signed_in: Client, alice: User) -> None:
        chat = group(alice, *(f"Guest {n}" for n in range(MOST_CHARACTERS)))
        (late,) = characters(alice, "Late")
        answer = signed_in.post(f"/chats/{chat.id}/characters/", {"character": str(late.id)})
        assert answer.status_code == 429
        assert b"at most 8 characters" in answer.content

    def test_eight_at_most_however_many_come_at_once(self, alice: User, chat: Chat) -> None:
        crowd = characters(alice, *(f"Guest {n}" for n in range(8)))
        outcomes = at_once([partial(casting.add_character, alice, chat.id, one.id) for one in crowd])
        assert sum(isinstance(one, LimitReached) for one in outcomes) == 3
        assert len(company.present(chat)) == MOST_CHARACTERS

    def test_a_guest_brings_their_own(self, alice: User, charlie: User, chat: Chat, client: Client) -> None:
        come_in(charlie, chat)
        (his,) = characters(charlie, "Tarek")
        client.force_login(charlie)
        client.post(f"/chats/{chat.id}/characters/", {"character": str(his.id)})
        assert "Tarek" in names(chat)
        client.force_login(alice)
        page = client.get(f"/chats/{chat.id}/").content.decode()
        assert "Tarek" in page
        assert "The sheet of Tarek" not in page


class TestSeats:
    def test_they_are_silenced_moved_and_made_to_talk(self, signed_in: Client, chat: Chat) -> None:
        odile = chat.cast.get(character__name="Odile").character_id
        url = f"/chats/{chat.id}/characters/{odile}/"
        signed_in.post(url, {"muted": "true"})
        signed_in.post(url, {"talkativeness": "85"})
        signed_in.post(url, {"place": "0"})
        member = chat.cast.get(character_id=odile)
        assert (member.is_muted, member.talkativeness) == (True, 0.85)
        assert names(chat) == ["Odile", "Mira", "Bram"]
        assert "silent unless called on" in signed_in.get(f"/chats/{chat.id}/").content.decode()
        signed_in.post(url, {"muted": "false", "place": "100"})
        assert not chat.cast.get(character_id=odile).is_muted
        assert names(chat) == ["Mira", "Bram", "Odile"]

    def test_a_page_with_scripts_is_answered_without_one(self, signed_in: Client, chat: Chat) -> None:
        url = f"/chats/{chat.id}/characters/{chat.character_id}/"
        assert signed_in.post(url, {"muted": "true"}, headers={"Accept": "application/json"}).status_code == 204

    @pytest.mark.parametrize("talkativeness", [-0.1, 1.1, float("nan")])
    def test_talkativeness_has_bounds(self, alice: User, chat: Chat, talkativeness: float) -> None:
        with pytest.raises(BadInput):
            casting.change_seat(alice, chat.id, chat.character_id, casting.SeatChanges(talkativeness=talkativeness))

    def test_somebody_who_left_has_no_seat(self, alice: User, chat: Chat) -> None:
        mira = chat.character_id
        casting.remove_character(alice, chat.id, mira)
        with pytest.raises(NotFound):
            casting.change_seat(alice, chat.id, mira, casting.SeatChanges(is_muted=True))


class TestRules:
    def test_they_are_chosen_in_one_form(self, signed_in: Client, chat: Chat) -> None:
        rules = {"turn_taking": "pooled", "speakers_most": "3", "goes_on_for": "7"}
        assert signed_in.post(f"/chats/{chat.id}/turn-taking/", rules).status_code == 302
        chat.refresh_from_db()
        assert (chat.turn_taking, chat.speakers_most, chat.goes_on_for) == (TurnTaking.POOLED, 3, 7)

    @pytest.mark.parametrize(
        "wrong", [{"turn_taking": "loudest"}, {"speakers_most": "0"}, {"speakers_most": "9"}, {"goes_on_for": "21"}]
    )
    def test_what_is_none_of_them_changes_nothing(self, signed_in: Client, chat: Chat, wrong: dict[str, str]) -> None:
        rules = {"turn_taking": "pooled", "speakers_most": "3", "goes_on_for": "7", **wrong}
        assert signed_in.post(f"/chats/{chat.id}/turn-taking/", rules).status_code == 400
        chat.refresh_from_db()
        assert chat.turn_taking == TurnTaking.ROUND_ROBIN


class TestSpeaking:
    def test_somebody_speaks_without_a_word_from_anybody(self, signed_in: Client, alice: User, chat: Chat) -> None:
        tell(send(alice, chat).reply)
        odile = chat.cast.get(character__name="Odile").character_id
        answer = signed_in.post(f"/chats/{chat.id}/speak/", {"character": str(odile)})
        assert answer.headers["Location"] == f"/chats/{chat.id}/"
        chat.refresh_from_db()
        assert chat.leaf is not None
        assert chat.leaf.character_id == odile

    def test_whoevers_turn_it_is(self, signed_in: Client, alice: User, chat: Chat) -> None:
        tell(send(alice, chat).reply)
        url = f"/chats/{chat.id}/speak/"
        answer = signed_in.post(url, {"character": ""}, headers={"Accept": "application/json"})
        assert answer.status_code == 202
        assert Message.objects.get(id=answer.json()["reply_id"]).character.name == "Bram"


class TestFaces:
    def test_a_guest_sees_a_private_face_while_it_is_there(
        self, alice: User, charlie: User, pictured: Character, client: Client
    ) -> None:
        chat = group(alice, "Mira")
        casting.add_character(alice, chat.id, pictured.id)
        address = f"/chats/{chat.id}/faces/{pictured.id}/96/"
        client.force_login(charlie)
        assert client.get(address).status_code == 404
        come_in(charlie, chat)
        page = client.get(f"/chats/{chat.id}/").content.decode()
        assert f"{address}?v={pictured.face[:12]}" in page
        assert f'"/characters/{pictured.id}/' not in page
        picture = client.get(address)
        assert picture.status_code == 200
        assert picture.headers["Content-Type"] == "image/webp"
        assert picture.headers["Cache-Control"].startswith("private")
        for path in (
            f"/characters/{pictured.id}/pictures/{pictured.face}/96.webp",
            f"/api/v2/characters/{pictured.id}",
        ):
            assert client.get(path).status_code == 404
        for wrong in ("95", "0", "480000"):
            assert client.get(f"/chats/{chat.id}/faces/{pictured.id}/{wrong}/").status_code == 404
        casting.remove_character(alice, chat.id, pictured.id)
        assert client.get(address).status_code == 404  # it said nothing while they were there

    def test_it_stays_beside_what_it_said(
        self, alice: User, charlie: User, pictured: Character, client: Client
    ) -> None:
        chat = group(alice, "Mira")
        casting.add_character(alice, chat.id, pictured.id)
        come_in(charlie, chat)
        send(alice, chat)
        tell(send(alice, chat).reply)
        casting.remove_character(alice, chat.id, pictured.id)
        client.force_login(charlie)
        assert client.get(f"/chats/{chat.id}/faces/{pictured.id}/96/").status_code == 200

    def test_one_that_never_was_in_the_chat_has_none_there(
        self, alice: User, chat: Chat, pictured: Character, signed_in: Client
    ) -> None:
        assert signed_in.get(f"/chats/{chat.id}/faces/{pictured.id}/96/").status_code == 404
        assert signed_in.get(f"/chats/{chat.id}/faces/{chat.character_id}/96/").status_code == 404  # it has no face


class TestRest:
    def test_the_cast_is_read_and_changed(self, signed_in: Client, alice: User, chat: Chat) -> None:
        url = f"/api/v2/chats/{chat.id}/characters"
        (tarek,) = characters(alice, "Tarek")
        added = signed_in.post(url, {"character": str(tarek.id)}, content_type="application/json")
        assert added.status_code == 201
        assert [one["name"] for one in added.json()["characters"]] == ["Mira", "Bram", "Odile", "Tarek"]
        wanted = {"is_muted": True, "talkativeness": 0.2, "position": 1}
        changed = signed_in.patch(f"{url}/{tarek.id}", wanted, content_type="application/json").json()["characters"]
        assert [(one["name"], one["is_muted"], one["talkativeness"]) for one in changed][1] == ("Tarek", True, 0.2)
        assert signed_in.delete(f"{url}/{tarek.id}").status_code == 204
        assert len(signed_in.get(url).json()["characters"]) == 3
        for wrong in ({"talkativeness": 2}, {"is_muted": "loud"}, {"position": -1}, [1], "x"):
            answer = signed_in.patch(f"{url}/{chat.character_id}", wrong, content_type="application/json")
            assert answer.status_code == 400, wrong

    def test_rules_and_speaking(self, signed_in: Client, alice: User, chat: Chat) -> None:
        tell(send(alice, chat).reply)
        url = f"/api/v2/chats/{chat.id}"
        rules = {"turn_taking": "director", "speakers_most": 1, "goes_on_for": 4}
        assert signed_in.put(f"{url}/turn-taking", rules, content_type="application/json").json() == rules
        assert signed_in.get(f"{url}/turn-taking").json() == rules
        headers = {"Idempotency-Key": str(uuid4())}
        body = {"character": str(chat.character_id)}
        asked = [
            signed_in.post(f"{url}/speak", body, content_type="application/json", headers=headers) for _ in range(2)
        ]
        assert {one.status_code for one in asked} == {202}
        assert asked[0].json()["id"] == asked[1].json()["id"]
        assert signed_in.post(f"{url}/speak", {}, content_type="application/json").status_code == 409


class TestPresence:
    def test_a_person_is_there_as_long_as_one_of_their_pages_is(self) -> None:
        chat_id, alice, charlie = uuid4(), uuid4(), uuid4()
        assert presence.enter(chat_id, alice, "one")
        assert not presence.enter(chat_id, alice, "two")
        assert presence.enter(chat_id, charlie, "three")
        assert presence.here(chat_id) == {alice, charlie}
        assert not presence.leave(chat_id, alice, "one")
        assert presence.leave(chat_id, alice, "two")
        assert not presence.leave(chat_id, alice, "two")
        assert presence.here(chat_id) == {charlie}

    def test_a_page_whose_process_died_is_forgotten(self) -> None:
        chat_id, alice = uuid4(), uuid4()
        presence.enter(chat_id, alice, "one")
        redis_client().zadd(f"presence:{chat_id}", {f"{alice} one": 1.0})
        assert presence.here(chat_id) == frozenset()
        assert presence.enter(chat_id, alice, "one")
        assert 0 < redis_client().ttl(f"presence:{chat_id}") <= 120

    def test_of_another_chat_nothing_is_known(self) -> None:
        presence.enter(uuid4(), UUID(int=1), "one")
        assert presence.here(uuid4()) == frozenset()
