"""Which entries of which lorebooks a conversation brings up, where they go, and why the others stay silent. Pure.

A sweep looks at every entry that is not settled; the entries it brings up may bring up others in the next one.
"""

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from characters.lore import macros, patterns
from characters.lore.decorators import Decorators, UiPrompt
from characters.lore.entry import Book, Entry, Kind, Logic, Position
from characters.lore.state import Effect, Match, State
from inference.text.prompt import Role

MAX_SCAN_DEPTH = 1000
# Between the lines that are looked through, so that an expression can tell where one begins.
LINE_START = "\x01"
JOINER = "\n" + LINE_START
PROMPT_ORDER = {position: number for number, position in enumerate(Position)}


class Why(StrEnum):
    # Brought up:
    MATCHED = "matched"
    CONSTANT = "constant"
    STICKY = "sticky"
    DECORATED = "activated by its decorator"
    KEPT = "kept since it matched before"
    # Not:
    DISABLED = "disabled"
    UNMATCHED = "not matched"
    SECONDARY = "the secondary keys say no"
    PATTERN = "a pattern cannot be used"
    SUPPRESSED = "suppressed by its decorator"
    SPENT = "has matched before"
    GREETING = "belongs to another greeting"
    ICON = "belongs to another user icon"
    TOO_EARLY = "too few replies"
    NOT_THIS_TURN = "only every so many replies"
    CONTEXT_FULL = "the context is full"
    EXCLUDED = "an excluded key is there"
    ADDITIONAL = "an additional key is missing"
    DELAYED = "too few messages"
    COOLDOWN = "on cooldown"
    WAITS = "waits for recursion"
    GROUP = "lost its group"
    PROBABILITY = "probability"
    BUDGET = "over the budget"


ACTIVE = frozenset({Why.MATCHED, Why.CONSTANT, Why.STICKY, Why.DECORATED, Why.KEPT})


@dataclass(frozen=True, slots=True)
class Message:
    name: str
    role: Role
    text: str


@dataclass(frozen=True, slots=True)
class Scene:
    """`messages` come oldest first. `greeting` 0 is the first message's own text; `greeting` and `user_icon` None:
    nobody knows, so entries may not depend on it."""

    messages: tuple[Message, ...] = ()
    character: str = ""
    user: str = ""
    greeting: int | None = None
    user_icon: str | None = None
    context_full: bool = False


@dataclass(frozen=True, slots=True)
class Settings:
    """What holds where neither book nor entry says otherwise.

    `budget` is in tokens, over all books together; None has no end. `sweeps` counts the first one too, so that 1
    means no recursion.
    """

    scan_depth: int = 2
    budget: int | None = None
    recursive: bool = False
    sweeps: int = 16
    case_sensitive: bool = False
    whole_words: bool = True
    group_scoring: bool = False


@dataclass(frozen=True, slots=True)
class Placed:
    """`depth` counts messages from the end (0: after the last) and means something only at Position.AT_DEPTH.

    `trims_first`: it would rather go than anything else, should the context turn out full.
    """

    book: Book
    entry: Entry
    position: Position
    depth: int
    role: Role
    content: str
    tokens: int
    trims_first: bool = False


@dataclass(frozen=True, slots=True)
class Reason:
    """Why `entry` is there or not. `key` is the one that decided, `message` the number of the message with it (None:
    in no single message), `sweep` when it was settled; from the second on, other entries may have brought it up."""

    book: Book
    entry: Entry
    why: Why
    key: str = ""
    message: int | None = None
    sweep: int = 0

    @property
    def active(self) -> bool:
        return self.why in ACTIVE

    def __str__(self) -> str:
        if not self.key:
            return self.why
        where = f" in message {self.message}" if self.message is not None else ""
        return f"{self.why}: {self.key!r}{where}"


@dataclass(frozen=True, slots=True)
class Problem:
    """A key that never matches, for its pattern cannot be run."""

    book: Book
    entry: Entry
    key: str
    error: str


