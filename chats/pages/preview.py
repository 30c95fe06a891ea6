"""What the model would read if a message were sent now."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.models import User
from characters.tokens import estimate
from chats import access, company, recollecting, staging
from chats.models import Chat, Message, Part, Receipt, Role
from chats.pages.details import Budget, budget
from chats.prompting import PromptTooLong, itemised
from inference.text.budget import TokenBudget
from memory.embedding import query_vector
from weights.choice import context_of


@dataclass(frozen=True, slots=True)
class Turn:
    role: str
    text: str


@dataclass(frozen=True, slots=True)
class Preview:
    """`problem` is why there is no prompt. Tokens are estimates: a web process holds no model."""

    speaker: str
    budget: Budget | None = None
    turns: tuple[Turn, ...] = ()
    problem: str = ""


def preview(user: User, chat: Chat, text: str) -> Preview:
    """For the chat's character, or in a group for the first who may speak; to the chat's host alone, whose lorebooks
    are in it. Raises `NotFound`."""
    there = access.get_participation_for(user, chat.id)
    seat = next((one for one in company.cast(chat) if not one.is_muted), None)
    character = chat.character if seat is None else seat.character
    if there.part != Part.OWNER or character.owner_id not in (None, user.id):
        return Preview(character.name, problem=_("You see what is said here, not what the characters are made from."))
    shared = {"owner": user, "chat": chat, "character": character, "persona": there.persona}
    unsaid = Message(
        role=Role.USER, text=text, witnesses=[character.id],
        depth=chat.leaf.depth + 1 if chat.leaf is not None else 0, **shared,
    )  # fmt: skip
    reply = Message(role=Role.CHARACTER, parent=chat.leaf, **shared)
    told = Receipt.objects.filter(message__chat=chat, message__character=character).order_by("-message__created_at")
    # What the model could hold when it last answered here; a worker knows that better than we do.
    known = told.values_list("context_tokens", flat=True).first()
    context = known or context_of(chat.language_model or character.language_model)
    room = TokenBudget(context)
    staged = staging.staged(
        reply,
        room,
        estimate,
        unsaid=unsaid if text.strip() else None,
        minding=lambda heard, said: recollecting.minded(reply, heard, said, room, estimate, query_vector),
    )
    try:
        made = itemised(staged.scene, room, estimate)
    except PromptTooLong:
        return Preview(character.name, problem=_("This is longer than the model can take in. Shorten it."))
    turns = tuple(Turn(turn.role.value, turn.text) for turn in made.prompt.turns)
    return Preview(character.name, budget(list(made.slices), context, room.reply), turns)
