"""Files of conversations, made up, and what comes out of them."""

import io
import json
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from chats.formats.conversation import Chosen, Conversation, Said
from chats.formats.opening import opened
from chats.formats.report import Remarks
from chats.formats.sources import Meter
from core.json import JsonObject

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
HEADER: JsonObject = {
    "user_name": "Anna",
    "character_name": "Maren",
    "create_date": "September 28, 2024 1:00am",
    "chat_metadata": {"note_prompt": "Stay calm.", "integrity": "abc"},
}


@dataclass
class Read:
    """One conversation, with all of its messages."""

    head: Conversation
    messages: list[Said]
    chosen: dict[int, int | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.chosen |= {one.id: one.chosen for one in self.messages}

    @property
    def path(self) -> list[Said]:
        """That is shown: up from the leaf, and down by what was chosen, which must be the same."""
        by_id = {one.id: one for one in self.messages}
        leaf = next(one for one in self.messages if one.is_leaf)
        up = [leaf]
        while (parent := up[-1].parent) is not None:
            up.append(by_id[parent])
        up.reverse()
        down = [up[0]]
        while (following := self.chosen[down[-1].id]) is not None:
            down.append(by_id[following])
        assert [one.id for one in up] == [one.id for one in down]
        return up

    def beside(self, one: Said) -> list[str]:
        """The texts of all that answer the same, in their order."""
        found = [other for other in self.messages if other.parent == one.parent]
        return [other.text for other in sorted(found, key=lambda other: other.created_at)]

    @property
    def texts(self) -> list[str]:
        return [one.text for one in self.path]


@dataclass
class Brought:
    conversations: list[Read]
    remarks: Remarks
    meter: Meter

    @property
    def codes(self) -> set[str]:
        return {notice.code for notice in self.remarks}

    @property
    def only(self) -> Read:
        (one,) = self.conversations
        return one


def read(content: bytes, folder: Path, name: str = "Maren - 2024.jsonl") -> Brought:
    """As an import does it. Raises `Refused`."""
    place = folder / "file"
    place.write_bytes(content)
    remarks, meter = Remarks(), Meter()
    found: list[Read] = []
    for conversation in opened(place, name, NOW, remarks, meter):
        events = list(conversation.messages)
        one = Read(conversation, [event for event in events if isinstance(event, Said)])
        one.chosen |= {event.parent: event.child for event in events if isinstance(event, Chosen)}
        check(one)
        found.append(one)
    assert meter.done <= meter.of
    return Brought(found, remarks, meter)


def check(read: Read) -> None:
    """What must hold of every tree that comes in."""
    by_id = {one.id: one for one in read.messages}
    assert len(by_id) == len(read.messages)
    assert sum(one.is_leaf for one in read.messages) == bool(read.messages)
    times: dict[int | None, set[datetime]] = {}
    for one in read.messages:
        above = by_id[one.parent] if one.parent is not None else None
        assert one.depth == (above.depth + 1 if above is not None else 0)
        before = above.replies_before + (above.role == "character") if above is not None else 0
        assert one.replies_before == before
        assert one.created_at not in times.setdefault(one.parent, set())
        times[one.parent].add(one.created_at)
        following = read.chosen[one.id]
        assert following is None or by_id[following].parent == one.id
    if read.messages:
        assert read.path


def as_object(value: object) -> JsonObject:
    """As it is after being written and read."""
    return json.loads(json.dumps(value))  # type: ignore[no-any-return]


def line(mes: str, *, user: bool = False, **more: object) -> JsonObject:
    found: dict[str, object] = {
        "name": "Anna" if user else "Maren",
        "is_user": user,
        "is_system": False,
        "send_date": "September 28, 2024 1:02am",
        "mes": mes,
        "extra": {},
        **more,
    }
    return as_object(found)


def jsonl(lines: Sequence[JsonObject], header: JsonObject | None = HEADER) -> bytes:
    return "\n".join(
        json.dumps(one, ensure_ascii=False) for one in ([header] if header else []) + list(lines)
    ).encode()


def zipped(files: dict[str, bytes], kind: int = zipfile.ZIP_DEFLATED) -> bytes:
    place = io.BytesIO()
    with zipfile.ZipFile(place, "w", kind) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return place.getvalue()


def node(
    key: str, parent: str | None, role: str, words: str, children: Sequence[str] = (), **more: object
) -> JsonObject:
    """One of ChatGPT's."""
    message: dict[str, object] = {
        "id": key,
        "author": {"role": role},
        "create_time": 1700000000.5,
        "content": {"content_type": "text", "parts": [words]},
        "metadata": {"model_slug": "gpt-4o"} if role == "assistant" else {},
        "recipient": "all",
        **more,
    }
    found = {"id": key, "parent": parent, "children": list(children), "message": message}
    return as_object(found)


def chatgpt(nodes: Sequence[JsonObject], current: str, title: str = "A talk") -> JsonObject:
    mapping: JsonObject = {str(one["id"]): one for one in nodes}
    return {
        "title": title,
        "create_time": 1700000000.0,
        "update_time": 1700000100.0,
        "mapping": mapping,
        "current_node": current,
    }