@dataclass(frozen=True, slots=True)
class Activation:
    """`placed` in the order of the prompt; `reasons` for every entry, in the order of the books."""

    placed: tuple[Placed, ...]
    reasons: tuple[Reason, ...]
    state: State
    problems: tuple[Problem, ...] = ()
    disabled_prompts: frozenset[UiPrompt] = frozenset()

    @property
    def tokens(self) -> int:
        return sum(placed.tokens for placed in self.placed)


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


@dataclass(eq=False, slots=True)
class _Candidate:
    """An entry on its way through the sweeps. `number` is its place among all of them."""

    book: Book
    entry: Entry
    decorators: Decorators
    number: int
    effect: Effect | None
    kept: bool
    reason: Reason
    settled: bool = False
    tokens: int = 0
    text: str = ""

    @property
    def sticks(self) -> bool:
        return self.reason.why is Why.STICKY

    @property
    def claim(self) -> tuple[bool, bool, bool, float, int]:
        """The smallest is served first when tokens are short.

        Constant entries go first unless their author ranked them; a character's go before a world's.
        """
        return (
            self.decorators.ignore_on_max_context,
            not (self.reason.why in {Why.CONSTANT, Why.STICKY} and self.entry.priority is None),
            self.book.kind is not Kind.CHARACTER,
            -self.entry.standing,
            self.number,
        )


@dataclass(eq=False, slots=True)
class _Purse:
    """Tokens to spend; None has no end. Once something did not fit, nothing lesser gets what is left."""

    tokens: int | None
    spent: int = 0
    closed: bool = False

    def fits(self, tokens: int) -> bool:
        return self.tokens is None or (not self.closed and self.spent + tokens <= self.tokens)

    def refuse(self, tokens: int) -> None:
        # What could never fit does not take the place of the others.
        self.closed = self.closed or self.tokens is None or tokens <= self.tokens


@dataclass(frozen=True, slots=True)
class _Found:
    key: str
    message: int | None


