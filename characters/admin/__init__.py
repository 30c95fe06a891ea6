"""The moderators' door, and the operator's. Django finds what these modules register."""

from characters.admin import characters

__all__ = ["characters"]
