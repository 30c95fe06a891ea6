"""The faces of those who speak in a chat. People who share it see a private character's face and name, and no more."""

from dataclasses import replace
from uuid import UUID

from django.urls import reverse
from django.utils.safestring import SafeString

from accounts.models import User
from characters import portrayal
from characters.files import WIDTHS
from characters.models import Character
from characters.portrayal import LARGE, SMALL, CharacterProfile, portrait
from chats import access
from chats.models import CastMember, Chat
from core.errors import NotFound

# So much of a picture's digest makes the address of a new face a new one.
MARK = 12


def face(user_id: UUID, chat_id: UUID, character: Character, width: int = SMALL) -> str:
    """The address of a face as this person may open it in this chat; "" without one."""
    if not character.face or character.portrait or character.owner_id == user_id:
        return portrait(character, width)
    return f"{reverse('chats:face', args=[chat_id, character.id, width])}?v={character.face[:MARK]}"


def profile(user_id: UUID, chat: Chat) -> CharacterProfile:
    """Of the chat's character: its sheet is for whoever it belongs to, and for everybody where it is built in."""
    shown = replace(portrayal.profile(chat.character), portrait=face(user_id, chat.id, chat.character, LARGE))
    if chat.character.owner_id in (None, user_id):
        return shown
    return replace(shown, sheet_html=SafeString(), is_own=False)


def digest_of_face(user: User, chat_id: UUID, character_id: UUID, width: int) -> str:
    """The picture that `face` has the address of. Raises `NotFound` unless it is there, or has said something that
    this person may read."""
    access.get_participation_for(user, chat_id)
    there = CastMember.objects.filter(chat_id=chat_id, character_id=character_id, left_at=None)
    said = access.messages_for(user).filter(chat_id=chat_id, character_id=character_id)
    if width not in WIDTHS or not (there.exists() or said.exists()):
        raise NotFound
    found = Character.objects.filter(id=character_id).values_list("face", flat=True).first()
    if not found:
        raise NotFound
    return found
