"""Whether an entry's keys are in what was said. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from characters.lore import macros, patterns
from characters.lore.candidate import Candidate
from characters.lore.entry import Logic
from characters.lore.outcome import Problem, Reason, Why
from characters.lore.scene import Scene, Settings

MAX_SCAN_DEPTH = 1000
# Between the lines that are looked through, so that an expression can tell where one begins.
LINE_START = "\x01"
JOINER = "\n" + LINE_START


@dataclass(frozen=True, slots=True)
class Found:
    """`message` is the number of the first message from the end that has the key by itself."""

    key: str
    message: int | None


@dataclass(eq=False, slots=True)
class Keys:
    """Looks in the messages and, from the second sweep on, in `echoes`: what entries had to say in those before."""

    scene: Scene
    settings: Settings
    sweep: int = 0
    echoes: list[str] = field(default_factory=list)
    problems: dict[tuple[int, str], Problem] = field(default_factory=dict)
    _lines: list[tuple[int, str]] = field(init=False)

    def __post_init__(self) -> None:
        # Newest first, as SillyTavern has it: that is what its expressions were written for.
        self._lines = [
            (number, macros.shown(f"{message.name}: {message.text}" if message.name else message.text))
            for number, message in reversed(list(enumerate(self.scene.messages)))
        ]

    def echo(self, text: str) -> bool:
        """Let later sweeps find keys in an entry's own text; whether there is anything to find."""
        said = macros.matched(text).strip()
        if said:
            self.echoes.append(self._named(said))
        return bool(said)

    def hears(self, one: Candidate) -> bool:
        """Whether echoes count for it now."""
        recursive = self.settings.recursive if one.book.recursive is None else one.book.recursive
        return self.sweep > 0 and recursive and not one.entry.exclude_recursion

    def judged(self, one: Candidate) -> Reason:
        """What the keys say, where nothing else has decided."""
        entry, wants = one.entry, one.decorators
        keys = entry.keys
        if entry.use_regex:
            keys += tuple(key for group in wants.additional_keys for key in group)
            if any(self._unusable(one, key) for key in keys):
                return self._reason(one, Why.PATTERN)
        else:
            excluded = self._first(one, wants.exclude_keys)
            if excluded:
                return self._reason(one, Why.EXCLUDED, excluded)
            if not all(self._first(one, group) for group in wants.additional_keys):
                return self._reason(one, Why.ADDITIONAL)
            if entry.constant:
                return self._reason(one, Why.CONSTANT)
        primary = self._first(one, keys)
        if primary is None:
            return self._reason(one, Why.UNMATCHED)
        agreed = entry.use_regex or self._secondary_agree(one)
        return self._reason(one, Why.MATCHED if agreed else Why.SECONDARY, primary)

    def score(self, one: Candidate) -> int:
        """How many of its keys are there, by which entries of a group compete."""
        entry = one.entry
        score = sum(self._find(one, key) is not None for key in entry.keys)
        if not entry.selective or entry.use_regex:
            return score
        there = sum(self._find(one, key) is not None for key in entry.secondary_keys)
        if entry.logic is Logic.AND_ANY or (entry.logic is Logic.AND_ALL and there == len(entry.secondary_keys)):
            score += there
        return score

    def _reason(self, one: Candidate, why: Why, found: Found | None = None) -> Reason:
        if found is None:
            return Reason(one.book, one.entry, why, sweep=self.sweep)
        return Reason(one.book, one.entry, why, found.key, found.message, self.sweep)

    def _secondary_agree(self, one: Candidate) -> bool:
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

    def _first(self, one: Candidate, keys: Iterable[str]) -> Found | None:
        return next((found for key in keys if (found := self._find(one, key))), None)

    def _find(self, one: Candidate, key: str) -> Found | None:
        window = self._window(one)
        parts = [line for _, line in window] + (self.echoes if self.hears(one) else [])
        if not parts or not self._in(one, key, LINE_START + JOINER.join(parts)):
            return None
        number = next((number for number, line in window if self._in(one, key, LINE_START + line)), None)
        return Found(key, number)

    def _window(self, one: Candidate) -> list[tuple[int, str]]:
        asked = (one.decorators.scan_depth, one.entry.scan_depth, one.book.scan_depth)
        depth = next((depth for depth in asked if depth is not None), self.settings.scan_depth)
        return self._lines[: max(0, min(depth, MAX_SCAN_DEPTH))]

    def _in(self, one: Candidate, key: str, text: str) -> bool:
        try:
            return patterns.found(self._named(key), text, self._how(one))
        except patterns.UnusableError as error:
            self.problems.setdefault((one.number, key), Problem(one.book, one.entry, key, str(error)))
            return False

    def _unusable(self, one: Candidate, key: str) -> bool:
        self._in(one, key, "")
        return (one.number, key) in self.problems

    def _how(self, one: Candidate) -> patterns.Matching:
        entry = one.entry
        sensitive = entry.case_sensitive
        if sensitive is None and not entry.use_regex:
            sensitive = self.settings.case_sensitive
        words = self.settings.whole_words if entry.whole_words is None else entry.whole_words
        return patterns.Matching(sensitive, words, regex=entry.use_regex)

    def _named(self, text: str) -> str:
        return macros.named(text, character=self.scene.character, user=self.scene.user)
