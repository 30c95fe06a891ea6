"""The moderators' door, and the operator's. Django finds what these modules register."""

from characters.admin import characters, decisions, publications, reports, submissions

__all__ = ["characters", "decisions", "publications", "reports", "submissions"]
