"""One whole import, top to bottom: from a file in quarantine to chats, or to nothing at all.

All of a file's chats are one transaction: nobody sees any of them before all are there, and a worker that dies leaves
nothing behind. What is said of the import meanwhile goes another way, by a connection of its own.
"""

import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeVar
from uuid import UUID

from django.db import IntegrityError, OperationalError, transaction
from django.db.models import F, RestrictedError
from django.utils.timezone import now
from django.utils.translation import gettext as _

from accounts.models import User
from characters.access import characters_for, persona_for_talking, personas_for
from characters.actions.characters import create_character
from characters.actions.tags import chosen_tags
from characters.cards.card import Card
from characters.models import Character, Persona
from chats import files
from chats.arriving import Arrival, People, Rows, by_name, chat_id
from chats.formats import opening
from chats.formats.conversation import Conversation, Format
from chats.formats.report import LONGEST_DETAIL, Detail, Refused, Remarks, shortened
from chats.formats.sources import Meter
from chats.models import Chat, ChatImport
from core import jobs
from core.bringing import Ended, Lost, ending
from core.database import brief_connection
from core.errors import CognitiaError
from core.jobs import LIVE, Status
from core.json import Json, JsonObject

logger = logging.getLogger(__name__)
T = TypeVar("T")

# How often the row hears of it, and whether somebody wants it to stop.
BEAT_SECONDS = 0.5
# The row counts in these, so that no file is too large for its column.
STEP_BYTES = 2**10
LONGEST_NAME = 80
BATCH_CHATS = 200


def run_import(import_id: UUID) -> list[UUID]:
    """Carry out one import, if few enough are running. Answers which may be queued now.

    Safe to call twice, and for an import that was stopped or taken over: it then does nothing. However it ends, the
    row says so, and quarantine holds nothing of it any more.
    """
    with brief_connection():
        row = _claimed(import_id)
    if row is None:
        return []
    with ThreadPoolExecutor(1, thread_name_prefix="chat-import") as beside:
        work = _Import(row, beside)
        try:
            work.run()
        except Lost:
            logger.warning("attempt lost its import", extra={"import": str(row.id), "attempt": row.attempt})
        except OperationalError as error:
            # The database is away, and so is what was written. Whoever resumes imports finds the row.
            logger.warning("import broken off: %s", error, extra={"import": str(row.id)})
            return []
        except Exception as error:  # noqa: BLE001  a row that stays at running would be tried again for ever
            work.end(_ending(error))
    with brief_connection():
        return ChatImport.waiting()


def finish(row: ChatImport, status: Status, code: str = "", details: dict[str, Detail] | None = None) -> bool:
    """From running to an end without anything kept, in this attempt. False: another one has the row."""
    ended = row.end(status, code, details)
    if ended:
        files.QUARANTINE.release(row.id)
        forget_made(row)
    return ended


def forget_made(row: ChatImport) -> None:
    """The characters that were made for an import of which nothing came, unless somebody has used one since."""
    made: list[UUID] = list(ChatImport.objects.filter(pk=row.pk).values_list("made", flat=True).first() or [])
    for character in Character.objects.filter(id__in=made, owner_id=row.owner_id):
        if character.versions.count() > 1:
            continue
        try:
            with transaction.atomic():
                character.delete()
        except (RestrictedError, IntegrityError):
            logger.info("character stays; it is talked to", extra={"character": str(character.id)})
    # What stays is theirs, whatever becomes of it.
    ChatImport.objects.filter(pk=row.pk).update(made=[])


def _claimed(import_id: UUID) -> ChatImport | None:
    row = ChatImport.objects.select_related("owner", "character").filter(id=import_id).first()
    # Whether it is taken or must wait, its task is spent: whoever ends an import, or the reaper, queues the next.
    jobs.forget_queued(import_id)
    return row if row is not None and ChatImport.has_room() and row.claim() else None


def _ending(error: Exception) -> Ended:
    """What an import that was left by an exception ends as."""
    if isinstance(error, Refused):
        return Ended(Status.FAILED, error.code, **dict(error.details))
    return ending(error, "not_read")


