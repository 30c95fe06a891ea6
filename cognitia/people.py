"""What an operator decides about accounts, from the environment: who vouches for people, and what the law asks."""

from collections.abc import Callable
from email.utils import formataddr, parseaddr
from pathlib import Path
from typing import Any

from django.conf import global_settings
from django.conf.locale import LANG_INFO
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import to_locale

from accounts.law import LawProfile

# Those that need nothing but an id and a secret, and bring no script of their own into our pages.
PROVIDERS = ("discord", "github", "gitlab", "google", "microsoft", "twitch")
# Any server that speaks OpenID Connect (Keycloak, Authentik, ...), by its address.
OPENID_CONNECT = "openid_connect"

# What mail leaves through, and what that needs.
MAIL_CARRIERS = {
    "console": ("django.core.mail.backends.console.EmailBackend", ""),
    "smtp": ("django.core.mail.backends.smtp.EmailBackend", "SMTP_HOST"),
    "sendgrid": ("accounts.sendgrid.SendGridBackend", "SENDGRID_API_KEY"),
}

Read = Callable[[str], str]


def social_providers(names: list[str], read: Read) -> dict[str, dict[str, Any]]:
    """allauth's SOCIALACCOUNT_PROVIDERS. `read` answers a setting, or "". Raises `ImproperlyConfigured`."""
    return {name: _provider(name, read) for name in names}


def law_profiles(names: list[str]) -> frozenset[LawProfile]:
    """Raises `ImproperlyConfigured` for one that does not exist, and for none beside another one."""
    known = [profile.value for profile in LawProfile]
    for name in names:
        if name not in known:
            raise ImproperlyConfigured(f"LAW_PROFILE is {name!r}; choose of {', '.join(known)}.")
    profiles = frozenset(LawProfile(name) for name in names)
    if LawProfile.NONE in profiles and len(profiles) > 1:
        raise ImproperlyConfigured("LAW_PROFILE names none beside others; leave one of them out.")
    return profiles - {LawProfile.NONE}


def single_user(wanted: bool, *, local: bool) -> bool:
    """Raises `ImproperlyConfigured` where others could be let in as the owner."""
    if wanted and not local:
        raise ImproperlyConfigured("SINGLE_USER=1 signs in whoever opens the page; it needs LOCAL=1.")
    return wanted


def mail_carrier(name: str, given: dict[str, str]) -> str:
    """The dotted path of one of MAIL_CARRIERS. Raises `ImproperlyConfigured` when what it needs is not given."""
    path, needs = MAIL_CARRIERS[name]
    if needs and not given[needs]:
        raise ImproperlyConfigured(f"{needs} is not set; EMAIL_BACKEND={name} needs it.")
    return path


def sender(address: str, name: str) -> str:
    """Whom mail is from. A name of its own wins over one that stands in the address, and that over ours."""
    inside, bare = parseaddr(address)
    if "@" not in bare:
        raise ImproperlyConfigured(f"SMTP_FROM_EMAIL is {address!r}; it must be an e-mail address.")
    return formataddr((name or inside or "Cognitia", bare))


def web_address(name: str, value: str) -> str:
    """Raises `ImproperlyConfigured` for what no link may lead to."""
    if not value.startswith(("https://", "http://")):
        raise ImproperlyConfigured(f"{name} is {value!r}; it must begin with https:// or http://.")
    return value


def languages(locale: Path) -> list[tuple[str, str]]:
    """English, and whatever has a compiled catalogue in this folder, each in its own words."""
    codes = [code for code, _name in global_settings.LANGUAGES]
    return [
        (code, LANG_INFO[code]["name_local"])
        for code in codes
        if code == "en" or (locale / to_locale(code) / "LC_MESSAGES" / "django.mo").is_file()
    ]


def _provider(name: str, read: Read) -> dict[str, Any]:
    if name not in (*PROVIDERS, OPENID_CONNECT):
        choices = ", ".join((*PROVIDERS, OPENID_CONNECT))
        raise ImproperlyConfigured(f"SOCIAL_PROVIDERS names {name!r}; choose of {choices}.")
    app: dict[str, Any] = {
        "client_id": _needed(name, "CLIENT_ID", read),
        "secret": _needed(name, "CLIENT_SECRET", read),
        "key": "",
    }
    if name == OPENID_CONNECT:
        app |= {
            "provider_id": "openid",
            "name": read("OPENID_CONNECT_NAME") or "OpenID",
            "settings": {"server_url": _needed(name, "URL", read)},
        }
    return {"APPS": [app], "OAUTH_PKCE_ENABLED": True}


def _needed(provider: str, part: str, read: Read) -> str:
    setting = f"{provider.upper()}_{part}"
    value = read(setting)
    if not value:
        raise ImproperlyConfigured(f"{setting} is not set; SOCIAL_PROVIDERS names {provider}, which needs it.")
    return value
