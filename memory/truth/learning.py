"""What a message teaches: facts of its person, each with what it makes untrue, and lore of the world that is told of.

To be called with the person held (`memory.holding`), in the transaction that keeps the message.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from django.db.models import QuerySet

from memory.models import Contradiction, Kind, Memory, Speaker
from memory.truth import facts, gate, validity
from memory.truth.facts import Fact
from memory.truth.lore import lore
from memory.truth.updates import Dated, Verdict, verdict

# "No, it's Biscuit" is about what was said just now.
SITTING = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Known:
    memory: Memory
    dated: Dated

    @classmethod
    def of(cls, memory: Memory, fact: Fact | None = None) -> "Known":
        return cls(memory, Dated(fact or facts.read(memory.text), memory.valid_from or memory.said_at))


@dataclass(slots=True)
class Learner:
    """What one character knows of one person. `recalled` is what it was just told to remember; `names` are those of
    who talks, of whom nothing is lore."""

    owner_id: UUID
    character_id: UUID
    recalled: Sequence[str] = ()
    names: Collection[str] = ()
    _known: list[Known] | None = field(default=None, init=False)
    _lore: list[str] | None = field(default=None, init=False)

    def learn(self, exchange: Memory) -> list[Memory]:
        """The facts in a message that this person wrote, and the lore in anybody's."""
        return [*self._facts(exchange), *self._told(exchange)]

    def _told(self, exchange: Memory) -> list[Memory]:
        found = lore(exchange.text, self.names)
        if found and self._lore is None:
            self._lore = list(self._rows(Kind.LORE).values_list("text", flat=True))
        learned = []
        for text in found:
            if gate.refusal(text, recalled=self.recalled, known=self._lore or ()) is None:
                made = _made_of(exchange, Kind.LORE, text, [exchange.id])
                made.save(force_insert=True)
                learned.append(made)
                self._lore = [*(self._lore or ()), text]
        return learned

    def _facts(self, exchange: Memory) -> list[Memory]:
        if exchange.speaker != Speaker.PERSON or exchange.author_id != self.owner_id:
            return []
        found = [self._keep(exchange, fact, [exchange.id]) for fact in facts.facts(exchange.text)]
        if not found and (value := facts.correction(exchange.text)):
            found = [self._correct(exchange, value)]
        return [memory for memory in found if memory is not None]

    def _correct(self, exchange: Memory, value: str) -> Memory | None:
        """ "No, it's Biscuit": the newest fact of this sitting in which a name stands where this one would."""
        for known in self._newest_first():
            memory = known.memory
            is_near = abs(exchange.said_at - memory.said_at) <= SITTING
            if memory.chat_id == exchange.chat_id and is_near and (text := facts.corrected(memory.text, value)):
                return self._keep(exchange, facts.read(text), [exchange.id, *memory.sources], in_place_of=known)
        return None

    def _keep(
        self, exchange: Memory, fact: Fact, sources: list[UUID], in_place_of: Known | None = None
    ) -> Memory | None:
        newest_first = self._newest_first()
        # What does not stand is weighed, for when it will, and is not in the way of anything until then.
        known = [one.memory.text for one in newest_first if one is not in_place_of] if exchange.stands else []
        if gate.refusal(fact.text, is_asked=fact.is_asked, recalled=self.recalled, known=known) is not None:
            return None
        new = Known.of(_made_of(exchange, Kind.FACT, fact.text, sources), fact)
        verdicts = [(one, _verdict(new, one)) for one in newest_first]
        if exchange.stands and in_place_of is None and any(found == Verdict.SAME for _one, found in verdicts):
            return None
        new.memory.save(force_insert=True)
        older = in_place_of or next((one for one, found in verdicts if found == Verdict.REPLACES), None)
        if older is not None:
            self._replace(new, older, exchange)
        else:
            for one in (one for one, found in verdicts if found == Verdict.CONTRADICTS):
                first, second = _in_order(new, one)
                Contradiction.objects.get_or_create(
                    owner_id=self.owner_id, character_id=self.character_id, older=first.memory, newer=second.memory
                )
        if exchange.stands and new.memory.valid_until is None:
            newest_first.insert(0, new)
        return new.memory

    def _replace(self, new: Known, old: Known, exchange: Memory) -> None:
        first, second = _in_order(new, old)
        _put_between(second.memory, first.memory)
        new.memory.refresh_from_db(fields=["valid_until", "replaces"])
        if second is not new:
            return
        if exchange.stands:
            self._newest_first().remove(old)
        if exchange.replaces_id is None and old.memory.sources:
            # Whoever is reminded of the old words hears the new ones, too.
            said_before = Memory.objects.filter(id=old.memory.sources[0], kind=Kind.EXCHANGE).exclude(id=exchange.id)
            if (before := said_before.first()) is not None:
                exchange.replaces = before
                exchange.save(update_fields=["replaces"])

    def _newest_first(self) -> list[Known]:
        if self._known is None:
            rows = self._rows(Kind.FACT).filter(speaker=Speaker.PERSON, valid_until=None)
            self._known = [Known.of(memory) for memory in rows.order_by("-said_at", "-created_at")]
        return self._known

    def _rows(self, kind: Kind) -> QuerySet[Memory]:
        return Memory.objects.filter(owner_id=self.owner_id, character_id=self.character_id, kind=kind, stands=True)


def _made_of(exchange: Memory, kind: Kind, text: str, sources: list[UUID]) -> Memory:
    return Memory(
        owner_id=exchange.owner_id,
        character_id=exchange.character_id,
        kind=kind,
        speaker=exchange.speaker,
        spoken_by=exchange.spoken_by,
        author_id=exchange.author_id,
        text=text,
        chat_id=exchange.chat_id,
        sources=sources,
        witnesses=exchange.witnesses,
        people=exchange.people,
        stands=exchange.stands,
        emotion=exchange.emotion,
        confidence=exchange.confidence,
        importance=exchange.importance,
        said_at=exchange.said_at,
        valid_from=exchange.said_at,
    )


def _put_between(newer: Memory, older: Memory) -> None:
    """Link two, where what the newer one replaced before may belong before, or between them."""
    while (before := newer.replaces) is not None and before.said_at > older.said_at:
        newer = before
    if before is not None and before.id != older.id:
        older.replaces = before
        older.save(update_fields=["replaces"])
    validity.put_in_place_of(newer, older)
    if before is not None:
        validity.settle([before.id])


def _in_order(new: Known, other: Known) -> tuple[Known, Known]:
    """By when it was said: old messages may be remembered late."""
    return (new, other) if new.dated.since < other.dated.since else (other, new)


def _verdict(new: Known, other: Known) -> Verdict:
    first, second = _in_order(new, other)
    return verdict(second.dated, first.dated)
