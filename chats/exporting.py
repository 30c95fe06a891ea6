"""A chat as a file: rows in, text out, a piece at a time.

Which messages there are is asked once at the beginning; whole ones never change, so what is read of them later is
still what was there then. Between two pieces nothing holds a connection.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields
from enum import StrEnum
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import User
from characters.models import Character, Persona
from chats import access
from chats.formats import own, prose, sillytavern
from chats.formats.conversation import Format, Making, Member, Speaker, Turns
from chats.formats.dates import written
from chats.formats.prose import Passage
from chats.formats.sillytavern import Line, Wording
from chats.formats.values import dump, record
from chats.models import CastMember, Chat, Message, Part, Role
from chats.models.importing import Origin
from chats.tree import ids_to
from core.jobs import LIVE, Status
from core.json import JsonObject

# Of one piece.
MESSAGES = 500
ID_BYTES = 16
LONGEST_FILE_NAME = 80
NOT_IN_A_NAME = '/\\:*?"<>|%;.'


class Kind(StrEnum):
    SILLYTAVERN = "jsonl"
    OWN = "json"
    MARKDOWN = "md"
    HTML = "html"


MEDIA_TYPES = {
    Kind.SILLYTAVERN: "application/jsonl; charset=utf-8",
    Kind.OWN: "application/json",
    Kind.MARKDOWN: "text/markdown; charset=utf-8",
    Kind.HTML: "text/html; charset=utf-8",
}


@dataclass(frozen=True, slots=True)
class Exported:
    """`pieces` are to be read once; each asks the database for some messages."""

    pieces: Iterator[str]
    media_type: str
    file_name: str

    @property
    def disposition(self) -> str:
        return content_disposition_header(as_attachment=True, filename=self.file_name) or "attachment"


def export(user: User, chat_id: UUID, kind: Kind) -> Exported:
    """What the user may read of a chat: the path that is shown, or with `Kind.OWN` all of the tree.

    Raises `NotFound`.
    """
    there = access.get_participation_for(user, chat_id)
    chat = there.chat
    title = chat.title or chat.character.name
    work = _Export(user, chat, title, is_host=there.part == Part.OWNER, sees_all=there.since is None)
    match kind:
        case Kind.OWN:
            pieces = work.whole_tree()
        case Kind.SILLYTAVERN:
            pieces = work.transcript(there.persona.name)
        case Kind.MARKDOWN:
            pieces = work.as_markdown()
        case Kind.HTML:
            pieces = work.as_html()
    return Exported(pieces, MEDIA_TYPES[kind], f"{_file_stem(title)}.{kind.value}")


@dataclass(slots=True)
class _Export:
    user: User
    chat: Chat
    title: str
    # Only the host has the chat's own settings, and what its file said of it as a whole.
    is_host: bool
    sees_all: bool
    _names: dict[UUID, str] = field(default_factory=dict)

    # --- kinds ----------------------------------------------------------------------------------------------------

    def whole_tree(self) -> Iterator[str]:
        found = self._rows().exclude(status__in=LIVE).order_by("depth", "created_at", "id")
        ids = _packed(found.values_list("id", flat=True).iterator(chunk_size=2000))
        known = None if self.sees_all else set(_unpacked(ids))
        members = CastMember.objects.filter(chat=self.chat).select_related("character")
        if not self.sees_all:
            # Who left may have done so before they came.
            members = members.filter(left_at=None)
        seats = {seat.character_id: seat for seat in members}
        main = self.chat.character
        everyone = [main, *(seat.character for key, seat in seats.items() if key != main.pk)]
        spoken = set(self._rows().order_by().values_list("character_id", flat=True).distinct())
        gone = Character.objects.filter(id__in=spoken - {one.pk for one in everyone}).order_by("created_at")
        head = own.Head(
            title=self.chat.title,
            cast=[_member(one, seats.get(one.pk)) for one in [*everyone, *gone]],
            created_at=self.chat.created_at,
            leaf=_text(self._leaf_id()),
            canonical=_text(self.chat.canonical_id),
            note=self.chat.note if self.is_host else "",
            turns=Turns(self.chat.turn_taking, self.chat.speakers_most, self.chat.goes_on_for),
            bookmarks={str(one.message_id): one.name for one in access.bookmarks_for(self.user, self.chat.pk)},
            tags=list(self.chat.tags.filter(owner=self.user).order_by("name").values_list("name", flat=True)),
            brought=self._brought() or None,
        )
        return self._whole_tree(head, ids, known)

    def _whole_tree(self, head: own.Head, ids: bytes, known: set[UUID] | None) -> Iterator[str]:
        yield own.beginning(head)
        comma = ""
        for rows in self._in_order(ids):
            said = [own.message(self._record(row, known)) for row in rows]
            if said:
                yield comma + ",".join(said)
                comma = ","
        yield own.END

    def transcript(self, persona: str) -> Iterator[str]:
        return self._transcript(persona, self._path())

    def _transcript(self, persona: str, ids: bytes) -> Iterator[str]:
        head: JsonObject = {"user_name": persona, "character_name": self.chat.character.name}
        head |= {"create_date": written(self.chat.created_at), "chat_metadata": {}}
        yield dump(head | record(self._brought().get(Format.SILLYTAVERN.value))) + "\n"
        before: UUID | None = None
        for start in range(0, len(ids), ID_BYTES * MESSAGES):
            wanted = list(_unpacked(ids[start : start + ID_BYTES * MESSAGES]))
            beside = self._beside([before, *wanted[:-1]])
            before = wanted[-1]
            shown = {one.pk: one for group in beside.values() for one in group}
            rows = [shown[identity] for identity in wanted if identity in shown]
            yield "".join(sillytavern.write(self._line(row, beside[row.parent_id])) + "\n" for row in rows)

    def as_markdown(self) -> Iterator[str]:
        ids = self._path()

        def pieces() -> Iterator[str]:
            yield prose.markdown_head(self.title)
            for rows in self._in_order(ids):
                yield "".join(prose.markdown_passage(self._passage(row)) for row in rows if row.text.strip())

        return pieces()

    def as_html(self) -> Iterator[str]:
        ids, language = self._path(), get_language() or "en"

        def pieces() -> Iterator[str]:
            yield prose.html_head(self.title, language)
            for rows in self._in_order(ids):
                yield "".join(prose.html_passage(self._passage(row)) for row in rows if row.text.strip())
            yield prose.html_end()

        return pieces()

    # --- rows -----------------------------------------------------------------------------------------------------

    def _rows(self) -> QuerySet[Message]:
        return access.messages_for(self.user).filter(chat=self.chat)

    def _leaf_id(self) -> UUID | None:
        """Of the shown path, the newest message that is whole."""
        leaf = self.chat.leaf
        while leaf is not None and leaf.is_live:
            leaf = leaf.parent
        return leaf.pk if leaf is not None else None

    def _path(self) -> bytes:
        return _packed(ids_to(self.chat.leaf_id))

    def _whole(self) -> QuerySet[Message]:
        """A reply that ended without a word is nothing to read."""
        found = self._rows().exclude(status__in=LIVE).exclude(~Q(status=Status.DONE), text="")
        return found.defer("lore", "witnesses", "people")

    def _in_order(self, ids: bytes) -> Iterator[list[Message]]:
        """Those that are still there."""
        for start in range(0, len(ids), ID_BYTES * MESSAGES):
            wanted = list(_unpacked(ids[start : start + ID_BYTES * MESSAGES]))
            rows = self._whole().in_bulk(wanted)
            self._know(rows.values())
            yield [rows[identity] for identity in wanted if identity in rows]

    def _beside(self, parents: list[UUID | None]) -> dict[UUID | None, list[Message]]:
        """What answers each of these, in order; None: what stands at the beginning."""
        known = [parent for parent in parents if parent is not None]
        which = Q(parent_id__in=known) | Q(parent=None) if None in parents else Q(parent_id__in=known)
        rows = list(self._whole().filter(which).order_by("created_at", "id"))
        self._know(rows)
        groups: dict[UUID | None, list[Message]] = {}
        for row in rows:
            groups.setdefault(row.parent_id, []).append(row)
        return groups

    def _know(self, rows: Iterable[Message]) -> None:
        """The names of those who speak."""
        ids = {one for row in rows for one in (row.character_id, row.persona_id)} - self._names.keys()
        if ids:
            self._names |= dict(Character.objects.filter(id__in=ids).values_list("id", "name"))
            self._names |= dict(Persona.objects.filter(id__in=ids).values_list("id", "name"))

    def _speaker(self, row: Message) -> str:
        """As the file had it that the message came from."""
        said = record(record(row.brought).get(Format.SILLYTAVERN.value)).get("name")
        return said if isinstance(said, str) else self._names.get(_who(row), "")

    def _brought(self) -> JsonObject:
        origin = Origin.objects.filter(chat=self.chat).first() if self.is_host else None
        return record(origin.brought) if origin is not None else {}

    # --- values ---------------------------------------------------------------------------------------------------

    def _passage(self, row: Message) -> Passage:
        remark = _("hidden from the characters") if row.is_hidden else ""
        return Passage(self._speaker(row), Speaker(row.role), row.text, row.created_at, remark)

    def _line(self, row: Message, beside: list[Message]) -> Line:
        name = self._speaker(row)
        swipes = [one for one in beside if one.role == row.role and _who(one) == _who(row)]
        shown = next((number for number, one in enumerate(swipes) if one.pk == row.pk), None)
        if shown is None:
            swipes, shown = [row], 0
        return Line(Speaker(row.role), name, row.is_hidden, [_wording(one) for one in swipes], shown)

    def _record(self, row: Message, known: set[UUID] | None) -> own.Record:
        def there(identity: UUID | None) -> str | None:
            return _text(identity) if known is None or identity in known else None

        plain = [part.name for part in fields(Making) if part.name != "edited_from"]
        making = Making(**{name: getattr(row, name) for name in plain})
        return own.Record(
            id=str(row.pk),
            parent=there(row.parent_id),
            chosen=there(row.chosen_id),
            role=Speaker(row.role),
            name=self._names.get(_who(row), ""),
            character=str(row.character_id),
            persona=self._names.get(row.persona_id, ""),
            text=row.text,
            created_at=row.created_at,
            is_hidden=row.is_hidden,
            thinking=row.thinking,
            model=row.model,
            edited_from=there(row.edited_from_id),
            brought=row.brought,
            making=making,
        )


def _who(row: Message) -> UUID:
    return row.persona_id if row.role == Role.USER else row.character_id


def _wording(row: Message) -> Wording:
    rest = record(record(row.brought).get(Format.SILLYTAVERN.value))
    return Wording(row.text, row.created_at, row.thinking, row.model, rest)


def _member(character: Character, seat: CastMember | None) -> Member:
    """None: one that is not there any more."""
    key = str(character.pk)
    if seat is None:
        return Member(key, character.name, key)
    return Member(key, character.name, key, seat.talkativeness, seat.is_muted)


def _text(identity: UUID | None) -> str | None:
    return str(identity) if identity is not None else None


def _packed(ids: Iterable[UUID]) -> bytes:
    """As bytes: a path may be hundreds of thousands long."""
    return b"".join(identity.bytes for identity in ids)


def _unpacked(ids: bytes) -> Iterator[UUID]:
    return (UUID(bytes=ids[start : start + ID_BYTES]) for start in range(0, len(ids), ID_BYTES))


def _file_stem(title: str) -> str:
    """As people see it, without what a file system could take otherwise."""
    plain = "".join(letter if letter.isprintable() and letter not in NOT_IN_A_NAME else " " for letter in title)
    return " ".join(plain.split())[:LONGEST_FILE_NAME].strip(" .") or "chat"
