"""Conversations with questions about them: read from a file in the format of LoCoMo, or written by us."""

import json
import random
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

CATEGORIES = {4: "single-hop", 1: "multi-hop", 2: "temporal", 3: "open-domain", 5: "adversarial"}
ADVERSARIAL = 5
# Between two turns of a session, of which the data have only the beginning.
TURN = timedelta(seconds=30)
MONTHS = "january february march april may june july august september october november december".split()


@dataclass(frozen=True, slots=True)
class Turn:
    name: str
    session: int
    is_person: bool
    speaker: str
    text: str
    said_at: datetime


@dataclass(frozen=True, slots=True)
class Question:
    text: str
    category: int
    gold: frozenset[str]


@dataclass(frozen=True, slots=True)
class Conversation:
    name: str
    person: str
    character: str
    turns: tuple[Turn, ...]
    questions: tuple[Question, ...]
    summaries: dict[int, str]

    @property
    def asked_at(self) -> datetime:
        return max(turn.said_at for turn in self.turns) + timedelta(days=1)


def read(path: Path) -> list[Conversation]:
    """`speaker_a` is the person and `speaker_b` the character. A picture that is shared is told by its caption."""
    return [_conversation(sample) for sample in json.loads(path.read_text())]


def _conversation(sample: dict) -> Conversation:  # type: ignore[type-arg]
    told = sample["conversation"]
    numbers = sorted(int(key.removeprefix("session_")) for key in told if re.fullmatch(r"session_\d+", key))
    turns = []
    for number in numbers:
        began = _time(told[f"session_{number}_date_time"])
        for at, turn in enumerate(told[f"session_{number}"]):
            caption = turn.get("blip_caption")
            text = turn["text"].strip() + (f" [shares a photo: {caption}]" if caption else "")
            is_person = turn["speaker"] == told["speaker_a"]
            turns.append(Turn(turn["dia_id"], number, is_person, turn["speaker"], text, began + at * TURN))
    known = {turn.name for turn in turns}
    questions = []
    for asked in sample["qa"]:
        found = [f"D{int(a)}:{int(b)}" for one in asked.get("evidence") or () for a, b in _evidence(one)]
        gold = frozenset(found) & known
        if gold:
            questions.append(Question(asked["question"], asked["category"], gold))
    summaries = {
        int(match[1]): text
        for key, text in sample.get("session_summary", {}).items()
        if (match := re.search(r"(\d+)", key))
    }
    return Conversation(
        sample.get("sample_id", ""), told["speaker_a"], told["speaker_b"], tuple(turns), tuple(questions), summaries
    )


def _evidence(text: str) -> list[tuple[str, str]]:
    return re.findall(r"D:?(\d+):(\d+)", text)


def _time(text: str) -> datetime:
    """As "1:56 pm on 8 May, 2023"."""
    match = re.match(r"(\d+):(\d+) (am|pm) on (\d+) (\w+), (\d+)", text.strip())
    if match is None:
        raise ValueError(f"No time: {text!r}.")
    hour = int(match[1]) % 12 + (12 if match[3] == "pm" else 0)
    month = MONTHS.index(match[5].lower()) + 1
    return datetime(int(match[6]), month, int(match[4]), hour, int(match[2]), tzinfo=UTC)


def in_first_person(text: str, person: str, character: str) -> str:
    """The question as the person asks the character: "When did I go ...", "What is your dog called?"."""
    text = _said(_said(text, person, "I", "my", "me", "am", "was"), character, "you", "your", "you", "are", "were")
    return text[:1].upper() + text[1:]


PREPOSITIONS = (
    "to for with from about by of at on than help helped give gave gives inspired motivated made led make encourage "
    "encouraged between"
).split()


def _said(text: str, name: str, subject: str, whose: str, whom: str, present: str, past: str) -> str:
    word = re.escape(name)
    text = re.sub(rf"\b{word}['’]s\b", whose, text)
    for verb, instead in {"is": present, "was": past, "does": "do", "has": "have"}.items():
        text = re.sub(rf"\b{verb} {word}\b", f"{instead} {subject}", text, flags=re.I)
    text = re.sub(rf"\b({'|'.join(PREPOSITIONS)}) {word}\b", rf"\1 {whom}", text)
    return re.sub(rf"\b{word}\b", subject, text)


# --- what is shipped: nobody's data, and as small as it may be to see that all of it works

SMALL_TALK = (
    "The rain has not stopped since noon.|I made soup again and forgot the salt.|How was your evening?|"
    "That sounds lovely, tell me more.|I could not sleep, so I counted the lamps outside.|What a long week.|"
    "You always know what to say.|The bus was late and full of umbrellas.|Good morning, did you rest?|"
    "I am on my second coffee already.|There was a rainbow over the roofs.|Nothing much happened here.|"
    "I should tidy my desk one of these days.|Let us talk about something nice.|The neighbours are loud tonight."
).split("|")
TOLD = [
    ("I adopted a grey kitten and named her {0}.", "What is {who} kitten called?", "Pepper Biscuit Juniper Sable"),
    ("My sister lives in {0}, right by the river.", "Where does {who} sister live?", "Lisbon Ghent Porto Graz"),
    ("I started learning the {0} last week.", "Which instrument did {they} start to learn?", "cello harp oboe viola"),
    ("I am terribly allergic to {0}.", "What must {they} not eat?", "peanuts shrimp kiwis celery"),
    ("My boss at the {0} gave me a raise.", "Where {do} {they} work?", "bakery museum harbour library"),
    ("We hiked up to {0} yesterday, and my legs hurt.", "When did {they} hike?", "Kestrel Ridge|Mount Alder|Fox Hill"),
    ("The password of my club is {0}.", "What is the password of {who} club?", "wispfire moonfall tinderbox"),
    ("I am reading a book called {0}.", "What book {are} {they} reading?", "The Glass Orchard|Salt Roads|Nine Kites"),
    ("My train to {0} leaves on Friday.", "Where {are} {they} going by train?", "Vienna Bergen Trieste"),
    ("I broke my left {0} when I was seven.", "What did {they} break as a child?", "arm wrist ankle"),
]
PEOPLE, CHARACTERS, MESSAGES, SITTING = ("Nora", "Felix"), ("Azera", "Areza", "Wren"), 150, 15


def small() -> list[Conversation]:
    """Three characters, two people, 150 messages of each pair and 60 questions in all."""
    chance = random.Random(6)
    return [_small(chance, person, character) for person in PEOPLE for character in CHARACTERS]


def _small(chance: random.Random, person: str, character: str) -> Conversation:
    began = datetime(2026, 1, 5, 19, tzinfo=UTC)
    places = chance.sample(range(2, MESSAGES), len(TOLD))
    texts = {}
    questions = []
    for place, (statement, asked, values) in zip(places, TOLD, strict=True):
        is_person = place % 2 == 0
        value = chance.choice(values.split("|") if "|" in values else values.split())
        texts[place] = statement.format(value)
        name = person if is_person else character
        text = asked.format(who=f"{name}'s", they=name, do="does", are="is")
        questions.append(Question(text, 2 if text.startswith("When") else 4, frozenset({str(place)})))
    turns = tuple(
        Turn(
            name=str(at),
            session=at // SITTING,
            is_person=at % 2 == 0,
            speaker=person if at % 2 == 0 else character,
            text=texts.get(at) or chance.choice(SMALL_TALK),
            said_at=began + timedelta(days=11 * (at // SITTING)) + (at % SITTING) * TURN,
        )
        for at in range(MESSAGES)
    )
    return Conversation(f"{person} and {character}", person, character, turns, tuple(questions), {})
