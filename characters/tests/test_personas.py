"""Who people are to a character: the page, the form, and what each verb may do."""

import contextlib
import io
from functools import partial

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from pytest_django import Settings

from accounts.models import User
from characters.access import default_persona_for
from characters.actions import personas
from characters.actions.characters import create_character
from characters.actions.personas import PersonaChanges
from characters.cards.card import Card
from characters.models import Character, Persona
from chats.actions import settings as chat_settings
from chats.company import host_persona
from chats.models import Chat
from chats.tests.acting import at_once, send
from core.errors import BadInput, Conflict, LimitReached

pytestmark = pytest.mark.django_db

FIELDS = {"name": "Captain", "symbol": "⚓", "hue": "210", "description": "At sea since twelve."}


@pytest.fixture
def signed_in(alice: User, client: Client) -> Client:
    client.force_login(alice)
    return client


@pytest.fixture
def captain(alice: User) -> Persona:
    default_persona_for(alice)
    return personas.create_persona(alice, PersonaChanges(name="Captain", symbol="⚓", hue=210, description="At sea."))


@pytest.fixture
def shelf(settings: Settings, tmp_path: object) -> None:
    settings.MEDIA_ROOT = tmp_path


def picture() -> bytes:
    place = io.BytesIO()
    Image.new("RGB", (60, 40), (20, 90, 180)).save(place, "PNG")
    return place.getvalue()


class TestPage:
    def test_somebody_new_is_protag(self, signed_in: Client) -> None:
        page = signed_in.get("/personas/").content.decode()
        assert "Protag" in page
        assert "⚡" in page

    def test_it_shows_who_is_bound_to_whom_and_who_is_the_default(
        self, alice: User, captain: Persona, signed_in: Client
    ) -> None:
        Character.objects.filter(id=create_character(alice, Card("Mira <3")).id).update(persona=captain)
        page = signed_in.get("/personas/").content.decode()
        assert "With Mira &lt;3, whatever the default is" in page
        assert page.index("Protag") < page.index("Captain")
        assert page.count("Default</span>") == 1

    def test_it_is_for_those_who_are_signed_in(self, client: Client, db: None) -> None:
        assert client.get("/personas/").status_code == 302

    def test_charlie_sees_none_of_alices(self, charlie: User, captain: Persona, client: Client) -> None:
        client.force_login(charlie)
        assert b"Captain" not in client.get("/personas/").content


class TestForm:
    def test_a_persona_is_made(self, alice: User, signed_in: Client) -> None:
        assert signed_in.get("/personas/new/").status_code == 200
        assert signed_in.post("/personas/new/", FIELDS).headers["Location"] == "/personas/"
        made = Persona.objects.get(owner=alice, name="Captain")
        assert (made.symbol, made.hue, made.description, made.is_default) == ("⚓", 210, "At sea since twelve.", False)

    def test_a_persona_is_changed(self, captain: Persona, signed_in: Client) -> None:
        assert b"At sea." in signed_in.get(f"/personas/{captain.id}/edit/").content
        signed_in.post(f"/personas/{captain.id}/edit/", {**FIELDS, "name": "Admiral", "symbol": ""})
        captain.refresh_from_db()
        assert (captain.name, captain.symbol) == ("Admiral", "")
        assert b">A</span>" in signed_in.get("/personas/").content

    @pytest.mark.parametrize(
        ("field", "value"),
        [("name", ""), ("name", "x" * 81), ("hue", "360"), ("hue", "-1"), ("hue", "red"), ("symbol", "AB"),
         ("symbol", "x" * 9), ("description", "x" * 20_001), ("name", "a\0b")],
    )  # fmt: skip
    def test_what_is_refused_changes_nothing_and_loses_nothing(
        self, captain: Persona, signed_in: Client, field: str, value: str
    ) -> None:
        fields = {**FIELDS, "description": "Long thought over.", field: value}
        answer = signed_in.post(f"/personas/{captain.id}/edit/", fields)
        assert answer.status_code == 400
        assert b"errorlist" in answer.content or b'role="alert"' in answer.content
        assert field == "description" or b"Long thought over." in answer.content
        captain.refresh_from_db()
        assert (captain.name, captain.hue, captain.description) == ("Captain", 210, "At sea.")

    @pytest.mark.parametrize("symbol", ["⚡", "é", "e\u0301", "👨‍👩‍👧‍👦", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "🇨🇭", "1️⃣", "字", "👍🏽"])
    def test_a_symbol_is_what_people_see_as_one(self, alice: User, symbol: str) -> None:
        assert personas.create_persona(alice, PersonaChanges(name="A", symbol=symbol)).symbol == symbol

    @pytest.mark.parametrize("symbol", ["ab", "⚡⚡", "🇨🇭🇨🇭", "a b"])
    def test_two_symbols_are_too_many(self, alice: User, symbol: str) -> None:
        with pytest.raises(BadInput, match="one letter"):
            personas.create_persona(alice, PersonaChanges(name="A", symbol=symbol))

    def test_a_hundred_are_enough(self, alice: User, signed_in: Client) -> None:
        default_persona_for(alice)
        Persona.objects.bulk_create(Persona(owner=alice, name=f"{n}") for n in range(99))
        answer = signed_in.post("/personas/new/", FIELDS)
        assert answer.status_code == 429
        assert b"At sea since twelve." in answer.content
        with pytest.raises(LimitReached):
            personas.create_persona(alice, PersonaChanges(name="One more"))


