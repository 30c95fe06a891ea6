"""The text of an API key. Pure.

`cog_` and 8 letters that its owner may see again, `_` and 32 random bytes that nobody does.
"""

import hashlib
import re
import secrets
from dataclasses import dataclass

PREFIX_BYTES, SECRET_BYTES = 4, 32
SHAPE = re.compile(r"cog_[0-9a-f]{8}_[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, slots=True)
class Secret:
    """`text` is shown once; `prefix` and `digest` are kept."""

    text: str
    prefix: str
    digest: str


def new_secret() -> Secret:
    prefix = f"cog_{secrets.token_hex(PREFIX_BYTES)}"
    text = f"{prefix}_{secrets.token_urlsafe(SECRET_BYTES)}"
    return Secret(text, prefix, digest_of(text))


def is_key(text: str) -> bool:
    """Whether it is written as a key is; a JWT is not."""
    return SHAPE.fullmatch(text) is not None


def digest_of(text: str) -> str:
    """SHA-256 in hex. The secret has 256 random bits, so nothing slower would make it harder to guess."""
    return hashlib.sha256(text.encode()).hexdigest()
