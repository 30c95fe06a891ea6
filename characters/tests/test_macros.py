"""Macros of cards: what each stands for, and that no text makes of them more than that."""

from collections import Counter
from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from characters.lore import macros as lore
from characters.macros import MOST_DEPTH, MOST_DICE, MOST_GROWTH, ROOM, Seed, Values, displayed, expand

VALUES = Values("Azera", "Alice", now=datetime(2026, 11, 21, 17, 3, 9))
SEED = Seed("chat", "reply")
MEGABYTE = 2**20


def told(text: str, values: Values = VALUES, *, chat: str = "chat", reply: str = "reply") -> str:
    return expand(text, values, Seed(chat, reply))


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("{{char}} <BOT> <char> {{ Char }} {{CHAR}}", "Azera Azera Azera Azera Azera"),
        ("{{user}} <USER> <User> {{USER}}", "Alice Alice Alice Alice"),
        ("{{random:A}}{{pick:B}}{{random::C}}", "ABC"),
        ("{{random:one\\, two}}", "one, two"),
        ("{{pick: spaced , spaced}}|{{pick:: spaced :: spaced }}", "spaced| spaced "),
        ("{{roll:1}}{{roll:d1}}{{roll:3d1}}{{roll 2d1}}{{roll:d1+4}}{{roll:1D1-3}}", "11325-2"),
        ("a{{// {{char}}, not told}}b", "ab"),
        ("a{{comment: not told}}b{{hidden_key:nor this}}c", "abc"),
        ("{{reverse:abc}}", "cba"),
        ("a{{newline}}b{{noop}}c", "a\nbc"),
        ("a\n\r\n{{trim}}\n\nb {{trim}} c", "ab  c"),
        ("{{newline}}{{trim}}{{noop}}{{newline}}a\n{{trim}}", "a"),
        ("{{time}}, {{weekday}}, {{date}}", "5:03 PM, Saturday, November 21, 2026"),
        ("{{isotime}} {{isodate}}", "17:03 2026-11-21"),
        ("[{{original}}]", "[]"),
        ("{{{char}}} {{{{char}}}}", "{Azera} {{Azera}}"),
        ("{{reverse:{{char}}{{reverse:ab}}}}", "abarezA"),
        ("{{roll:{{pick:1}}d{{pick:1}}}}", "1"),
    ],
)
def test_a_macro_stands_for_this(text: str, meaning: str) -> None:
    assert told(text) == meaning


def test_midnight_and_noon_are_twelve() -> None:
    assert told("{{time}}", replace(VALUES, now=datetime(2026, 1, 1, 0, 5))) == "12:05 AM"
    assert told("{{time}}", replace(VALUES, now=datetime(2026, 1, 1, 12, 0))) == "12:00 PM"


def test_what_the_caller_gives_is_told_and_not_read_again() -> None:
    values = replace(
        VALUES,
        original="{{char}}",
        persona="A mender of {{random:boats,nets}}.",
        description="d",
        personality="p",
        scenario="s",
        examples="<START>{{user}}: Hi.",
    )
    assert told("{{original}}|{{persona}}|{{mesExamples}}", values) == (
        "{{char}}|A mender of {{random:boats,nets}}.|<START>{{user}}: Hi."
    )
    assert told("{{description}}{{personality}}{{scenario}}", values) == "dps"


@pytest.mark.parametrize(
    "text",
    [
        "{{getvar::x}} {{foo}} {{}} {{ }} {{:}} {{char:x}} {{user name}} {{random}} {{trim:a}} {{comment}}",
        "{{roll:}} {{roll:six}} {{roll:0}} {{roll:0d6}} {{roll:1d0}} {{roll:2d6d6}} {{roll:1234567890}} {{roll:-1}}",
        "{{persona}} {{description}} {{personality}} {{scenario}} {{mesExamples}}",
        "{{char }{user}} {char} <bots> < user> }} {{ {{",
        '{"a": {"b": 1}}',
        "",
    ],
)
def test_what_is_no_macro_stays_as_it_is(text: str) -> None:
    assert told(text) == text


def test_without_a_clock_nobody_is_told_the_time() -> None:
    text = "{{time}} {{date}} {{weekday}} {{isotime}} {{isodate}}"
    assert told(text, Values("Azera", "Alice")) == text


def test_what_is_known_is_told_inside_what_is_not() -> None:
    assert told("{{setvar::x::{{char}}}} {{ {{user}}") == "{{setvar::x::Azera}} {{ Alice"


def test_a_comment_is_shown_on_a_page_only() -> None:
    text = "a {{comment: by {{char}} }}{{// not this}}{{hidden_key:nor this}}z"
    assert displayed(text, VALUES, SEED) == "a by Azeraz"
    assert told(text) == "a z"


def test_a_page_and_the_model_are_told_the_same_choices() -> None:
    text = "{{comment: {{random:1,2,3}}}}{{random:a,b,c,d,e,f}}{{pick:a,b,c,d,e,f}}{{roll:1000}}"
    for number in range(20):
        seed = Seed(f"c{number}", f"r{number}")
        assert displayed(text, VALUES, seed)[1:] == expand(text, VALUES, seed)


def test_a_choice_has_every_option_of_its_list() -> None:
    found = {told("{{random:{{char}},{{user}},a\\,b}}", reply=str(number)) for number in range(100)}
    assert found == {"Azera", "Alice", "a,b"}
    assert {told("{{random::a,b::c}}", reply=str(number)) for number in range(100)} == {"a,b", "c"}