@given(name=st.text(max_size=90), symbol=st.text(max_size=10), description=st.text(max_size=50), hue=st.integers())
def test_whatever_is_sent_is_storable_or_refused(name: str, symbol: str, description: str, hue: int) -> None:
    persona = Persona()
    changes = PersonaChanges(name=name, symbol=symbol, description=description, hue=hue)
    with contextlib.suppress(BadInput):
        personas._apply(persona, changes)
        assert 0 < len(persona.name) <= 80
        assert len(persona.symbol) <= 8
        assert "\0" not in persona.name + persona.symbol + persona.description
        assert (persona.name + persona.symbol + persona.description).encode()
        assert 0 <= persona.hue <= 359


@pytest.mark.usefixtures("shelf")
class TestPicture:
    def test_it_is_shown_to_its_owner_only(self, captain: Persona, signed_in: Client, charlie: User) -> None:
        file = SimpleUploadedFile("../me.png", picture(), "image/png")
        signed_in.post(f"/personas/{captain.id}/edit/", {**FIELDS, "picture": file})
        captain.refresh_from_db()
        url = f"/personas/{captain.id}/pictures/{captain.picture}.webp"
        assert url in signed_in.get("/personas/").content.decode()
        answer = signed_in.get(url)
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/webp")
        assert "private" in answer.headers["Cache-Control"]
        assert Image.open(io.BytesIO(answer.content)).size == (60, 40)
        assert signed_in.get(url.replace(captain.picture, "0" * 64)).status_code == 404
        signed_in.force_login(charlie)
        assert signed_in.get(url).status_code == 404

    def test_it_can_be_taken_away(self, alice: User, captain: Persona, signed_in: Client) -> None:
        personas.change_persona(alice, captain.id, PersonaChanges(picture=picture()))
        signed_in.post(f"/personas/{captain.id}/edit/", FIELDS)
        captain.refresh_from_db()
        assert captain.picture
        signed_in.post(f"/personas/{captain.id}/edit/", {**FIELDS, "without_picture": "on"})
        captain.refresh_from_db()
        assert not captain.picture

    @pytest.mark.parametrize("content", [b"GIF89a", b"<svg/>", b"\x89PNG\r\n\x1a\n", b"not a picture"])
    def test_what_is_no_picture_is_refused(self, captain: Persona, signed_in: Client, content: bytes) -> None:
        file = SimpleUploadedFile("me.png", content, "image/png")
        answer = signed_in.post(f"/personas/{captain.id}/edit/", {**FIELDS, "picture": file})
        assert answer.status_code == 400
        assert b"At sea since twelve." in answer.content
        captain.refresh_from_db()
        assert (captain.picture, captain.description) == ("", "At sea.")


class TestDefault:
    def test_it_is_one(self, alice: User, captain: Persona, signed_in: Client) -> None:
        assert signed_in.post(f"/personas/{captain.id}/default/").status_code == 302
        assert default_persona_for(alice) == captain
        assert Persona.objects.filter(owner=alice, is_default=True).count() == 1

    @pytest.mark.django_db(transaction=True)
    def test_it_is_one_whoever_asks_in_the_same_moment(self, alice: User, captain: Persona) -> None:
        others = [personas.create_persona(alice, PersonaChanges(name=f"Other {n}")) for n in range(3)]
        at_once([partial(personas.make_default, alice, one.id) for one in [captain, *others]])
        assert Persona.objects.filter(owner=alice, is_default=True).count() == 1