@dataclass(slots=True)
class _Import:
    row: ChatImport
    # Of one thread, which has a connection of its own: what it writes is seen while the import is not.
    beside: ThreadPoolExecutor
    remarks: Remarks = field(default_factory=Remarks)
    meter: Meter = field(default_factory=Meter)
    _characters: dict[str, Character] = field(default_factory=dict)
    _chats: list[UUID] = field(default_factory=list)
    # Names of tags, and the chats that have them.
    _tags: dict[str, list[UUID]] = field(default_factory=dict)
    _rows: Rows = field(default_factory=Rows)
    _usual: dict[UUID, Persona] = field(default_factory=dict)
    _messages: int = 0
    _format: Format | None = None
    _beat_at: float = 0.0

    def run(self) -> None:
        place = files.QUARANTINE.path(self.row.id)
        place.stat()
        self._beat()
        people = self._aside(self._people)
        with brief_connection(), transaction.atomic():
            found = opening.opened(place, self.row.file_name, now(), self.remarks, self.meter)
            for number, conversation in enumerate(found):
                self._keep(number, conversation, people)
            if not self._chats:
                raise Refused("no_chats")
            self._rows.write()
            self._tag()
            self._done()
        files.QUARANTINE.release(self.row.id)
        logger.info("import ended", extra={"import": str(self.row.id), "status": Status.DONE.value})

    def end(self, ended: Ended) -> None:
        with brief_connection():
            finish(self.row, ended.status, ended.code, ended.details)
        logger.info("import ended", extra={"import": str(self.row.id), "status": ended.status.value})

    # --- who is in it ---------------------------------------------------------------------------------------------

    def _people(self) -> People:
        owner = self.row.owner
        personas = list(personas_for(owner))
        return People(owner, personas[0], by_name(personas))

    def _character(self, name: str, known: str = "") -> Character:
        """The owner's own or a built-in one of this name, or else a new one of theirs."""
        name = " ".join(name.split())[:LONGEST_NAME] or _("Nameless")
        key = known or name.casefold()
        if key not in self._characters:
            self._characters[key] = self._aside(lambda: self._found_or_made(name, known))
        return self._characters[key]

    def _found_or_made(self, name: str, known: str) -> Character:
        owner = self.row.owner
        if (found := _found(owner, name, known)) is not None:
            return found
        # In a transaction of its own, which is short: it holds the owner's row, and nobody could send meanwhile.
        with transaction.atomic():
            made = create_character(owner, Card(name), _("Imported from %(file)s") % {"file": self.row.file_name})
            row = ChatImport.objects.select_for_update(no_key=True).get(pk=self.row.pk)
            row.made = [*row.made, made.pk]
            row.save(update_fields=["made"])
        return made

    # --- rows -----------------------------------------------------------------------------------------------------

    def _keep(self, number: int, conversation: Conversation, people: People) -> None:
        first = conversation.cast[0]
        chosen = self.row.character
        main = chosen if chosen is not None and chosen.deleted_at is None else self._character(first.name, first.id)
        self._format = self._format or conversation.format
        if main.pk not in self._usual:
            self._usual[main.pk] = persona_for_talking(people.owner, main)
        to_them = People(people.owner, self._usual[main.pk], people.by_name)
        arrival = Arrival(
            chat_id=chat_id(self.row.id, number),
            people=to_them,
            conversation=conversation,
            character_of=self._character,
            main=main,
            remarks=self.remarks,
            beat=self._beat,
            rows=self._rows,
        )
        if arrival.write():
            self._chats.append(arrival.chat_id)
            self._messages += arrival.count
            for name in dict.fromkeys(conversation.tags):
                self._tags.setdefault(name, []).append(arrival.chat_id)
            if len(self._rows.chats) >= BATCH_CHATS:
                self._rows.write()
        else:
            self.remarks.refused("empty", conversation.title)

    def _tag(self) -> None:
        """Their own tags of these names, made where there are none: at the end, because that holds the owner's row."""
        left_out: list[str] = []
        for name, chats in self._tags.items():
            try:
                (tag,) = chosen_tags(self.row.owner, [], name)
            except CognitiaError:  # too long, or more than somebody may have
                left_out.append(name)
                continue
            links = Chat.tags.through
            links.objects.bulk_create(
                [links(chat_id=chat, tag_id=tag.id) for chat in chats], batch_size=1000, ignore_conflicts=True
            )
        if left_out:
            self.remarks.refused("tags_left_out", "", names=shortened(", ".join(left_out), LONGEST_DETAIL))

    def _done(self) -> None:
        """The last step, in the transaction of what it brought. Raises `Lost` and `Ended`, which undo that."""
        facts: JsonObject = {"chats": len(self._chats), "messages": self._messages}
        said: list[Json] = [{"fate": "imported", "code": "facts", "where": "", "details": facts}]
        said += [
            {"fate": one.fate.value, "code": one.code, "where": one.where, "details": dict(one.details)}
            for one in self.remarks
        ]
        links = ChatImport.chats.through
        links.objects.bulk_create(
            [links(chatimport_id=self.row.pk, chat_id=chat) for chat in self._chats], batch_size=1000
        )
        mine = ChatImport.objects.filter(
            pk=self.row.pk, attempt=self.row.attempt, status=Status.RUNNING, cancel_requested=False
        )
        kept = mine.update(
            status=Status.DONE,
            format=self._format.value if self._format is not None else "",
            notices=said,
            steps_done=max(1, self.row.steps),
            steps=max(1, self.row.steps),
            finished_at=now(),
        )
        if not kept:
            raise self._aside(self._why_not)

    # --- in between -----------------------------------------------------------------------------------------------

    def _beat(self) -> None:
        """Say how far it has come, and hear whether it shall go on. Raises `Lost` and `Ended`."""
        instant = time.monotonic()
        if instant - self._beat_at < BEAT_SECONDS and self._beat_at:
            return
        self._beat_at = instant
        of = max(1, self.meter.of // STEP_BYTES)
        done = min(of, self.meter.done // STEP_BYTES)
        if not self._aside(lambda: self.row.advance(done, of)):
            raise self._aside(self._why_not)

    def _why_not(self) -> Exception:
        row = ChatImport.objects.filter(pk=self.row.pk, attempt=self.row.attempt, status__in=LIVE).first()
        return Ended(Status.CANCELLED) if row is not None and row.cancel_requested else Lost()

    def _aside(self, work: Callable[[], T]) -> T:
        def briefly() -> T:
            with brief_connection():
                return work()

        return self.beside.submit(briefly).result()


def _found(owner: User, name: str, known: str) -> Character | None:
    found = characters_for(owner)
    try:
        if known and (one := found.filter(id=UUID(known)).first()) is not None:
            return one
    except ValueError:
        pass
    # Their own before built-in ones, and the one edited last before others.
    return found.filter(name__iexact=name).order_by(F("owner").asc(nulls_last=True), "-updated_at").first()
