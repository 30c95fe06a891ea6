"""Two and three people in one chat: how they come in, what each may see and do, and how they go."""

import json
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from hashlib import sha256
from uuid import uuid4

import pytest
from django.test import AsyncClient, Client
from django.utils.timezone import now

from accounts.models import User
from characters.models import Character, Lorebook
from chats import access, consumers, following
from chats.actions import casting, organising, people, sending, settings, starting, trash
from chats.actions.people import Terms
from chats.models import Chat, Invitation, Message, Part, Participant, Receipt, Role
from chats.pages import details
from chats.tests.acting import at_once, send, tell
from chats.tests.sockets import socket
from chats.tests.table import characters, come_in, group
from core.database import in_thread
from core.errors import BadInput, CognitiaError, Conflict, LimitReached, NotAllowed, NotFound
from core.streams.entries import Delta, Start
from core.streams.writing import appender
from inference.testing import ScriptedBackend

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("text_engine", "redis_db")]


@pytest.fixture
def dana(db: None) -> User:
    return User.objects.create_user("dana@example.org", "a third password", name="Dana")


@pytest.fixture
def chat(alice: User) -> Chat:
    return group(alice, "Mira", "Bram")


class TestInviting:
    def test_only_a_digest_of_the_link_is_kept(self, alice: User, chat: Chat) -> None:
        invited = people.invite(alice, chat.id, Terms())
        row = Invitation.objects.get()
        assert row.digest == sha256(invited.token.encode()).hexdigest()
        assert invited.token not in str(Invitation.objects.values_list())
        assert len(invited.token) >= 32

    def test_the_link_is_told_once(self, alice: User, chat: Chat, client: Client) -> None:
        client.force_login(alice)
        made = client.post(f"/chats/{chat.id}/people/", {"part": "reader", "days": 3, "uses": 2})
        assert b"/join/" in made.content
        again = client.get(f"/chats/{chat.id}/people/")
        assert b"/join/" not in again.content
        assert b"Reads along" in again.content
        row = Invitation.objects.get()
        assert (row.part, row.uses_left, row.shows_past) == (Part.READER, 2, False)
        assert timedelta(days=2.9) < row.expires_at - now() < timedelta(days=3)

    @pytest.mark.parametrize(
        "terms", [Terms(part=Part.OWNER), Terms(days=0), Terms(days=31), Terms(uses=0), Terms(uses=13)]
    )
    def test_terms_have_bounds(self, alice: User, chat: Chat, terms: Terms) -> None:
        with pytest.raises(BadInput):
            people.invite(alice, chat.id, terms)
        assert not Invitation.objects.exists()

    def test_only_the_host_invites(self, alice: User, charlie: User, dana: User, chat: Chat) -> None:
        come_in(charlie, chat)
        with pytest.raises(NotAllowed, match="Only the host"):
            people.invite(charlie, chat.id, Terms())
        with pytest.raises(NotFound):
            people.invite(dana, chat.id, Terms())

    def test_twenty_may_be_out(self, alice: User, chat: Chat) -> None:
        for _ in range(people.MOST_INVITATIONS):
            people.invite(alice, chat.id, Terms())
        with pytest.raises(LimitReached, match="Take one back"):
            people.invite(alice, chat.id, Terms())
        people.revoke_invitation(alice, chat.id, people.open_invitations(alice, chat.id)[0].id)
        people.invite(alice, chat.id, Terms())


