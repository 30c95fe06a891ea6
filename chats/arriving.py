"""One conversation that comes in: from what a file says to the rows of a chat. Used by `importing` alone."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid5

from django.db import connection
from django.utils.timezone import now

from accounts.models import User
from characters.models import Character, Persona
from chats import copying
from chats.copying import PLAIN, Row
from chats.formats.conversation import Chosen, Conversation, Member, Said, Speaker
from chats.formats.report import Remarks
from chats.models import Bookmark, CastMember, Chat, Message, Part, Participant, TurnTaking
from chats.models.importing import Origin

# As many as a chat holds, as may answer one message, and messages in a row: chats/actions/starting.py and casting.py.
MOST_CHARACTERS = 8
MOST_SPEAKERS, LONGEST_GOING_ON = 8, 20
# As large a statement as is still written quickly.
BATCH = 500
CHOOSE = """
UPDATE chats_message SET chosen_id = late.child FROM unnest(%s::uuid[], %s::uuid[]) AS late(parent, child)
WHERE chats_message.id = late.parent
"""
LONGEST_TITLE = 120


@dataclass(slots=True)
class People:
    """Who the owner is to whom; loaded before anything is written."""

    owner: User
    usual: Persona
    by_name: dict[str, Persona]

    def persona(self, name: str) -> Persona:
        """Theirs of this name, or their usual one."""
        return self.by_name.get(name.strip().casefold(), self.usual)


@dataclass(slots=True)
class Rows:
    """What is written of chats beside their messages, some hundred chats at once. Their order does not matter: the
    database asks at the end of the transaction whether all that is pointed to is there."""

    chats: list[Chat] = field(default_factory=list)
    participants: list[Participant] = field(default_factory=list)
    cast: list[CastMember] = field(default_factory=list)
    origins: list[Origin] = field(default_factory=list)
    bookmarks: list[Bookmark] = field(default_factory=list)

    def write(self) -> None:
        Chat.objects.bulk_create(self.chats)
        Participant.objects.bulk_create(self.participants)
        CastMember.objects.bulk_create(self.cast)
        Origin.objects.bulk_create(self.origins)
        Bookmark.objects.bulk_create(self.bookmarks)
        for rows in (self.chats, self.participants, self.cast, self.origins, self.bookmarks):
            rows.clear()


@dataclass(slots=True)
class Arrival:
    """`character_of` finds or makes a character by its name and, if there is one, its id."""

    chat_id: UUID
    people: People
    conversation: Conversation
    character_of: Callable[[str, str], Character]
    main: Character
    remarks: Remarks
    beat: Callable[[], None]
    rows: Rows
    count: int = 0
    _rows: list[Row] = field(default_factory=list)
    _cast: list[tuple[Character, Member | None]] = field(default_factory=list)
    _by_key: dict[str, Character] = field(default_factory=dict)
    _late: list[Chosen] = field(default_factory=list)
    _witnesses: list[UUID] = field(default_factory=list)
    _has_written: bool = False
    _is_partly_told: bool = False
    _leaf: UUID | None = None
    _newest: datetime | None = None

    def write(self) -> bool:
        """Its messages, in the caller's transaction; the other rows are added to `rows`. False: it has no message,
        and nothing was written."""
        self._seat(self.main, self.conversation.cast[0])
        for number, member in enumerate(self.conversation.cast):
            if number:
                self._speaker(member.key)
            else:
                self._by_key[member.key] = self.main
        for event in self.conversation.messages:
            if isinstance(event, Chosen):
                self._late.append(event)
                continue
            self._rows.append(self._message(event))
            if len(self._rows) >= BATCH:
                self._flush()
        if not self.count:
            return False
        self._flush()
        self._mend()
        self._chat()
        return True

    def _message(self, said: Said) -> Row:
        self.count += 1
        making = said.making or PLAIN
        is_users = said.role is Speaker.USER
        character = self.main if is_users and not said.character else self._speaker(said.character)
        identity = self._id(said.id)
        if said.is_leaf:
            self._leaf = identity
        if self._newest is None or said.created_at > self._newest:
            self._newest = said.created_at
        return Row(
            id=identity,
            parent_id=self._id(said.parent) if said.parent is not None else None,
            chosen_id=self._id(said.chosen) if said.chosen is not None else None,
            edited_from_id=self._id(making.edited_from) if making.edited_from is not None else None,
            persona_id=self.people.persona(said.persona).pk,
            character_id=character.pk,
            said=said,
            making=making,
        )

    def _speaker(self, key: str) -> Character:
        """Of this key; whom the conversation is with where it has none, and where no seat is free."""
        if not key:
            return self.main
        if (known := self._by_key.get(key)) is not None:
            return known
        member = next((one for one in self.conversation.cast if one.key == key), None)
        if len(self._cast) >= MOST_CHARACTERS:
            where = self.conversation.title
            self.remarks.imported("crowded", where, most=MOST_CHARACTERS, name=self.main.name)
            found = self.main
        else:
            found = self.character_of(member.name if member else key, member.id if member else "")
            self._seat(found, member)
        # Names without end would fill the memory.
        if len(self._by_key) < 100 * MOST_CHARACTERS:
            self._by_key[key] = found
        return found

    def _seat(self, character: Character, member: Member | None) -> None:
        """None: it speaks, and the file says no more of it."""
        if character.pk not in self._witnesses:
            self._cast.append((character, member))
            # Rows that wait to be written will have it; those that are written do not know.
            self._is_partly_told = self._is_partly_told or self._has_written
            self._witnesses.append(character.pk)

    def _flush(self) -> None:
        if self._rows:
            copying.write(self._rows, self.chat_id, self.people.owner.pk, self._witnesses)
            self._rows.clear()
            self._has_written = True
        self.beat()

    def _mend(self) -> None:
        """What was learned after its row had been written."""
        if self._is_partly_told:
            # Whoever is in such a file was there from its beginning.
            Message.objects.filter(chat_id=self.chat_id).update(witnesses=self._witnesses)
        if self._late:
            with connection.cursor() as cursor:
                parents, children = (
                    [self._id(getattr(one, end)) for one in self._late] for end in ("parent", "child")
                )
                cursor.execute(CHOOSE, [parents, children])

    def _chat(self) -> None:
        owner, told, turns = self.people.owner, self.conversation, self.conversation.turns
        usual = Chat()
        self.rows.chats.append(
            Chat(
                id=self.chat_id,
                owner=owner,
                character=self.main,
                title=_title(told.title),
                leaf_id=self._leaf,
                canonical_id=self._id(told.canonical) if told.canonical is not None else None,
                note=told.note,
                turn_taking=turns.taking if turns.taking in TurnTaking.values else usual.turn_taking,
                speakers_most=min(MOST_SPEAKERS, max(1, turns.speakers_most or usual.speakers_most)),
                goes_on_for=min(LONGEST_GOING_ON, turns.goes_on_for or 0),
                created_at=told.created_at,
                active_at=self._newest or told.created_at,
            )
        )
        self.rows.participants.append(
            Participant(
                chat_id=self.chat_id,
                user=owner,
                part=Part.OWNER,
                persona=self.people.usual,
                joined_at=told.created_at,
                read_at=now(),  # what they have brought they have read
            )
        )
        self.rows.cast += [
            self._place(character, member, position) for position, (character, member) in enumerate(self._cast)
        ]
        self.rows.bookmarks += [
            Bookmark(chat_id=self.chat_id, owner=owner, message_id=self._id(number), name=name)
            for number, name in told.bookmarks.items()
        ]
        if told.brought is not None:
            self.rows.origins.append(Origin(chat_id=self.chat_id, owner=owner, brought=told.brought))

    def _place(self, character: Character, member: Member | None, position: int) -> CastMember:
        place = CastMember(
            chat_id=self.chat_id, character=character, position=position, joined_at=self.conversation.created_at
        )
        if member is not None:
            place.is_muted = member.is_muted
            if member.talkativeness is not None:
                place.talkativeness = member.talkativeness
        return place

    def _id(self, number: int) -> UUID:
        """The same whenever the same file is read for the same import."""
        return uuid5(self.chat_id, str(number))


def chat_id(import_id: UUID, number: int) -> UUID:
    return uuid5(import_id, str(number))


def _title(text: str) -> str:
    """On one line, and "" where there is none."""
    name = " ".join(text.split())
    return name if len(name) <= LONGEST_TITLE else f"{name[: LONGEST_TITLE - 1]}…"


def by_name(personas: Iterable[Persona]) -> dict[str, Persona]:
    return {persona.name.strip().casefold(): persona for persona in reversed(list(personas))}
