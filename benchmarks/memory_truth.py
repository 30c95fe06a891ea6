"""Whether what is remembered is true: `make bench-memory-truth DATA=file`.

Three parts, each through the product: messages are kept, embedded by the model that ships, linked, and recalled.

- Changes: 80 facts in histories of 600 messages and more, told at a fifth and, where they change, at four fifths of
  it; asked for what is true and for what was. The same again after every link was taken out.
- Days: a year before a clock that stands still, and what was said when.
- Dreams: 30 falsehoods that were only ever dreamt, and what derived texts take from recall.

`DATA` is a file in the format of LoCoMo: its conversations of 600 turns and more are the histories, all of them the
questions of the third part. Without it, all is written by us.
"""

import argparse
import random
import shutil
import statistics
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from benchmarks import memory  # its embedded servers come with it

from django.core.management import call_command  # isort: skip
from django.db import connection  # isort: skip

from benchmarks import memory_data, memory_truth_dreams, memory_truth_times
from benchmarks.memory import NO_DATA, Embedded
from benchmarks.memory_data import Conversation, Question, Turn
from benchmarks.memory_figures import Asked, Loaded
from benchmarks.memory_truth_facts import CHANGED, CHARACTERS, KEPT, REVERSED, Change
from benchmarks.memory_truth_talk import haystack, remembered, told
from chats.prompting import Recollection as Line
from chats.prompting.sections import recollections
from chats.recollecting import when
from cognitia.embedded.postgres import EmbeddedPostgres
from cognitia.embedded.redis import EmbeddedRedis
from memory.models import Contradiction, Decision, Kind, Memory
from memory.recalling import question
from memory.recalling.query import Recalled, Rule
from memory.recalling.recall import recall

BUDGET = 1000
LEAST_TURNS, HAYSTACKS = 600, 3
# Where in a history things are said, and how far around that they are strewn.
FIRST, MIDDLE, LAST, AROUND = 0.20, 0.50, 0.80, 0.08
KINDS = {"changed": CHANGED, "there and back": REVERSED, "the character's": CHARACTERS, "never changed": KEPT}
SHOWN = 8


@dataclass(frozen=True, slots=True)
class Told:
    """What a prompt has of one change, by a question for now and by one for before."""

    kind: str
    change: Change
    new: bool
    stale: bool
    old: bool | None
    in_order: bool


def planted(conversation: Conversation, changes: Sequence[Change]) -> Conversation:
    """The conversation with these statements in it, named by the change and their number in it."""
    chance = random.Random(conversation.name)
    turns = conversation.turns
    after: dict[int, list[tuple[str, bool, str]]] = defaultdict(list)
    for number, change in enumerate(changes):
        places = {1: (FIRST,), 2: (FIRST, LAST), 3: (FIRST, MIDDLE, LAST)}[len(change.said)]
        for at, (share, text) in enumerate(zip(places, change.said, strict=True)):
            place = int(len(turns) * (share + chance.uniform(-AROUND, AROUND)))
            after[place].append((f"planted {number} {at}", not change.is_characters, text))
    every: list[Turn] = []
    for place, turn in enumerate(turns):
        every.append(turn)
        for number, (name, is_person, text) in enumerate(after[place], 1):
            then = turn.said_at + timedelta(seconds=2 * number)
            speaker = conversation.person if is_person else conversation.character
            every.append(Turn(name, turn.session, is_person, speaker, text, then))
    return replace(conversation, turns=tuple(every), questions=())


def shares(haystacks: Sequence[Conversation]) -> Iterator[tuple[Conversation, list[tuple[str, Change]]]]:
    """Every change in every history, but only some of them in each telling of it."""
    every = [(kind, change) for kind, changes in KINDS.items() for change in changes]
    for rotation in range(len(haystacks)):
        for number, conversation in enumerate(haystacks):
            mine = every[(number + rotation) % len(haystacks) :: len(haystacks)]
            yield replace(conversation, name=f"{conversation.name}, {rotation}"), mine