class TestComingIn:
    def test_the_page_says_what_it_leads_to(self, alice: User, charlie: User, chat: Chat, client: Client) -> None:
        send(alice, chat, "A secret of ours")
        token = people.invite(alice, chat.id, Terms(part=Part.READER)).token
        client.force_login(charlie)
        page = client.get(f"/join/{token}/").content.decode()
        for part in ("Alice invites you", "Mira", "Bram", "from now on", "You read along", "Protag"):
            assert part in page
        assert "The sheet of" not in page
        # The title is what somebody has said first, and whoever is invited is to know where to.
        assert page.count("A secret of ours") == 1
        assert not Participant.objects.filter(user=charlie).exists()

    def test_they_come_in_as_who_they_choose(self, alice: User, charlie: User, chat: Chat, client: Client) -> None:
        token = people.invite(alice, chat.id, Terms()).token
        client.force_login(charlie)
        mine = access.get_participation_for(charlie, come_in(charlie, group(charlie, "Odile")).chat_id).persona
        answer = client.post(f"/join/{token}/", {"persona": str(mine.id)})
        assert answer.headers["Location"] == f"/chats/{chat.id}/"
        there = access.get_participation_for(charlie, chat.id)
        assert (there.part, there.persona) == (Part.WRITER, mine)
        # Whoever is in is sent to the chat; their link is used up, and nobody else comes in by it.
        assert client.get(f"/join/{token}/").status_code == 404
        assert b"Mira" in client.get(f"/chats/{chat.id}/").content

    def test_nobody_comes_as_anothers_persona(self, alice: User, charlie: User, chat: Chat, client: Client) -> None:
        token = people.invite(alice, chat.id, Terms()).token
        hers = access.get_participation_for(alice, chat.id).persona
        client.force_login(charlie)
        assert client.post(f"/join/{token}/", {"persona": str(hers.id)}).status_code == 404
        assert Invitation.objects.get().uses_left == 1

    def test_what_leads_nowhere_says_the_same_whatever_the_reason(
        self, alice: User, charlie: User, dana: User, chat: Chat, client: Client
    ) -> None:
        spent, late, taken, gone = (people.invite(alice, chat.id, Terms()) for _ in range(4))
        people.join(dana, spent.token)
        Invitation.objects.filter(id=late.invitation.id).update(expires_at=now())
        people.revoke_invitation(alice, chat.id, taken.invitation.id)
        other = group(alice, "Odile")
        of_deleted = people.invite(alice, other.id, Terms()).token
        organising.delete_chats(alice, [other.id])
        Invitation.objects.filter(id=gone.invitation.id).delete()
        client.force_login(charlie)
        pages = set()
        for token in (spent.token, late.token, taken.token, gone.token, of_deleted, "made-up", "é" * 300):
            for answer in (client.get(f"/join/{token}/"), client.post(f"/join/{token}/", {"persona": str(uuid4())})):
                assert answer.status_code == 404
                pages.add(answer.content)
        assert len(pages) == 1
        assert b"Ask whoever sent it for a new one" in pages.pop()

    def test_one_for_one_lets_one_in_whoever_comes_at_the_same_moment(self, alice: User, chat: Chat) -> None:
        token = people.invite(alice, chat.id, Terms(uses=2)).token
        crowd = [User.objects.create_user(f"guest{n}@example.org", "x" * 12) for n in range(8)]
        jobs: list[Callable[[], object]] = [partial(people.join, guest, token) for guest in crowd]
        outcomes = at_once(jobs)
        assert sum(isinstance(one, Participant) for one in outcomes) == 2
        assert sum(isinstance(one, NotFound) for one in outcomes) == 6
        assert Participant.objects.filter(chat=chat).count() == 3
        assert Invitation.objects.get().uses_left == 0

    def test_coming_twice_uses_one_place(self, alice: User, charlie: User, chat: Chat) -> None:
        token = people.invite(alice, chat.id, Terms(uses=5)).token
        jobs: list[Callable[[], object]] = [partial(people.join, charlie, token) for _ in range(4)]
        assert len({outcome.pk for outcome in at_once(jobs) if isinstance(outcome, Participant)}) == 1
        assert Invitation.objects.get().uses_left == 4

    def test_a_full_chat_says_so(self, alice: User, charlie: User, chat: Chat, client: Client) -> None:
        token = people.invite(alice, chat.id, Terms(uses=12)).token
        for number in range(people.MOST_PEOPLE - 1):
            people.join(User.objects.create_user(f"guest{number}@example.org", "x" * 12), token)
        client.force_login(charlie)
        mine = come_in(charlie, group(charlie, "Odile")).persona
        answer = client.post(f"/join/{token}/", {"persona": str(mine.id)})
        assert answer.status_code == 429
        assert b"at most 12 people take part" in answer.content
        assert Invitation.objects.get(chat=chat).uses_left == 1

    def test_without_an_account_it_leads_to_signing_in_first(self, alice: User, chat: Chat, client: Client) -> None:
        token = people.invite(alice, chat.id, Terms()).token
        answer = client.get(f"/join/{token}/")
        assert answer.status_code == 302
        assert answer.headers["Location"].endswith(f"next=/join/{token}/")


