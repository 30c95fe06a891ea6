"""Conversations of ChatGPT: `mapping` says what each message answers, `current_node` what is shown. Pure."""

from dataclasses import dataclass

from chats.formats.conversation import MOST_MESSAGES, Conversation, Format, Member, Said, Speaker
from chats.formats.dates import Clock
from chats.formats.placing import Node, placed
from chats.formats.report import Refused, Remarks
from chats.formats.values import items, record, text
from core.json import JsonObject

NOBODY = "Assistant"
LONGEST_MODEL = 160
# Content that is one text, and content that is a list of parts.
ONE_TEXT = frozenset({"code", "execution_output", "tether_quote", "system_error", "tether_browsing_display"})


@dataclass(slots=True)
class _Entry:
    """A message that is one. `above` is the nearest before it that is one, too."""

    raw: JsonObject
    above: str | None
    thinking: str = ""


def is_one(raw: JsonObject) -> bool:
    return isinstance(raw.get("mapping"), dict)


def conversation(raw: JsonObject, clock: Clock, remarks: Remarks) -> Conversation:
    """Raises `Refused`."""
    title = text(raw.get("title"))
    start = clock.read(raw.get("create_time")) or clock.moment
    mapping = record(raw.get("mapping"))
    if len(mapping) > MOST_MESSAGES:
        raise Refused("too_many_messages", most=MOST_MESSAGES)
    entries = _entries(mapping, remarks, title)
    numbers = {key: number for number, key in enumerate(entries)}
    nodes = [
        Node(
            numbers.get(entry.above or ""),
            clock.read(entry.raw.get("create_time")),
            _role(entry.raw) is not Speaker.USER,
        )
        for entry in entries.values()
    ]
    tree = placed(nodes, _leaf(text(raw.get("current_node")), mapping, numbers), start)
    if tree.loops:
        remarks.imported("loop", title)
    messages = [_said(entry, remarks, title) for entry in entries.values()]
    found = [
        Said(
            id=number,
            parent=place.parent,
            depth=place.depth,
            replies_before=place.replies_before,
            role=said.role,
            text=said.text,
            created_at=place.created_at,
            chosen=place.chosen,
            is_leaf=number == tree.leaf,
            is_hidden=said.is_hidden,
            thinking=said.thinking,
            model=said.model,
            brought={Format.CHATGPT.value: said.rest},
        )
        for number in tree.order
        for place, said in [(tree.places[number], messages[number])]
    ]
    name = next((said.model for said in messages if said.model), "") or text(raw.get("default_model_slug"))
    rest: JsonObject = {key: value for key, value in raw.items() if key != "mapping"}
    return Conversation(
        format=Format.CHATGPT,
        title=title,
        cast=(Member("", name.strip() or NOBODY),),
        created_at=start,
        messages=found,
        brought={Format.CHATGPT.value: rest},
    )


@dataclass(frozen=True, slots=True)
class _Words:
    role: Speaker
    text: str
    is_hidden: bool
    thinking: str
    model: str
    rest: JsonObject


def _entries(mapping: JsonObject, remarks: Remarks, where: str) -> dict[str, _Entry]:
    """Those nodes that are messages, in the order of the file and of their parents' lists.

    The nodes in between are structure: a root without a message, empty words of the system, and what was thought
    before an answer, which goes to the answer: to the first of several.
    """
    passed: dict[str, str] = {}
    for key, value in mapping.items():
        message = record(record(value).get("message"))
        if not message or _is_structure(message):
            passed[key] = _thoughts(message)
    # Where the way up from those leads that were met on it: nobody goes through them twice.
    above_them: dict[str, str | None] = {}
    entries: dict[str, _Entry] = {}
    for key in _ordered(mapping):
        if key in passed and not (passed[key] and not items(record(mapping[key]).get("children"))):
            continue
        above, met = _parent(mapping, key), {key: ""}
        while above is not None and above in passed and above not in met and above not in above_them:
            met[above] = passed[above]
            above = _parent(mapping, above)
        thought = list(met.values())
        if above is not None and above in passed:
            above = above_them.get(above)
        above_them |= dict.fromkeys((one for one in met if one != key), above)
        if above is not None and above not in mapping:
            remarks.imported("lost_parent", where)
            above = None
        message = record(record(mapping[key]).get("message"))
        own = [passed[key]] if key in passed else []
        thinking = "\n\n".join(part for part in [*reversed(thought), *own] if part)
        entries[key] = _Entry(message, above, thinking)
    return entries


