"""Rows, by noun. Whoever a row belongs to is its `owner`; who else may read it is said by the chat's participants."""

from chats.models.chat import CastMember, Chat, Folder, Invitation, Part, Participant, TurnTaking
from chats.models.importing import ChatImport
from chats.models.message import (
    NOT_BEHIND_ANOTHER,
    Bookmark,
    Message,
    MessageMemory,
    Receipt,
    Role,
    SearchEntry,
    Suggestion,
    SuggestionKind,
    Trash,
)
from chats.models.programs import Fingerprint, ProgramChat

__all__ = [
    "NOT_BEHIND_ANOTHER",
    "Bookmark",
    "CastMember",
    "Chat",
    "ChatImport",
    "Fingerprint",
    "Folder",
    "Invitation",
    "Message",
    "MessageMemory",
    "Part",
    "Participant",
    "ProgramChat",
    "Receipt",
    "Role",
    "SearchEntry",
    "Suggestion",
    "SuggestionKind",
    "Trash",
    "TurnTaking",
]
