"""What a card lets its character say before anybody has spoken to it: greetings and examples. Pure."""

import html
import re
from dataclasses import dataclass

import nh3

from characters.cards.card import Card
from characters.macros import Seed, Values, displayed

START = re.compile(r"^[ \t]*<START>[ \t]*$", re.IGNORECASE | re.MULTILINE)
USER = r"\{\{user\}\}|<user>"
CHARACTER = r"\{\{char\}\}|<bot>|<char>"
# Looked at so far; what stands further on is not shown.
LONGEST_TEXT, MOST_TURNS = 20_000, 12
QUOTE_LENGTH = 170
BREAK = re.compile(r"<br ?/?>|</(?:p|div|h[1-6]|li|tr|center)>", re.IGNORECASE)
PICTURE = re.compile(r"!\[([^\]\n]{0,300})\]\([^)\n]{0,2000}\)")
MARKS = re.compile(r"[*_~`#>]+")
QUOTED = "\"“”„«»' "


@dataclass(frozen=True, slots=True)
class Line:
    """What one of the two says: markdown."""

    is_user: bool
    text: str


def examples(card: Card, user: str) -> list[Line]:
    """The first turns of the example dialogue, at most MOST_TURNS. What nobody says is the character's."""
    names = re.escape(card.spoken_name) if card.spoken_name else CHARACTER
    speaker = re.compile(
        rf"^[ \t]*(?:(?P<user>{USER})|{CHARACTER}|{names})[ \t]*:[ \t]*", re.IGNORECASE | re.MULTILINE
    )
    lines: list[Line] = []
    for example in START.split(card.example_dialogue[:LONGEST_TEXT]):
        told, is_user = 0, False
        for mark in speaker.finditer(example):
            lines.append(Line(is_user, example[told : mark.start()]))
            told, is_user = mark.end(), bool(mark["user"])
        lines.append(Line(is_user, example[told:]))
    said = [Line(line.is_user, spoken(line.text, card, user).strip()) for line in lines if line.text.strip()]
    return [line for line in said if line.text][:MOST_TURNS]


def spoken(text: str, card: Card, user: str) -> str:
    """With names in place of macros. What hangs on chance is always the same: a page does not change by itself."""
    return displayed(text[:LONGEST_TEXT], Values(card.spoken_name, user), Seed(card.name, card.name))


def quote(card: Card, user: str) -> str:
    """The first thing they say, on one line without marks; "" if they say nothing."""
    for line in spoken(card.first_message, card, user).splitlines():
        bare = " ".join(MARKS.sub("", without_html(line)).split()).strip(QUOTED)
        if any(letter.isalnum() for letter in bare):
            return bare if len(bare) <= QUOTE_LENGTH else bare[:QUOTE_LENGTH].rpartition(" ")[0] + "…"
    return ""


def without_html(text: str) -> str:
    """Its words: cards bring whole pages in their notes, with pictures from elsewhere."""
    bare = nh3.clean(BREAK.sub("\n", PICTURE.sub(r"\1", text[:LONGEST_TEXT])), tags=set())
    return html.unescape(bare).replace("\xa0", " ").strip()
