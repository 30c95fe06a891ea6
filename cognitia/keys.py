"""The keys that sign sessions and tokens: given by the operator, or made once for a machine of one's own."""

import hashlib
import hmac
import os
import secrets
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

SHORTEST = 32
PLACEHOLDERS = frozenset({"changeme", "secret", "insecure"})


def secret_key(given: str, home: Path, *, may_create: bool) -> str:
    """The key to use. Raises `ImproperlyConfigured` for a weak one, or for none where none may be made."""
    if given:
        if len(given) < SHORTEST or given.lower() in PLACEHOLDERS:
            raise ImproperlyConfigured(f"SECRET_KEY must be at least {SHORTEST} characters that nobody can guess.")
        return given
    if not may_create:
        raise ImproperlyConfigured("SECRET_KEY is not set; with LOCAL=0 it must be.")
    return _kept_in(home / "secret_key")


def jwt_secret(given: str, secret: str) -> str:
    """What signs tokens: one of their own, or one made of SECRET_KEY. Raises `ImproperlyConfigured` if it is weak."""
    if given and (len(given) < SHORTEST or given.lower() in PLACEHOLDERS):
        raise ImproperlyConfigured(f"JWT_SECRET must be at least {SHORTEST} characters that nobody can guess.")
    return given or hmac.new(secret.encode(), b"cognitia json web tokens", hashlib.sha256).hexdigest()


def _kept_in(file: Path) -> str:
    try:
        return file.read_text().strip()
    except FileNotFoundError:
        file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(secrets.token_urlsafe(48))
    try:
        # Several processes start at once: the first link wins, and the others read what it wrote.
        os.link(draft, file)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return file.read_text().strip()