class TestSeeing:
    def test_from_now_on_or_everything(
        self, alice: User, charlie: User, dana: User, chat: Chat, client: Client
    ) -> None:
        before = send(alice, chat, "Before anybody came")
        tell(before.reply)
        come_in(charlie, chat)
        come_in(dana, chat, Terms(shows_past=True))
        after = send(alice, chat, "Now that you are here")
        for guest, sees in ((charlie, False), (dana, True)):
            client.force_login(guest)
            page = client.get(f"/chats/{chat.id}/")
            assert (b"Before anybody came</p>" in page.content) is sees
            assert b"Now that you are here" in page.content
            statuses = {
                client.get(f"/chats/{chat.id}/messages/{before.message.id}/").status_code,
                client.get(f"/chats/{chat.id}/?around={before.message.id}").status_code,
                client.get(f"/chats/{chat.id}/messages/?before={before.reply.id}").status_code,
                client.get(f"/api/v2/replies/{before.reply.id}").status_code,
                client.get(f"/chats/{chat.id}/replies/{before.reply.id}/details/").status_code,
            }
            assert statuses == ({200} if sees else {404})
            lines = client.get(f"/chats/{chat.id}/lines/").json()["lines"]
            assert (lines[0] == "Protag: Before anybody came") is sees
            listed = client.get(f"/api/v2/chats/{chat.id}/messages").json()["messages"]
            assert (str(before.message.id) in [one["id"] for one in listed]) is sees
            assert str(after.message.id) in [one["id"] for one in listed]

    def test_who_was_not_there_is_not_told_by_the_characters_either(
        self, alice: User, charlie: User, chat: Chat
    ) -> None:
        come_in(charlie, chat)
        there = send(alice, chat).message
        people.remove_person(alice, chat.id, charlie.id)
        gone = send(alice, chat, "Now we are alone").message
        assert set(there.people) == {alice.id, charlie.id}
        assert gone.people == [alice.id]

    def test_each_speaks_as_their_own_persona(
        self, alice: User, charlie: User, chat: Chat, text_engine: ScriptedBackend, client: Client
    ) -> None:
        come_in(charlie, chat, name="Marta")
        tell(send(alice, chat, "I am here").reply)
        tell(send(charlie, chat, "So am I").reply)
        prompt = text_engine.prompts[-1]
        assert "Protag: I am here" in prompt
        assert "Marta: So am I" in prompt
        client.force_login(alice)
        page = client.get(f"/chats/{chat.id}/").content.decode()
        assert "<b data-speaker>Marta</b>" in page
        assert "Marta" in client.get(f"/chats/{chat.id}/company/").content.decode()

    def test_changing_ones_persona_leaves_the_others_theirs(self, alice: User, charlie: User, chat: Chat) -> None:
        come_in(charlie, chat, name="Marta")
        usual = come_in(charlie, group(charlie, "Odile")).persona
        settings.choose_persona(charlie, chat.id, usual.id)
        assert send(alice, chat).message.persona.name == "Protag"
        assert access.get_participation_for(alice, chat.id).persona.owner_id == alice.id

    def test_a_guest_sees_faces_and_names_and_no_sheet(
        self, alice: User, charlie: User, chat: Chat, client: Client
    ) -> None:
        come_in(charlie, chat)
        client.force_login(charlie)
        prompt = client.post(f"/chats/{chat.id}/prompt/", {"text": "Hello"}).content.decode()
        assert "The sheet of" not in prompt
        assert "what the characters are made from" in prompt
        for path in ("", "company/", "characters/"):
            page = client.get(f"/chats/{chat.id}/{path}").content.decode()
            assert "The sheet of" not in page
        assert client.get(f"/characters/{chat.character_id}/edit/").status_code == 404

    def test_what_the_host_has_in_lorebooks_is_in_nobody_elses_prompt(
        self, alice: User, charlie: User, azera: Character, client: Client
    ) -> None:
        chat = starting.start_chat(alice, azera)
        book = {"entries": [{"keys": ["sea"], "content": "A private thought.", "enabled": True}]}
        text = json.dumps({"spec": "lorebook_v3", "data": book})
        Lorebook.objects.create(owner=alice, name="Mine", text=text, is_global=True)
        come_in(charlie, chat, Terms(shows_past=True))
        for user, is_told in ((alice, True), (charlie, False)):
            client.force_login(user)
            prompt = client.post(f"/chats/{chat.id}/prompt/", {"text": "The sea"}).content.decode()
            assert ("A private thought." in prompt) == is_told

    def test_a_guests_character_tells_the_host_nothing_of_its_book(
        self, alice: User, charlie: User, chat: Chat
    ) -> None:
        come_in(charlie, chat)
        (theirs,) = characters(charlie, "Odile")
        casting.add_character(charlie, chat.id, theirs.id)
        reply = tell(sending.send_message(alice, chat.id, "Hello", uuid4(), speaker=theirs.id).reply)
        lore = {"source": "lore", "tokens": 3, "items": 1, "name": "Her secret"}
        Receipt.objects.filter(message=reply).update(slices=[lore])
        found = details.receipt(alice, reply)
        assert found is not None
        assert [share.name for share in found.shares] == [""]


