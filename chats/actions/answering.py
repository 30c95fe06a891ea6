"""Answering a program that tells the whole conversation with every call: which chat it is, what of it is new."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import Count, QuerySet
from django.utils.timezone import now
from django.utils.translation import gettext as _

from accounts.access import hold
from accounts.models import User
from characters.models import Character
from chats import access, company, limits, wishes
from chats.actions.sending import ask_for_replies, title_of
from chats.actions.starting import open_chat
from chats.matching import Attach, Ephemeral, Node, Said, Speaker, Start, fingerprint, longest_runs, place, plain
from chats.models import Chat, Fingerprint, Message, Participant, ProgramChat, Role
from chats.tree import show
from chats.wishes import Wishes
from core.errors import BadInput, NotFound
from core.jobs import LIVE, Status

# Of a conversation that is only answered; more than any context holds.
EPHEMERAL_MESSAGES = 200
MOST_MESSAGES = 5_000
# So much of a reply must be left for it to be known by its beginning, and so far back it is looked for.
CUT_LETTERS_LEFT = 40
REPLIES_LOOKED_THROUGH = 200
SENTENCE_ENDS = (".", "!", "?", "…", '"', "”", "'", "’", "»", "*", ")", "`")
ROLES = {Speaker.PERSON: Role.USER, Speaker.CHARACTER: Role.CHARACTER}


@dataclass(frozen=True, slots=True)
class Call:
    """What a program wants: `said` is the conversation, without system messages.

    `caller` is the key it came with, or the person where it came with a token. `chat_id` and `name` say which chat it
    is, if the program knows. `opening` are words of the answer that are there already. `is_aside`: the answer is for
    the program and no part of the conversation, a summary for instance.
    """

    caller: UUID
    character: Character
    said: tuple[Said, ...]
    wishes: Wishes
    replies: int = 1
    chat_id: UUID | None = None
    name: str = ""
    opening: str = ""
    is_aside: bool = False


@dataclass(frozen=True, slots=True)
class Answering:
    """The replies, on their way. `chat_id` is None where nothing is kept of them."""

    replies: tuple[Message, ...]
    chat_id: UUID | None


@dataclass(frozen=True, slots=True)
class _Place:
    """`said` is new behind `parent`."""

    chat: Chat
    parent: Message | None
    said: Sequence[Said]


def answer(user: User, call: Call) -> Answering:
    """Find the chat, add what is new of it, and queue replies. Raises `NotFound`, `NotAllowed`, `BadInput` or
    `LimitReached`; then nothing is changed."""
    if call.replies > max(settings.LIVE_REPLIES_PER_USER, 1):
        most = settings.LIVE_REPLIES_PER_USER
        raise BadInput(_("At most %(most)d replies may be on the way at once.") % {"most": most}, most=most)
    if not call.said:
        raise BadInput(_("There is nothing to answer: the messages are empty."))
    if len(call.said) > MOST_MESSAGES:
        raise BadInput(_("At most %(most)d messages fit in one call.") % {"most": MOST_MESSAGES}, most=MOST_MESSAGES)
    with transaction.atomic():
        # Of two calls of one person the second finds what the first has added.
        hold(user)
        limits.reserve_replies(user, call.replies)
        found = _placed(user, call)
        last = _add(user, found, call)
        if last is None:
            raise BadInput(_("There is nothing to answer: the messages are empty."))
        wished = wishes.to_json(call.wishes) or None
        replies: list[Message] = []
        for _number in range(call.replies):
            replies += ask_for_replies(
                user, found.chat, last, [call.character.id], opening=call.opening, wishes=wished
            )
        if not found.chat.is_ephemeral:
            Fingerprint.objects.bulk_create(Fingerprint(message=reply, caller=call.caller) for reply in replies)
    return Answering(tuple(replies), None if found.chat.is_ephemeral else found.chat.id)


def _placed(user: User, call: Call) -> _Place:
    if call.is_aside:
        if call.chat_id is not None:
            access.get_participation_for(user, call.chat_id, access.WRITERS)
        return _aside(user, call)
    if call.chat_id is not None:
        return _in_chat(access.lock_chat_for(user, call.chat_id), call)
    if call.name:
        return _by_name(user, call)
    said = _as_told(user, call)
    match place(said, _nodes(user, call, said)):
        case Attach(node=node, known=known):
            chat = access.lock_chat_for(user, node.chat_id)
            # It may have been deleted, or the character sent away, before the chat was held.
            parent = Message.objects.filter(id=node.id, trash=None).first()
            if parent is None or call.character.id not in company.present(chat):
                return _new(user, call)
            return _Place(chat, parent, call.said[known:])
        case Start():
            return _new(user, call)
        case Ephemeral():
            return _aside(user, call)


def _by_name(user: User, call: Call) -> _Place:
    known = ProgramChat.objects.filter(
        owner=user, caller=call.caller, character=call.character, name=call.name, chat__trashed_at=None
    ).first()
    if known is not None:
        return _in_chat(access.lock_chat_for(user, known.chat_id), call)
    found = _new(user, call)
    ProgramChat.objects.update_or_create(
        caller=call.caller,
        character=call.character,
        name=call.name,
        defaults={"owner": user, "chat": found.chat},
    )
    return found


def _in_chat(chat: Chat, call: Call) -> _Place:
    """Where in a chat that is known the conversation goes on: as far along it as it agrees.

    A program that sends only its newest message relies on us to know the rest.
    """
    if call.character.id not in company.present(chat):
        raise NotFound
    known = longest_runs([fingerprint(one) for one in call.said], _all_nodes(chat))
    run = max(known, key=lambda run: (len(run), run[0].parent_id is None), default=())
    # One message in the middle of it that is said again is no place.
    if run and (run[0].parent_id is None or len(run) > 1):
        return _Place(chat, Message.objects.get(id=run[-1].id), call.said[len(run) :])
    if len(call.said) == 1:
        return _Place(chat, chat.leaf, call.said)
    return _Place(chat, None, call.said)


def _new(user: User, call: Call) -> _Place:
    return _Place(open_chat(user, [call.character]), None, call.said)


def _aside(user: User, call: Call) -> _Place:
    chat = open_chat(user, [call.character])
    chat.is_ephemeral, chat.remembers = True, False
    chat.save(update_fields=["is_ephemeral", "remembers"])
    return _Place(chat, None, call.said[-EPHEMERAL_MESSAGES:])


def _known(user: User, call: Call) -> QuerySet[Fingerprint]:
    """What this caller and this character have said to each other, in any chat where they still may."""
    open_to_them = access.participations_for(user).filter(part__in=access.WRITERS)
    return Fingerprint.objects.filter(
        caller=call.caller,
        message__character=call.character,
        message__trash=None,
        message__chat__in=open_to_them.values("chat"),
    )


def _as_told(user: User, call: Call) -> tuple[Said, ...]:
    """The conversation with whole replies of ours where the client has only their beginnings: some cut an unfinished
    sentence off before they show a reply, and it would be nobody's then."""
    _finish_digests(call.caller)
    cut = {
        at
        for at, one in enumerate(call.said)
        if one.speaker == Speaker.CHARACTER and len(plain(one.text)) >= CUT_LETTERS_LEFT
    }
    prints = {at: fingerprint(call.said[at]) for at in cut}
    known = set(_known(user, call).filter(digest__in=set(prints.values())).values_list("digest", flat=True))
    strange = {at for at, digest in prints.items() if digest not in known}
    if not strange:
        return call.said
    replies = _known(user, call).filter(message__role=Role.CHARACTER).exclude(message__model="")
    texts = replies.order_by("-message__created_at").values_list("message__text", flat=True)[:REPLIES_LOOKED_THROUGH]
    unfinished = [(whole, text) for text in texts if _is_unfinished(whole := plain(text))]
    told = list(call.said)
    for at in strange if unfinished else ():
        beginning = plain(told[at].text)
        of_it = [text for whole, text in unfinished if whole.startswith(beginning)]
        if len(of_it) == 1:
            told[at] = Said(Speaker.CHARACTER, of_it[0])
    return tuple(told)


