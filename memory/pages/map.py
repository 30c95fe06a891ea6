"""The map of what a character remembers: rows in, values out."""

from dataclasses import dataclass
from uuid import UUID

import numpy as np

from accounts.models import User
from memory import access, wall
from memory.mapping import MOST_POINTS, shown_on_map
from memory.models import Kind
from memory.pages.entries import LABELS, short
from memory.plane import clusters

SIZE = 400  # the drawing is so wide and so high
LEAST = 5  # fewer points are no map
REACH = 2.8  # how far beyond its usual point a cluster's shade goes
SMALLEST, GROWTH = 3.0, 4.5


@dataclass(frozen=True, slots=True)
class Point:
    """`size` is how important it is, as half a width; `x` and `y` are in the drawing, where y goes down."""

    id: UUID
    kind: str
    x: float
    y: float
    size: float
    label: str


@dataclass(frozen=True, slots=True)
class Shade:
    """A cluster: its middle, how far it reaches, and its most telling words."""

    x: float
    y: float
    radius: float
    label: str
    label_x: float
    label_y: float


@dataclass(frozen=True, slots=True)
class Map:
    """`names` say what its clusters are about, `kinds` which are on it by their keys and names.

    `missing` is how many memories have no place yet, of those that shall have one.
    """

    points: tuple[Point, ...]
    shades: tuple[Shade, ...]
    names: tuple[str, ...]
    kinds: tuple[tuple[str, str], ...]
    missing: int
    size: int = SIZE

    @property
    def is_drawn(self) -> bool:
        return len(self.points) >= LEAST


def map_of(user: User, character_id: UUID) -> Map:
    """At most 500 points, as the task has placed them."""
    rows = shown_on_map(access.memories_for(user, character_id))
    with wall.inside(user.pk):
        found = list(
            rows.filter(x__isnull=False, y__isnull=False)
            .order_by("-is_pinned", "-importance", "-said_at", "id")
            .values_list("id", "kind", "x", "y", "importance", "text")[:MOST_POINTS]
        )
        there = rows.order_by().filter(embedding__isnull=False).count()
    missing = max(0, min(MOST_POINTS, there) - len(found))
    points = tuple(
        Point(memory_id, kind, _place(x), _place(1 - y), round(SMALLEST + GROWTH * importance, 1), short(text))
        for memory_id, kind, x, y, importance, text in found
        if x is not None and y is not None
    )
    texts = [text for *_rest, text in found]
    places = np.array([[row[2], row[3]] for row in found], dtype=np.float64).reshape(-1, 2)
    groups = clusters(places, texts)
    shades = tuple(_shade(one.x, one.y, one.spread, one.label) for one in groups)
    kinds = {kind: str(LABELS[Kind(kind)]) for kind in dict.fromkeys(point.kind for point in points)}
    # The small ones are drawn last, and so above the large ones.
    points = tuple(sorted(points, key=lambda point: -point.size))
    return Map(points, shades, tuple(one.label for one in groups if one.label), tuple(kinds.items()), missing)


def _place(share: float) -> float:
    return round(share * SIZE, 1)


def _shade(x: float, y: float, spread: float, label: str) -> Shade:
    radius = max(0.08, spread * REACH)
    # The words stay within the drawing, above their cluster.
    return Shade(
        _place(x),
        _place(1 - y),
        _place(radius),
        label,
        label_x=min(max(_place(x), SIZE * 0.2), SIZE * 0.8),
        label_y=min(max(_place(1 - y - spread), SIZE * 0.05), SIZE * 0.97),
    )
