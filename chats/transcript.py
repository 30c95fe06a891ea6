"""What the pages show of chats: rows in, values out."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.urls import reverse
from django.utils.formats import localize
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from characters.access import tags_for
from characters.models import Tag
from characters.pages.tags import TagMark, marks
from characters.portrayal import portrait
from chats import failures, staging, tone
from chats.access import chats_for
from chats.models import Chat, Message, Role
from chats.path import path_to
from core import markdown

PAGE_MESSAGES = 40
SIDEBAR_CHATS = 60
SNIPPET = 80
# What the test box of lorebooks is filled with: together less than it takes.
LINES, LINE_LENGTH = 12, 1_500


@dataclass(frozen=True, slots=True)
class MessageView:
    """`blocks` are sanitised HTML; `tail` is the plain text of the block that a live reply has open."""

    id: UUID
    role: str
    speaker: str
    hue: int
    portrait: str
    symbol: str
    created_at: datetime
    blocks: tuple[SafeString, ...]
    tail: str
    thinking: str
    thinking_seconds: int | None
    status: str
    failure: str
    is_live: bool
    seq: int


@dataclass(frozen=True, slots=True)
class Detail:
    label: str
    value: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class GreetingChoice:
    """Which of several greetings the chat begins with: `number` counts from 1; `before` and `after` are what to ask
    for, None at the ends."""

    number: int
    of: int
    before: int | None
    after: int | None


@dataclass(frozen=True, slots=True)
class ChatRow:
    id: UUID
    title: str
    url: str
    name: str
    hue: int
    portrait: str
    snippet: str
    updated_at: datetime
    is_live: bool
    tags: tuple[TagMark, ...]


def message_view(message: Message) -> MessageView:
    is_user = message.role == Role.USER
    closed: tuple[str, ...]
    if message.is_live:
        stream = markdown.BlockStream()
        closed, tail = tuple(block.html for block in stream.push(message.text)), stream.tail
    else:
        closed, tail = markdown.blocks(message.text), ""
    return MessageView(
        id=message.id,
        role=message.role,
        speaker=message.persona.name if is_user else message.character.name,
        hue=message.persona.hue if is_user else message.character.hue,
        portrait="" if is_user else portrait(message.character),
        symbol=message.persona.symbol,
        created_at=message.created_at,
        blocks=tuple(_safe(html) for html in closed),
        tail=tail,
        thinking=message.thinking,
        thinking_seconds=None if message.thinking_ms is None else max(1, round(message.thinking_ms / 1000)),
        status=message.status,
        failure=failures.sentence(message.status, message.failure_code),
        is_live=message.is_live,
        seq=message.seq,
    )


def details(reply: Message) -> list[Detail]:
    """How a reply came about: what the row has kept of it."""
    found = [Detail(_("Model"), reply.model)] if reply.model else []
    if reply.prompt_tokens is not None:
        found.append(Detail(_("Read"), _tokens(reply.prompt_tokens), _known(reply.reused_tokens)))
    if reply.reply_tokens is not None:
        found.append(Detail(_("Wrote"), _tokens(reply.reply_tokens)))
    if reply.first_token_ms is not None:
        found.append(Detail(_("First word"), _("after %(n)s s") % {"n": _decimal(reply.first_token_ms / 1000)}))
    if reply.temperature is not None and reply.top_p is not None:
        found.append(Detail(_("Temperature"), _decimal(reply.temperature), _moved_by(reply)))
        found.append(Detail(_("Top-p"), _decimal(reply.top_p)))
    return found


def _tokens(number: int) -> str:
    return ngettext("%(n)s token", "%(n)s tokens", number) % {"n": localize(number, use_l10n=True)}


def _decimal(number: float) -> str:
    return str(localize(round(number, 2), use_l10n=True))


def _known(reused: int | None) -> str:
    return _("%(tokens)s still known from before") % {"tokens": _tokens(reused)} if reused else ""


def _moved_by(reply: Message) -> str:
    """What the sound of the message before it had to do with it."""
    if reply.sentiment is None:
        return ""
    if reply.sentiment > tone.DELIGHTED:
        return _("bolder, because your message sounded happy")
    if reply.sentiment < tone.UPSET:
        return _("calmer, because your message sounded upset")
    return ""


def sidebar(user: User, tag: Tag | None = None) -> list[ChatRow]:
    """The chats used last, the newest first; with a tag, only those that have it."""
    # Without the cards, each of which may have megabytes.
    found = chats_for(user).defer("character__version__text").prefetch_related("tags")
    if tag is not None:
        found = found.filter(tags=tag)
    return [_row(chat) for chat in found[:SIDEBAR_CHATS]]


def sidebar_tags(user: User) -> tuple[TagMark, ...]:
    """Those that some chat of theirs has."""
    return marks(tags_for(user).filter(chats__isnull=False).distinct())


def lines(chat: Chat) -> list[str]:
    """The last messages of the path that is shown, oldest first: `Name: text`, each on one line."""
    found = path_to(chat.leaf_id, limit=LINES)
    told = [(each.persona if each.role == Role.USER else each.character, each.text) for each in found if each.text]
    return [f"{speaker.name}: {' '.join(text.split())}"[:LINE_LENGTH] for speaker, text in told]


def greeting_choice(chat: Chat) -> GreetingChoice | None:
    """None once somebody has answered, and where there is nothing to choose from."""
    if chat.leaf is None or chat.leaf.greeting is None:
        return None
    numbers = sorted({*staging.greetings(chat), chat.leaf.greeting})
    here = numbers.index(chat.leaf.greeting)
    if len(numbers) < 2:
        return None
    return GreetingChoice(
        number=here + 1,
        of=len(numbers),
        before=numbers[here - 1] if here else None,
        after=numbers[here + 1] if here + 1 < len(numbers) else None,
    )


def _row(chat: Chat) -> ChatRow:
    leaf = chat.leaf
    is_live = leaf is not None and leaf.is_live
    snippet = " ".join(leaf.text[: SNIPPET * 2].split())[:SNIPPET] if leaf is not None else ""
    if is_live:
        snippet = _("is writing")
    return ChatRow(
        id=chat.id,
        title=chat.title or _("New chat"),
        url=reverse("chats:detail", args=[chat.id]),
        name=chat.character.name,
        hue=chat.character.hue,
        portrait=portrait(chat.character),
        snippet=snippet,
        updated_at=chat.active_at,
        is_live=is_live,
        tags=marks(chat.tags.all()),
    )


def _safe(html: str) -> SafeString:
    """Only for what `core.markdown` has sanitised."""
    return mark_safe(html)  # noqa: S308