class TestParts:
    def test_one_who_reads_along_cannot_do_anything_to_it(self, alice: User, charlie: User, chat: Chat) -> None:
        come_in(charlie, chat, Terms(part=Part.READER))
        reply = tell(send(alice, chat).reply)
        jobs: list[Callable[[], object]] = [
            partial(send, charlie, chat),
            partial(sending.ask_to_speak, charlie, chat.id),
            partial(sending.write_again, charlie, reply.id),
            partial(trash.delete_message, charlie, reply.id),
            partial(settings.rename_chat, charlie, chat.id, "Mine"),
        ]
        for job in jobs:
            with pytest.raises(NotAllowed, match="You read along"):
                job()
        assert Message.objects.filter(chat=chat).count() == 2

    def test_the_page_says_so_and_the_doors_refuse(
        self, alice: User, charlie: User, chat: Chat, client: Client
    ) -> None:
        come_in(charlie, chat, Terms(part=Part.READER))
        client.force_login(charlie)
        page = client.get(f"/chats/{chat.id}/").content.decode()
        assert "You read along in this chat" in page
        assert "data-speak-form" not in page
        character = str(chat.character_id)
        for path, body in (
            ("characters/", {"character": character}),
            (f"characters/{character}/", {"muted": "true"}),
            (f"characters/{character}/remove/", {}),
            ("turn-taking/", {"turn_taking": "manual", "speakers_most": 1, "goes_on_for": 0}),
            ("speak/", {}),
            ("people/", {"part": "writer", "days": 1, "uses": 1}),
        ):
            assert client.post(f"/chats/{chat.id}/{path}", body).status_code == 403, path
        answer = client.post(f"/api/v2/chats/{chat.id}/messages", {"text": "Hi"}, content_type="application/json")
        assert answer.status_code == 403
        assert answer.json()["error"]["code"] == "not_allowed"
        assert not Message.objects.filter(chat=chat, owner=charlie).exists()

    def test_the_host_changes_what_somebody_may_do(self, alice: User, charlie: User, chat: Chat) -> None:
        come_in(charlie, chat, Terms(part=Part.READER))
        people.change_part(alice, chat.id, charlie.id, Part.WRITER)
        assert send(charlie, chat).message.owner == charlie
        with pytest.raises(NotAllowed):
            people.change_part(charlie, chat.id, alice.id, Part.READER)

    def test_the_host_can_hand_it_over(self, alice: User, charlie: User, chat: Chat) -> None:
        send(alice, chat, "Before")
        come_in(charlie, chat, Terms(part=Part.READER))
        people.change_part(alice, chat.id, charlie.id, Part.OWNER)
        chat.refresh_from_db()
        assert chat.owner == charlie
        assert access.get_participation_for(alice, chat.id).part == Part.WRITER
        assert access.get_participation_for(charlie, chat.id).since is None
        people.leave_chat(alice, chat.id)
        tell(Message.objects.get(chat=chat, role=Role.CHARACTER))  # the round goes on without her
        assert send(charlie, chat).replies

    def test_there_is_one_host_however_many_are_made_at_once(
        self, alice: User, charlie: User, dana: User, chat: Chat
    ) -> None:
        come_in(charlie, chat)
        come_in(dana, chat)
        jobs: list[Callable[[], object]] = [
            partial(people.change_part, alice, chat.id, guest.id, Part.OWNER) for guest in (charlie, dana)
        ]
        outcomes = at_once(jobs)
        assert sum(isinstance(one, CognitiaError) for one in outcomes) == 1
        assert Participant.objects.filter(chat=chat, part=Part.OWNER).count() == 1


