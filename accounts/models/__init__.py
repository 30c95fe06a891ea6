"""Rows, by noun. Whoever a row belongs to is its `owner`."""

from accounts.models.keys import ApiKey, Scope
from accounts.models.person import Preferences, SignInLink, Theme, User, UserManager
from accounts.models.tokens import RefreshToken, TokenFamily

__all__ = [
    "ApiKey",
    "Preferences",
    "RefreshToken",
    "Scope",
    "SignInLink",
    "Theme",
    "TokenFamily",
    "User",
    "UserManager",
]
