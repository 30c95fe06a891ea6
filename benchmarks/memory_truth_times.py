"""Whether memory knows when: a year of sittings before a clock that stands still, and questions about days in it."""

import random
import statistics
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from benchmarks import memory
from benchmarks.memory import Embedded
from benchmarks.memory_data import TURN, Conversation, Question, Turn
from benchmarks.memory_figures import Asked, Loaded
from benchmarks.memory_truth_talk import remembered, small_talk, told
from memory.recalling import question
from memory.recalling.recall import recall

# Both are Mondays: "last Tuesday" can be only one day.
CLOCKS = (datetime(2026, 5, 18, 18, tzinfo=UTC), datetime(2026, 3, 9, 18, tzinfo=UTC))
DAYS, SHARE_OF_DAYS, SITTING = 380, 0.55, 10
PERSON, CHARACTER = "Nora", "Azera"
BUDGET, FIRST_OF_RANK = 1000, 5

# What is asked, what is said, what there is of it, and what is said after that.
ACTIVITIES = {
    "bake": ("baked", "plum cake|rye bread|cheese straws|lemon tart|cinnamon buns|spinach pie|oat biscuits"),
    "repair": ("repaired", "kitchen tap|garden gate|toaster|bicycle chain|cuckoo clock|gutter|sewing machine"),
    "paint": ("painted", "harbour at dusk|bowl of pears|neighbour's goat|old mill|red barn|my own boots"),
    "read": ("read", "book on bees|detective story|atlas of islands|play about a miser|life of a printer"),
    "plant": ("planted", "row of leeks|cherry tree|bed of tulips|pot of basil|hedge of yew|handful of radishes"),
    "buy": ("bought", "woollen scarf|brass lamp|pair of skates|box of nails|second-hand radio|blue teapot"),
}
MOMENTS = "this morning|this afternoon|after lunch|before it got dark|today, between two showers".split("|")
ENDINGS = (
    "It took longer than I thought, and the whole place is a mess now.|My neighbour watched me and shook her head.|"
    "I was humming all the time and did not notice how late it got.|You would have laughed at the state of my hands.|"
    "Nobody helped, of course, but I rather liked it that way.|I think it is the best one I have managed so far."
).split("|")
TOPICS = (
    "lighthouse tinnitus telescope stepfather lawsuit sourdough glacier violin hedgehog divorce orchard tattoo "
    "scholarship canoe basement mortgage nephew allotment migraine accordion"
).split()
MENTIONS = (
    "I have been thinking about the {0} a lot.|Somebody asked me about the {0} at work.|There is news about the {0}, "
    "but I will not bore you with it.|The {0} kept me awake half the night.|I wrote three pages about the {0}.|"
    "My mother called because of the {0}.|Did I say that the {0} turned out to be expensive?"
).split("|")
TRIPS = "Bergen|Trieste|Cork|Gdansk".split("|")


@dataclass(frozen=True, slots=True)
class Span:
    """`words` as somebody says them for these days, both included; `group` is how it is counted."""

    words: str
    first: date
    last: date
    group: str


def spans(today: date) -> Iterator[Span]:
    def ago(days: int) -> date:
        return today - timedelta(days=days)

    yield Span("yesterday", ago(1), ago(1), "yesterday")
    yield Span("the day before yesterday", ago(2), ago(2), "yesterday")
    yield Span("three days ago", ago(3), ago(3), "days ago")
    yield Span("five days ago", ago(5), ago(5), "days ago")
    for name, days in (("Tuesday", 6), ("Thursday", 4), ("Saturday", 2)):
        yield Span(f"last {name}", ago(days), ago(days), "last Tuesday")
    yield Span("a week ago", ago(8), ago(6), "weeks ago")
    yield Span("two weeks ago", ago(15), ago(13), "weeks ago")
    yield Span("three weeks ago", ago(22), ago(20), "weeks ago")
    yield Span("last week", ago(7), ago(1), "last week, last month")
    end = today.replace(day=1) - timedelta(days=1)
    yield Span("last month", end.replace(day=1), end, "last week, last month")
    for days in (15, 47, 102, 180, 290):
        day = ago(days)
        yield Span(f"on {day.day} {day:%B}", day, day, "on 3 May")
    day = ago(33)
    yield Span(f"on {day:%B} {day.day}", day, day, "on 3 May")
    yield Span("in December", date(2025, 12, 1), date(2025, 12, 31), "in December")
    yield Span("in October", date(2025, 10, 1), date(2025, 10, 31), "in December")
    yield Span("last autumn", date(2025, 9, 1), date(2025, 11, 30), "in spring, last autumn")
    if today > date(2026, 5, 1):
        yield Span("in spring", date(2026, 3, 1), today, "in spring, last autumn")
        yield Span("last winter", date(2025, 12, 1), date(2026, 2, 28), "in spring, last autumn")


