"""allauth's own flows for programs: the same accounts, mails and limits as on the pages, without a session."""

from allauth.account import app_settings, signals
from allauth.account.adapter import get_adapter
from allauth.account.forms import ResetPasswordForm, SignupForm, UserTokenForm
from allauth.account.internal.flows import email_verification, password_reset
from allauth.account.models import EmailAddress, get_emailconfirmation_model
from allauth.core import ratelimit
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.utils import is_mfa_enabled
from django.core.exceptions import ValidationError
from django.forms import BaseForm
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts.models import User
from core.errors import BadInput, CognitiaError, LimitReached, NotAllowed

LIMIT_SECONDS = 60


class WrongPassword(CognitiaError):
    """The same for an unknown address, so that nobody learns who has an account."""

    code, status = "wrong_password", 401

    def __init__(self) -> None:
        super().__init__(_("The e-mail address and the password do not belong together."))


class CodeWanted(CognitiaError):
    code, status = "code_wanted", 401

    def __init__(self) -> None:
        super().__init__(_("Send the code of your authenticator app, or a recovery code, as “code”."))


class NotVerified(CognitiaError):
    code, status = "not_verified", 403

    def __init__(self) -> None:
        super().__init__(_("Confirm your e-mail address first: we have sent you a link."))


def sign_up(request: HttpRequest, fields: dict[str, str]) -> None:
    """A new account, or, where the address has one already, a mail that says so: the caller cannot tell which.

    Raises `BadInput`, `NotAllowed` or `LimitReached`.
    """
    if not get_adapter().is_open_for_signup(request):
        raise NotAllowed(_("Nobody can make an account here by themselves."))
    _count(request, "signup")
    form = SignupForm(data={**fields, "password1": fields["password"]})
    if not form.is_valid():
        raise _bad(form, {"password1": "password"})
    user, _fake = form.try_save(request)
    if user is None:
        return
    User.objects.filter(pk=user.pk).update(name=fields.get("first_name", "")[:80])
    signals.user_signed_up.send(sender=User, request=request, user=user)
    address = EmailAddress.objects.filter(user=user).first()
    if address is not None and app_settings.EMAIL_VERIFICATION == app_settings.EmailVerificationMethod.MANDATORY:
        email_verification.send_verification_email_to_address(request, address, signup=True)


def sign_in(request: HttpRequest, email: str, password: str, code: str) -> User:
    """Raises `WrongPassword`, `CodeWanted`, `NotVerified` or `LimitReached`."""
    _count(request, "login")
    try:
        user = get_adapter().authenticate(request, email=email, password=password)
    except ValidationError:
        raise _too_often() from None
    if not isinstance(user, User) or not user.is_active:
        raise WrongPassword
    if is_mfa_enabled(user):
        _check_code(user, code)
    if app_settings.EMAIL_VERIFICATION == app_settings.EmailVerificationMethod.MANDATORY:
        address = email_verification.get_address_for_user(user)
        if address is None or not address.verified:
            if address is not None:
                email_verification.send_verification_email_to_address(request, address)
            raise NotVerified
    return user


def verify(request: HttpRequest, token: str) -> None:
    """Raises `BadInput` for a token that is unknown, old or was used before."""
    verification = get_emailconfirmation_model().from_key(token)
    if verification is None or verification.key_expired() or verification.confirm(request) is None:
        raise BadInput(_("This link is not good any more. Ask for another one."))


def request_reset(request: HttpRequest, email: str) -> None:
    """A mail with a link, to whoever has that address. Raises `BadInput` or `LimitReached`."""
    _count(request, "reset_password", email.lower())
    form = ResetPasswordForm(data={"email": email})
    if not form.is_valid():
        raise _bad(form)
    form.save(request)


def reset(request: HttpRequest, token: str, password: str) -> None:
    """`token` is what the mailed link ends in. Raises `BadInput` or `LimitReached`."""
    _count(request, "reset_password_from_key")
    uid, _dash, key = token.partition("-")
    form = UserTokenForm(data={"uidb36": uid, "key": key})
    if not form.is_valid():
        raise BadInput(_("This link is not good any more. Ask for another one."))
    user = form.reset_user
    try:
        get_adapter().clean_password(password, user=user)
    except ValidationError as error:
        raise BadInput(" ".join(error.messages)) from None
    password_reset.reset_password(user, password)
    password_reset.finalize_password_reset(request, user)


def _check_code(user: User, code: str) -> None:
    if not code:
        raise CodeWanted
    form = AuthenticateForm(data={"code": code}, user=user)
    if not form.is_valid():
        raise CodeWanted
    form.authenticator.record_usage()


def _count(request: HttpRequest, action: str, key: str | None = None) -> None:
    if not ratelimit.consume(request, action=action, key=key):
        raise _too_often()


def _too_often() -> LimitReached:
    return LimitReached(_("That was tried too often. Wait a few minutes."), retry_after_seconds=LIMIT_SECONDS)


def _bad(form: BaseForm, names: dict[str, str] | None = None) -> BadInput:
    told = {(names or {}).get(name, name): " ".join(map(str, sentences)) for name, sentences in form.errors.items()}
    return BadInput("; ".join(f"{name}: {sentence}" for name, sentence in told.items()), **told)
