"""How a mood went, as the lines of a drawing and as a sentence. Values in, values out."""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

WIDTH, HEIGHT = 400, 150
LEFT, RIGHT, TOP, BOTTOM = 26, 6, 10, 20
# So many pieces has the line, and so often each is looked at: a mood may rise and fall within an hour, and of a month
# one sees how far it went each time, and where it was for the most.
PIECES, LOOKS = 96, 12
TICKS = 4
A_MOMENT = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Moment:
    """What the mind was like at one time; values from 0 to 1."""

    at: datetime
    mood: float
    energy: float


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that happened: `x` and `y` are where it stands in the drawing."""

    x: float
    y: float
    at: datetime
    kind: str
    label: str


@dataclass(frozen=True, slots=True)
class Tick:
    x: float
    anchor: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Chart:
    """Paths of an SVG that is WIDTH by HEIGHT: `mood` and `energy` are means, `area` is between the lowest and the
    highest mood; `sentence` says it in words."""

    mood: str
    energy: str
    area: str
    marks: tuple[Mark, ...]
    ticks: tuple[Tick, ...]
    sentence: str
    with_clock: bool


def draw(
    since: datetime,
    until: datetime,
    state_at: Callable[[datetime], Moment],
    happened: Sequence[tuple[datetime, str, str]],
    turns: Sequence[datetime],
) -> Chart:
    """The lines between two times. `turns` are when something changed at once.

    `happened` are (when, kind, label) of what shall be marked on it.
    """
    span = until - since
    changes = sorted(time for turn in turns for time in (turn - A_MOMENT, turn) if since <= time <= until)
    pieces = [_moments(state_at, since + span * n / PIECES, span / PIECES, changes) for n in range(PIECES)]
    moments = [one for piece in pieces for one in piece]
    places = [_x(since + span * (n + 0.5) / PIECES, since, span) for n in range(PIECES)]
    places[0], places[-1] = _x(since, since, span), _x(until, since, span)
    mood = _path([(x, _y(_mean([one.mood for one in piece]))) for x, piece in zip(places, pieces, strict=True)])
    energy = _path([(x, _y(_mean([one.energy for one in piece]))) for x, piece in zip(places, pieces, strict=True)])
    highest = [(x, _y(max(one.mood for one in piece))) for x, piece in zip(places, pieces, strict=True)]
    lowest = [(x, _y(min(one.mood for one in piece))) for x, piece in zip(places, pieces, strict=True)]
    marks = tuple(
        Mark(_x(at, since, span), _y(state_at(at).mood), at, kind, label)
        for at, kind, label in happened
        if since <= at <= until
    )
    ticks = tuple(
        Tick(
            LEFT + (WIDTH - LEFT - RIGHT) * n / TICKS,
            "start" if n == 0 else "end" if n == TICKS else "middle",
            since + span * n / TICKS,
        )
        for n in range(TICKS + 1)
    )
    return Chart(
        mood,
        energy,
        f"{_path([*highest, *reversed(lowest)])}Z",
        marks,
        ticks,
        _sentence(span, moments, marks),
        with_clock=span <= timedelta(days=2),
    )


def _moments(
    state_at: Callable[[datetime], Moment], start: datetime, length: timedelta, changes: Sequence[datetime]
) -> list[Moment]:
    """At even distances, and right before and after each change."""
    times = [start + length * n / LOOKS for n in range(LOOKS + 1)]
    times += changes[bisect_left(changes, start) : bisect_left(changes, start + length)]
    return [state_at(time) for time in sorted(times)]


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _x(at: datetime, since: datetime, span: timedelta) -> float:
    return round(LEFT + (WIDTH - LEFT - RIGHT) * ((at - since) / span), 1)


def _y(value: float) -> float:
    return round(TOP + (HEIGHT - TOP - BOTTOM) * (1 - value), 1)


def _path(points: Sequence[tuple[float, float]]) -> str:
    return "".join(f"{'L' if n else 'M'}{x} {y}" for n, (x, y) in enumerate(points))


def _sentence(span: timedelta, moments: Sequence[Moment], marks: Sequence[Mark]) -> str:
    moods = [round(one.mood * 100) for one in moments]
    days = max(1, round(span / timedelta(days=1)))
    over = ngettext("Mood over the last day", "Mood over the last %(n)d days", days) % {"n": days}
    dreams = sum(1 for mark in marks if mark.kind == "dream")
    if min(moods) == max(moods):
        said = _("%(over)s: %(now)d percent all the time, energy now %(energy)d.")
    else:
        said = _("%(over)s: between %(low)d and %(high)d percent, now %(now)d; energy now %(energy)d.")
    line = said % {
        "over": over, "low": min(moods), "high": max(moods), "now": moods[-1],
        "energy": round(moments[-1].energy * 100),
    }  # fmt: skip
    if dreams:
        line += " " + ngettext("%(n)d dream.", "%(n)d dreams.", dreams) % {"n": dreams}
    return line
