"""From who answers whom to places in a tree. Pure.

A file may say anything: a circle is cut where it is met first, and what answers nobody stands at the beginning.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

# Those beside each other are ordered by when they were said.
MOMENT = timedelta(microseconds=1)


@dataclass(slots=True)
class Node:
    """`parent` and `chosen` are numbers in the same list. `says_chosen`: None is meant, and does not say nothing."""

    parent: int | None
    at: datetime | None
    is_reply: bool
    chosen: int | None = None
    says_chosen: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    parent: int | None
    depth: int
    replies_before: int
    created_at: datetime
    chosen: int | None


@dataclass(frozen=True, slots=True)
class Tree:
    """`places` are in the order of the nodes, `order` has each after its parent. `loops`: circles that were cut."""

    places: Sequence[Place]
    order: Sequence[int]
    leaf: int | None
    loops: int


def placed(nodes: Sequence[Node], leaf: int | None, start: datetime) -> Tree:
    """Those beside each other keep the order they have in `nodes`. Their dates are moved by as little as that takes.

    What is shown after each is what the way to `leaf` says, then what the node says, then the last one. Without a
    leaf it is where that leads from the last beginning. `start` is the date of a beginning that has none.
    """
    parents = [node.parent for node in nodes]
    children: list[list[int]] = [[] for _ in nodes]
    roots: list[int] = []
    for number, parent in enumerate(parents):
        (roots if parent is None else children[parent]).append(number)
    loops = _cut(parents, children, roots)
    chosen = [_chosen(node, below) for node, below in zip(nodes, children, strict=True)]
    if leaf is None and roots:
        leaf = roots[-1]
        while (following := chosen[leaf]) is not None:
            leaf = following
    if leaf is not None:
        chosen[leaf] = None
        number = leaf
        while (above := parents[number]) is not None:
            chosen[above] = number
            number = above
    places: list[Place | None] = [None] * len(nodes)
    order: list[int] = []
    groups: list[tuple[int | None, list[int]]] = [(None, roots)]
    while groups:
        parent, group = groups.pop()
        above_it = places[parent] if parent is not None else None
        last: datetime | None = None
        for number in group:
            at = nodes[number].at or (above_it.created_at if above_it is not None else start)
            if last is not None and at <= last:
                at = last + MOMENT
            last = at
            replies = 0 if above_it is None or parent is None else above_it.replies_before + nodes[parent].is_reply
            depth = 0 if above_it is None else above_it.depth + 1
            places[number] = Place(parent, depth, replies, at, chosen[number])
            order.append(number)
            if children[number]:
                groups.append((number, children[number]))
    return Tree([place for place in places if place is not None], order, leaf, loops)


def _chosen(node: Node, below: list[int]) -> int | None:
    if node.says_chosen and (node.chosen is None or node.chosen in below):
        return node.chosen
    return below[-1] if below else None


def _cut(parents: list[int | None], children: list[list[int]], roots: list[int]) -> int:
    """Every node is reached from `roots` afterwards."""
    seen = bytearray(len(parents))
    loops = 0
    _see(roots, children, seen)
    for number in range(len(parents)):
        if seen[number]:
            continue
        met: set[int] = set()
        at = number
        while at not in met:
            met.add(at)
            above = parents[at]
            assert above is not None, "a root was seen"  # noqa: S101
            at = above
        above = parents[at]
        if above is not None:
            children[above].remove(at)
        parents[at] = None
        roots.append(at)
        loops += 1
        _see([at], children, seen)
    return loops


def _see(roots: Sequence[int], children: list[list[int]], seen: bytearray) -> None:
    left = list(roots)
    while left:
        number = left.pop()
        seen[number] = 1
        left.extend(children[number])
