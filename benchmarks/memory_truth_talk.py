"""Talk of no importance, and how a conversation becomes what a character remembers."""

import random
from datetime import UTC, datetime, timedelta

from benchmarks import memory
from benchmarks.memory_data import TURN, Conversation, Turn
from benchmarks.memory_figures import Loaded
from characters.actions.seeding import seed_characters
from memory.models import Kind, Memory
from memory.recalling.query import Recalled
from memory.truth.linking import run_linking

OPENINGS = (
    "Honestly,|You know,|Well,|By the way,|Between us,|Funny thing:|I must say,|Oh,|Listen,|As ever,|Mind you,"
).split("|")
WHO = (
    "the neighbours|the postman|a woman on the bus|the radio|the cat from across|everybody at the market|"
    "the children downstairs|an old man with a cane|the waiter|somebody in the queue|the weather report|the choir"
).split("|")
DID = (
    "made a terrible noise|would not stop smiling|sang the same song twice|forgot the umbrella|argued about soup|"
    "waved at nobody|lost a glove by the fountain|was late again|talked about nothing but rain|fell asleep standing|"
    "carried an enormous melon|asked me for the way|dropped a tray|told a joke without an end"
).split("|")
AFTERWARDS = (
    "and I could only laugh.|which tells you all about this town.|so I went the long way round.|and then it poured.|"
    "and nobody seemed to mind.|what a day.|but that is nothing new.|and I thought of you.|and it was only noon.|"
    "would you believe it?|so I made myself some toast.|and I still do not know why."
).split("|")
MESSAGES, SITTING = 640, 20


def small_talk(chance: random.Random) -> str:
    who, did = chance.choice(WHO), chance.choice(DID)
    return f"{chance.choice(OPENINGS)} {who} {did}, {chance.choice(AFTERWARDS)}"


def haystack(number: int) -> Conversation:
    chance = random.Random(number)
    began = datetime(2025, 9, 1, 19, tzinfo=UTC)
    turns = tuple(
        Turn(
            name=str(at),
            session=at // SITTING,
            is_person=at % 2 == 0,
            speaker="Nora" if at % 2 == 0 else "Azera",
            text=small_talk(chance),
            said_at=began + timedelta(days=6 * (at // SITTING)) + (at % SITTING) * TURN,
        )
        for at in range(MESSAGES)
    )
    return Conversation(f"small talk {number}", "Nora", "Azera", turns, (), {})


def remembered(conversation: Conversation) -> Loaded:
    """As a worker does it: kept, with vectors, and linked to what it makes untrue."""
    loaded = memory.load(conversation, seed_characters()[0])
    rows = Memory.objects.filter(owner=loaded.owner, kind__in=(Kind.EXCHANGE, Kind.FACT))
    run_linking(list(rows.values_list("id", flat=True)))
    return loaded


def told(recalled: Recalled, loaded: Loaded) -> set[str]:
    """The turns that a prompt has: a fact stands for the one that it was taken from."""
    ids = [one.memory_id for one in recalled.memories]
    facts = Memory.objects.filter(id__in=ids, kind=Kind.FACT).values_list("sources", flat=True)
    own = {loaded.names[one] for one in ids if one in loaded.names}
    return own | {loaded.names[source] for sources in facts for source in sources if source in loaded.names}
