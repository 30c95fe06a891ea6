"""Beginning a chat."""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.timezone import now
from django.utils.translation import gettext as _

from accounts.models import User
from characters.access import persona_for_talking
from characters.models import Character
from chats import access, company, staging
from chats.actions.moving import tell_moved
from chats.models import CastMember, Chat, Message, Part, Participant, Role
from chats.tree import show
from core.errors import BadInput, Conflict, LimitReached

MOST_CHARACTERS = 8


def start_chat(user: User, character: Character, *others: Character) -> Chat:
    """With these characters, and the first one's greeting if it has one. Raises `LimitReached`."""
    everyone = list(dict.fromkeys([character, *others]))
    if len(everyone) > MOST_CHARACTERS:
        raise LimitReached(
            _("A chat holds at most %(most)d characters.") % {"most": MOST_CHARACTERS}, limit=MOST_CHARACTERS
        )
    with transaction.atomic():
        chat = open_chat(user, everyone)
        if said := staging.greetings(chat):
            _greet(chat, min(said))
    return chat


def chat_alone_with(user: User, character: Character) -> Chat:
    """The one they used last in which nobody else is, or a new one."""
    others = CastMember.objects.filter(chat=OuterRef("pk"), left_at=None).exclude(character=character)
    people = Participant.objects.filter(chat=OuterRef("pk"), left_at=None).exclude(user=user)
    found = access.chats_for(user).filter(~Exists(others), ~Exists(people), character=character)
    return found.first() or start_chat(user, character)


def open_chat(user: User, characters: Sequence[Character], *, title: str = "") -> Chat:
    """The rows of a chat in which nothing was said yet. Call it in a transaction."""
    chat = Chat.objects.create(owner=user, character=characters[0], title=title)
    Participant.objects.create(chat=chat, user=user, part=Part.OWNER, persona=persona_for_talking(user, characters[0]))
    CastMember.objects.bulk_create(
        CastMember(chat=chat, character=character, position=position) for position, character in enumerate(characters)
    )
    return chat


def choose_greeting(user: User, chat_id: UUID, number: int) -> Chat:
    """Begin with another greeting, as long as nobody has answered; earlier ones are kept beside it.

    Raises `NotFound`, `NotAllowed`, `BadInput` or `Conflict`.
    """
    with transaction.atomic():
        chat = access.lock_chat_for(user, chat_id)
        if chat.leaf is None or chat.leaf.greeting is None:
            raise Conflict(_("The conversation has begun; another greeting would not fit it any more."))
        if not _greet(chat, number):
            raise BadInput(_("This character has no such greeting."))
        tell_moved(chat.id, chat.leaf_id)
    return chat


def _greet(chat: Chat, number: int) -> bool:
    """Put this greeting at the chat's beginning. False: the character has none of this number."""
    said = staging.greetings(chat)
    if number not in said:
        return False
    greeting, _made = Message.objects.get_or_create(
        chat=chat,
        greeting=number,
        defaults={
            "owner_id": chat.owner_id,
            "role": Role.CHARACTER,
            "persona": company.host_persona(chat),
            "character": chat.character,
            "witnesses": company.present(chat),
            "people": company.people(chat),
            "text": said[number],
            "finished_at": now(),
        },
    )
    if greeting.trash_id is not None:
        Message.objects.filter(pk=greeting.pk).update(trash=None)
    show(chat, greeting)
    return True
