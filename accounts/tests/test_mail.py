"""Mail is queued, sent by the worker, and tried again."""

from smtplib import SMTPServerDisconnected

import pytest
from celery.exceptions import Retry
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from pytest_django import Settings

from accounts.mail import QueuedEmailBackend
from accounts.tasks import send_mail
from core.redis import client

pytestmark = pytest.mark.usefixtures("redis_db")


class Refusing(BaseEmailBackend):
    def send_messages(self, email_messages: object) -> int:
        raise SMTPServerDisconnected("come back later")


def test_sending_only_puts_it_into_the_queue() -> None:
    message = EmailMultiAlternatives("Hello", "text", "us@example.org", ["alice@example.org"])
    message.attach_alternative("<p>html</p>", "text/html")
    assert QueuedEmailBackend().send_messages([message]) == 1
    assert client().llen("default") == 1


def test_the_worker_sends_it(settings: Settings) -> None:
    settings.EMAIL_CARRIER = "django.core.mail.backends.locmem.EmailBackend"
    mail.outbox = []
    send_mail("Hello", "text", "<p>html</p>", "us@example.org", ["alice@example.org"])
    (sent,) = mail.outbox
    assert (sent.subject, sent.body, sent.to) == ("Hello", "text", ["alice@example.org"])
    assert isinstance(sent, EmailMultiAlternatives)
    assert [part[0] for part in sent.alternatives] == ["<p>html</p>"]


def test_a_server_that_is_away_is_tried_again(settings: Settings) -> None:
    settings.EMAIL_CARRIER = f"{__name__}.Refusing"
    sending = send_mail.s("Hello", "text", "", "us@example.org", ["alice@example.org"])
    result = sending.apply(throw=False)
    assert isinstance(result.result, SMTPServerDisconnected | Retry)
    assert result.result.args[0] == "come back later"


def test_it_is_tried_four_times_in_all(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    tries = []

    def refuse(backend: Refusing, email_messages: object) -> int:
        tries.append(email_messages)
        raise SMTPServerDisconnected("come back later")

    monkeypatch.setattr(Refusing, "send_messages", refuse)
    settings.EMAIL_CARRIER = f"{__name__}.Refusing"
    send_mail.s("Hello", "text", "", "us@example.org", ["alice@example.org"]).apply(throw=False)
    assert len(tries) == 4
