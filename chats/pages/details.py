"""How a reply came about: what its row and its receipt have kept of it."""

from dataclasses import dataclass

from django.utils.formats import localize
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from chats import tone
from chats.models import Message, Receipt
from chats.prompting import Slice, Source

SOURCES: dict[Source, Promise] = {
    Source.POLICY: gettext_lazy("House rules"),
    Source.INSTRUCTIONS: gettext_lazy("The card’s instructions"),
    Source.LORE: gettext_lazy("Lorebook"),
    Source.PERSONA: gettext_lazy("Who the character is"),
    Source.PERSONALITY: gettext_lazy("Personality"),
    Source.SCENARIO: gettext_lazy("Scenario"),
    Source.EXAMPLES: gettext_lazy("Examples of how it talks"),
    Source.USER: gettext_lazy("Who you are"),
    Source.COMPANY: gettext_lazy("Who else is here"),
    Source.SUMMARY: gettext_lazy("Summary of what came before"),
    Source.HISTORY: gettext_lazy("The conversation"),
    Source.MEMORIES: gettext_lazy("Memories"),
    Source.MOOD: gettext_lazy("Mood"),
    Source.NOTE: gettext_lazy("Author’s note"),
    Source.REMINDER: gettext_lazy("The card’s last word"),
    Source.MESSAGE: gettext_lazy("The message"),
    Source.OPENING: gettext_lazy("What it goes on from"),
}


@dataclass(frozen=True, slots=True)
class Detail:
    label: str
    value: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Share:
    """One source of a prompt. `percent` is its share of what the model can hold; `items` says of how many."""

    label: str
    name: str
    tokens: int
    percent: float
    items: int
    score: float | None = None


@dataclass(frozen=True, slots=True)
class Budget:
    """A prompt by its sources. `free_percent` is neither read nor kept for the reply."""

    shares: tuple[Share, ...]
    tokens: int
    context_tokens: int
    reply_tokens: int
    percent: float
    reply_percent: float


def details(reply: Message) -> list[Detail]:
    found = [Detail(_("Model"), reply.model)] if reply.model else []
    if reply.prompt_tokens is not None:
        found.append(Detail(_("Read"), _tokens(reply.prompt_tokens), _known(reply.reused_tokens)))
    if reply.reply_tokens is not None:
        found.append(Detail(_("Wrote"), _tokens(reply.reply_tokens), _ended(reply)))
    if reply.first_token_ms is not None:
        found.append(Detail(_("First word"), _("after %(n)s s") % {"n": _decimal(reply.first_token_ms / 1000)}))
    if reply.temperature is not None and reply.top_p is not None:
        found.append(Detail(_("Temperature"), _decimal(reply.temperature), _moved_by(reply)))
        found.append(Detail(_("Top-p"), _decimal(reply.top_p)))
    return found


def receipt(user: User, reply: Message) -> Budget | None:
    """What its prompt was made of; None: nobody kept that. Entries of lorebooks are named to the chat's host alone,
    and not where somebody else's character spoke, whose own book may be among them."""
    kept = Receipt.objects.filter(message=reply).first()
    if kept is None:
        return None
    is_told = reply.chat.owner_id == user.id and reply.character.owner_id in (None, user.id)
    slices = [
        Slice(Source(one["source"]), one["tokens"], one["items"], one["name"] if is_told else "")
        for one in kept.slices
    ]
    return budget(slices, kept.context_tokens, kept.reply_tokens)


def budget(slices: list[Slice], context_tokens: int, reply_tokens: int) -> Budget:
    shares = tuple(
        Share(str(SOURCES[one.source]), one.name, one.tokens, _percent(one.tokens, context_tokens), one.items)
        for one in slices
    )
    tokens = sum(one.tokens for one in slices)
    return Budget(
        shares, tokens, context_tokens, reply_tokens,
        _percent(tokens, context_tokens), _percent(reply_tokens, context_tokens),
    )  # fmt: skip


def _percent(part: int, whole: int) -> float:
    return round(100 * part / whole, 1) if whole else 0.0


def _tokens(number: int) -> str:
    return ngettext("%(n)s token", "%(n)s tokens", number) % {"n": localize(number, use_l10n=True)}


def _decimal(number: float) -> str:
    return str(localize(round(number, 2), use_l10n=True))


def _known(reused: int | None) -> str:
    return _("%(tokens)s still known from before") % {"tokens": _tokens(reused)} if reused else ""


def _ended(reply: Message) -> str:
    return _("it reached its greatest length") if reply.finish_reason == "length" else ""


def _moved_by(reply: Message) -> str:
    """What the sound of the message before it had to do with it."""
    if reply.sentiment is None:
        return ""
    if reply.sentiment > tone.DELIGHTED:
        return _("bolder, because your message sounded happy")
    if reply.sentiment < tone.UPSET:
        return _("calmer, because your message sounded upset")
    return ""
