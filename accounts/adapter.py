"""What allauth asks us: who may sign up, what mail says, and what a new account is made of."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context as current
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.forms import BaseForm
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.actions.preferences import preferences_of
from accounts.models import User
from accounts.user_agents import device

Context = dict[str, Any]


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return bool(settings.SIGN_UP_OPEN)

    def save_user(self, request: HttpRequest, user: User, form: BaseForm, commit: bool = True) -> User:
        user.born_on = form.cleaned_data.get("born_on")
        saved: User = super().save_user(request, user, form, commit)
        return saved

    def render_mail(
        self, template_prefix: str, email: str | list[str], context: Context, headers: dict[str, str] | None = None
    ) -> EmailMessage:
        """A mail is one template, told three times: as a subject, as text and as HTML."""
        template = f"{template_prefix}.html"
        is_open = self.is_open_for_signup(current.request)
        context = {**context, "home": current.request.build_absolute_uri("/"), "is_open": is_open}

        def told(layout: str) -> str:
            return render_to_string(template, {**context, "layout": f"mail/{layout}"}).strip()

        message = EmailMultiAlternatives(
            " ".join(told("subject.html").split()),
            told("text.html"),
            self.get_from_email(),
            [email] if isinstance(email, str) else email,
            headers=headers,
        )
        message.attach_alternative(told("page.html"), "text/html")
        return message

    def send_notification_mail(
        self, template_prefix: str, user: User, context: Context | None = None, email: str | None = None
    ) -> None:
        """With the time on the reader's clock, and the name of the browser instead of all that it says of itself."""
        done = {
            "zone": preferences_of(user).time_zone or "UTC",
            "device": device(self.get_http_user_agent(self.request)),
            "password_reset_url": self.request.build_absolute_uri(reverse("account_reset_password")),
        }
        super().send_notification_mail(template_prefix, user, {**(context or {}), **done}, email)


class MFAAdapter(DefaultMFAAdapter):
    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:  # noqa: A002  allauth's name
        number = Authenticator.objects.filter(user=user, type=type).count() + 1
        return _("My passkey") if number == 1 else _("Passkey %(number)d") % {"number": number}

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {**super().get_public_key_credential_rp_entity(), "name": "Cognitia"}


class SocialAdapter(DefaultSocialAccountAdapter):
    def populate_user(self, request: HttpRequest, sociallogin: SocialLogin, data: Context) -> User:
        user: User = super().populate_user(request, sociallogin, data)
        parts = (data.get("name") or "", data.get("first_name") or "", data.get("last_name") or "")
        user.name = (parts[0] or " ".join(parts[1:]).strip())[: User._meta.get_field("name").max_length]
        return user
