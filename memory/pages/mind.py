"""How a character feels about one person, how that went, and why: rows in, values out."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from core.errors import NotFound
from memory import access, feeling, wall
from memory.dreaming import DREAMT
from memory.mind import Bounds, Standing, State
from memory.mind.rules import BY_NAME
from memory.mind.state import DRIFTS
from memory.models import Kind, Memory, Mind, MindEvent
from memory.pages.chart import Chart, Moment, draw
from memory.pages.entries import short

USUAL_RANGE = "30d"
RANGES = (("30d", gettext_lazy("30 d")), ("7d", gettext_lazy("7 d")), ("24h", gettext_lazy("24 h")))
_SPANS = {"30d": timedelta(days=30), "7d": timedelta(days=7), "24h": timedelta(hours=24)}
REASONS, MOST_EVENTS, MOST_MARKS = 25, 2_000, 60
# Smaller changes are not told.
TOLD = 0.005

_VALUES = (
    ("mood_value", gettext_lazy("Mood"), "smile", "mood"),
    ("energy", gettext_lazy("Energy"), "zap", "energy"),
    ("focus", gettext_lazy("Focus"), "crosshair", "focus"),
)
_BOUNDED = (*((name, label) for name, label, _icon, _colour in _VALUES), ("affection", gettext_lazy("Affection")))


@dataclass(frozen=True, slots=True)
class Vital:
    """One bar. `value` is from 0 to 1; time moves it towards `rest` by half the way in `half_life` seconds.

    Both are None for what time does not move, and for clarity, which follows from the others.
    """

    key: str
    label: str
    icon: str
    colour: str
    value: float
    rest: float | None
    half_life: float | None

    @property
    def percent(self) -> int:
        return _percent(self.value)


@dataclass(frozen=True, slots=True)
class Limits:
    """How far one value may go, in percent."""

    key: str
    label: str
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Vitals:
    """`is_known` is False before anything has moved them: then there is nothing to freeze or to bound."""

    character_id: UUID
    mood: str
    mood_label: str
    vitals: tuple[Vital, ...]
    limits: tuple[Limits, ...]
    is_frozen: bool
    is_known: bool


@dataclass(frozen=True, slots=True)
class Step:
    """What one value did, in percent."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Reason:
    """One change, and why. `is_undone`: it does not count any more. `is_theirs`: the person has set it."""

    id: UUID
    at: datetime
    sentence: str
    cause: str
    steps: tuple[Step, ...]
    is_undone: bool
    is_theirs: bool


def vitals(user: User, character_id: UUID) -> Vitals:
    """As they are at this moment."""
    mind = _mind(user, character_id)
    standing = feeling.standing_of(mind) if mind is not None else Standing(State(), now())
    state, bounds, is_frozen = standing.state_at(now()), standing.bounds, standing.is_frozen
    values = tuple(
        Vital(
            name,
            str(label),
            drawing,
            colour,
            getattr(state, name),
            None if is_frozen else getattr(bounds, name).clamp(DRIFTS[name].rest),
            None if is_frozen else DRIFTS[name].half_life,
        )
        for name, label, drawing, colour in _VALUES
    )
    clarity = Vital("clarity", _("Clarity"), "sparkles", "clarity", state.clarity, None, None)
    return Vitals(
        character_id=character_id,
        mood=state.mood,
        mood_label=mood_label(state.mood),
        vitals=(*values, clarity),
        limits=_limits(bounds),
        is_frozen=is_frozen,
        is_known=mind is not None,
    )


def chart(user: User, character_id: UUID, wanted: str) -> Chart | None:
    """The mood over one of RANGES; None before anything has moved it."""
    mind = _mind(user, character_id)
    if mind is None:
        return None
    until = now()
    since = until - _SPANS[range_of(wanted)]
    rows = access.mind_events_for(user, character_id).filter(undone_at=None)
    fiction = access.memories_for(user, character_id).filter(kind__in=[Kind.DREAM, Kind.JOURNAL])
    with wall.inside(user.pk):
        before = rows.filter(at__lt=since).first()
        events = list(rows.filter(at__gte=since)[:MOST_EVENTS])[::-1]
        written = list(fiction.filter(said_at__gte=since).defer("words")[:MOST_MARKS])
    if before is not None:
        events.insert(0, before)
    course = _Course(feeling.standing_of(mind), events)
    happened = [(row.said_at, row.kind, _mark(row)) for row in reversed(written)]
    return draw(since, until, course.moment, happened, [event.at for event in events if event.at >= since])


