"""A chat with several at the table."""

from uuid import UUID

from accounts.models import User
from characters.actions.characters import create_character
from characters.actions.personas import PersonaChanges, create_persona
from characters.cards.card import Card
from characters.models import Character
from chats.actions import casting, people, starting
from chats.actions.people import Terms
from chats.models import Chat, Participant, TurnTaking


def characters(owner: User, *names: str) -> list[Character]:
    return [create_character(owner, Card(name, description=f"The sheet of {name}")) for name in names]


def group(owner: User, *names: str, turns: TurnTaking = TurnTaking.ROUND_ROBIN, most: int = 1, on: int = 0) -> Chat:
    """With characters of these names, none of which greets."""
    chat = starting.start_chat(owner, *characters(owner, *names))
    return casting.change_rules(owner, chat.id, casting.Rules(turns, most, on))


def come_in(guest: User, chat: Chat, terms: Terms | None = None, *, name: str = "") -> Participant:
    """By an invitation of its host; with a name, as a persona of that name."""
    invited = people.invite(chat.owner, chat.id, terms or Terms())
    persona_id: UUID | None = create_persona(guest, PersonaChanges(name=name)).id if name else None
    return people.join(guest, invited.token, persona_id)
