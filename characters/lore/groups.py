"""Which entry of a group is chosen. Pure."""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from characters.lore.candidate import Candidate
from characters.lore.keys import Keys
from characters.lore.outcome import Why


@dataclass(eq=False, slots=True)
class Groups:
    """At most one entry of each is ever active."""

    keys: Keys
    chance: random.Random

    def choose(self, raised: Sequence[Candidate], everyone: Sequence[Candidate]) -> None:
        """Rejects all of those raised who lose to one another, or to somebody who was there before."""
        for group in dict.fromkeys(group for one in raised for group in one.entry.groups):
            members = [one for one in raised if group in one.entry.groups and not one.settled]
            if any(group in one.entry.groups and one.settled and one.reason.active for one in everyone):
                self._lose(members)
            elif len(members) > 1:
                winner = self._winner(members)
                self._lose(one for one in members if one is not winner)

    def _lose(self, members: Iterable[Candidate]) -> None:
        for one in members:
            one.reject(Why.GROUP, self.keys.sweep)

    def _winner(self, members: list[Candidate]) -> Candidate:
        members = [one for one in members if one.sticks] or members
        scores = {one.number: self.keys.score(one) for one in members if self._is_scored(one)}
        if scores:
            best = max(scores.values())
            members = [one for one in members if scores.get(one.number, best) == best]
        overriding = [one for one in members if one.entry.group_override]
        if overriding:
            return max(overriding, key=lambda one: (one.entry.order, -one.number))
        if len(members) == 1:
            return members[0]
        weights = [max(0.0, one.entry.group_weight) for one in members]
        if not any(weights):
            return members[0]
        return self.chance.choices(members, weights)[0]

    def _is_scored(self, one: Candidate) -> bool:
        scoring = one.entry.group_scoring
        return self.keys.settings.group_scoring if scoring is None else scoring
