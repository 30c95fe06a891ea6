"""The rules of lorebooks, one a row."""

import random
from dataclasses import dataclass, field

import pytest

from characters.lore.activation import Scene, Settings, Why, activate
from characters.lore.entry import Book, Entry, Kind, Logic
from characters.lore.state import State
from characters.lore.tests.making import active, run, said, words

CAT = ("cat",)


def entry(uid: str = "a", keys: tuple[str, ...] = CAT, content: str = "x", **more: object) -> Entry:
    return Entry(uid, keys, content=content, **more)  # type: ignore[arg-type]


def both(logic: Logic, **more: object) -> tuple[Entry, ...]:
    return (entry(secondary_keys=("dog", "owl"), selective=True, logic=logic, **more),)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Case:
    """`expected` are the active entries; `why` is the reason of the first entry, where it is the point."""

    section: str
    rule: str
    entries: tuple[Entry, ...]
    messages: tuple[str, ...]
    expected: tuple[str, ...]
    why: Why | None = None
    settings: Settings = field(default_factory=Settings)
    scene: dict[str, object] = field(default_factory=dict)


RECURSIVE = Settings(recursive=True)
CHAIN = (entry("a", CAT, "cat likes dog"), entry("b", ("dog",), "dog likes owl"), entry("c", ("owl",), "the end"))
YES, NO = ("a",), ()

