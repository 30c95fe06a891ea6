"""Mail in our words, as text and as HTML, and by three ways."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import allauth
import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.test import Client
from pytest_django import Settings

from accounts.models import Preferences, User
from accounts.sendgrid import NotTaken, Refused
from accounts.tasks import send_mail
from tests.stack import ROOT

PASSWORD = "a long password"


def html_of(message: mail.EmailMessage) -> str:
    assert isinstance(message, EmailMultiAlternatives)
    (part,) = message.alternatives
    assert part[1] == "text/html"
    return str(part[0])


@pytest.mark.django_db
@pytest.mark.usefixtures("redis_db")
class TestWords:
    @pytest.fixture(autouse=True)
    def _kept(self, settings: Settings) -> None:
        settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
        settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"

    def test_signing_up_asks_for_the_address_in_text_and_html(self, client: Client) -> None:
        client.post("/account/signup/", {"email": "dora@example.org", "password1": "seven tall ships at sea"})
        (sent,) = mail.outbox
        link = next(word for word in sent.body.split() if "/confirm-email/" in word)
        assert sent.subject == "Welcome: confirm your address"
        assert f'href="{link}"' in html_of(sent)
        assert "dora@example.org" in sent.body
        assert "Content-Type: text/html" in sent.message().as_string()

    def test_following_the_link_lets_in(self, client: Client) -> None:
        client.post("/account/signup/", {"email": "dora@example.org", "password1": "seven tall ships at sea"})
        link = next(word for word in mail.outbox[0].body.split() if "/confirm-email/" in word)
        assert "_auth_user_id" not in client.session
        client.post(link.partition("testserver")[2])
        assert EmailAddress.objects.get().verified
        assert "_auth_user_id" in client.session

    def test_a_new_password_is_set_by_the_link_and_only_once(self, alice: User) -> None:
        EmailAddress.objects.create(user=alice, email=alice.email, verified=True, primary=True)
        Client().post("/account/password/reset/", {"email": alice.email})
        link = next(word for word in mail.outbox[0].body.split() if "/password/reset/key/" in word)
        for client, is_good in ((Client(), True), (Client(), False)):
            page = client.get(link.partition("testserver")[2], follow=True)
            assert (b"password1" in page.content) is is_good
            new = "seven tall ships at sea"
            client.post(page.request["PATH_INFO"], {"password1": new, "password2": new})
        assert User.objects.get().check_password("seven tall ships at sea")
        assert mail.outbox[-1].subject == "Your password was changed"

    def test_a_change_tells_when_where_and_what_to_do(self, alice: User, client: Client) -> None:
        EmailAddress.objects.create(user=alice, email=alice.email, verified=True, primary=True)
        Preferences.objects.create(owner=alice, time_zone="Asia/Tokyo")
        client.post("/account/login/", {"login": alice.email, "password": PASSWORD})
        client.post("/settings/security/confirm/", {"password": PASSWORD})
        new = "seven tall ships at sea"
        client.post(
            "/settings/security/password/", {"oldpassword": PASSWORD, "password1": new, "password2": new},
            headers={"User-Agent": "Mozilla/5.0 (iPhone) Version/19.0 Safari/604.1"},
        )  # fmt: skip
        body = mail.outbox[-1].body
        for part in ("JST", "Safari on iPhone", "127.0.0.1", "/account/password/reset/"):
            assert part in body

    def test_what_somebody_calls_themselves_is_text_in_html(self, client: Client) -> None:
        email = '"<b>x</b>"@example.org'
        client.post("/account/password/reset/", {"email": email})
        assert email in mail.outbox[0].body
        assert "<b>x</b>" not in html_of(mail.outbox[0])

    def test_every_mail_that_allauth_sends_is_in_our_words(self) -> None:
        theirs = Path(allauth.__file__).parent / "templates"
        wanted = {
            str(path.relative_to(theirs)).replace("_message.txt", "")
            for path in theirs.glob("*/email/*_message.txt")
            if path.name != "base_message.txt" and "code_message" not in path.name
        }
        assert len(wanted) > 15
        for name in wanted:
            assert (ROOT / "templates" / f"{name}.html").is_file(), name


class SendGrid(BaseHTTPRequestHandler):
    """Theirs, as far as we speak with it."""

    answers: list[int]
    asked: list[tuple[str, str, dict[str, object]]]

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.asked.append((self.path, self.headers["Authorization"], body))
        self.send_response(self.answers.pop(0))
        self.end_headers()

    def log_message(self, *args: object) -> None:
        """In silence."""


class TestSendGrid:
    @pytest.fixture
    def server(self, settings: Settings) -> Iterator[type[SendGrid]]:
        kind = type("Recording", (SendGrid,), {"answers": [], "asked": []})
        with HTTPServer(("127.0.0.1", 0), kind) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            settings.SENDGRID_URL = f"http://127.0.0.1:{server.server_port}"
            settings.SENDGRID_API_KEY = "a key"
            settings.EMAIL_CARRIER = "accounts.sendgrid.SendGridBackend"
            yield kind
            server.shutdown()

    def send(self) -> object:
        fields = ("Hello", "text", "<p>html</p>", "Cognitia <us@example.org>", ["alice@example.org"])
        return send_mail.s(*fields).apply(throw=False).result

    def test_it_gets_both_forms_and_the_sender(self, server: type[SendGrid]) -> None:
        server.answers.append(202)
        assert self.send() is None
        ((path, key, body),) = server.asked
        assert (path, key) == ("/v3/mail/send", "Bearer a key")
        assert body["from"] == {"email": "us@example.org", "name": "Cognitia"}
        assert body["content"] == [
            {"type": "text/plain", "value": "text"},
            {"type": "text/html", "value": "<p>html</p>"},
        ]

    def test_a_busy_one_is_asked_again(self, server: type[SendGrid]) -> None:
        server.answers += [503, 429, 202]
        self.send()
        assert len(server.asked) == 3

    def test_it_is_not_asked_for_ever(self, server: type[SendGrid]) -> None:
        server.answers += [500] * 9
        assert isinstance(self.send(), NotTaken)
        assert len(server.asked) == 4

    def test_a_wrong_key_is_not_tried_again(self, server: type[SendGrid]) -> None:
        server.answers.append(401)
        assert isinstance(self.send(), Refused)
        assert len(server.asked) == 1