def range_of(wanted: str) -> str:
    """The one of RANGES that was asked for; the usual one for what is none."""
    return wanted if wanted in _SPANS else USUAL_RANGE


def reasons(user: User, character_id: UUID) -> tuple[Reason, ...]:
    """The last changes, the newest first."""
    rows = access.mind_events_for(user, character_id)
    with wall.inside(user.pk):
        found = list(rows[:REASONS])
    return tuple(_reason(row) for row in found)


def mood_label(mood: str) -> str:
    """The mood as a word of the reader's language."""
    return str(_MOODS.get(mood, mood))


_MOODS = {
    "excited": gettext_lazy("excited"),
    "affectionate": gettext_lazy("affectionate"),
    "happy": gettext_lazy("happy"),
    "engaged": gettext_lazy("engaged"),
    "calm": gettext_lazy("calm"),
    "surprised": gettext_lazy("surprised"),
    "content": gettext_lazy("content"),
    "neutral": gettext_lazy("neutral"),
    "tired": gettext_lazy("tired"),
    "low": gettext_lazy("low"),
    "concerned": gettext_lazy("concerned"),
    "irritated": gettext_lazy("irritated"),
    "disgusted": gettext_lazy("disgusted"),
    "sad": gettext_lazy("sad"),
    "hurt": gettext_lazy("hurt"),
}


# What moves a mind beside what is said.
_SENTENCES = {
    DREAMT: gettext_lazy("A dream gave them rest."),
    feeling.FROZEN: gettext_lazy("You hold it still."),
    feeling.THAWED: gettext_lazy("You let it move again."),
    feeling.BOUNDED: gettext_lazy("You set how far it may go."),
}


class _Course:
    """What a mind was like at any time: after its last change before then, and what time made of that."""

    def __init__(self, last: Standing, events: Sequence[MindEvent]) -> None:
        self._last = last
        self._times = [event.at for event in events]
        self._standings = []
        is_frozen = False
        for event in events:
            is_frozen = event.rule == feeling.FROZEN or (is_frozen and event.rule != feeling.THAWED)
            self._standings.append(Standing(State.from_json(event.after), event.at, is_frozen, last.bounds))
        self._first = State.from_json(events[0].before) if events else last.state

    def moment(self, at: datetime) -> Moment:
        state = self._state(at)
        return Moment(at, state.mood_value, state.energy)

    def _state(self, at: datetime) -> State:
        if at >= self._last.at:
            return self._last.state_at(at)
        place = bisect_right(self._times, at) - 1
        return self._standings[place].state_at(at) if place >= 0 else self._first


def _mind(user: User, character_id: UUID) -> Mind | None:
    try:
        return access.get_mind_for(user, character_id)
    except NotFound:
        return None


def _limits(bounds: Bounds) -> tuple[Limits, ...]:
    ranges = [(name, label, getattr(bounds, name)) for name, label in _BOUNDED]
    return tuple(Limits(name, str(label), _percent(each.low), _percent(each.high)) for name, label, each in ranges)


def _percent(value: float) -> int:
    return round(value * 100)


def _reason(row: MindEvent) -> Reason:
    before, after = State.from_json(row.before), State.from_json(row.after)
    steps = [
        Step(str(label), f"{getattr(before, name) * 100:.0f}", f"{getattr(after, name) * 100:.0f}")
        for name, label in _BOUNDED
        if abs(getattr(after, name) - getattr(before, name)) >= TOLD
    ]
    if before.mood != after.mood:
        steps.insert(0, Step(_("Feels"), mood_label(before.mood), mood_label(after.mood)))
    return Reason(
        row.id,
        row.at,
        _sentence(row.rule),
        row.cause,
        tuple(steps),
        is_undone=row.undone_at is not None,
        is_theirs=row.rule in feeling.SETTINGS,
    )


def _sentence(rule: str) -> str:
    if rule in BY_NAME:
        return BY_NAME[rule].sentence
    return str(_SENTENCES.get(rule, rule))


def _mark(row: Memory) -> str:
    return f"{row.get_kind_display()}: {short(row.text)}"