CASES = (
    # Keys
    Case("D.5", "a key that is there brings its entry up", (entry(),), ("a cat",), YES, Why.MATCHED),
    Case("D.5", "a key that is not there does not", (entry(),), ("a bird",), NO, Why.UNMATCHED),
    Case("D.5", "any of the keys is enough", (entry(keys=("bird", "cat")),), ("a cat",), YES),
    Case("D.5", "without keys nothing is matched", (entry(keys=()),), ("a cat",), NO, Why.UNMATCHED),
    Case("D.5", "an empty key matches nothing", (entry(keys=("", "  ")),), ("a  cat",), NO),
    Case("D.5", "space around a key does not count", (entry(keys=(" cat ",)),), ("cat",), YES),
    Case("D.2", "a disabled entry is never active", (entry(enabled=False),), ("cat",), NO, Why.DISABLED),
    Case("D.3", "not even a constant one", (entry(enabled=False, constant=True),), ("cat",), NO, Why.DISABLED),
    Case("D.2", "a constant entry needs no key", (entry(keys=(), constant=True),), ("x",), YES, Why.CONSTANT),
    Case("D.2", "nor any message", (entry(constant=True),), (), YES),
    Case("D.5", "keys are matched in any case", (entry(),), ("a CAT",), YES),
    Case("D.2", "unless the entry says otherwise", (entry(case_sensitive=True),), ("a CAT",), NO),
    Case("D.5", "or the settings", (entry(),), ("CAT",), NO, settings=Settings(case_sensitive=True)),
    Case(
        "D.5",
        "the entry overrules the settings",
        (entry(case_sensitive=False),),
        ("CAT",),
        YES,
        settings=Settings(case_sensitive=True),
    ),
    Case("D.5", "a word must be whole", (entry(),), ("concatenate",), NO),
    Case("D.5", "unless the entry says otherwise", (entry(whole_words=False),), ("concatenate",), YES),
    Case("D.5", "or the settings", (entry(),), ("concatenate",), YES, settings=Settings(whole_words=False)),
    Case("D.5", "several words are looked for as they stand", (entry(keys=("big cat",)),), ("bbig cats",), YES),
    Case("D.5", "punctuation ends a word", (entry(),), ("(cat)!",), YES),
    Case("D.5", "an underscore does not", (entry(),), ("cat_1",), NO),
    Case("D.5", "nor does a letter with an accent", (entry(keys=("caf",)),), ("café",), NO),
    Case("D.5", "letters without spaces between words do", (entry(keys=("猫",)),), ("黒猫です",), YES),
    Case("D.5", "a name before a message is looked through", (entry(keys=("Ann",)),), ("x", "y"), YES),
    Case("D.3", "the character's name may be a macro", (entry(keys=("{{char}}",)),), ("Eve!",), YES),
    Case("D.3", "so may the user's, in any case", (entry(keys=("<USER>",)),), ("Sam!",), YES),
    # Expressions
    Case("D.5", "between slashes it is an expression", (entry(keys=("/c.t/",)),), ("cut",), YES),
    Case("D.5", "which matches within words", (entry(keys=("/c.t/",)),), ("acute",), YES),
    Case("D.5", "and in its own case", (entry(keys=("/c.t/",), case_sensitive=False),), ("CAT",), NO),
    Case("D.5", "unless flagged", (entry(keys=("/c.t/i",)),), ("CAT",), YES),
    Case("D.5", "flag g changes nothing", (entry(keys=("/cat/g",)),), ("a cat",), YES),
    Case("D.5", "flag s lets a dot match a new line", (entry(keys=("/a.b/s",)),), ("a\nb",), YES),
    Case("D.5", "without it it does not", (entry(keys=("/a.b/",)),), ("a\nb",), NO),
    Case("D.5", "flag m finds the ends of lines", (entry(keys=("/^b$/m",)),), ("a\nb\nc",), YES),
    Case("D.5", "without it it does not", (entry(keys=("/^b$/",)),), ("a\nb\nc",), NO),
    Case("D.5", "flag y matches only at the start", (entry(keys=("/cat/y",)),), ("a cat",), NO),
    Case("D.5", "an unknown flag makes it a plain key", (entry(keys=("/cat/q",)),), ("/cat/q",), YES),
    Case("D.5", "so does a slash that is not escaped", (entry(keys=("/a/b/",)),), ("x /a/b/ x",), YES),
    Case("D.5", "an escaped one is a slash", (entry(keys=(r"/a\/b/",)),), ("a/b",), YES),
    Case("D.5", "each line begins with a sign", (entry(keys=(r"/\x01Ann: hi/",)),), ("hi", "y"), YES),
    Case("D.5", "so that it can be asked who said it", (entry(keys=(r"/\x01Bot:[^\x01]*hi/",)),), ("hi", "y"), NO),
    Case("D.5", "what RE2 cannot express never matches", (entry(keys=("/c(?=at)/",)),), ("cat",), NO),
    Case("D.5", "the other keys still do", (entry(keys=("/c(?=at)/", "cat")),), ("cat",), YES),
    Case("D.5", "a code point may be written as in JavaScript", (entry(keys=(r"/\u0063at/",)),), ("cat",), YES),
    Case("D.5", "[^] is any character", (entry(keys=("/a[^]b/",)),), ("a\nb",), YES),
    Case("D.5", "[] is none", (entry(keys=("/a[]/",)),), ("ab a]",), NO),
    Case("D.3", "use_regex makes every key an expression", (entry(keys=("c.t",), use_regex=True),), ("cut",), YES),
    Case("D.3", "one invalid is enough not to match", (entry(keys=("cat", "("), use_regex=True),), ("cat",), NO),
    Case("D.3", "and is the reason", (entry(keys=("cat", "("), use_regex=True),), ("cat",), NO, Why.PATTERN),
    Case("D.3", "use_regex ignores constant", (entry(use_regex=True, constant=True),), ("x",), NO),
    Case("D.3", "and secondary keys", both(Logic.AND_ANY, use_regex=True), ("cat",), YES),
    Case("D.3", "case_sensitive false makes it blind", (entry(use_regex=True, case_sensitive=False),), ("CAT",), YES),
    # Secondary keys
    Case("D.2", "if not selective, secondary keys are ignored", (entry(secondary_keys=("dog",)),), ("cat",), YES),
    Case("D.5", "selective without secondary keys asks nothing", (entry(selective=True),), ("cat",), YES),
    Case("D.5", "nor with empty ones", (entry(selective=True, secondary_keys=("",)),), ("cat",), YES),
    Case("D.2", "one key of both lists", both(Logic.AND_ANY), ("cat owl",), YES),
    Case("D.2", "not only of the first", both(Logic.AND_ANY), ("cat",), NO, Why.SECONDARY),
    Case("D.2", "nor only of the second", both(Logic.AND_ANY), ("owl",), NO, Why.UNMATCHED),
    Case("D.5", "AND_ALL wants all", both(Logic.AND_ALL), ("cat owl dog",), YES),
    Case("D.5", "AND_ALL wants more than some", both(Logic.AND_ALL), ("cat owl",), NO, Why.SECONDARY),
    Case("D.5", "NOT_ANY wants none", both(Logic.NOT_ANY), ("cat",), YES),
    Case("D.5", "NOT_ANY minds one", both(Logic.NOT_ANY), ("cat owl",), NO, Why.SECONDARY),
    Case("D.5", "NOT_ALL does not mind some", both(Logic.NOT_ALL), ("cat owl",), YES),
    Case("D.5", "NOT_ALL minds all", both(Logic.NOT_ALL), ("cat owl dog",), NO, Why.SECONDARY),
    Case("D.5", "NOT_ANY alone matches nothing", both(Logic.NOT_ANY), ("bird",), NO),
    # How far back
    Case("D.5", "two messages are looked through", (entry(),), ("cat", "x"), YES),
    Case("D.5", "and no more", (entry(),), ("cat", "x", "y"), NO),
    Case("D.5", "unless the settings say more", (entry(),), ("cat", "x", "y"), YES, settings=Settings(scan_depth=3)),
    Case("D.5", "or the entry", (entry(scan_depth=3),), ("cat", "x", "y"), YES),
    Case("D.5", "the entry may say less", (entry(scan_depth=1),), ("cat", "x"), NO),
    Case("D.5", "0 looks at nothing", (entry(scan_depth=0),), ("cat",), NO),
    Case(
        "D.3", "a decorator overrules the entry", (entry(content="@@scan_depth 1\nx", scan_depth=9),), ("cat", "x"), NO
    ),
    # Decorators
    Case("D.3", "activate needs no key", (entry(content="@@activate\nx"),), ("y",), YES, Why.DECORATED),
    Case(
        "D.3", "dont_activate overrules a match", (entry(content="@@dont_activate\nx"),), ("cat",), NO, Why.SUPPRESSED
    ),
    Case("D.3", "and constancy", (entry(content="@@dont_activate\nx", constant=True),), ("cat",), NO),
    Case("D.3", "activate overrules it", (entry(content="@@dont_activate\n@@activate\nx"),), ("y",), YES),
    Case("D.3", "but not being disabled", (entry(content="@@activate\nx", enabled=False),), ("y",), NO),
    Case("D.3", "after one reply there has been one", (entry(content="@@activate_only_after 1\nx"),), ("cat",), YES),
    Case("D.3", "two need two", (entry(content="@@activate_only_after 2\nx"),), ("cat",), NO, Why.TOO_EARLY),
    Case(
        "D.3", "constancy is no way around", (entry(content="@@activate_only_after 2\nx", constant=True),), ("x",), NO
    ),
    Case("D.3", "only replies count", (entry(content="@@activate_only_after 2\nx"),), ("cat", "x"), NO),
    Case("D.3", "every second reply: not the first", (entry(content="@@activate_only_every 2\nx"),), ("cat",), NO),
    Case("D.3", "the second", (entry(content="@@activate_only_every 2\nx"),), ("a", "cat", "b"), YES),
    Case("D.3", "every 0 means nothing", (entry(content="@@activate_only_every 0\nx"),), ("cat",), YES),
    Case("D.3", "its own greeting", (entry(content="@@is_greeting 1\nx"),), ("cat",), YES, scene={"greeting": 1}),
    Case("D.3", "no other", (entry(content="@@is_greeting 1\nx"),), ("cat",), NO, Why.GREETING, scene={"greeting": 0}),
    Case("D.3", "an unknown greeting is any", (entry(content="@@is_greeting 1\nx"),), ("cat",), YES),
    Case("D.3", "its own icon", (entry(content="@@is_user_icon k\nx"),), ("cat",), YES, scene={"user_icon": "k"}),
    Case("D.3", "no other", (entry(content="@@is_user_icon k\nx"),), ("cat",), NO, Why.ICON, scene={"user_icon": "q"}),
    Case("D.3", "an unknown icon is any", (entry(content="@@is_user_icon k\nx"),), ("cat",), YES),
    Case(
        "D.3", "excluded keys exclude", (entry(content="@@exclude_keys dog, owl\nx"),), ("cat owl",), NO, Why.EXCLUDED
    ),
    Case("D.3", "when they are there", (entry(content="@@exclude_keys dog, owl\nx"),), ("cat",), YES),
    Case(
        "D.3", "use_regex ignores them", (entry(content="@@exclude_keys dog\nx", use_regex=True),), ("cat dog",), YES
    ),
    Case(
        "D.3",
        "an additional key is needed",
        (entry(content="@@additional_keys dog\nx"),),
        ("cat",),
        NO,
        Why.ADDITIONAL,
    ),
    Case("D.3", "any of them will do", (entry(content="@@additional_keys dog,owl\nx"),), ("cat owl",), YES),
    Case(
        "D.3",
        "each line of them must be met",
        (entry(content="@@additional_keys dog\n@@additional_keys owl\nx"),),
        ("cat owl",),
        NO,
    ),
    Case(
        "D.3",
        "with use_regex they are further keys",
        (entry(content="@@additional_keys d.g\nx", use_regex=True),),
        ("dig",),
        YES,
    ),
    Case(
        "D.3",
        "a full context silences who asks for it",
        (entry(content="@@ignore_on_max_context\nx"),),
        ("cat",),
        NO,
        Why.CONTEXT_FULL,
        scene={"context_full": True},
    ),
    Case("D.3", "an unknown decorator changes nothing", (entry(content="@@sing loudly\nx"),), ("cat",), YES),
    Case("D.3", "its fallback counts instead", (entry(content="@@sing\n@@@dont_activate\nx"),), ("cat",), NO),
    Case(
        "D.3",
        "a fallback that is not needed does not",
        (entry(content="@@depth 1\n@@@dont_activate\nx"),),
        ("cat",),
        YES,
    ),
    # Macros
    Case("D.3", "a comment is not matched", (entry(),), ("{{// cat}}",), NO),
    Case("D.3", "nor one that is shown", (entry(),), ("{{comment: cat}}",), NO),
    Case("D.3", "nor a hidden key in a message", (entry(),), ("{{hidden_key:cat}}",), NO),
    Case(
        "D.3",
        "a hidden key brings others up",
        (entry("a", CAT, "{{hidden_key:dog}}x"), entry("b", ("dog",))),
        ("cat",),
        ("a", "b"),
        settings=RECURSIVE,
    ),
    Case(
        "D.3",
        "a comment does not",
        (entry("a", CAT, "{{// dog}}x"), entry("b", ("dog",))),
        ("cat",),
        YES,
        settings=RECURSIVE,
    ),
    # Recursion
    Case("D.5", "what is brought up brings up more", CHAIN, ("cat",), ("a", "b", "c"), settings=RECURSIVE),
    Case("D.5", "not without recursion", CHAIN, ("cat",), YES),
    Case("D.5", "one sweep is no recursion", CHAIN, ("cat",), YES, settings=Settings(recursive=True, sweeps=1)),
    Case("D.5", "two sweeps go one step", CHAIN, ("cat",), ("a", "b"), settings=Settings(recursive=True, sweeps=2)),
    Case(
        "D.5",
        "an excluded one is not brought up by others",
        (CHAIN[0], entry("b", ("dog",), exclude_recursion=True)),
        ("cat",),
        YES,
        settings=RECURSIVE,
    ),
    Case("D.5", "but by messages", (entry("a", exclude_recursion=True),), ("cat",), YES, settings=RECURSIVE),
    Case(
        "D.5",
        "one that prevents it brings up nothing",
        (entry("a", CAT, "dog", prevent_recursion=True), CHAIN[1]),
        ("cat",),
        YES,
        settings=RECURSIVE,
    ),
    Case(
        "D.5",
        "recursion does not depend on scan depth",
        (entry("a", constant=True, content="dog"), entry("b", ("dog",), scan_depth=0)),
        ("x",),
        ("a", "b"),
        settings=RECURSIVE,
    ),
    Case(
        "D.5",
        "who waits for recursion ignores the first sweep",
        (entry(delay_until_recursion=1),),
        ("cat",),
        NO,
        Why.WAITS,
        settings=RECURSIVE,
    ),
    Case(
        "D.5",
        "and is asked in the next",
        (entry("a", delay_until_recursion=1), entry("b", content="y")),
        ("cat",),
        ("a", "b"),
        settings=RECURSIVE,
    ),
    Case(
        "D.5",
        "it waits for ever without recursion",
        (entry("a", delay_until_recursion=1), entry("b")),
        ("cat",),
        ("b",),
    ),
    Case(
        "D.5",
        "a later level follows when an earlier has no more to say",
        (
            entry("a", ("dog",), delay_until_recursion=2),
            entry("b", ("dog",), "owl", delay_until_recursion=1),
            entry("c", CAT, "dog"),
        ),
        ("cat",),
        ("a", "b", "c"),
        settings=RECURSIVE,
    ),
    Case(
        "D.5",
        "entries that name each other end",
        (entry("a", CAT, "dog"), entry("b", ("dog",), "cat")),
        ("cat",),
        ("a", "b"),
        settings=RECURSIVE,
    ),
    Case(
        "D.5",
        "secondary keys may come from others",
        (entry("a", secondary_keys=("dog",), selective=True), entry("b", content="dog")),
        ("cat",),
        ("a", "b"),
        settings=RECURSIVE,
    ),
    # Probability, delay
    Case("D.5", "at 0 % it never comes", (entry(probability=0),), ("cat",), NO, Why.PROBABILITY),
    Case("D.5", "even when constant", (entry(probability=0, constant=True),), ("cat",), NO, Why.PROBABILITY),
    Case("D.5", "unless probability is not used", (entry(probability=0, use_probability=False),), ("cat",), YES),
    Case("D.5", "a delay needs so many messages", (entry(delay=2),), ("cat",), NO, Why.DELAYED),
    Case("D.5", "and then not", (entry(delay=2),), ("x", "cat"), YES),
    Case("D.5", "constancy is no way around", (entry(delay=2, constant=True),), ("cat",), NO, Why.DELAYED),
    # Groups
    Case(
        "D.5",
        "the higher order wins where priority is asked for",
        (
            entry("a", groups=("g",), group_override=True, order=1),
            entry("b", groups=("g",), group_override=True, order=2),
        ),
        ("cat",),
        ("b",),
        Why.GROUP,
    ),
    Case(
        "D.5",
        "only one asking wins over many",
        (entry("a", groups=("g",), order=9), entry("b", groups=("g",), group_override=True)),
        ("cat",),
        ("b",),
    ),
    Case(
        "D.5",
        "no weight never wins",
        (entry("a", groups=("g",), group_weight=0), entry("b", groups=("g",))),
        ("cat",),
        ("b",),
        Why.GROUP,
    ),
    Case(
        "D.5",
        "without any weight the first wins",
        (entry("a", groups=("g",), group_weight=0), entry("b", groups=("g",), group_weight=0)),
        ("cat",),
        YES,
    ),
    Case(
        "D.5",
        "who is not matched does not compete",
        (entry("a", groups=("g",), group_weight=1), entry("b", ("owl",), groups=("g",))),
        ("cat",),
        YES,
    ),
    Case(
        "D.5",
        "different groups do not compete",
        (entry("a", groups=("g",)), entry("b", groups=("h",))),
        ("cat",),
        ("a", "b"),
    ),
    Case(
        "D.5",
        "more keys win by scoring",
        (
            entry("a", ("song", "sing"), groups=("g",), group_weight=1000),
            entry("b", ("song", "sing", "ghost"), groups=("g",), group_weight=1),
        ),
        ("sing a song of a ghost",),
        ("b",),
        Why.GROUP,
        settings=Settings(group_scoring=True),
    ),
    Case(
        "D.5",
        "secondary keys score under AND_ANY",
        (
            entry("a", groups=("g",), group_scoring=True),
            entry("b", secondary_keys=("dog",), selective=True, groups=("g",), group_scoring=True),
        ),
        ("cat dog",),
        ("b",),
    ),
    Case(
        "D.5",
        "not under NOT_ALL",
        (
            entry("a", groups=("g",), group_scoring=True),
            entry(
                "b",
                secondary_keys=("dog", "owl"),
                selective=True,
                logic=Logic.NOT_ALL,
                groups=("g",),
                group_scoring=True,
                group_weight=0,
            ),
        ),
        ("cat dog",),
        ("a",),
    ),
    Case(
        "D.5",
        "a group won is closed to later sweeps",
        (entry("a", ("dog",), groups=("g",)), entry("b", CAT, "dog", groups=("g",))),
        ("cat",),
        ("b",),
        Why.GROUP,
        settings=RECURSIVE,
    ),
    Case(
        "D.5",
        "who is in two groups closes both",
        (entry("a", groups=("g", "h"), group_override=True), entry("b", groups=("g",)), entry("c", groups=("h",))),
        ("cat",),
        YES,
    ),
    Case(
        "D.5",
        "a winner may still be unlucky, and nobody follows",
        (entry("a", groups=("g",), group_override=True, probability=0), entry("b", groups=("g",))),
        ("cat",),
        NO,
        Why.PROBABILITY,
    ),
    # Budget
    Case(
        "D.2",
        "the lower priority is dropped",
        (entry("a", content="one two", priority=1), entry("b", content="three four", priority=2)),
        ("cat",),
        ("b",),
        Why.BUDGET,
        settings=Settings(budget=3),
    ),
    Case(
        "D.3",
        "without priority the lower order",
        (entry("a", content="one two", order=1), entry("b", content="three four", order=2)),
        ("cat",),
        ("b",),
        Why.BUDGET,
        settings=Settings(budget=3),
    ),
    Case(
        "D.2", "what fits exactly stays", (entry("a", content="one two"),), ("cat",), YES, settings=Settings(budget=2)
    ),
    Case(
        "D.2",
        "nothing lesser slips through",
        (entry("a", content="x", order=1), entry("b", content="x x", order=2), entry("c", content="x x", order=3)),
        ("cat",),
        ("c",),
        Why.BUDGET,
        settings=Settings(budget=3),
    ),
    Case(
        "D.2",
        "what never fits takes no place",
        (entry("a", content="x", order=1), entry("b", content="x x x x", order=2)),
        ("cat",),
        YES,
        settings=Settings(budget=3),
    ),
    Case(
        "D.5",
        "constant entries go first",
        (entry("a", content="x x", constant=True, order=1), entry("b", content="x x", order=2)),
        ("cat",),
        YES,
        settings=Settings(budget=3),
    ),
    Case(
        "D.2",
        "unless they are ranked",
        (entry("a", content="x x", constant=True, priority=1), entry("b", content="x x", priority=2)),
        ("cat",),
        ("b",),
        settings=Settings(budget=3),
    ),
    Case(
        "D.5",
        "messages go before recursion",
        (entry("a", content="dog x", order=1), entry("b", ("dog",), "x x", order=2)),
        ("cat",),
        YES,
        settings=Settings(budget=3, recursive=True),
    ),
    Case(
        "D.5",
        "what was dropped brings up nothing",
        (entry("a", content="dog x x x"), entry("b", ("dog",))),
        ("cat",),
        NO,
        settings=Settings(budget=3, recursive=True),
    ),
    Case(
        "D.5",
        "who ignores the budget stays",
        (entry("a", content="x x x x", ignores_budget=True), entry("b", content="x x")),
        ("cat",),
        ("a", "b"),
        settings=Settings(budget=2),
    ),
    Case(
        "D.3",
        "ignore_on_max_context is dropped first",
        (entry("a", content="@@ignore_on_max_context\nx x", order=9), entry("b", content="x x", order=1)),
        ("cat",),
        ("b",),
        settings=Settings(budget=3),
    ),
)


