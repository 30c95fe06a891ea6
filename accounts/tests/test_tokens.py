"""Signing in by tokens, through the REST door."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import jwt
import pytest
from django.conf import settings as configured
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.utils.timezone import now
from pytest_django import Settings

from accounts import tokens
from accounts.actions.tokens import GRACE, start_family
from accounts.models import RefreshToken, TokenFamily, User
from accounts.tokens import Claims, Use

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("redis_db")]

PASSWORD = "a long password"
AUTH = "/api/v2/auth"


@pytest.fixture(autouse=True)
def no_rate_limits() -> None:
    cache.clear()


def post(client: Client, path: str, **body: str) -> dict[str, object]:
    answer = client.post(f"{AUTH}/{path}", body, "application/json")
    assert answer.status_code == 200, answer.content
    told: dict[str, object] = answer.json()
    return told


def me(client: Client, access: object) -> int:
    return client.get(f"{AUTH}/me", headers={"Authorization": f"Bearer {access}"}).status_code


def refresh(client: Client, token: object) -> tuple[int, str]:
    answer = client.post(f"{AUTH}/refresh", {"refresh_token": token}, "application/json")
    return answer.status_code, answer.json().get("refresh_token", "")


def test_one_signs_in_and_is_known(alice: User, client: Client) -> None:
    pair = post(client, "login", email="ALICE@example.org", password=PASSWORD)
    assert (pair["token_type"], pair["expires_in"]) == ("bearer", 3600)
    answer = client.get(f"{AUTH}/me", headers={"Authorization": f"Bearer {pair['access_token']}"})
    assert (answer.json()["email"], answer.json()["first_name"]) == ("alice@example.org", "Alice")
    assert "sessionid" not in client.cookies


def test_a_wrong_password_says_the_same_as_an_unknown_address(alice: User, client: Client) -> None:
    answers = [
        client.post(f"{AUTH}/login", {"email": email, "password": "wrong and long"}, "application/json")
        for email in ("alice@example.org", "nobody@example.org")
    ]
    assert [answer.status_code for answer in answers] == [401, 401]
    assert answers[0].json() == answers[1].json()


def test_whoever_guesses_is_locked_out_and_told_when_to_come_back(alice: User, client: Client) -> None:
    statuses = []
    for _ in range(12):
        answer = client.post(
            f"{AUTH}/login", {"email": "alice@example.org", "password": "wrong and long"}, "application/json"
        )
        statuses.append(answer.status_code)
    assert (statuses[0], statuses[-1]) == (401, 429)
    assert int(answer.headers["Retry-After"]) > 0


def test_an_address_that_was_not_confirmed_gets_no_token(alice: User, client: Client, settings: Settings) -> None:
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    answer = client.post(f"{AUTH}/login", {"email": "alice@example.org", "password": PASSWORD}, "application/json")
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "not_verified")
    assert not TokenFamily.objects.exists()


def test_a_refresh_token_makes_the_next_pair_once(alice: User, client: Client) -> None:
    first = start_family(alice).refresh
    status, second = refresh(client, first)
    assert status == 200
    assert second != first
    # Two tabs, or a client that tries again: the same child.
    assert refresh(client, first) == (200, second)
    assert RefreshToken.objects.count() == 2


def test_used_again_later_it_ends_the_whole_sign_in(alice: User, client: Client) -> None:
    stolen = start_family(alice).refresh
    _status, child = refresh(client, stolen)
    access = post(client, "refresh", refresh_token=child)["access_token"]
    other = start_family(alice)
    RefreshToken.objects.exclude(used_at=None).update(used_at=now() - GRACE - timedelta(seconds=1))
    assert refresh(client, stolen)[0] == 401
    assert refresh(client, child)[0] == 401
    assert me(client, access) == 401
    # Another sign-in of the same person has nothing to do with it.
    assert me(client, other.access) == 200


@pytest.mark.django_db(transaction=True)
def test_forty_at_once_get_one_child(alice: User) -> None:
    token = start_family(alice).refresh

    def use(_number: int) -> tuple[int, str]:
        try:
            return refresh(Client(), token)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        answers = set(pool.map(use, range(40)))
    assert [status for status, _child in answers] == [200]
    assert RefreshToken.objects.count() == 2
    assert TokenFamily.objects.get().revoked_at is None


def test_a_family_does_not_outlive_its_thirty_days(alice: User, client: Client) -> None:
    token = start_family(alice).refresh
    until = TokenFamily.objects.get().expires_at
    _status, child = refresh(client, token)
    claims = tokens.read(child, Use.REFRESH)
    assert claims is not None
    assert claims.expires_at == until
    TokenFamily.objects.update(expires_at=now() - timedelta(seconds=1))
    assert refresh(client, child)[0] == 401


def test_signing_out_ends_it(alice: User, client: Client) -> None:
    pair = start_family(alice)
    answer = client.post(f"{AUTH}/logout", headers={"Authorization": f"Bearer {pair.access}"})
    assert answer.status_code == 204
    assert (me(client, pair.access), refresh(client, pair.refresh)[0]) == (401, 401)


def test_a_new_password_ends_every_program(alice: User, client: Client) -> None:
    pair = start_family(alice)
    alice.set_password("another long password")
    alice.save()
    assert (me(client, pair.access), refresh(client, pair.refresh)[0]) == (401, 401)


def test_a_disabled_person_is_out_at_once(alice: User, client: Client) -> None:
    pair = start_family(alice)
    assert me(client, pair.access) == 200
    User.objects.filter(id=alice.id).update(is_active=False)
    assert (me(client, pair.access), refresh(client, pair.refresh)[0]) == (401, 401)


class TestForged:
    """What a token must say, one claim at a time."""

    def good(self, family: TokenFamily) -> dict[str, object]:
        instant = int(now().timestamp())
        return {
            "token_use": "access",
            "sub": str(family.owner_id),
            "sid": str(family.id),
            "jti": str(uuid4()),
            "iat": instant,
            "nbf": instant,
            "exp": instant + 3600,
            "aud": "cognitia",
            "iss": "cognitia",
        }

    @pytest.fixture
    def family(self, alice: User) -> TokenFamily:
        start_family(alice)
        return TokenFamily.objects.get()

    def status(self, client: Client, claims: dict[str, object], key: str = "", algorithm: str = "HS256") -> int:
        return me(client, jwt.encode(claims, key or configured.JWT_SECRET, algorithm=algorithm))

    def test_the_good_one_is_let_in(self, family: TokenFamily, client: Client) -> None:
        assert self.status(client, self.good(family)) == 200

    @pytest.mark.parametrize(
        "change",
        [
            {"token_use": "refresh"},
            {"token_use": "id"},
            {"aud": "another"},
            {"iss": "another"},
            {"exp": 1},
            {"nbf": 4_000_000_000},
            {"sid": str(UUID(int=0))},
            {"sub": str(UUID(int=0))},
            {"sub": 7},
            {"jti": "x"},
            {"iat": "x"},
            {"exp": 10**20},
        ],
        ids=str,
    )
    def test_one_wrong_claim_is_enough(self, family: TokenFamily, client: Client, change: dict[str, object]) -> None:
        assert self.status(client, {**self.good(family), **change}) == 401

    @pytest.mark.parametrize("claim", ["token_use", "sub", "sid", "jti", "iat", "exp", "aud", "iss"])
    def test_one_missing_claim_is_enough(self, family: TokenFamily, client: Client, claim: str) -> None:
        claims = self.good(family)
        del claims[claim]
        assert self.status(client, claims) == 401

    def test_another_key_and_other_algorithms_are_refused(self, family: TokenFamily, client: Client) -> None:
        claims = self.good(family)
        assert self.status(client, claims, key="x" * 64) == 401
        assert self.status(client, claims, algorithm="HS512") == 401
        assert me(client, jwt.encode(claims, "", algorithm="none")) == 401

    def test_a_refresh_token_opens_no_door(self, alice: User, client: Client) -> None:
        assert me(client, start_family(alice).refresh) == 401


def test_the_same_claims_are_the_same_text() -> None:
    instant = datetime(2026, 5, 1, tzinfo=UTC)
    claims = Claims(Use.REFRESH, uuid4(), uuid4(), uuid4(), instant, instant + timedelta(days=1))
    assert tokens.write(claims) == tokens.write(claims)


class TestMails:
    @pytest.fixture(autouse=True)
    def _carried_at_once(self, settings: Settings) -> None:
        settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
        settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"

    def register(self, client: Client, email: str) -> dict[str, object]:
        answer = client.post(
            f"{AUTH}/register",
            {"email": email, "password": "seven tall ships at sea", "first_name": "Dora"},
            "application/json",
        )
        assert answer.status_code == 201, answer.content
        told: dict[str, object] = answer.json()
        return told

    def link(self) -> str:
        (sent,) = mail.outbox
        return next(word for word in str(sent.body).split() if word.startswith("http")).rstrip("/").rsplit("/", 1)[-1]

    def test_a_new_person_confirms_and_signs_in(self, client: Client) -> None:
        self.register(client, "dora@example.org")
        assert User.objects.get().name == "Dora"
        token = self.link()
        assert client.post(f"{AUTH}/verify-email", {"token": token}, "application/json").status_code == 204
        post(client, "login", email="dora@example.org", password="seven tall ships at sea")

    def test_an_address_that_has_an_account_gets_the_same_answer_and_another_mail(
        self, alice: User, client: Client
    ) -> None:
        new = self.register(client, "dora@example.org")
        mail.outbox.clear()
        assert self.register(client, "alice@example.org") == new
        assert User.objects.get(email="alice@example.org").check_password(PASSWORD)
        assert mail.outbox[0].to == ["alice@example.org"]

    def test_a_forgotten_password_is_set_anew_and_everything_is_signed_out(self, alice: User, client: Client) -> None:
        pair = start_family(alice)
        known = client.post(f"{AUTH}/request-password-reset", {"email": "alice@example.org"}, "application/json")
        token = self.link()
        unknown = client.post(f"{AUTH}/request-password-reset", {"email": "no@example.org"}, "application/json")
        assert (known.status_code, known.json()) == (unknown.status_code, unknown.json())
        body = {"token": token, "password": "seven tall ships at sea"}
        assert client.post(f"{AUTH}/reset-password", body, "application/json").status_code == 204
        assert me(client, pair.access) == 401
        assert User.objects.get(id=alice.id).check_password("seven tall ships at sea")
        assert client.post(f"{AUTH}/reset-password", body, "application/json").status_code == 400

    def test_a_made_up_link_does_nothing(self, alice: User, client: Client) -> None:
        for path, body in (
            ("verify-email", {"token": "x"}),
            ("reset-password", {"token": "1-x", "password": "seven tall ships at sea"}),
        ):
            assert client.post(f"{AUTH}/{path}", body, "application/json").status_code == 400
        assert User.objects.get(id=alice.id).check_password(PASSWORD)
