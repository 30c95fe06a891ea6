"""Who may open a socket, and when an open one is shut."""

from collections.abc import Callable

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from accounts import tickets
from accounts.actions.keys import create_key, revoke_key
from accounts.actions.tokens import end_family, start_family
from accounts.callers import By
from accounts.models import ApiKey, Scope, TokenFamily, User
from accounts.tickets import Pass
from chats import consumers
from chats.models import Chat, Message
from chats.tests.sockets import socket
from core.database import in_thread
from core.redis import client as redis_client

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("text_engine", "redis_db", "web_process"),
]

# T-06 allows two seconds.
AT_ONCE = 2.0
TICKET = "/api/v2/ws/ticket"


def by_key(user: User) -> str:
    secret = create_key(user, "a program", [Scope.CHAT]).secret
    answer = Client().post(TICKET, headers={"X-API-Key": secret})
    assert answer.status_code == 201, answer.content
    return str(answer.json()["ticket"])


def by_token(user: User) -> str:
    answer = Client().post(TICKET, headers={"Authorization": f"Bearer {start_family(user).access}"})
    return str(answer.json()["ticket"])


def by_session(user: User) -> str:
    browser = Client()
    browser.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return str(browser.post(TICKET).json()["ticket"])


class TestTickets:
    @pytest.mark.parametrize("make", [by_key, by_token, by_session])
    async def test_a_ticket_opens_a_socket_without_a_cookie_or_an_origin(
        self, alice: User, alices_chat: Chat, make: Callable[[User], str]
    ) -> None:
        ticket = await in_thread(make)(alice)
        async with socket(None, alices_chat.id, origin=None, ticket=ticket) as page:
            await page.hear("chat.state")

    async def test_a_second_time_it_is_refused(self, alice: User, alices_chat: Chat) -> None:
        ticket = await in_thread(by_key)(alice)
        async with socket(None, alices_chat.id, origin=None, ticket=ticket) as page:
            await page.hear("chat.state")
        async with socket(None, alices_chat.id, origin=None, ticket=ticket) as page:
            assert await page.closed() == consumers.SIGNED_OUT

    async def test_it_is_kept_for_thirty_seconds_and_no_longer(self, alice: User) -> None:
        ticket = await in_thread(by_key)(alice)
        assert 29 <= redis_client().ttl(f"ticket:{ticket}") <= tickets.LIFE_SECONDS == 30

    async def test_an_unknown_one_is_refused_whatever_cookie_comes_with_it(
        self, alice: User, alices_chat: Chat
    ) -> None:
        for ticket in ("", "x", "a" * 5000, "%00", "é"):
            async with socket(alice, alices_chat.id, ticket=ticket) as page:
                assert await page.closed() == consumers.SIGNED_OUT

    async def test_one_whose_key_was_revoked_meanwhile_is_refused(self, alice: User, alices_chat: Chat) -> None:
        ticket = await in_thread(by_key)(alice)
        await in_thread(revoke_key)(await in_thread(ApiKey.objects.get)())
        async with socket(None, alices_chat.id, origin=None, ticket=ticket) as page:
            assert await page.closed() == consumers.SIGNED_OUT

    async def test_it_opens_nothing_of_somebody_elses(self, charlie: User, alices_chat: Chat) -> None:
        ticket = await in_thread(by_key)(charlie)
        async with socket(None, alices_chat.id, origin=None, ticket=ticket) as page:
            assert await page.closed() == consumers.NOT_FOUND

    def test_a_stranger_and_a_key_for_something_else_get_none(self, alice: User) -> None:
        secret = create_key(alice, "memories only", [Scope.MEMORY]).secret
        assert Client().post(TICKET).status_code == 401
        assert Client().post(TICKET, headers={"X-API-Key": secret}).status_code == 403

    def test_without_redis_none_is_made(self, alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
        ticket = tickets.issue(Pass(alice.id, By.SESSION, "x"))
        assert tickets.spend(ticket) == Pass(alice.id, By.SESSION, "x")


def disable(user: User) -> None:
    user.is_active = False
    user.save()


def change_password(user: User) -> None:
    user.set_password("another long password")
    user.save()


def end_sessions(_user: User) -> None:
    for session in Session.objects.all():
        session.delete()


def revoke(user: User) -> None:
    revoke_key(ApiKey.objects.get(owner=user))


def sign_out(user: User) -> None:
    end_family(TokenFamily.objects.get(owner=user))


class TestOpenSockets:
    @pytest.mark.parametrize(
        ("make", "end"),
        [
            (None, disable),
            (None, change_password),
            (None, end_sessions),
            (by_session, end_sessions),
            (by_key, disable),
            (by_key, change_password),
            (by_key, revoke),
            (by_token, disable),
            (by_token, change_password),
            (by_token, sign_out),
        ],
    )
    @pytest.mark.parametrize("for_programs", [False, True])
    async def test_it_is_shut_within_two_seconds(
        self,
        alice: User,
        alices_chat: Chat,
        make: Callable[[User], str] | None,
        end: Callable[[User], None],
        *,
        for_programs: bool,
    ) -> None:
        ticket = await in_thread(make)(alice) if make is not None else None
        chat_id = None if for_programs else alices_chat.id
        async with socket(alice if make is None else None, chat_id, ticket=ticket) as page:
            if not for_programs:
                await page.hear("chat.state")
            await in_thread(end)(alice)
            assert await page.closed(AT_ONCE) == consumers.SIGNED_OUT

    async def test_another_key_and_another_person_stay(self, alice: User, charlie: User, alices_chat: Chat) -> None:
        first, second = await in_thread(by_key)(alice), await in_thread(by_token)(alice)
        async with (
            socket(None, alices_chat.id, ticket=first) as by_first,
            socket(None, alices_chat.id, ticket=second) as by_second,
        ):
            await by_first.hear("chat.state")
            await by_second.hear("chat.state")
            await in_thread(revoke)(alice)
            assert await by_first.closed(AT_ONCE) == consumers.SIGNED_OUT
            await by_second.send({"type": "reply.subscribe", "reply_id": str(alices_chat.id), "after": 0})
            await by_second.hear("reply.refused")

    async def test_what_is_sent_by_a_closed_account_is_not_stored_even_before_that(
        self, alice: User, alices_chat: Chat
    ) -> None:
        async with socket(alice, alices_chat.id) as page:
            await page.hear("chat.state")
            # No signal: as another program would write it.
            await in_thread(User.objects.filter(id=alice.id).update)(is_active=False)
            key = "6ff8f7f6-1eb3-3525-be4a-3932c805afed"
            await page.send({"type": "message.send", "key": key, "text": "Hello"})
            assert await page.closed() == consumers.SIGNED_OUT
        assert not await in_thread(Message.objects.exists)()