class TestGoing:
    def test_a_host_cannot_just_leave(self, alice: User, charlie: User, chat: Chat, client: Client) -> None:
        come_in(charlie, chat)
        for leave in (
            partial(people.leave_chat, alice, chat.id),
            partial(people.remove_person, alice, chat.id, alice.id),
        ):
            with pytest.raises(Conflict, match="Hand it to somebody else, or delete it"):
                leave()

    def test_whoever_leaves_sees_nothing_more(self, alice: User, charlie: User, chat: Chat, client: Client) -> None:
        come_in(charlie, chat, Terms(shows_past=True))
        sent = send(alice, chat)
        client.force_login(charlie)
        answer = client.post(f"/chats/{chat.id}/people/{charlie.id}/remove/")
        assert answer.headers["Location"] == "/chats/"
        for path in (f"/chats/{chat.id}/", f"/chats/{chat.id}/company/", f"/api/v2/replies/{sent.reply.id}"):
            assert client.get(path).status_code == 404
        assert str(chat.id) not in client.get("/chats/").content.decode()
        assert Message.objects.filter(chat=chat).count() == 2

    def test_whoever_was_sent_away_does_not_come_back_by_an_old_link(
        self, alice: User, charlie: User, chat: Chat
    ) -> None:
        old = people.invite(alice, chat.id, Terms(uses=5)).token
        people.join(charlie, old)
        people.remove_person(alice, chat.id, charlie.id)
        with pytest.raises(NotFound):
            people.join(charlie, old)
        between = send(alice, chat, "While you were away").message
        come_in(charlie, chat)
        with pytest.raises(NotFound):
            access.get_message_for(charlie, between.id)

    def test_one_guest_does_not_send_another_away(self, charlie: User, dana: User, chat: Chat) -> None:
        come_in(charlie, chat)
        come_in(dana, chat)
        with pytest.raises(NotAllowed):
            people.remove_person(charlie, chat.id, dana.id)


class TestRest:
    def test_people_are_listed_invited_changed_and_removed(
        self, alice: User, charlie: User, chat: Chat, client: Client
    ) -> None:
        url = f"/api/v2/chats/{chat.id}/participants"
        client.force_login(alice)
        made = client.post(url, {"role": "reader", "shows_past": True}, content_type="application/json")
        assert made.status_code == 201
        invitation = made.json()
        assert invitation["url"].endswith(f"/join/{invitation['token']}/")
        assert [one["id"] for one in client.get(url).json()["invitations"]] == [invitation["id"]]
        client.force_login(charlie)
        joined = client.post("/api/v2/join", {"token": invitation["token"]}, content_type="application/json")
        assert joined.json()["chat_id"] == str(chat.id)
        listed = client.get(url).json()
        assert [one["role"] for one in listed["participants"]] == ["owner", "reader"]
        assert "invitations" not in listed
        client.force_login(alice)
        theirs = f"{url}/{charlie.id}"
        changed = client.patch(theirs, {"role": "writer"}, content_type="application/json")
        assert changed.json()["role"] == "writer"
        assert client.delete(theirs).status_code == 204
        assert client.delete(theirs).status_code == 404

    def test_an_invitation_is_taken_back(self, alice: User, charlie: User, chat: Chat, client: Client) -> None:
        invited = people.invite(alice, chat.id, Terms())
        client.force_login(alice)
        assert client.delete(f"/api/v2/chats/{chat.id}/invitations/{invited.invitation.id}").status_code == 204
        client.force_login(charlie)
        answer = client.post("/api/v2/join", {"token": invited.token}, content_type="application/json")
        assert answer.status_code == 404