def found(loaded: Loaded, text: str, embed: Embedded, rule: Rule) -> Recalled:
    query = memory.query(Asked(loaded, Question(text, 4, frozenset()), "first", text), BUDGET, rule)
    embed(question.read(query).words if rule == Rule.FUSED else query.text)
    return recall(query, embed)


def asked(
    loaded: Loaded, changes: Sequence[tuple[str, Change]], embed: Embedded, rule: Rule = Rule.FUSED
) -> Iterator[Told]:
    for number, (kind, change) in enumerate(changes):
        now = found(loaded, change.now, embed, rule)
        here = {int(name.split()[2]) for name in told(now, loaded) if name.startswith(f"planted {number} ")}
        last = len(change.said) - 1
        old = None
        if change.before:
            before = told(found(loaded, change.before, embed, rule), loaded)
            # What was before the last change: of there and back, where one was in between.
            old = f"planted {number} {last - 1}" in before
        # What is said a third time was said before: only the one in between is stale.
        stale = last > 0 and last not in here and last - 1 in here
        yield Told(kind, change, last in here, stale, old, _in_order(now, loaded))


def _in_order(recalled: Recalled, loaded: Loaded) -> bool:
    """Whether the prompt tells it as it happened, and of each line when."""
    at = loaded.conversation.asked_at
    days = [one.said_at for one in recalled.memories]
    lines = recollections(Line(one.line, when(one.said_at, at), at=one.said_at) for one in recalled.memories)
    dated = all(line.startswith(f"- {when(day, at)}") for line, day in zip(lines, sorted(days), strict=True))
    return days == sorted(days) and dated


def changes_table(title: str, every: Sequence[Told]) -> dict[str, float]:
    print(f"\n{title}\n{'':20}{'n':>5}{'new':>8}{'stale':>8}{'before':>8}{'in order':>10}")
    for kind in (*KINDS, "all that changed"):
        some = [one for one in every if one.kind == kind or (kind == "all that changed" and one.change.before)]
        before = [one.old for one in some if one.old is not None]
        print(
            f"{kind:20}{len(some):5}{percent(one.new for one in some):8.1f}{percent(one.stale for one in some):8.1f}"
            f"{percent(before):8.1f}{percent(one.in_order for one in some):10.1f}"
        )
    changed = [one for one in every if one.change.before]
    return {
        "new": percent(one.new for one in changed),
        "stale_only": percent(one.stale for one in changed),
        "before": percent(one.old for one in changed if one.old is not None),
        "in_order": percent(one.in_order for one in every),
        "controls": percent(one.new for one in every if one.kind == "never changed"),
    }


def percent(values: Iterable[bool]) -> float:
    every = [float(value) for value in values]
    return 100 * statistics.fmean(every) if every else float("nan")


def show(title: str, every: Sequence[Told], wrong: Callable[[Told], bool]) -> None:
    some = [one for one in every if wrong(one)]
    by_text: dict[str, int] = defaultdict(int)
    for one in some:
        by_text[f"{one.change.now}  {' | '.join(one.change.said)}"] += 1
    if some:
        print(f"{title}: {len(some)}")
    for text, times in sorted(by_text.items(), key=lambda pair: -pair[1])[:SHOWN]:
        print(f"  {times}x {text[:170]}")