class TestArchive:
    def test_one_that_never_spoke_is_gone(self, captain: Persona, signed_in: Client) -> None:
        assert signed_in.post(f"/personas/{captain.id}/archive/").status_code == 302
        assert not Persona.objects.filter(id=captain.id).exists()

    @pytest.mark.usefixtures("text_engine", "redis_db")
    def test_one_that_spoke_goes_on_in_its_chats(
        self, alice: User, alices_chat: Chat, captain: Persona, signed_in: Client
    ) -> None:
        chat_settings.choose_persona(alice, alices_chat.id, captain.id)
        said = send(alice, alices_chat).message
        signed_in.post(f"/personas/{captain.id}/archive/")
        captain.refresh_from_db()
        assert captain.archived_at is not None
        assert said.persona == captain
        assert b"Captain" not in signed_in.get("/personas/").content
        assert b"Captain" in signed_in.get(f"/chats/{alices_chat.id}/").content
        assert signed_in.get(f"/personas/{captain.id}/edit/").status_code == 404

    def test_the_default_stays(self, alice: User, signed_in: Client) -> None:
        usual = default_persona_for(alice)
        answer = signed_in.post(f"/personas/{usual.id}/archive/")
        assert answer.status_code == 409
        assert b"Make another persona your default first" in answer.content
        with pytest.raises(Conflict):
            personas.archive_persona(alice, usual.id)
        assert default_persona_for(alice) == usual


@pytest.mark.parametrize("verb", ["edit", "default", "archive"])
def test_alices_persona_is_nothing_to_charlie(verb: str, charlie: User, captain: Persona, client: Client) -> None:
    client.force_login(charlie)
    assert client.post(f"/personas/{captain.id}/{verb}/", FIELDS).status_code == 404
    captain.refresh_from_db()
    assert (captain.description, captain.is_default, captain.archived_at) == ("At sea.", False, None)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("text_engine", "redis_db")
class TestInAChat:
    def test_it_says_what_is_said_from_then_on(
        self, alice: User, alices_chat: Chat, captain: Persona, signed_in: Client
    ) -> None:
        before = send(alice, alices_chat).message
        url = f"/chats/{alices_chat.id}/persona/"
        assert signed_in.post(url, {"persona": str(captain.id)}).headers["Location"] == f"/chats/{alices_chat.id}/"
        after = send(alice, alices_chat).message
        before.refresh_from_db()
        assert (before.persona.name, after.persona.name) == ("Protag", "Captain")
        assert default_persona_for(alice).name == "Protag"

    def test_a_page_with_scripts_hears_how_it_looks(
        self, alices_chat: Chat, captain: Persona, signed_in: Client
    ) -> None:
        url = f"/chats/{alices_chat.id}/persona/"
        answer = signed_in.post(url, {"persona": str(captain.id)}, headers={"Accept": "application/json"}).json()
        assert (answer["name"], answer["symbol"], answer["hue"], answer["picture"]) == ("Captain", "⚓", 210, "")

    def test_a_draft_comes_back(self, alices_chat: Chat, captain: Persona, signed_in: Client) -> None:
        fields = {"persona": str(captain.id), "text": "  Half a <thought>"}
        answer = signed_in.post(f"/chats/{alices_chat.id}/persona/", fields)
        assert b"  Half a &lt;thought&gt;</textarea>" in answer.content
        assert b"data-persona-name>Captain<" in answer.content

    def test_a_chat_keeps_its_own_when_the_default_changes(
        self, alice: User, alices_chat: Chat, captain: Persona, azera: Character
    ) -> None:
        personas.make_default(alice, captain.id)
        assert send(alice, alices_chat).message.persona.name == "Protag"

    def test_nobody_is_somebody_elses(
        self, alices_chat: Chat, captain: Persona, charlie: User, signed_in: Client
    ) -> None:
        theirs = default_persona_for(charlie)
        url = f"/chats/{alices_chat.id}/persona/"
        for persona in (str(theirs.id), "", "x"):
            assert signed_in.post(url, {"persona": persona}).status_code == 404
        signed_in.force_login(charlie)
        assert signed_in.post(url, {"persona": str(theirs.id)}).status_code == 404
        alices_chat.refresh_from_db()
        assert host_persona(alices_chat).name == "Protag"
