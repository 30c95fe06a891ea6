"""Rows, by noun. Whoever a row belongs to is its `owner`."""

from characters.models.character import Asset, Character, Draft, Version
from characters.models.fields import Hue
from characters.models.importing import Import
from characters.models.lorebook import Lorebook
from characters.models.market import Decision, Favourite, Publication, Report, Submission, Verb, Word
from characters.models.persona import Persona
from characters.models.tag import Tag

__all__ = [
    "Asset",
    "Character",
    "Decision",
    "Draft",
    "Favourite",
    "Hue",
    "Import",
    "Lorebook",
    "Persona",
    "Publication",
    "Report",
    "Submission",
    "Tag",
    "Verb",
    "Version",
    "Word",
]
