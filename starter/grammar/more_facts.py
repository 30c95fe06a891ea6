"""Rarer talk about facts: two at once, all that is known, yes or no, a correction, questions with no key."""

from starter.grammar.beats import Beat, Stage
from starter.grammar.fact_talk import to_third
from starter.grammar.facts import Fact
from starter.grammar.text import expand, pick, upper_first
from starter.grammar.values import Values

TWO_DRY = ("Noted. {one} {two}", "{one} {two} [Noted.|I will keep both.]", "[Good|All right]. {one} {two}")
TWO_LAVISH = (
    "[Two jewels for my ledger|The quill dances], {hero}! {one} {two}",
    "{one} {two} [Both are carved in oak|I guard both], {hero}!",
)
TWO_PLAIN = ("{one} {two} I will remember that.", "Thanks. {one} {two}")

ALL_ASKS = (
    "[What do you know about me?|what do you know about me|What do you remember about me?|What have I told you?|Tell me what you know about me.|What did I tell you about myself?|Tell me something about me.|Do you know anything about me?]",
)
ALL_DRY = ("{all}", "{all} [That is what I have.|That is all so far.]", "By my notes: {all}")
ALL_LAVISH = (
    "[My ledger opens|Hear your own legend], {hero}! {all}",
    "{all} [So much my book holds|So it is written], {hero}!",
)
ALL_PLAIN = ("{all}", "I remember this: {all}")
NOTHING_DRY = (
    "[Nothing so far.|Nothing yet.] You haven't told me [anything|much] about yourself.",
    "I don't know anything about you yet. [Tell me something and I will keep it.|]",
)
NOTHING_LAVISH = (
    "[The page is white as snow|My ledger is empty], {hero}: you haven't told me anything yet! [Begin, and I shall write!|]",
)
NOTHING_PLAIN = ("Nothing yet. You haven't told me anything about yourself.",)

NAME_DRY = (
    "Hello, {value}. [What are you working on?|What can I look at?|Good to have you here.]",
    "[Noted|Good], {value}. [What do you need?|What is on your desk?]",
    "{value}. [I will remember that.|Noted.] What [are you working on|do you need]?",
)
NAME_LAVISH = (
    "{value}! [A name to be sung|The torches spell it out|Even the dragon repeats it]! [Welcome, {hero}!|Shall we begin?|Where do your boots take us?]",
    "[Welcome|Hail|Well met], {value}! [I write your name in starlight.|The curtain rises for you.|Your name is in my great book now.]",
)
NAME_PLAIN = ("Nice to meet you, {value}.", "Hello, {value}. [How can I help?|How are you?]")

YES_DRY = ("Yes. {back}", "Yes, {low}", "Correct. {back}")
YES_LAVISH = ("[Yes, a thousand times|So it is], {hero}! {back}", "Yes, {hero}: {low}")
NO_DRY = ("No. {back}", "No, {low}", "Not according to my notes. {back}")
NO_LAVISH = ("[No|Never], {hero}! {back}", "[The ledger says otherwise|Not so], {hero}: {low}")

LOST_ASKS = (
    "[What did I do yesterday?|What did we talk about last time?|What was I going to say?|What did I say before?|What was the thing I told you?|What do I want for my birthday?|Where was I last summer?|"
    "What am I wearing?|How old am I?|When is my birthday?|Who is my best friend?|What am I thinking?|What did I buy yesterday?|What is my phone number?|Where are my keys?|What's my address?|How tall am I?|Do I have children?|Am I married?|"
    "When did we first talk?|What colour are my eyes?|What is in my pocket?]",
)
LOST_DRY = (
    "I don't know. You haven't told me.",
    "You never told me that.",
    "I don't know. [That is not in my notes.|Tell me and I will keep it.|You would have to tell me first.]",
)
LOST_LAVISH = (
    "[The crystal is dark|My ledger is silent], {hero}: you never told me that!",
    "I don't know, {hero}! You haven't told me. [Whisper it, and I shall write it down!|]",
)


