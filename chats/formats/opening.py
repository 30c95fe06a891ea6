"""What a file holds, found out by looking into it: its name and what its sender says of it do not count. Pure."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path

from chats.formats import chatgpt, openwebui, own, transcripts
from chats.formats.conversation import Conversation, Format
from chats.formats.dates import Clock
from chats.formats.pieces import pieces
from chats.formats.report import Refused, Remarks
from chats.formats.sources import Meter, OnDisk, Source, archive, is_archive, name_of
from chats.formats.values import MOST_BYTES, parse

MOST_CONVERSATIONS = 20_000
# Of an object, whose members say what it is; the first of them that is known decides.
LOOKED_AT = 40
MEMBERS = {
    b'"spec"': Format.OWN,
    b'"mapping"': Format.CHATGPT,
    b'"chat"': Format.OPEN_WEBUI,
    b'"history"': Format.OPEN_WEBUI,
    b'"messages"': Format.OPEN_WEBUI,
    b'"user_name"': Format.SILLYTAVERN,
    b'"character_name"': Format.SILLYTAVERN,
    b'"chat_metadata"': Format.SILLYTAVERN,
    b'"is_user"': Format.SILLYTAVERN,
    b'"mes"': Format.SILLYTAVERN,
}


def opened(place: Path, file_name: str, moment: datetime, remarks: Remarks, meter: Meter) -> Iterator[Conversation]:
    """The conversations of a file, each to be read before the next one is asked for. Raises `Refused`, also late.

    `moment` is now: nothing was said after it.
    """
    clock = Clock(moment)
    with ExitStack() as stack:
        is_zip = is_archive(place)
        sources: Sequence[Source] = [OnDisk(place, file_name)]
        if is_zip:
            sources = stack.enter_context(archive(place, remarks))
        known = [(source, found) for source in sources if (found := _format(source)) is not None]
        if not known:
            raise Refused("no_chats" if is_zip else "unknown_file")
        meter.of = sum(source.size for source, _found in known)
        if is_zip and len(known) < len(sources):
            recognised = {source.path for source, _found in known}
            for source in sources:
                if source.path not in recognised:
                    remarks.refused("not_a_chat", name_of(source.path))
        count = 0
        for conversation in _conversations(known, clock, remarks, meter):
            count += 1
            if count > MOST_CONVERSATIONS:
                raise Refused("too_many_chats", most=MOST_CONVERSATIONS)
            yield conversation
        if not count:
            raise Refused("no_chats")


def _conversations(
    known: Sequence[tuple[Source, Format]], clock: Clock, remarks: Remarks, meter: Meter
) -> Iterator[Conversation]:
    transcribed = [source for source, found in known if found is Format.SILLYTAVERN]
    groups = transcripts.grouped(transcribed) if len(transcribed) > 1 else [transcribed] if transcribed else []
    for group in groups:
        found = transcripts.conversation(group, clock, remarks, meter, name_of(group[0].path))
        if found is not None:
            yield found
    for source, kind in known:
        if kind is Format.OWN:
            yield own.conversation(source, clock, remarks, meter)
        elif kind is not Format.SILLYTAVERN:
            yield from _exported(source, clock, remarks, meter)


def _exported(source: Source, clock: Clock, remarks: Remarks, meter: Meter) -> Iterator[Conversation]:
    """Those of an export: a list of them, or one."""
    file = source.open(meter)
    with file:
        first = file.peek(1).removeprefix(transcripts.MARK).lstrip()[:1]
        contents: Iterator[bytes | None]
        if first == b"[":
            contents = (piece.content for piece in pieces(file, MOST_BYTES))
        else:
            whole = file.read(MOST_BYTES + 1)
            contents = iter([whole if len(whole) <= MOST_BYTES else None])
        for number, content in enumerate(contents, 1):
            where = f"{name_of(source.path)} {number}"
            if content is None:
                remarks.refused("too_large_chat", where, mib=MOST_BYTES // 2**20)
                continue
            found = _one(content, clock, remarks, where)
            if found is not None:
                yield found


def _one(content: bytes, clock: Clock, remarks: Remarks, where: str) -> Conversation | None:
    try:
        parsed = parse(content.removeprefix(transcripts.MARK))
    except Refused as refused:
        remarks.refused(refused.code, where, **dict(refused.details))
        return None
    raw = parsed.value
    if parsed.bad_letters:
        remarks.imported("bad_letters", where)
    if parsed.bad_numbers:
        remarks.imported("bad_number", where)
    if isinstance(raw, dict) and chatgpt.is_one(raw):
        return chatgpt.conversation(raw, clock, remarks)
    if isinstance(raw, dict) and openwebui.is_one(raw):
        return openwebui.conversation(raw, clock, remarks)
    remarks.refused("not_a_chat", where)
    return None


def _format(source: Source) -> Format | None:
    """By the first member that is known, of the file's object or of the first in its list."""
    try:
        with source.open() as file:
            for number, piece in enumerate(pieces(file, MOST_BYTES)):
                if not piece.key:
                    return _format_of(piece.content)
                if (found := MEMBERS.get(piece.key)) is not None:
                    return Format.OWN if found is Format.OPEN_WEBUI and own.is_chat(piece) else found
                if number >= LOOKED_AT:
                    return None
    except Refused as refused:
        if refused.code == "damaged_entry":
            raise
    return None


def _format_of(item: bytes | None) -> Format | None:
    """Of a list. One too large to be looked at is left out later, with a word."""
    if item is None:
        return Format.CHATGPT
    try:
        raw = parse(item).value
    except Refused:
        return Format.CHATGPT if item.startswith(b"{") else None
    if not isinstance(raw, dict):
        return None
    if chatgpt.is_one(raw):
        return Format.CHATGPT
    return Format.OPEN_WEBUI if openwebui.is_one(raw) else None
