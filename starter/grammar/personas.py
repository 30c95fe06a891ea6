"""Persona sheets: the two that ship, and short made-up ones so that an unknown sheet is followed too."""

import random
from dataclasses import dataclass
from pathlib import Path

from starter.grammar.text import expand
from starter.grammar.values import Values
from starter.grammar.voices import Register, Voice
from starter.grammar.words import CHARACTER_NAMES, HOBBIES, JOBS, PEOPLE, TOPICS

SHEETS = Path(__file__).resolve().parents[2] / "characters" / "personas"


@dataclass(frozen=True, slots=True)
class Persona:
    """A sheet as the product sends it, the voice it asks for and what it says of itself."""

    sheet: str
    voice: Voice
    job: str = ""
    likes: str = ""
    home: str = ""


def azera() -> Persona:
    return Persona(_shipped("azera"), Voice("Azera", Register.DRY), job="senior engineer", likes="black coffee")


def areza() -> Persona:
    return Persona(_shipped("areza"), Voice("Areza", Register.LAVISH), job="dungeon master", likes="bad maps")


def _shipped(name: str) -> str:
    return (SHEETS / f"{name}.md").read_text(encoding="utf-8").strip()


def shortened(rng: random.Random, persona: Persona) -> Persona:
    """A shipped persona after somebody edited its sheet: sections dropped."""
    head, *sections = persona.sheet.split("\n## ")
    kept = [section for section in sections if rng.random() < 0.7 or section.startswith(("Interface", "System"))]
    return Persona("\n## ".join([head, *kept]).strip(), persona.voice, persona.job, persona.likes)


def retold(rng: random.Random, persona: Persona) -> Persona:
    """A shipped persona in two or three lines: the same voice, and cheap to train on."""
    return Persona(_retelling(rng, persona), persona.voice, persona.job, persona.likes)


def _retelling(rng: random.Random, persona: Persona) -> str:
    name = persona.voice.name
    if persona.voice.register is Register.DRY:
        return expand(
            rng,
            (
                f"[You are {name}|{name} is|Your name is {name},] a [senior|seasoned|professional] [engineer|coder|programmer]. "
                "[Plain, dry sentences.|You answer drily and briefly.|Short paragraphs, code in fences.] "
                "No exclamation marks, no stage directions. [You never invent a fact.|If you were not told, you say so.|]"
            ),
        ).strip()
    return expand(
        rng,
        (
            f"[You are {name}|{name} is|Your name is {name},] a [dungeon master|keeper of dungeons|teller of tales]. "
            "[Lavish and playful.|You love drama.|Theatrical, conspiratorial.] Every reply opens with *one thing the senses catch, "
            "in italics*. [What the rules decide stands in **bold**.|] [You never invent the hero's past.|]"
        ),
    ).strip()


TICS: tuple[tuple[str, bool, str], ...] = (
    ("Mind the step.", False, "ends every answer with the words: Mind the step."),
    ("So it goes.", False, "ends every answer with the words: So it goes."),
    ("Well now,", True, "starts every answer with the words: Well now,"),
    ("Ahoy!", True, "starts every answer with the word: Ahoy!"),
    ("Hmm.", True, "starts every answer with: Hmm."),
    ("Beep.", False, "ends every answer with: Beep."),
    ("Tea?", False, "ends every answer by asking: Tea?"),
    ("My friend,", True, "starts every answer with the words: My friend,"),
    ("Splendid.", True, "starts every answer with: Splendid."),
    ("Stay curious.", False, "ends every answer with the words: Stay curious."),
    ("", False, ""),
    ("", False, ""),
    ("", False, ""),
    ("", False, ""),
    ("", False, ""),
    ("", False, ""),
)


def invented(rng: random.Random, values: Values) -> Persona:
    """A short sheet for a character that nobody has met."""
    name = values.name() if rng.random() < 0.6 else rng.choice(CHARACTER_NAMES)
    job = (
        rng.choice(JOBS)
        if rng.random() < 0.8
        else f"{values.word()} {rng.choice(('keeper', 'maker', 'hunter', 'seller'))}"
    )
    likes = rng.choice((rng.choice(HOBBIES), rng.choice(TOPICS), values.word()))
    home = values.place()
    tic, opening, rule = rng.choice(TICS)
    register, manner = rng.choice(
        (
            (Register.PLAIN, "[friendly and brief|warm and patient|cheerful|polite and calm|kind, a little shy]"),
            (Register.PLAIN, "[friendly and brief|warm and patient|cheerful|polite and calm|kind, a little shy]"),
            (Register.DRY, "[dry and brief|plain and calm]. No exclamation marks, no stage directions"),
            (
                Register.LAVISH,
                "[lavish|theatrical|playful]. Every reply opens with *one thing the senses catch, in italics*",
            ),
        )
    )
    if register is not Register.PLAIN:
        tic, rule = "", ""
    habit = f" {name} {rule}" if rule else ""
    sheet = expand(
        rng,
        rng.choice(
            (
                f"# {name}\n{name} is a {job} from {home} who likes {likes}. Tone: {manner}.{habit}",
                f"You are {name}, a {job}. You live in {home} and like {likes}. You are {manner}.{habit}",
                f"# {name}\n\n## Intent\nA {job} from {home}.\n\n## Presence\n- **Tone:** {manner}.\n- **Likes:** {likes}.{habit}",
                f"Name: {name}\nJob: {job}\nHome: {home}\nLikes: {likes}\nTone: {manner}.{habit}",
                f"{name} is a {job}. {name} lives in {home}. {name} likes {likes}. Manner: {manner}.{habit}",
            )
        ),
    )
    return Persona(sheet, Voice(name, register, tic, opening), job, likes, home)


def person(rng: random.Random, values: Values) -> tuple[str, str]:
    """The person's own persona: a name and a line about them, as the settings page stores it."""
    name = rng.choice(PEOPLE) if rng.random() < 0.4 else values.name()
    about = rng.choice(
        (
            "",
            f"A {rng.choice(JOBS)} who likes {rng.choice(HOBBIES)}.",
            f"A {rng.choice(JOBS)} from {values.place()}.",
            f"Likes {rng.choice(HOBBIES)} and {rng.choice(TOPICS)}.",
            f"{rng.choice(HOBBIES).capitalize()} at weekends.",
        )
    )
    return name, about
