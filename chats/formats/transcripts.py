"""Chats of SillyTavern: a header, then a line for each message. Pure.

A branch is a file of its own there, which begins with a copy of what it branched from. Files that name each other
are one conversation here: a later one adds what is not there yet, from where it first says something else.
"""

import hashlib
import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from io import BufferedReader

from chats.formats import sillytavern
from chats.formats.conversation import (
    MOST_MESSAGES,
    Chosen,
    Conversation,
    Event,
    Format,
    Member,
    Said,
    Speaker,
)
from chats.formats.dates import Clock
from chats.formats.placing import MOMENT
from chats.formats.report import Refused, Remarks
from chats.formats.sillytavern import Line, Wording
from chats.formats.sources import Meter, Source, folder_of, name_of
from chats.formats.values import MOST_BYTES, items, parse, record, text
from core.json import JsonObject

MARK = b"\xef\xbb\xbf"
# Newer builds say so where a name was.
UNUSED = "unused"
NOBODY = "Assistant"
# How far into a file one looks for the first character who speaks.
LOOKED_AT = 50
LINKS = re.compile(rb'"(?:main_chat|bookmark_link|branches)"')
FOLDERS = frozenset({"", "chats", "group chats", "data", "default-user", "backups"})


def is_header(raw: JsonObject) -> bool:
    return "mes" not in raw and not {"chat_metadata", "user_name", "character_name", "name"}.isdisjoint(raw)


def conversation(
    sources: Sequence[Source], clock: Clock, remarks: Remarks, meter: Meter, where: str
) -> Conversation | None:
    """One chat; with several files the first is the one that is shown, and the others are branches of it.

    None: it is empty. Its messages raise `Refused`.
    """
    first = sources[0]
    rows = _Rows(first.open(meter), remarks, where)
    raws = iter(rows)
    head: JsonObject = {}
    looked: list[JsonObject] = []
    for raw in raws:
        if not head and not looked and is_header(raw):
            head = raw
            continue
        looked.append(raw)
        if len(looked) >= LOOKED_AT or raw.get("is_user") is not True:
            break
    if not looked and not head:
        return None
    speakers = (text(raw.get("name")) for raw in looked if raw.get("is_user") is not True)
    said = text(head.get("character_name"))
    name = said if said.strip() and said.lower() != UNUSED else next(filter(str.strip, speakers), "")
    main = name.strip() or _name_by_file(first.path)
    user = text(head.get("user_name"))
    began = clock.read(head.get("create_date"))
    teller = _Teller(main, user if user.lower() != UNUSED else "", began or clock.moment, clock, remarks, where)
    return Conversation(
        format=Format.SILLYTAVERN,
        title=name_of(first.path),
        cast=(Member(main, main),),
        created_at=began or clock.moment,
        messages=_told(itertools.chain(looked, raws), sources[1:], teller, meter, rows),
        brought={Format.SILLYTAVERN.value: head} if head else None,
    )


def grouped(sources: Sequence[Source]) -> list[list[Source]]:
    """Those that name each other together, the one that the others came from first."""
    by_name = {(folder_of(source.path), name_of(source.path)): number for number, source in enumerate(sources)}
    came_from: dict[int, int] = {}
    for number, source in enumerate(sources):
        folder = folder_of(source.path)
        above, below = _links(source)
        if (main := by_name.get((folder, above))) is not None and main != number:
            came_from.setdefault(number, main)
        for name in below:
            if (branch := by_name.get((folder, name))) is not None and branch != number:
                came_from.setdefault(branch, number)
    groups: dict[int, list[Source]] = {}
    for number, source in enumerate(sources):
        root, seen = number, {number}
        while (above_it := came_from.get(root)) is not None and above_it not in seen:
            seen.add(above_it)
            root = above_it
        if above_it is not None:
            root = min(seen)  # they name each other in a circle
        group = groups.setdefault(root, [])
        group.insert(0, source) if number == root else group.append(source)
    return list(groups.values())


@dataclass(slots=True)
class _Rows:
    """The lines that are objects. One that is not is left out."""

    file: BufferedReader
    remarks: Remarks
    where: str

    def __iter__(self) -> Iterator[JsonObject]:
        with self.file as file:
            for number in itertools.count(1):
                content = file.readline(MOST_BYTES + 1)
                if not content:
                    return
                if len(content) > MOST_BYTES:
                    while not content.endswith(b"\n") and content:
                        content = file.readline(MOST_BYTES)
                    mib = MOST_BYTES // 2**20
                    self.remarks.refused("too_large_line", self.where, number=number, mib=mib)
                    continue
                if number == 1:
                    content = content.removeprefix(MARK)
                if not content.strip(b" \t\r\n\0"):
                    continue
                try:
                    found = parse(content.strip(b"\0"))
                except Refused:
                    self.remarks.refused("cut_line", self.where, number=number)
                    continue
                if found.bad_letters:
                    self.remarks.imported("bad_letters", self.where)
                if found.bad_numbers:
                    self.remarks.imported("bad_number", self.where)
                if isinstance(found.value, dict):
                    yield found.value
                else:
                    self.remarks.refused("cut_line", self.where, number=number)


