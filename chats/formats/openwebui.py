"""Conversations of Open WebUI: a tree in `chat.history`, or in older ones a list in `chat.messages`. Pure."""

from chats.formats.conversation import MOST_MESSAGES, Conversation, Format, Member, Said, Speaker
from chats.formats.dates import Clock
from chats.formats.placing import Node, placed
from chats.formats.report import Refused, Remarks
from chats.formats.values import items, record, text
from core.json import Json, JsonObject

NOBODY = "Assistant"
LONGEST_MODEL = 160
# What a message says that has a place of its own here.
KNOWN = ("role", "content", "parentId", "childrenIds")


def is_one(raw: JsonObject) -> bool:
    chat = _chat(raw)
    return isinstance(record(chat.get("history")).get("messages"), dict) or _is_list(chat.get("messages"))


def conversation(raw: JsonObject, clock: Clock, remarks: Remarks) -> Conversation:
    """Raises `Refused`."""
    chat = _chat(raw)
    title = text(raw.get("title")) or text(chat.get("title"))
    start = next(
        filter(None, (clock.read(one.get(key)) for one in (raw, chat) for key in ("created_at", "timestamp"))), None
    )
    start = start or clock.moment
    history = record(chat.get("history"))
    mapping = record(history.get("messages"))
    if mapping:
        keys = _ordered(mapping)
        found = [record(mapping[key]) for key in keys]
        numbers = {key: number for number, key in enumerate(keys)}
        parents = [text(one.get("parentId")) for one in found]
        if any(parent and parent not in numbers for parent in parents):
            remarks.imported("lost_parent", title)
        above = [numbers.get(parent) for parent in parents]
        leaf = numbers.get(text(history.get("currentId")))
    else:
        found = [record(one) for one in items(chat.get("messages"))]
        above = [number - 1 if number else None for number in range(len(found))]
        leaf = None
    if len(found) > MOST_MESSAGES:
        raise Refused("too_many_messages", most=MOST_MESSAGES)
    nodes = [
        Node(parent, clock.read(one.get("timestamp")), one.get("role") != "user")
        for parent, one in zip(above, found, strict=True)
    ]
    tree = placed(nodes, leaf, start)
    if tree.loops:
        remarks.imported("loop", title)
    messages: list[Said] = []
    for number in tree.order:
        one, place = found[number], tree.places[number]
        role = text(one.get("role"))
        if role not in ("user", "assistant", "system"):
            remarks.imported("bad_role", title)
        words, whole = _words(one.get("content"))
        if not whole or one.get("files"):
            remarks.kept("no_pictures", title)
        model = text(one.get("model"))
        messages.append(
            Said(
                id=number,
                parent=place.parent,
                depth=place.depth,
                replies_before=place.replies_before,
                role=Speaker.USER if role == "user" else Speaker.CHARACTER,
                text=words,
                created_at=place.created_at,
                chosen=place.chosen,
                is_leaf=number == tree.leaf,
                is_hidden=role not in ("user", "assistant"),
                model=model if len(model) <= LONGEST_MODEL and role == "assistant" else "",
                brought={Format.OPEN_WEBUI.value: _rest(one, whole=whole)},
            )
        )
    named = (text(one.get("modelName")) or text(one.get("model")) for one in found if one.get("role") == "assistant")
    name = next(filter(None, named), "") or next(filter(None, map(text, items(chat.get("models")))), "")
    rest: JsonObject = {key: value for key, value in raw.items() if key not in ("chat", "history", "messages")}
    rest["chat"] = {key: value for key, value in chat.items() if key not in ("history", "messages")}
    return Conversation(
        format=Format.OPEN_WEBUI,
        title=title,
        cast=(Member("", name.strip() or NOBODY),),
        created_at=start,
        messages=messages,
        brought={Format.OPEN_WEBUI.value: rest},
    )


def _chat(raw: JsonObject) -> JsonObject:
    return record(raw["chat"]) if isinstance(raw.get("chat"), dict) else raw


def _is_list(value: Json) -> bool:
    found = items(value)
    return bool(found) and all(isinstance(one, dict) and "role" in one and "content" in one for one in found[:3])


def _ordered(mapping: JsonObject) -> list[str]:
    """Each parent's children in its own order, everything else as it comes."""
    rank: dict[str, int] = {}
    for value in mapping.values():
        for child in items(record(value).get("childrenIds")):
            if isinstance(child, str) and child in mapping:
                rank.setdefault(child, len(rank))
    return sorted(mapping, key=lambda key: rank.get(key, -1))


def _words(content: Json) -> tuple[str, bool]:
    """The text, and whether it is all that there is."""
    if isinstance(content, str) or content is None:
        return text(content), True
    parts = [record(part) for part in items(content)]
    words = [text(part.get("text")) for part in parts if part.get("type") == "text"]
    return "\n".join(words), len(words) == len(parts) == 1


def _rest(one: JsonObject, *, whole: bool) -> JsonObject:
    return {key: value for key, value in one.items() if key not in KNOWN or (key == "content" and not whole)}