class Year:
    """One conversation, and where everything in it was said."""

    def __init__(self, clock: datetime, chance: random.Random) -> None:
        self.clock, self.chance = clock, chance
        self.turns: list[Turn] = []
        self.done: dict[str, list[Turn]] = defaultdict(list)
        self.mentioned: dict[str, list[Turn]] = defaultdict(list)
        self.trips: dict[str, Turn] = {}
        today = clock.date()
        forced = {span.first for span in spans(today) if span.first == span.last}
        forced |= {span.first + timedelta(days=1) for span in spans(today) if (span.last - span.first).days == 2}
        days = [today - timedelta(days=back) for back in range(DAYS, 0, -1)]
        days = [day for day in days if day in forced or chance.random() < SHARE_OF_DAYS]
        trips = dict(zip(chance.sample(days[10:-10], len(TRIPS)), TRIPS, strict=True))
        topics: dict[date, list[str]] = defaultdict(list)
        for topic in TOPICS:
            for day in chance.sample(days, 6):
                topics[day].append(topic)
        for session, day in enumerate(days):
            # On a day that is asked for by name something of each kind was done.
            activities = list(ACTIVITIES) if day in forced else chance.sample(list(ACTIVITIES), 2)
            self._sitting(session, day, activities, topics[day], trips.get(day))

    def _sitting(
        self, session: int, day: date, activities: Iterable[str], topics: list[str], trip: str | None
    ) -> None:
        said: list[tuple[bool, str, dict[str, list[Turn]] | None, str]] = []
        for activity in activities:
            past, things = ACTIVITIES[activity]
            thing, moment = self.chance.choice(things.split("|")), self.chance.choice(MOMENTS)
            text = f"I {past} the {thing} {moment}. {self.chance.choice(ENDINGS)}"
            said.append((True, text, self.done, activity))
        said += [(True, self.chance.choice(MENTIONS).format(topic), self.mentioned, topic) for topic in topics]
        while len(said) < SITTING:
            said.append((self.chance.random() < 0.3, small_talk(self.chance), None, ""))
        self.chance.shuffle(said)
        if trip is not None:
            said.append((True, f"My bag is packed, tomorrow I leave on my trip to {trip}.", None, trip))
        began = datetime(day.year, day.month, day.day, 17, 30, tzinfo=UTC)
        for at, (is_person, text, kept, key) in enumerate(said):
            name = f"{session}:{at}"
            speaker = PERSON if is_person else CHARACTER
            turn = Turn(name, session, is_person, speaker, text, began + at * TURN)
            self.turns.append(turn)
            if kept is not None:
                kept[key].append(turn)
            elif key:
                self.trips[key] = turn

    def conversation(self) -> Conversation:
        return Conversation(f"a year before {self.clock:%d %B}", PERSON, CHARACTER, tuple(self.turns), (), {})


@dataclass(frozen=True, slots=True)
class Figure:
    group: str
    text: str
    value: float
    seen: str = ""