@dataclass(eq=False)
class _Run:
    books: Sequence[Book]
    scene: Scene
    state: State
    chance: random.Random
    count: Callable[[str], int]
    settings: Settings
    candidates: list[_Candidate] = field(init=False)
    problems: dict[tuple[int, str], Problem] = field(default_factory=dict)
    echoes: list[str] = field(default_factory=list)
    sweep: int = 0
    level: int = 0

    def __post_init__(self) -> None:
        length = len(self.scene.messages)
        ordered = sorted(self.books, key=lambda book: book.kind is not Kind.CHARACTER)
        self.candidates = [
            _Candidate(
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
        self.replies = sum(message.role is Role.ASSISTANT for message in self.scene.messages)
        # Newest first, as SillyTavern has it: that is what its expressions were written for.
        self.lines = [
            (number, macros.shown(f"{message.name}: {message.text}" if message.name else message.text))
            for number, message in reversed(list(enumerate(self.scene.messages)))
        ]
        self.purse = _Purse(self.settings.budget)
        self.purses = [_Purse(book.token_budget) for book in ordered]
        self.purse_of = {id(book): purse for book, purse in zip(ordered, self.purses, strict=True)}

    def sweep_all(self) -> None:
        levels = sorted({one.entry.delay_until_recursion for one in self.candidates} - {0})
        while self.sweep < max(1, self.settings.sweeps):
            heard = self._sweep()
            self.sweep += 1
            if not self.echoes:
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
        self._choose_in_groups(raised)
        heard = False
        for one in sorted(raised, key=lambda each: each.claim):
            if one.settled:
                continue
            one.settled = True
            if not self._lucky(one):
                self._reject(one, Why.PROBABILITY)
            elif not self._afford(one):
                self._reject(one, Why.BUDGET)
            elif not one.entry.prevent_recursion and (echo := macros.matched(one.entry.decorated.text).strip()):
                self.echoes.append(self._named(echo))
                heard = True
        return heard

    def _reject(self, one: _Candidate, why: Why) -> None:
        one.settled = True
        one.reason = Reason(one.book, one.entry, why, sweep=self.sweep)

    # Whether an entry is brought up

    def _judged(self, one: _Candidate) -> Reason:
        why = self._first_refusal(one) or self._standing_order(one) or self._refusal_in_time(one)
        if why:
            return Reason(one.book, one.entry, why, sweep=self.sweep)
        return self._matched(one)

    def _first_refusal(self, one: _Candidate) -> Why | None:
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

    def _standing_order(self, one: _Candidate) -> Why | None:
        if one.decorators.keep_activate_after_match and one.kept:
            return Why.KEPT
        if one.effect is not None and one.effect.sticks(len(self.scene.messages)):
            return Why.STICKY
        return None

    def _refusal_in_time(self, one: _Candidate) -> Why | None:
        entry, wants = one.entry, one.decorators
        if len(self.scene.messages) < entry.delay:
            return Why.DELAYED
        if one.effect is not None and one.effect.rests(len(self.scene.messages)):
            return Why.COOLDOWN
        if wants.activate_only_after is not None and self.replies < wants.activate_only_after:
            return Why.TOO_EARLY
        if wants.activate_only_every is not None and self.replies % wants.activate_only_every:
            return Why.NOT_THIS_TURN
        if wants.is_user_icon is not None and self.scene.user_icon not in {None, wants.is_user_icon}:
            return Why.ICON
        if entry.delay_until_recursion and not (self._hears(one) and entry.delay_until_recursion <= self.level):
            return Why.WAITS
        return None

    def _matched(self, one: _Candidate) -> Reason:
        entry, wants = one.entry, one.decorators
        keys = entry.keys
        if entry.use_regex:
            keys += tuple(key for group in wants.additional_keys for key in group)
            if any(self._unusable(one, key) for key in keys):
                return Reason(one.book, entry, Why.PATTERN, sweep=self.sweep)
        else:
            excluded = self._first(one, wants.exclude_keys)
            if excluded:
                return Reason(one.book, entry, Why.EXCLUDED, excluded.key, excluded.message, self.sweep)
            if not all(self._first(one, group) for group in wants.additional_keys):
                return Reason(one.book, entry, Why.ADDITIONAL, sweep=self.sweep)
            if entry.constant:
                return Reason(one.book, entry, Why.CONSTANT, sweep=self.sweep)
        primary = self._first(one, keys)
        if primary is None:
            return Reason(one.book, entry, Why.UNMATCHED, sweep=self.sweep)
        agreed = entry.use_regex or self._secondary_agree(one)
        why = Why.MATCHED if agreed else Why.SECONDARY
        return Reason(one.book, entry, why, primary.key, primary.message, self.sweep)

    def _secondary_agree(self, one: _Candidate) -> bool:
        if not (one.entry.selective and any(key.strip() for key in one.entry.secondary_keys)):
            return True
        there = [self._find(one, key) is not None for key in one.entry.secondary_keys if key.strip()]
        match one.entry.logic:
            case Logic.AND_ANY:
                return any(there)
            case Logic.AND_ALL:
                return all(there)
            case Logic.NOT_ANY:
                return not any(there)
            case Logic.NOT_ALL:
                return not all(there)

    # Looking for keys

    def _recursive(self, book: Book) -> bool:
        return self.settings.recursive if book.recursive is None else book.recursive

    def _hears(self, one: _Candidate) -> bool:
        """Whether what other entries say counts for it now."""
        return self.sweep > 0 and self._recursive(one.book) and not one.entry.exclude_recursion

    def _named(self, text: str) -> str:
        return macros.named(text, character=self.scene.character, user=self.scene.user)

    def _how(self, one: _Candidate) -> patterns.Matching:
        entry = one.entry
        sensitive = entry.case_sensitive
        if sensitive is None and not entry.use_regex:
            sensitive = self.settings.case_sensitive
        words = self.settings.whole_words if entry.whole_words is None else entry.whole_words
        return patterns.Matching(sensitive, words, regex=entry.use_regex)

    def _window(self, one: _Candidate) -> list[tuple[int, str]]:
        asked = (one.decorators.scan_depth, one.entry.scan_depth, one.book.scan_depth)
        depth = next((depth for depth in asked if depth is not None), self.settings.scan_depth)
        return self.lines[: max(0, min(depth, MAX_SCAN_DEPTH))]

    def _first(self, one: _Candidate, keys: Iterable[str]) -> _Found | None:
        return next((found for key in keys if (found := self._find(one, key))), None)

    def _find(self, one: _Candidate, key: str) -> _Found | None:
        window = self._window(one)
        parts = [line for _, line in window] + (self.echoes if self._hears(one) else [])
        if not parts or not self._in(one, key, LINE_START + JOINER.join(parts)):
            return None
        number = next((number for number, line in window if self._in(one, key, LINE_START + line)), None)
        return _Found(key, number)

    def _in(self, one: _Candidate, key: str, text: str) -> bool:
        try:
            return patterns.found(self._named(key), text, self._how(one))
        except patterns.UnusableError as error:
            self.problems.setdefault((one.number, key), Problem(one.book, one.entry, key, str(error)))
            return False

    def _unusable(self, one: _Candidate, key: str) -> bool:
        self._in(one, key, "")
        return (one.number, key) in self.problems

    # Which of those brought up remain

    def _choose_in_groups(self, raised: list[_Candidate]) -> None:
        """At most one entry of each group is ever active."""
        for group in dict.fromkeys(group for one in raised for group in one.entry.groups):
            members = [one for one in raised if group in one.entry.groups and not one.settled]
            if any(group in one.entry.groups and one.settled and one.reason.active for one in self.candidates):
                self._lose(members)
            elif len(members) > 1:
                winner = self._winner(members)
                self._lose(one for one in members if one is not winner)

    def _lose(self, members: Iterable[_Candidate]) -> None:
        for one in members:
            self._reject(one, Why.GROUP)

    def _winner(self, members: list[_Candidate]) -> _Candidate:
        members = [one for one in members if one.sticks] or members
        scores = {one.number: self._score(one) for one in members if self._scored(one)}
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

    def _scored(self, one: _Candidate) -> bool:
        scoring = one.entry.group_scoring
        return self.settings.group_scoring if scoring is None else scoring

    def _score(self, one: _Candidate) -> int:
        entry = one.entry
        score = sum(self._find(one, key) is not None for key in entry.keys)
        if not entry.selective or entry.use_regex:
            return score
        there = sum(self._find(one, key) is not None for key in entry.secondary_keys)
        if entry.logic is Logic.AND_ANY or (entry.logic is Logic.AND_ALL and there == len(entry.secondary_keys)):
            score += there
        return score

    def _lucky(self, one: _Candidate) -> bool:
        entry = one.entry
        if one.sticks or not entry.use_probability or entry.probability >= 100:
            return True
        return entry.probability > 0 and self.chance.random() * 100 < entry.probability

    def _afford(self, one: _Candidate) -> bool:
        one.text = macros.shown(one.entry.decorated.text).strip("\r\n")
        if not one.text.strip():
            return True
        one.tokens = self.count(one.text)
        purses = (self.purse_of[id(one.book)], self.purse)
        if one.entry.ignores_budget:
            return True
        if not all(purse.fits(one.tokens) for purse in purses):
            for purse in purses:
                if not purse.fits(one.tokens):
                    purse.refuse(one.tokens)
            return False
        for purse in purses:
            purse.spent += one.tokens
        return True

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
            problems=tuple(self.problems.values()),
            disabled_prompts=frozenset(wish for wish in wishes if wish is not None),
        )

    def _placed(self, one: _Candidate) -> Placed:
        entry, wants = one.entry, one.decorators
        length = len(self.scene.messages)
        position, depth = entry.position, entry.depth
        if wants.position is not None:
            position = Position(wants.position.value)
        elif wants.depth is not None:
            position, depth = Position.AT_DEPTH, wants.depth
        elif wants.reverse_depth is not None:
            position, depth = Position.AT_DEPTH, length - wants.reverse_depth
        depth = max(0, min(depth, length)) if position is Position.AT_DEPTH else 0
        role = wants.role or entry.role
        return Placed(
            one.book, entry, position, depth, role, one.text, one.tokens, trims_first=wants.ignore_on_max_context
        )

    def _next_state(self, active: list[_Candidate]) -> State:
        length = len(self.scene.messages)
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