@dataclass(slots=True)
class _Teller:
    """Gives messages their numbers, and knows where each stands."""

    main: str
    user: str
    start: datetime
    clock: Clock
    remarks: Remarks
    where: str
    count: int = 0

    def line(self, raw: JsonObject) -> Line:
        return sillytavern.read(raw, self.clock, self.remarks, self.where)

    def said(
        self, line: Line, after: Said | None, only: Sequence[int] | None = None, last: Said | None = None
    ) -> list[Said]:
        """Its alternatives after a message, or only some; `last` is beside them already."""
        at = last.created_at if last is not None else None
        found: list[Said] = []
        for number in range(len(line.wordings)) if only is None else only:
            at = self._moment(line.wordings[number], after, at)
            found.append(self._one(line, line.wordings[number], after, at))
        return found

    def _moment(self, wording: Wording, after: Said | None, last: datetime | None) -> datetime:
        at = wording.at or (after.created_at if after is not None else self.start)
        return at if last is None or at > last else last + MOMENT

    def _one(self, line: Line, wording: Wording, after: Said | None, at: datetime) -> Said:
        self.count += 1
        if self.count > MOST_MESSAGES:
            raise Refused("too_many_messages", most=MOST_MESSAGES)
        is_users = line.role is Speaker.USER
        if line.is_told and not is_users and line.name not in (self.main, ""):
            self.remarks.imported("narrated", self.where, name=self.main)
        return Said(
            id=self.count,
            parent=after.id if after is not None else None,
            depth=after.depth + 1 if after is not None else 0,
            replies_before=after.replies_before + (after.role is Speaker.CHARACTER) if after is not None else 0,
            role=line.role,
            text=wording.text,
            created_at=at,
            character=line.name.strip() if not is_users and not line.is_told else "",
            persona=line.name if is_users else self.user,
            is_hidden=line.is_hidden,
            thinking=wording.thinking,
            model=wording.model,
            brought={Format.SILLYTAVERN.value: wording.rest},
        )


def _told(
    raws: Iterator[JsonObject], branches: Sequence[Source], teller: _Teller, meter: Meter, rows: _Rows
) -> Iterator[Event]:
    tree = _Known() if branches else None
    waiting: list[Said] = []
    shown = 0
    last: Said | None = None
    for raw in raws:
        line = teller.line(raw)
        found = teller.said(line, last)
        yield from _with_next(waiting, shown, found[line.shown].id)
        waiting, shown, last = found, line.shown, found[line.shown]
        if tree is not None:
            tree.add(line, found)
    for number, one in enumerate(waiting):
        yield replace(one, is_leaf=number == shown)
    joined = 0
    if tree is not None and last is not None:
        tree.end = last.id
    for source in branches:
        assert tree is not None, "there are branches"  # noqa: S101
        tree.begin()
        with source.open(meter) as file:
            yield from _joined(_Rows(file, teller.remarks, teller.where), tree, teller)
        joined += 1
    if joined:
        teller.remarks.imported("attached", teller.where, count=joined)


def _with_next(waiting: Sequence[Said], shown: int, following: int) -> Iterator[Said]:
    for number, one in enumerate(waiting):
        yield replace(one, chosen=following) if number == shown else one


@dataclass(slots=True)
class _Known:
    """What has been said after what, by digests; and where the file that is being read has got to."""

    numbers: dict[bytes, Said] = field(default_factory=dict)
    # The newest of those after each message, and whether one of them is shown.
    newest: dict[int, Said] = field(default_factory=dict)
    goes_on: set[int] = field(default_factory=set)
    at: Said | None = None
    # Where the first file ends: that is where it was left.
    end: int | None = None

    def begin(self) -> None:
        self.at = None

    def find(self, line: Line, number: int) -> Said | None:
        return self.numbers.get(self._digest(line, number))

    def keep(self, line: Line, number: int, said: Said) -> None:
        light = replace(said, text="", thinking="", brought=None)
        self.numbers.setdefault(self._digest(line, number), light)
        self.newest[self.at.id if self.at is not None else 0] = light

    def add(self, line: Line, found: Sequence[Said]) -> None:
        """A line of the first file, and on to the next."""
        for number, one in enumerate(found):
            self.keep(line, number, one)
        if self.at is not None:
            self.goes_on.add(self.at.id)
        self.at = self.find(line, line.shown)

    def _digest(self, line: Line, number: int) -> bytes:
        above = self.at.id if self.at is not None else 0
        said = f"{above}\0{line.role.value}\0{line.name}\0{line.wordings[number].text}"
        return hashlib.blake2b(said.encode(), digest_size=12).digest()


def _joined(rows: _Rows, tree: _Known, teller: _Teller) -> Iterator[Event]:
    """The messages of a branch that are not there yet."""
    is_first = True
    for raw in rows:
        if is_first and is_header(raw):
            is_first = False
            continue
        is_first = False
        line = teller.line(raw)
        above = tree.at
        new = [number for number in range(len(line.wordings)) if tree.find(line, number) is None]
        beside = tree.newest.get(above.id if above is not None else 0)
        for number, one in zip(new, teller.said(line, above, new, beside), strict=True):
            tree.keep(line, number, one)
            yield one
        tree.at = tree.find(line, line.shown)
        if above is not None and tree.at is not None and above.id not in tree.goes_on:
            tree.goes_on.add(above.id)
            if above.id != tree.end:
                yield Chosen(above.id, tree.at.id)


def _links(source: Source) -> tuple[str, Sequence[str]]:
    """The file that it says it came from, and those that it says came from it."""
    above, below = "", []
    with source.open() as file:
        while content := file.readline(MOST_BYTES + 1):
            if not LINKS.search(content):
                continue
            try:
                raw = record(parse(content.removeprefix(MARK)).value)
            except Refused:
                continue
            above = above or text(record(raw.get("chat_metadata")).get("main_chat"))
            extra = record(raw.get("extra"))
            below += [text(name) for name in [extra.get("bookmark_link"), *items(extra.get("branches"))]]
    return above, [name for name in below if name]


def _name_by_file(path: str) -> str:
    folder = folder_of(path)
    if folder.lower() not in FOLDERS:
        return folder
    name, dash, _rest = name_of(path).partition(" - ")
    return name.strip() if dash and name.strip() else NOBODY