def told_two(stage: Stage, one: Fact, two: Fact) -> Beat:
    """Two facts in one message."""
    rng = stage.rng
    opening = pick(rng, ("", "", "[Hi|Hello|Hey], ", "[Hi|Hello]! ", "[Remember|Please remember|Note]: "))
    first, second = one.stated.rstrip("."), two.stated
    joint = rng.choice((" and ", " and ", ", and ", ". ", "; "))
    second = upper_first(second) if joint == ". " else second
    said = opening + (upper_first(first) if opening[-2:] in ("", "! ", ": ") else first) + joint + second
    body = stage.persona.voice.choose(rng, TWO_DRY, TWO_LAVISH, TWO_PLAIN)
    body = body.replace("{one}", upper_first(one.told_back)).replace("{two}", upper_first(two.told_back))
    return stage.beat(said, body, f"told that {to_third(one)} and that {to_third(two)}", kind="told", value=one.value)


def met(stage: Stage, name: Fact) -> Beat:
    """The person introduces themselves and is greeted by name."""
    rng = stage.rng
    said = pick(rng, ("[Hi|Hello|Hey|Hi there][,|!|.] ", "[Hi|Hello|Hey][,|!] ", "")) + upper_first(name.stated)
    said = (
        said
        if rng.random() < 0.7
        else said.rstrip(".") + pick(rng, ("!", ", nice to meet you.", ". Who are you?", ". How are you?", ""))
    )
    body = stage.persona.voice.choose(rng, NAME_DRY, NAME_LAVISH, NAME_PLAIN).replace("{value}", name.value)
    return stage.beat(said, body, f"told that their name is {name.value}", kind="told", value=name.value)


def everything(stage: Stage, known: list[Fact]) -> Beat:
    """All that is remembered, in its order, at most three of them."""
    rng, voice = stage.rng, stage.persona.voice
    said = pick(rng, ALL_ASKS)
    if not known:
        return stage.beat(
            said,
            voice.choose(rng, NOTHING_DRY, NOTHING_LAVISH, NOTHING_PLAIN),
            "asked what is known about them",
            kind="unknown",
        )
    back = " ".join(upper_first(fact.told_back) for fact in known[:3])
    body = voice.choose(rng, ALL_DRY, ALL_LAVISH, ALL_PLAIN).replace("{all}", back)
    return stage.beat(said, body, "asked what is known about them", kind="known", value=known[0].value)


def lost(stage: Stage) -> Beat:
    """A question about the person that nothing told could answer."""
    beat = stage.lines(
        LOST_ASKS, LOST_DRY, LOST_LAVISH, ("I don't know. You haven't told me.",), "asked something they never told"
    )
    return Beat(beat.said, beat.reply, beat.gist, "", "unknown")


def confirmed(stage: Stage, fact: Fact, values: Values) -> Beat | None:
    """A yes-or-no question about a name; `None` where the fact is no name or number."""
    subject, verb, rest = fact.told_back.partition(" is called ")
    if not verb:
        subject, verb, rest = fact.told_back.partition(" is ")
    if not verb or rest.rstrip(".") != fact.value or not fact.key.startswith(("name", "number", "favourite")):
        return None
    rng = stage.rng
    true = rng.random() < 0.5
    value = fact.value if true else values.name() if verb == " is called " else values.word()
    mine = f" {subject} ".replace(" your ", " my ").strip()
    said = f"[Is|Is] {mine}{' called' if 'called' in verb else ''} {value}?"
    options = (YES_DRY, YES_LAVISH) if true else (NO_DRY, NO_LAVISH)
    body = stage.persona.voice.choose(rng, *options)
    body = body.replace("{back}", upper_first(fact.told_back)).replace("{low}", fact.told_back)
    return stage.beat(
        expand(rng, said), body, f"asked about {subject.replace('your ', 'their ')}", kind="known", value=fact.value
    )


def corrected(stage: Stage, fact: Fact, value: str) -> tuple[Beat, Fact]:
    """The person corrects a fact; the new one comes back with the exchange."""
    rng = stage.rng
    new = Fact(
        fact.key,
        fact.stated.replace(fact.value, value),
        fact.told_back.replace(fact.value, value),
        fact.about,
        fact.question,
        value,
    )
    said = expand(rng, "[No, |Sorry, |Wait, |Correction: |I was wrong. |Actually, ]") + new.stated
    body = stage.persona.voice.choose(
        rng,
        ("[Corrected.|Noted.|Changed.] {back}",),
        ("[I strike the old word out|The quill corrects itself], {hero}! {back}",),
    )
    return stage.beat(
        said,
        body.replace("{back}", upper_first(new.told_back)),
        f"said that {to_third(new)} after all",
        kind="told",
        value=value,
    ), new
