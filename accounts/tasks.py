from smtplib import SMTPException

from celery import shared_task
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection

from accounts.cleaning import run_cleaning


@shared_task(autoretry_for=(SMTPException, OSError), max_retries=3, retry_backoff=10, acks_late=True)
def send_mail(subject: str, body: str, html: str, sender: str, recipients: list[str]) -> None:
    """One message, tried four times in all (after 10, 20 and 40 s)."""
    message = EmailMultiAlternatives(
        subject, body, sender, recipients, connection=get_connection(settings.EMAIL_CARRIER)
    )
    if html:
        message.attach_alternative(html, "text/html")
    message.send()


@shared_task(acks_late=True)
def clean_up() -> None:
    run_cleaning()