def test_a_name_with_commas_colons_and_macros_is_one_option_and_only_letters() -> None:
    odd = "{{random:x,y}}, <USER>::\\, }} {{char}}"
    values = replace(VALUES, user=odd)
    assert told("{{user}}", values) == odd
    assert told("<USER>", values) == odd
    assert told("{{pick:{{user}}}}", values) == odd
    assert {told("{{random:{{user}},{{char}}}}", values, reply=str(number)) for number in range(50)} == {odd, "Azera"}


def test_a_pick_is_the_same_in_a_chat_and_a_random_in_a_reply() -> None:
    text = "{{pick:a,b,c,d,e,f,g,h}}"
    assert {told(text, reply=str(number)) for number in range(20)} == {told(text)}
    assert len({told(text, chat=str(number)) for number in range(50)}) > 4
    text = "{{random:a,b,c,d,e,f,g,h}} {{roll:100}}"
    assert {told(text, chat=str(number)) for number in range(20)} == {told(text)}
    assert len({told(text, reply=str(number)) for number in range(50)}) > 10


def test_a_pick_does_not_hang_on_what_is_written_around_it() -> None:
    pick = "{{pick:a,b,c,d,e,f,g,h}}"
    assert told(f"Long before that, {{{{random:x,y}}}}: {pick}.")[-2] == told(pick)


def test_equal_picks_in_one_text_pick_for_themselves() -> None:
    assert len(set(told("{{pick:a,b,c,d,e,f,g,h}}" * 50))) > 4


def test_dice_are_fair_enough() -> None:
    thrown = Counter(told("{{roll:6}} " * MOST_DICE).split())
    assert set(thrown) == set("123456")
    assert min(thrown.values()) > MOST_DICE / 6 / 2
    assert {int(told("{{roll:2d6+1}}", reply=str(number))) for number in range(500)} == set(range(3, 14))


def test_a_text_rolls_so_many_dice_and_no_more() -> None:
    text = f"{{{{roll:{MOST_DICE - 1}d1}}}} {{{{roll:2d1}}}} {{{{roll:d1}}}} {{{{roll:d1}}}}"
    assert told(text) == f"{MOST_DICE - 1} {{{{roll:2d1}}}} 1 {{{{roll:d1}}}}"


def test_macros_in_macros_are_read_so_deep_and_no_deeper() -> None:
    def nested(depth: int, inner: str) -> str:
        return "{{random:" * depth + inner + "}}" * depth

    assert told(nested(MOST_DEPTH - 1, "{{char}}")) == "Azera"
    assert told(nested(MOST_DEPTH, "{{char}}")) == "{{char}}"
    assert told(nested(MOST_DEPTH + 5, "<BOT>") + "{{char}}") == nested(5, "Azera") + "Azera"


def test_names_are_told_as_lorebooks_match_them() -> None:
    text = "{{char}}<BOT>{{USER}}<user>{{// a}}{{comment: b}}{{hidden_key: c}} {{ char }}"
    assert told(text) == lore.named(lore.shown(text), character="Azera", user="Alice")


@pytest.mark.parametrize(
    "piece",
    [
        "{",
        "}",
        "{{",
        "{{ ",
        "{{random:",
        "{{{a}}",
        "{{char",
        "{{roll:99d6}}",
        "{{pick:a,b}}",
        "{{trim}}\n",
        "{{ \n",
        ",\\",
        "<",
        "<USER",
        "}}{{",
    ],
)
def test_a_megabyte_of_anything_comes_to_an_end(piece: str) -> None:
    text = piece * (MEGABYTE // len(piece))
    assert len(told(text)) <= MOST_GROWTH * MEGABYTE
    assert len(told("{{random:" + text[: MEGABYTE // 8] + "}}")) <= MOST_GROWTH * MEGABYTE


def test_a_value_that_would_make_a_text_too_long_stays_a_macro() -> None:
    values = replace(VALUES, persona="p" * 10_000)
    text = "{{persona}}" * 1_000
    whole = told(text, values)
    assert whole.startswith("p" * 10_000)
    assert whole.endswith("{{persona}}")
    assert len(whole) <= MOST_GROWTH * len(text) + 10_000 + ROOM + 100


PARTS = st.sampled_from(
    "{{ }} { } : :: , \\, \n a char user random: pick: pick:: roll: 2d6 // comment: hidden_key: reverse: trim newline"
    " persona <USER> <BOT> {{char}} {{user}} {{trim}} {{persona}} {{random:a,b}} {{pick:a,b}}".split(" ")
)
TEXTS = st.lists(PARTS, max_size=40).map("".join)


@given(TEXTS, TEXTS, TEXTS)
def test_any_text_is_told_the_same_again_and_never_grows_without_end(text: str, user: str, persona: str) -> None:
    values = Values("Azera", user, persona=persona)
    once = expand(text, values, SEED)
    assert once == expand(text, values, SEED)
    assert len(once) <= MOST_GROWTH * len(text) + len("Azera") + len(user) + len(persona) + ROOM + 1


@given(TEXTS)
def test_a_name_is_always_told_whole(user: str) -> None:
    assert told("[{{user}}]", Values("Azera", user)) == f"[{user}]"


@given(st.text())
def test_a_text_without_braces_and_brackets_is_left_alone(text: str) -> None:
    plain = text.replace("{", "").replace("<", "")
    assert told(plain) == plain