@pytest.mark.usefixtures("web_process")
class TestSockets:
    async def test_whoever_is_sent_away_hears_nothing_more(self, alice: User, charlie: User) -> None:
        chat = await in_thread(group)(alice, "Mira", "Bram")
        await in_thread(come_in)(charlie, chat)
        async with socket(charlie, chat.id) as theirs, socket(alice, chat.id) as hers:
            await theirs.hear("chat.state")
            await hers.hear("chat.state")
            await in_thread(people.remove_person)(alice, chat.id, charlie.id)
            assert await theirs.closed() == consumers.NOT_FOUND
            await hers.hear("people.changed")

    async def test_it_ends_at_the_next_look_even_if_the_hint_was_lost(
        self, alice: User, charlie: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(consumers, "PING_SECONDS", 0.05)
        monkeypatch.setattr(consumers, "RECHECK_SECONDS", 0.0)
        chat = await in_thread(group)(alice, "Mira", "Bram")
        await in_thread(come_in)(charlie, chat)
        async with socket(charlie, chat.id) as theirs:
            await theirs.hear("ping")
            await in_thread(Participant.objects.filter(user=charlie).update)(left_at=now())
            assert await theirs.closed() == consumers.NOT_FOUND

    async def test_whoever_is_sent_away_hears_no_more_of_the_reply_that_is_being_told(
        self, alice: User, charlie: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(following, "RECHECK_SECONDS", 0.0)
        chat = await in_thread(group)(alice, "Mira", "Bram")
        await in_thread(come_in)(charlie, chat)
        reply = (await in_thread(send)(alice, chat)).reply
        assert await in_thread(reply.claim)()
        log = appender().open(reply.id, reply.attempt, reply.telling)
        browser = AsyncClient()
        await browser.aforce_login(charlie)
        try:
            answer = await browser.get(f"/api/v2/replies/{reply.id}/lines")
            heard = answer.streaming_content  # type: ignore[attr-defined]
            appender().append(log, [Start(1)])
            assert "start" in (await anext(heard)).decode()
            await in_thread(people.remove_person)(alice, chat.id, charlie.id)
            appender().append(log, [Delta("Between us")])
            assert [line async for line in heard] == []
        finally:
            appender().abandon(log)

    async def test_each_hears_of_anothers_message_and_its_reply(self, alice: User, charlie: User) -> None:
        chat = await in_thread(group)(alice, "Mira", "Bram")
        await in_thread(come_in)(charlie, chat)
        async with socket(charlie, chat.id) as theirs:
            await theirs.hear("chat.state")
            sent = await in_thread(send)(alice, chat)
            hint = await theirs.hear("message.created")
            assert hint["reply_ids"] == [str(sent.reply.id)]
            await theirs.send({"type": "reply.subscribe", "reply_id": str(sent.reply.id), "after": 0})
            await in_thread(tell)(sent.reply)
            frames = await theirs.frames_until_done(sent.reply.id)
            assert frames[-1]["status"] == "done"

    async def test_a_page_that_comes_back_is_told_of_anothers_live_reply(self, alice: User, charlie: User) -> None:
        chat = await in_thread(group)(alice, "Mira", "Bram")
        await in_thread(come_in)(charlie, chat)
        sent = await in_thread(send)(alice, chat)
        async with socket(charlie, chat.id) as theirs:
            assert (await theirs.hear("chat.state"))["live"] == [str(sent.reply.id)]

    async def test_who_reads_along_is_refused_in_words(self, alice: User, charlie: User) -> None:
        chat = await in_thread(group)(alice, "Mira", "Bram")
        await in_thread(come_in)(charlie, chat, Terms(part=Part.READER))
        async with socket(charlie, chat.id) as theirs:
            await theirs.send({"type": "message.send", "key": str(uuid4()), "text": "Hello"})
            refused = await theirs.hear("message.refused")
            assert refused["error"]["code"] == "not_allowed"

    async def test_the_others_see_who_is_here_and_who_is_writing(self, alice: User, charlie: User) -> None:
        chat = await in_thread(group)(alice, "Mira", "Bram")
        await in_thread(come_in)(charlie, chat, name="Marta")
        async with socket(alice, chat.id) as hers:
            assert (await hers.hear("presence.changed"))["people"] == [str(alice.id)]
            async with socket(charlie, chat.id) as theirs:
                both = (await hers.hear("presence.changed"))["people"]
                assert set(both) == {str(alice.id), str(charlie.id)}
                await theirs.send({"type": "typing"})
                heard = await hers.hear("person.typing")
                assert (heard["name"], heard["person_id"]) == ("Marta", str(charlie.id))
            assert (await hers.hear("presence.changed"))["people"] == [str(alice.id)]

    async def test_of_who_only_reads_along_or_is_alone_nothing_is_told(self, alice: User, charlie: User) -> None:
        chat = await in_thread(group)(alice, "Mira", "Bram")
        async with socket(alice, chat.id) as hers:
            await hers.hear("chat.state")
            await hers.send({"type": "typing"})
            await in_thread(come_in)(charlie, chat, Terms(part=Part.READER))
            async with socket(charlie, chat.id) as theirs:
                await theirs.hear("chat.state")
                await theirs.send({"type": "typing"})
                await in_thread(send)(alice, chat)
                assert (await hers.hear("person.typing", "message.created"))["type"] == "message.created"


def test_built_in_characters_can_be_shared_too(alice: User, charlie: User, azera: Character, client: Client) -> None:
    chat = group(alice, "Mira")
    client.force_login(alice)
    client.post(f"/chats/{chat.id}/characters/", {"character": str(azera.id)})
    come_in(charlie, chat)
    client.force_login(charlie)
    assert azera.name in client.get(f"/chats/{chat.id}/").content.decode()
