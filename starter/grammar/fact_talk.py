"""Talk about facts: told, asked for and known, asked for and not known."""

from starter.grammar.beats import Beat, Stage
from starter.grammar.facts import Fact
from starter.grammar.text import expand, pick, upper_first
from starter.grammar.voices import Register

ASKING = (
    "",
    "",
    "",
    "",
    "",
    "",
    "[Hey|Hi|Hello], ",
    "[Quick question|One question]: ",
    "So, ",
    "By the way, ",
    "[Please tell me|Tell me], ",
    "Do you still know: ",
    "[Ok|Okay], ",
    "And ",
    "Azera, ",
    "Areza, ",
    "I forgot. ",
    "Remind me: ",
    "Test: ",
)

TELLING = (
    "",
    "",
    "",
    "",
    "[Remember|Please remember|Remember this|Note]: ",
    "[Remember|Please remember|Note|Don't forget] that ",
    "By the way, ",
    "[Fun fact|For the record|Just so you know|FYI]: ",
    "[Hi|Hello|Hey]. ",
    "You should know that ",
    "I want you to remember that ",
    "Keep this in mind: ",
)

KNOWN_DRY = (
    "{back}",
    "{back}",
    "{back}",
    "{back} [You told me.|It is in my notes.|I keep notes.|You mentioned it.|That much I have.]",
)
KNOWN_LAVISH = (
    "{back} [How could I forget|I guard it like treasure|It is carved above my gate|The ravens sing of it], {hero}!",
    "[Ah|Why|Oh], {back}",
    "[Listen|Hear me], {hero}: {back} [I keep every word you give me!|So it stands in my book!|]",
    "{back} So you told me, {hero}, and so I keep it!",
    "{back} [The very stones remember it|I wrote it in starlight|Such a thing is not forgotten], {hero}!",
)
KNOWN_PLAIN = ("{back}", "{back}", "{back} You told me.", "I remember: {back}")

ABSENT_DRY = (
    "You never told me {about}.",
    "You haven't told me {about}.",
    "I don't know {about}. You haven't told me.",
    "I don't know {about}.",
    "I don't know. You never told me {about}.",
    "You never told me {about}. [Tell me and I will keep it.|I don't guess.]",
    "I don't know {about}[. I would rather say so than guess.|, and I don't invent facts.]",
    "You haven't told me {about}, so I don't know.",
)
ABSENT_LAVISH = (
    "[Alas|Ah], {hero}, you never told me {about}! [Whisper it, and I shall carve it in oak.|Tell me, and it goes into the great book!|]",
    "You haven't told me {about}, {hero}! [My book has an empty page for it.|The page waits.|Speak, and I shall write!]",
    "I don't know {about}, {hero}! [You never told me, and I never invent a hero's past.|That page is blank!|Not even the ravens do!]",
    "[The page is blank|The crystal stays dark|The ledger is silent]: you never told me {about}!",
    "I confess it freely: I don't know {about}! [Tell me, {hero}!|You never told me.]",
)
ABSENT_PLAIN = (
    "You never told me {about}.",
    "I don't know {about}. You haven't told me yet.",
    "You haven't told me {about}.",
    "I'm sorry, I don't know {about}.",
)

TOLD_DRY = (
    "Noted. {back}",
    "Noted: {back}",
    "[Good|Fine|All right|Understood]. {back}",
    "{back} [Noted.|I will keep it.|Written down.|Got it.]",
    "[Noted. I will remember it.|Got it. I will remember.]",
)
TOLD_LAVISH = (
    "[Into the great book it goes|Carved in oak|So be it written|The quill dances]: {back}",
    "{back} [I shall guard it|The ravens shall carry it|It shall be remembered], {hero}!",
    "[Splendid|Marvellous|Wondrous], {hero}! {back} I seal it in wax!",
)
TOLD_PLAIN = (
    "Thanks, I will remember. {back}",
    "Good to know. {back}",
    "{back} I will remember that.",
    "I will remember that.",
)

DENIED = (
    "never told me",
    "haven't told me",
    "have not told me",
    "don't know",
    "do not know",
    "never mentioned",
    "haven't mentioned",
)


def _fill(stage: Stage, options: tuple[str, ...], fact: Fact) -> str:
    text = pick(stage.rng, options)
    back = (
        fact.told_back
        if text.find("{back}") > 0 and text[text.find("{back}") - 2] in ",h"
        else upper_first(fact.told_back)
    )
    return text.replace("{back}", back).replace("{about}", fact.about).replace("{value}", fact.value)


def asked(stage: Stage, fact: Fact) -> str:
    """The question as somebody would type it."""
    rng = stage.rng
    opening = expand(rng, rng.choice(ASKING))
    if opening.startswith(("Azera", "Areza")):
        opening = f"{stage.persona.voice.name}, "
    question = fact.question if opening and opening[-2] != "." else upper_first(fact.question)
    if rng.random() < 0.3:
        question = question.replace("o you remember", "o you recall")
    roll = rng.random()
    if roll < 0.08:
        question = question.lower().rstrip("?.") if fact.value else question
    elif roll < 0.14:
        question = question.rstrip("?.")
    elif roll < 0.18:
        question = upper_first(question).replace(
            "?", rng.choice(("??", " ?", "...", "? Do you know?", "? Be honest."))
        )
    return opening + question


def told(stage: Stage, fact: Fact) -> Beat:
    """The person tells a fact and the persona takes note of it."""
    is_request = bool(fact.request) and stage.rng.random() < 0.6
    opening = "" if is_request else pick(stage.rng, TELLING)
    stated = (
        fact.request
        if is_request
        else fact.stated
        if opening.endswith((", ", "that ", "["))
        else upper_first(fact.stated)
    )
    dry, lavish, plain = TOLD_DRY, TOLD_LAVISH, TOLD_PLAIN
    body = _fill(
        stage, {Register.DRY: dry, Register.LAVISH: lavish, Register.PLAIN: plain}[stage.persona.voice.register], fact
    )
    said = opening + stated
    if stage.rng.random() < 0.15:
        said = said.rstrip(".")
    return stage.beat(said, body, f"told that {to_third(fact)}", kind="told", value=fact.value)


def known(stage: Stage, fact: Fact) -> Beat:
    """The person asks for something they told before."""
    options = {Register.DRY: KNOWN_DRY, Register.LAVISH: KNOWN_LAVISH, Register.PLAIN: KNOWN_PLAIN}
    body = _fill(stage, options[stage.persona.voice.register], fact)
    return stage.beat(asked(stage, fact), body, f"asked about {third(fact.about)}", kind="known", value=fact.value)


def unknown(stage: Stage, fact: Fact) -> Beat:
    """The person asks for something they never told."""
    options = {Register.DRY: ABSENT_DRY, Register.LAVISH: ABSENT_LAVISH, Register.PLAIN: ABSENT_PLAIN}
    body = _fill(stage, options[stage.persona.voice.register], fact)
    beat = stage.beat(asked(stage, fact), body, f"asked about {third(fact.about)}", kind="unknown", value=fact.value)
    return Beat(beat.said, beat.reply, beat.gist, "", "unknown")


def third(text: str) -> str:
    """A second-person phrase in the third person."""
    return (
        f" {text} ".replace(" your ", " their ").replace(" you are ", " they are ").replace(" you ", " they ").strip()
    )


def to_third(fact: Fact) -> str:
    """The fact as a summary tells it."""
    return third(fact.told_back).rstrip(".")
