"""Which entries of which lorebooks a conversation brings up, where they go, and why the others stay silent. Pure.

A sweep looks at every entry that is not settled; the entries it brings up may bring up others in the next one.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from characters.lore import macros
from characters.lore.budget import Budget
from characters.lore.candidate import Candidate
from characters.lore.entry import Book, Kind
from characters.lore.groups import Groups
from characters.lore.keys import Keys
from characters.lore.outcome import Activation, Placed, Problem, Reason, Why
from characters.lore.position import Position
from characters.lore.scene import Message, Scene, Settings
from characters.lore.state import Effect, Match, State

__all__ = ["Activation", "Message", "Placed", "Problem", "Reason", "Scene", "Settings", "Why", "activate"]

PROMPT_ORDER = {position: number for number, position in enumerate(Position)}


def activate(
    books: Sequence[Book],
    scene: Scene,
    state: State,
    chance: random.Random,
    count: Callable[[str], int],
    settings: Settings | None = None,
) -> Activation:
    """Pure but for `chance`, which is drawn from only where probability or a group leaves something to it.

    `count` says how many tokens a text has. Characters' books come before worlds', and each in the order given.
    """
    run = _Run(books, scene, state, chance, count, settings or Settings())
    run.sweep_all()
    return run.activation()


@dataclass(eq=False)
class _Run:
    books: Sequence[Book]
    scene: Scene
    state: State
    chance: random.Random
    count: Callable[[str], int]
    settings: Settings
    level: int = 0

    def __post_init__(self) -> None:
        length = self.scene.length
        ordered = sorted(self.books, key=lambda book: book.kind is not Kind.CHARACTER)
        self.candidates = [
            Candidate(
                book,
                entry,
                entry.decorated.decorators,
                number,
                self.state.effect(book, entry, length),
                self.state.match(book, entry, length) is not None,
                Reason(book, entry, Why.UNMATCHED),
            )
            for number, (book, entry) in enumerate((book, entry) for book in ordered for entry in book.entries)
        ]
        self.replies = self.scene.replies
        self.keys = Keys(self.scene, self.settings)
        self.groups = Groups(self.keys, self.chance)
        self.budget = Budget(self.settings.budget, ordered)

    def sweep_all(self) -> None:
        levels = sorted({one.entry.delay_until_recursion for one in self.candidates} - {0})
        while self.keys.sweep < max(1, self.settings.sweeps):
            heard = self._sweep()
            self.keys.sweep += 1
            if not self.keys.echoes:
                return
            if self.level == 0:
                self.level = levels.pop(0) if levels else 1
            elif not heard:
                if not levels:
                    return
                self.level = levels.pop(0)

    def _sweep(self) -> bool:
        """Whether anything was brought up that may bring up more."""
        raised = []
        for one in self.candidates:
            if one.settled:
                continue
            one.reason = self._judged(one)
            if one.reason.active:
                raised.append(one)
        self.groups.choose(raised, self.candidates)
        heard = False
        for one in sorted(raised, key=lambda each: each.claim):
            if one.settled:
                continue
            one.settled = True
            if not self._lucky(one):
                one.reject(Why.PROBABILITY, self.keys.sweep)
            elif not self._afford(one):
                one.reject(Why.BUDGET, self.keys.sweep)
            elif not one.entry.prevent_recursion and self.keys.echo(one.entry.decorated.text):
                heard = True
        return heard

    # Whether an entry is brought up

    def _judged(self, one: Candidate) -> Reason:
        why = self._first_refusal(one) or self._standing_order(one) or self._refusal_in_time(one)
        if why:
            return Reason(one.book, one.entry, why, sweep=self.keys.sweep)
        return self.keys.judged(one)

    def _first_refusal(self, one: Candidate) -> Why | None:
        """What nothing else can overrule."""
        wants = one.decorators
        if not one.entry.enabled:
            return Why.DISABLED
        if wants.is_greeting is not None and self.scene.greeting not in {None, wants.is_greeting}:
            return Why.GREETING
        if wants.activate:
            return Why.DECORATED
        if wants.dont_activate:
            return Why.SUPPRESSED
        if wants.dont_activate_after_match and one.kept:
            return Why.SPENT
        if wants.ignore_on_max_context and self.scene.context_full:
            return Why.CONTEXT_FULL
        return None

    def _standing_order(self, one: Candidate) -> Why | None:
        if one.decorators.keep_activate_after_match and one.kept:
            return Why.KEPT
        if one.effect is not None and one.effect.sticks(self.scene.length):
            return Why.STICKY
        return None

    def _refusal_in_time(self, one: Candidate) -> Why | None:
        entry, wants = one.entry, one.decorators
        if self.scene.length < entry.delay:
            return Why.DELAYED
        if one.effect is not None and one.effect.rests(self.scene.length):
            return Why.COOLDOWN
        if wants.activate_only_after is not None and self.replies < wants.activate_only_after:
            return Why.TOO_EARLY
        if wants.activate_only_every is not None and self.replies % wants.activate_only_every:
            return Why.NOT_THIS_TURN
        if wants.is_user_icon is not None and self.scene.user_icon not in {None, wants.is_user_icon}:
            return Why.ICON
        if entry.delay_until_recursion and not (self.keys.hears(one) and entry.delay_until_recursion <= self.level):
            return Why.WAITS
        return None

    def _lucky(self, one: Candidate) -> bool:
        entry = one.entry
        if one.sticks or not entry.use_probability or entry.probability >= 100:
            return True
        return entry.probability > 0 and self.chance.random() * 100 < entry.probability

    def _afford(self, one: Candidate) -> bool:
        one.text = macros.shown(one.entry.decorated.text).strip("\r\n")
        if not one.text.strip():
            return True
        one.tokens = self.count(one.text)
        return self.budget.pay(one)

    # What comes of it

    def activation(self) -> Activation:
        active = [one for one in self.candidates if one.reason.active]
        placed = [(one, self._placed(one)) for one in active if one.text.strip()]
        placed.sort(
            key=lambda pair: (
                PROMPT_ORDER[pair[1].position],
                -pair[1].depth,
                pair[0].book.kind is not Kind.CHARACTER,
                pair[0].entry.order,
                pair[0].number,
            )
        )
        wishes = (one.decorators.disable_ui_prompt for one in active)
        return Activation(
            placed=tuple(place for _, place in placed),
            reasons=tuple(one.reason for one in self.candidates),
            state=self._next_state(active),
            problems=tuple(self.keys.problems.values()),
            disabled_prompts=frozenset(wish for wish in wishes if wish is not None),
        )

    def _placed(self, one: Candidate) -> Placed:
        entry, wants = one.entry, one.decorators
        length = self.scene.length
        position, depth = entry.position, entry.depth
        if wants.position is not None:
            position = wants.position
        elif wants.depth is not None:
            position, depth = Position.AT_DEPTH, wants.depth
        elif wants.reverse_depth is not None:
            position, depth = Position.AT_DEPTH, length - wants.reverse_depth
        depth = max(0, min(depth, length)) if position is Position.AT_DEPTH else 0
        role = wants.role or entry.role
        return Placed(
            one.book, entry, position, depth, role, one.text, one.tokens, trims_first=wants.ignore_on_max_context
        )

    def _next_state(self, active: list[Candidate]) -> State:
        length = self.scene.length
        effects = [one.effect for one in self.candidates if one.effect is not None and one.entry.enabled]
        matches = {(match.book, match.uid): match for match in self.state.matches if match.at < length}
        for one in active:
            entry, uid = one.entry, str(one.entry.uid)
            # What runs already is not begun again.
            if (entry.sticky or entry.cooldown) and one.effect is None:
                sticky = length + entry.sticky
                effects.append(Effect(one.book.key, uid, length, sticky, sticky + entry.cooldown, entry.fingerprint))
            if one.decorators.keep_activate_after_match or one.decorators.dont_activate_after_match:
                matches.setdefault((one.book.key, uid), Match(one.book.key, uid, length))
        return State(tuple(effects), tuple(matches.values()))