def _is_unfinished(text: str) -> bool:
    """Whether it stops in a sentence. Where it does not, an end that is missing was taken away by somebody."""
    return not text.endswith(SENTENCE_ENDS)


def _nodes(user: User, call: Call, said: Iterable[Said]) -> list[Node]:
    """What is known of what is said."""
    found = list(_known(user, call).filter(digest__in={fingerprint(one) for one in said}).select_related("message"))
    counted = Message.objects.filter(chat__in={one.message.chat_id for one in found}, trash=None).order_by()
    sizes = dict(counted.values_list("chat").annotate(Count("pk")))
    return [_node(one.message, one.digest, sizes[one.message.chat_id]) for one in found]


def _all_nodes(chat: Chat) -> list[Node]:
    messages = Message.objects.filter(chat=chat, trash=None).exclude(status__in=LIVE).defer("wishes")
    return [_node(one, fingerprint(_said(one))) for one in messages]


def _finish_digests(caller: UUID) -> None:
    """Replies have all their words only later; what was told of one that was stopped is known again, too."""
    due = Fingerprint.objects.filter(caller=caller, digest="").exclude(message__status__in=LIVE)
    for one in due.select_related("message"):
        one.digest = fingerprint(_said(one.message))
        one.save(update_fields=["digest"])


def _node(message: Message, digest: str, chat_size: int = 0) -> Node:
    is_ours = message.role == Role.CHARACTER and bool(message.model)
    return Node(message.id, message.parent_id, message.chat_id, digest, is_ours, len(plain(message.text)), chat_size)


def _said(message: Message) -> Said:
    return Said(Speaker.PERSON if message.role == Role.USER else Speaker.CHARACTER, message.text)


def _add(user: User, found: _Place, call: Call) -> Message | None:
    """What is new becomes rows, and the path to the last of them the one that is shown; that one is answered."""
    chat, last = found.chat, found.parent
    there = Participant.objects.get(chat=chat, user=user)
    heard = {"witnesses": company.present(chat), "people": company.people(chat)}
    instant = now()
    rows: list[Message] = []
    for number, said in enumerate(found.said):
        last = Message(
            id=uuid4(),
            owner=user,
            chat=chat,
            parent=last,
            depth=last.depth + 1 if last is not None else 0,
            replies_before=last.replies_before + (last.role == Role.CHARACTER) if last is not None else 0,
            role=ROLES[said.speaker],
            persona_id=there.persona_id,
            character=call.character,
            text=said.text,
            status=Status.DONE,
            finished_at=instant,
            # In the order in which they were said, for whatever reads them by time.
            created_at=instant + timedelta(microseconds=number),
            awaits_memory=not chat.is_ephemeral,
            **heard,
        )
        rows.append(last)
    Message.objects.bulk_create(rows)
    if not chat.is_ephemeral:
        Fingerprint.objects.bulk_create(
            Fingerprint(message=row, caller=call.caller, digest=fingerprint(said))
            for row, said in zip(rows, found.said, strict=True)
        )
    if not chat.title:
        chat.title = next((title_of(said.text) for said in found.said if said.speaker == Speaker.PERSON), "")
        chat.save(update_fields=["title"])
    show(chat, last)
    return last