@pytest.mark.parametrize("case", CASES, ids=[f"{case.section} {case.rule}" for case in CASES])
def test_it_keeps_the_rule(case: Case) -> None:
    scene = Scene(said(*case.messages), character="Eve", user="Sam", **case.scene)  # type: ignore[arg-type]
    activation = run(case.entries, scene, settings=case.settings)
    assert active(activation) == list(case.expected)
    assert len(activation.reasons) == len(case.entries)
    if case.why is not None:
        assert activation.reasons[0].why is case.why


def test_the_character_s_book_is_served_before_the_world_s_whatever_their_order() -> None:
    world = Book((entry("w", content="x x", order=9),), key="w")
    own = Book((entry("c", content="y y", order=1),), key="c", kind=Kind.CHARACTER)
    activation = activate([world, own], Scene(said("cat")), State(), random.Random(1), words, Settings(budget=2))
    assert [placed.content for placed in activation.placed] == ["y y"]


def test_each_book_has_a_budget_depth_and_recursion_of_its_own() -> None:
    poor = Book((entry("a", content="x x"), entry("b", content="dog")), key="p", token_budget=1, scan_depth=1)
    deep = Book((entry("c", ("dog",)), entry("d", ("owl",))), key="d", recursive=True, scan_depth=3)
    flat = Book((entry("e", ("dog",)),), key="f", recursive=False)
    scene = Scene(said("owl", "x", "cat"))
    activation = activate([poor, deep, flat], scene, State(), random.Random(1), words, Settings(recursive=True))
    # "b" costs its book's one token; "a" could never be paid.
    assert active(activation) == ["b", "c", "d"]
