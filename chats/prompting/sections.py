"""The words around the parts of a prompt, and their order: in one place, so that a snapshot shows a change."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from chats.prompting.examples import blocks
from chats.prompting.lore import Lore, Place
from chats.prompting.parts import NO_HEADING, Heading, Part, Source, written
from chats.prompting.scene import Recollection, Scene

KNOWN = Heading("What you know")
LIKE = Heading("What you are like")
HAPPENING = Heading("What is happening")
TALK = Heading("How you talk", between="\n\n---\n\n")
USER = Heading("Who you are talking to")
PRESENT = Heading("Who else is here")
EARLIER = Heading("Earlier in this conversation")
REMEMBERED = Heading("What you remember", between="\n")
FELT = Heading("How you feel")
NOTE = Heading("Note")
BEGINNING = Heading("How your answer begins")
LAST = Heading("Before you answer")
# What stands around lore and memories, however many of them there are.
RECALLED_HEADINGS = "\n\n".join(f"# {heading.title}\n" for heading in (KNOWN, TALK, REMEMBERED))

BEFORE_ALL = datetime.min.replace(tzinfo=UTC)

# What a character is told that shall speak although nobody said anything to it.
UNASKED = "(Go on.)"

EXAMPLES = {Place.EXAMPLES_TOP, Place.EXAMPLES_BOTTOM}
NOT_OF_THE_SYSTEM = {Place.NOTE_TOP, Place.NOTE_BOTTOM, Place.AT_DEPTH}


def system(scene: Scene) -> str:
    """What stays the same from turn to turn."""
    return written(stable(scene))


def tail(scene: Scene) -> str:
    """What is true only of this turn."""
    return written(volatile(scene))


def asked(scene: Scene) -> str:
    """The last turn of the prompt."""
    return scene.message or UNASKED


def stable(scene: Scene) -> list[Part]:
    # Lore before the persona has no heading, or a description in plain prose would seem to stand below it. Behind it
    # lore needs one, for a sheet often ends below a heading of its own.
    return _told(
        (
            Part(Source.POLICY, scene.policy.strip()),
            Part(Source.INSTRUCTIONS, scene.instructions.strip()),
            *_constant(scene, Place.BEFORE_CHARACTER, NO_HEADING),
            *_constant(scene, Place.BEFORE_DESCRIPTION, NO_HEADING),
            Part(Source.PERSONA, scene.persona.strip()),
            *_constant(scene, Place.AFTER_DESCRIPTION, KNOWN),
            Part(Source.PERSONALITY, scene.personality.strip(), LIKE),
            *_constant(scene, Place.PERSONALITY, LIKE),
            Part(Source.SCENARIO, scene.scenario.strip(), HAPPENING),
            *_constant(scene, Place.SCENARIO, HAPPENING),
            *_constant(scene, Place.AFTER_CHARACTER, KNOWN),
            *_constant(scene, Place.EXAMPLES_TOP, TALK),
            *(Part(Source.EXAMPLES, block, TALK) for block in scene.examples),
            *_constant(scene, Place.EXAMPLES_BOTTOM, TALK),
            Part(Source.USER, _user_persona(scene.user_name.strip(), scene.user_description.strip()), USER),
            Part(Source.COMPANY, scene.company.strip(), PRESENT),
            Part(Source.SUMMARY, scene.summary.strip(), EARLIER),
        )
    )


def volatile(scene: Scene) -> list[Part]:
    brought_up = [one for one in scene.lore if not one.stays and one.place not in NOT_OF_THE_SYSTEM]
    return _told(
        (
            *_lore((one for one in brought_up if one.place not in EXAMPLES), KNOWN),
            *_lore((one for one in brought_up if one.place in EXAMPLES), TALK),
            *(Part(Source.MEMORIES, text, REMEMBERED) for text in recollections(scene.memories)),
            Part(Source.MOOD, scene.mood.strip(), FELT),
            *_lore((one for one in scene.lore if one.place is Place.NOTE_TOP), NOTE),
            Part(Source.NOTE, scene.note.strip(), NOTE),
            *_lore((one for one in scene.lore if one.place is Place.NOTE_BOTTOM), NOTE),
            *_lore((one for one in scene.lore if one.begins_the_reply), BEGINNING),
            Part(Source.REMINDER, scene.reminder.strip(), LAST),
        )
    )


def recollections(memories: Iterable[Recollection]) -> list[str]:
    """A line for each, in the order of time."""
    return [recollection(memory) for memory in sorted(memories, key=lambda memory: memory.at or BEFORE_ALL)]


def recollection(memory: Recollection) -> str:
    felt = f" ({memory.feeling})" if memory.feeling else ""
    return f"- {memory.when}{felt}: {memory.text}"


def _constant(scene: Scene, place: Place, heading: Heading) -> Iterator[Part]:
    return _lore((one for one in scene.lore if one.stays and one.place is place), heading)


def _lore(entries: Iterable[Lore], heading: Heading) -> Iterator[Part]:
    """At the examples an entry is examples too, of as many blocks as it likes."""
    for one in entries:
        texts = blocks(one.text) if one.place in EXAMPLES else (one.text,)
        for text in texts:
            yield Part(Source.LORE, text.strip(), heading, one.name)


def _user_persona(name: str, description: str) -> str:
    return f"{name}. {description}".strip() if name else ""


def _told(parts: Iterable[Part]) -> list[Part]:
    return [part for part in parts if part.text]
