"""Mail by SendGrid's HTTP API, for hosts that let nobody speak SMTP. Chosen by EMAIL_BACKEND=sendgrid."""

from collections.abc import Sequence
from email.utils import parseaddr
from http import HTTPStatus

import httpx2
from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend

SECONDS = 10.0


class NotTaken(OSError):
    """It may be taken later: `tasks.send_mail` tries an OSError again."""


class Refused(Exception):
    """It will never be taken as it is: a wrong key, or an address that SendGrid does not let us send from."""


class SendGridBackend(BaseEmailBackend):
    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        headers = {"Authorization": f"Bearer {settings.SENDGRID_API_KEY}"}
        with httpx2.Client(base_url=settings.SENDGRID_URL, headers=headers, timeout=SECONDS) as http:
            for message in email_messages:
                _send(http, message)
        return len(email_messages)


def _send(http: httpx2.Client, message: EmailMessage) -> None:
    try:
        answer = http.post("/v3/mail/send", json=_body(message))
    except httpx2.HTTPError as error:
        raise NotTaken(f"SendGrid could not be reached: {error}") from error
    if answer.is_success:
        return
    # Its answer names the fault, and neither the key nor what the mail says.
    sentence = f"SendGrid answered {answer.status_code}: {answer.text[:300]}"
    if answer.status_code == HTTPStatus.TOO_MANY_REQUESTS or answer.is_server_error:
        raise NotTaken(sentence)
    raise Refused(sentence)


def _body(message: EmailMessage) -> dict[str, object]:
    content = [{"type": "text/plain", "value": message.body}]
    if isinstance(message, EmailMultiAlternatives):
        content += [{"type": str(part[1]), "value": str(part[0])} for part in message.alternatives]
    name, address = parseaddr(message.from_email)
    return {
        "personalizations": [{"to": [{"email": parseaddr(to)[1]} for to in message.to]}],
        "from": {"email": address, **({"name": name} if name else {})},
        "subject": message.subject,
        "content": content,
        # They would rewrite links that are good once, and follow them.
        "tracking_settings": {"click_tracking": {"enable": False}, "open_tracking": {"enable": False}},
    }
