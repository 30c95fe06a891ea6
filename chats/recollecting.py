"""What the speaker of a reply has in mind for it: what it recalls, and how it feels. Asked of memory with what this
chat knows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localtime, now

from chats import company
from chats.models import Message, MessageMemory, Role
from chats.prompting import Recollection as Line
from core.jobs import Status
from inference.emotion.emotion import Emotion
from inference.text.budget import CountTokens, TokenBudget
from memory import topics, working
from memory.events import publish_turn
from memory.exchange import LONGEST
from memory.feeling import feeling_for, run_feeling
from memory.models import Memory
from memory.recalling.query import Query, Recalled, Recollection
from memory.recalling.recall import Embed, embed_here, recall

# As the starter model was taught to read a memory; older ones have their date, which says more than a number of days.
RECENT_DAYS = 6
NOTHING = Recalled()
# A thousand tokens hold as many; more of them only distract, and nobody reads so many chips.
MOST_TOLD = 24
# Of a message that names nothing itself: what its chat was mostly about.
MOST_POINTED = 2
# A reply that is older moves no mood.
FELT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Minded:
    """`lines` are for the prompt, best first; `recalled` is what they were made from."""

    recalled: Recalled = NOTHING
    lines: tuple[Line, ...] = ()
    mood: str = ""


def minded(
    reply: Message,
    heard: Sequence[Message],
    text: str,
    budget: TokenBudget,
    count: CountTokens,
    embed: Embed = embed_here,
) -> Minded:
    """`heard` is what the prompt holds of this chat, and `text` what is answered.

    Everybody who is in the chat hears the reply, so whatever is recalled for it is something that all of them share.
    Nothing is recalled where the chat does not want it, or nobody said anything.
    """
    if not text.strip():
        return Minded()
    chat, at = reply.chat, now()
    people = frozenset(company.people(chat)) | {reply.owner_id}
    known = frozenset(message.id for message in heard)
    listeners = people if chat.recalls else None
    mood = feeling_for(reply.owner_id, reply.character_id, text, at, listeners, known)
    if not chat.recalls:
        return Minded(mood=mood)
    found = recall(
        Query(
            owner_id=reply.owner_id,
            character_id=reply.character_id,
            text=_pointed(reply, text, people, at),
            people=people,
            person_names=(reply.persona.name,),
            character_names=tuple(dict.fromkeys([reply.character.name, reply.character.card.spoken_name])),
            now=at,
            budget=budget.recalled,
            count=count,
            chat_id=chat.id,
            known=known,
        ),
        embed,
    )
    lines = [_line(one, at) for one in _best_first(found)[:MOST_TOLD]]
    if topics.asks_for_topics(text) and (spoken := _spoken_of(reply, people, at)):
        lines.insert(0, Line(spoken, "today", at=at))
    return Minded(found, tuple(lines), mood)


def _pointed(reply: Message, text: str, people: frozenset[UUID], at: datetime) -> str:
    """With what it points at: "Tell me more" names nothing itself, and means what this chat was just about."""
    if topics.topics_of(text, at) and not topics.asks_for_topics(text):
        return text
    session = working.session(reply.owner_id, reply.character_id, reply.chat_id, at, people)
    return " ".join([text, *(topic.words for topic in topics.leading(session.topics, MOST_POINTED))])


def _spoken_of(reply: Message, people: frozenset[UUID], at: datetime) -> str:
    """What this day's talk was about, in this chat and in others."""
    return topics.sentence(working.topics_today(reply.owner_id, reply.character_id, at, people), at)


def keep_remembered(reply: Message, found: Recalled, told: Sequence[Line]) -> None:
    """Write down which memories found their way into the prompt, and why: the page shows these and asks nobody."""
    with transaction.atomic():
        # What is forgotten in this moment waits for this, and takes its record along.
        held = Memory.objects.select_for_update(no_key=True).filter(id__in=[line.id for line in told if line.id])
        ids = set(held.order_by("id").values_list("id", flat=True))
        rows = [
            MessageMemory(
                message=reply,
                memory_id=one.memory_id,
                score=one.score,
                reasons=[reason.value for reason in one.reasons],
                place=place,
            )
            for place, one in enumerate(_best_first(found))
            if one.memory_id in ids
        ]
        MessageMemory.objects.filter(message=reply).delete()
        MessageMemory.objects.bulk_create(rows)


def when(then: datetime, at: datetime) -> str:
    """In English, as the prompt is."""
    days = (localtime(at).date() - localtime(then).date()).days
    if days <= 0:
        return "earlier today"
    if days == 1:
        return "yesterday"
    if days <= RECENT_DAYS:
        return f"{days} days ago"
    return f"{localtime(then):%-d %B %Y}"


def _best_first(found: Recalled) -> list[Recollection]:
    recap = [found.recap] if found.recap is not None else []
    return sorted([*recap, *found.memories], key=lambda one: -one.score)


def _line(one: Recollection, at: datetime) -> Line:
    felt = "" if one.emotion == Emotion.NEUTRAL else one.emotion
    return Line(one.line, when(one.said_at, at), felt, one.said_at, one.memory_id)


def feel(reply: Message) -> None:
    """What was said moves the speaker's mood towards whom it answered; whoever listens for turns hears of it.

    Safe to call twice: the second time nothing moves, and nobody is told.
    """
    ended = reply.finished_at
    # An imported reply was told by nobody here: it has no attempt.
    if reply.role != Role.CHARACTER or reply.status != Status.DONE or not reply.attempt or ended is None:
        return
    if reply.chat.is_ephemeral:
        # Of what is kept nowhere, nothing is felt either.
        return
    asked = _answered(reply)
    if asked is None or ended < now() - FELT:
        return
    said, answer = asked.text[:LONGEST], reply.text[:LONGEST]
    if run_feeling(reply.owner_id, reply.character_id, reply.id, said, answer, ended):
        publish_turn(reply.owner_id, reply.character_id, asked.text, reply.text, ended)


def _answered(reply: Message) -> Message | None:
    """The person's message before it; other characters may have answered that first."""
    found = reply.parent
    while found is not None and found.role != Role.USER:
        found = found.parent
    return found