def staleness(haystacks: Sequence[Conversation], embed: Embedded) -> dict[str, float]:
    every = [(remembered(planted(one, [change for _kind, change in mine])), mine) for one, mine in shares(haystacks)]
    links = [links_of(loaded, mine) for loaded, mine in every]
    linked = [one for loaded, mine in every for one in asked(loaded, mine, embed)]
    classic = [one for loaded, mine in every for one in asked(loaded, mine, embed, Rule.CLASSIC)]
    owners = [loaded.owner.id for loaded, _mine in every]
    inbox = Contradiction.objects.filter(owner__in=owners, decision=Decision.OPEN).count()
    unlink(owners)
    bare = [one for loaded, mine in every for one in asked(loaded, mine, embed)]
    lengths = [len(loaded.conversation.turns) for loaded, _mine in every]
    print(f"\n{len(every)} histories of {min(lengths)} to {max(lengths)} messages")
    figures = changes_table("changes, with links, % at 1,000 tokens", linked)
    without = changes_table("changes, without links", bare)
    changes_table("changes, by the classic rule", classic)
    right, wrong, missing = (sum(one[at] for one in links) for at in range(3))
    print(
        f"\nlinks between messages: {right} right ones, {missing} missing, {wrong} others in "
        f"{sum(lengths)} messages; contradictions that wait: {inbox}"
    )
    show("stale only", linked, lambda one: one.stale)
    show("new is missing", linked, lambda one: bool(one.change.before) and not one.new)
    show("before is missing", linked, lambda one: one.old is False)
    show("never changed, and missing", linked, lambda one: one.kind == "never changed" and not one.new)
    return {
        **{name: figures[name] for name in ("new", "stale_only", "before", "in_order")},
        "controls_change": figures["controls"] - without["controls"],
        "inbox": float(inbox),
    }


def links_of(loaded: Loaded, mine: Sequence[tuple[str, Change]]) -> tuple[int, int, int]:
    """Messages linked to what they change, linked to anything else, and not linked where they change something."""
    rows = Memory.objects.filter(owner=loaded.owner, kind=Kind.EXCHANGE, replaces__isnull=False)
    names = {
        (loaded.names[newer], loaded.names[older])
        for newer, older in rows.values_list("id", "replaces_id")
        if newer in loaded.names and older in loaded.names
    }
    wanted = {
        (f"planted {number} {at}", f"planted {number} {at - 1}")
        for number, (_kind, change) in enumerate(mine)
        for at in range(1, len(change.said))
    }
    return len(names & wanted), len(names - wanted), len(wanted - names)


def unlink(owners: Iterable[object]) -> None:
    Memory.objects.filter(owner__in=list(owners)).update(replaces=None)


def costs(conversations: Sequence[Conversation], embed: Embedded) -> tuple[list[Loaded], dict[str, float]]:
    """What links take from the recall of everything else."""
    loaded = [remembered(one) for one in conversations]
    linked = memory_truth_dreams.recall_of(loaded, embed)
    unlink(one.owner.id for one in loaded)
    bare = memory_truth_dreams.recall_of(loaded, embed)
    print(f"\nR|1000 of all questions: {linked:.1f} with links, {bare:.1f} without")
    return loaded, {"links_cost": linked - bare}


def run(conversations: Sequence[Conversation], haystacks: Sequence[Conversation], parts: str) -> None:
    embed = Embedded()
    figures: dict[str, float] = {}
    if "c" in parts:
        figures |= staleness(haystacks, embed)
    if "l" in parts or "d" in parts:
        loaded, cost = costs(conversations, embed)
        figures |= cost
        if "d" in parts:
            figures |= memory_truth_dreams.run(loaded, embed)
    if "t" in parts:
        figures |= memory_truth_times.run(embed)
    print("\n" + " ".join(f"{name}={value:.1f}" for name, value in figures.items()))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", nargs="?", type=Path)
    parser.add_argument("--parts", default="cldt", help="c changes, l what links cost, d dreams, t times")
    options = parser.parse_args()
    if options.data is not None and not options.data.is_file():
        print(f"NOTHING WAS MEASURED: there is no file {options.data}.", file=sys.stderr)
        return NO_DATA
    conversations = memory_data.read(options.data) if options.data else memory_data.small()
    haystacks = [one for one in conversations if len(one.turns) >= LEAST_TURNS]
    haystacks = haystacks or [haystack(number) for number in range(HAYSTACKS)]
    print(", ".join(memory.described(options.data)), flush=True)
    servers = [EmbeddedPostgres(memory.HOME), EmbeddedRedis(memory.HOME)]
    try:
        for server in servers:
            server.start()
        call_command("migrate", verbosity=0)
        run(conversations, haystacks[:HAYSTACKS], options.parts)
    finally:
        connection.close()
        for server in reversed(servers):
            server.stop()
            shutil.rmtree(server.socket_folder, ignore_errors=True)
        shutil.rmtree(memory.HOME, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