def run(embed: Embedded) -> dict[str, float]:
    """Measures, prints, and answers figures in percent for the last line."""
    figures: list[Figure] = []
    for number, clock in enumerate(CLOCKS):
        year = Year(clock, random.Random(number))
        loaded = remembered(year.conversation())
        figures += [*_named(year, loaded, embed), *_before(year, loaded, embed)]
        figures += [*_only_times(year, loaded, embed), *_extremes(year, loaded, embed)]
    by_group: dict[str, list[Figure]] = defaultdict(list)
    for one in figures:
        by_group[one.group].append(one)
    print("\ntemporal: R|1000 of what was done then; lines inside the days; first and last in the first 5")
    for group, some in by_group.items():
        print(f"  {group:38}{len(some):5}{_mean(some):8.1f}")
        for worst in sorted(some, key=lambda one: one.value)[:2]:
            if worst.value < 0.9:
                print(f"      {worst.value:.2f}  {worst.text}{worst.seen}")
    events = [one for one in figures if one.group not in ("what we talked about then", "first time", "last time")]
    return {
        "temporal_recall": _mean(events),
        "window": _mean(by_group["what we talked about then"]),
        "extremes": _mean([*by_group["first time"], *by_group["last time"]]),
    }


def _mean(figures: Sequence[Figure]) -> float:
    return 100 * statistics.fmean(one.value for one in figures)


def _asked(loaded: Loaded, text: str, gold: Iterable[Turn]) -> Asked:
    return Asked(loaded, Question(text, 2, frozenset(turn.name for turn in gold)), "first", text)


def _recall_of(year: Year, asked: Asked, embed: Embedded, group: str) -> Figure:
    query = replace(memory.query(asked, BUDGET), now=year.clock)
    embed(question.read(query).words)
    found = told(recall(query, embed), asked.loaded)
    gold = asked.question.gold
    return Figure(group, asked.text, len(found & gold) / len(gold), f"  ({len(found & gold)} of {len(gold)})")


def _named(year: Year, loaded: Loaded, embed: Embedded) -> Iterator[Figure]:
    for span in spans(year.clock.date()):
        for activity, turns in year.done.items():
            gold = [turn for turn in turns if span.first <= turn.said_at.date() <= span.last]
            if gold:
                yield _recall_of(year, _asked(loaded, f"What did I {activity} {span.words}?", gold), embed, span.group)


def _before(year: Year, loaded: Loaded, embed: Embedded) -> Iterator[Figure]:
    for place, left in year.trips.items():
        for activity, turns in year.done.items():
            days = timedelta(days=4)
            gold = [turn for turn in turns if left.said_at - days <= turn.said_at <= left.said_at]
            if gold:
                text = f"What did I {activity} right before the trip to {place}?"
                yield _recall_of(year, _asked(loaded, text, gold), embed, "before the trip")


ABOUT: tuple[Callable[[str], str], ...] = (
    lambda words: f"What did we talk about {words}?",
    lambda words: f"Do you remember what I told you {words}?",
)


def _only_times(year: Year, loaded: Loaded, embed: Embedded) -> Iterator[Figure]:
    when = {turn.name: turn.said_at.date() for turn in year.turns}
    for span in spans(year.clock.date()):
        if (span.last - span.first).days > 6:
            continue
        for written in ABOUT:
            text = written(span.words)
            query = replace(memory.query(_asked(loaded, text, ()), BUDGET), now=year.clock)
            days = sorted(when[name] for name in told(recall(query, embed), loaded))
            if span.group == "weeks ago":  # a few days more are meant
                span = replace(span, first=span.first - timedelta(days=2), last=span.last + timedelta(days=2))
            inside = sum(span.first <= day <= span.last for day in days)
            seen = f"  ({inside} of {len(days)})"
            yield Figure("what we talked about then", text, inside / len(days) if days else 0.0, seen)


FIRST = ("When was the first time I told you about the {0}?", "When did I first mention the {0}?")
LAST = ("When was the last time I told you about the {0}?", "When did I last mention the {0}?")


def _extremes(year: Year, loaded: Loaded, embed: Embedded) -> Iterator[Figure]:
    for number, topic in enumerate(TOPICS):
        turns = sorted(year.mentioned[topic], key=lambda turn: turn.said_at)
        for group, ways, wanted in (("first time", FIRST, turns[0]), ("last time", LAST, turns[-1])):
            text = ways[number % 2].format(topic)
            query = replace(memory.query(_asked(loaded, text, ()), BUDGET), now=year.clock)
            embed(question.read(query).words)
            order = [loaded.names.get(one, "") for one in recall(query, embed).ranked]
            place = order.index(wanted.name) + 1 if wanted.name in order else 0
            yield Figure(group, text, float(0 < place <= FIRST_OF_RANK), f"  (place {place})")