def _ordered(mapping: JsonObject) -> list[str]:
    """Each parent's children in its own order, everything else as it comes."""
    rank: dict[str, int] = {}
    for value in mapping.values():
        for child in items(record(value).get("children")):
            if isinstance(child, str) and child in mapping:
                rank.setdefault(child, len(rank))
    return sorted(mapping, key=lambda key: rank.get(key, -1))


def _parent(mapping: JsonObject, key: str) -> str | None:
    return text(record(mapping[key]).get("parent")) or None if key in mapping else None


def _leaf(current: str, mapping: JsonObject, numbers: dict[str, int]) -> int | None:
    met: set[str] = set()
    while current and current not in numbers and current not in met:
        met.add(current)
        current = _parent(mapping, current) or ""
    return numbers.get(current)


def _role(message: JsonObject) -> Speaker:
    return Speaker.USER if text(record(message.get("author")).get("role")) == "user" else Speaker.CHARACTER


def _is_structure(message: JsonObject) -> bool:
    content = record(message.get("content"))
    kind = text(content.get("content_type"))
    if kind in ("thoughts", "reasoning_recap"):
        return True
    return text(record(message.get("author")).get("role")) == "system" and not _text(content)[0].strip()


def _thoughts(message: JsonObject) -> str:
    content = record(message.get("content"))
    if text(content.get("content_type")) != "thoughts":
        return ""
    found = [
        text(record(one).get("content")) or text(record(one).get("summary")) for one in items(content.get("thoughts"))
    ]
    return "\n\n".join(part for part in found if part)


def _text(content: JsonObject) -> tuple[str, bool]:
    """The words, and whether they are all that there is."""
    kind = text(content.get("content_type"))
    if kind in ONE_TEXT or ("parts" not in content and isinstance(content.get("text"), str)):
        return text(content.get("text")) or text(content.get("result")), False
    parts: list[str] = []
    whole = kind == "text"
    for part in items(content.get("parts")):
        words = part if isinstance(part, str) else text(record(part).get("text"))
        whole &= isinstance(part, str)
        if words or isinstance(part, str):
            parts.append(words)
    return "\n".join(parts), whole and len(parts) <= 1


def _said(entry: _Entry, remarks: Remarks, where: str) -> _Words:
    raw = entry.raw
    role = text(record(raw.get("author")).get("role"))
    content, metadata = record(raw.get("content")), record(raw.get("metadata"))
    words, whole = _text(content)
    if text(content.get("content_type")) == "thoughts":
        words, whole = "", False
    if any(isinstance(part, dict) and not text(part.get("text")) for part in items(content.get("parts"))):
        remarks.kept("no_pictures", where)
    if role not in ("user", "assistant", "system", "tool"):
        remarks.imported("bad_role", where)
    hidden = role not in ("user", "assistant") or metadata.get("is_visually_hidden_from_conversation") is True
    hidden |= text(content.get("content_type")) in ("user_editable_context", "model_editable_context")
    recipient = text(raw.get("recipient"))
    hidden |= role == "assistant" and recipient not in ("", "all")
    model = text(metadata.get("model_slug"))
    rest: JsonObject = {key: value for key, value in raw.items() if key != "content" or not whole}
    return _Words(
        role=_role(raw),
        text=words,
        is_hidden=hidden,
        thinking=entry.thinking,
        model=model if len(model) <= LONGEST_MODEL and role == "assistant" else "",
        rest=rest,
    )
