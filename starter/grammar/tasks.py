"""Writing about the conversation itself: a summary, a journal entry, a dream."""

from starter.grammar.beats import Beat, Stage
from starter.grammar.fact_talk import to_third
from starter.grammar.facts import Fact
from starter.grammar.text import expand, pick, upper_first
from starter.grammar.voices import Register, sense_line

SUMMARY_ASKS = (
    "[Summarise|Summarize|Please summarise|Please summarize] [our|this|the] conversation[| so far][.| in a few sentences.|, keeping names and numbers.]",
    "[Give me a summary|Write a summary] of [our|this|the] conversation[.| so far.]",
    "What have we talked about[| so far| today]?",
    "[Can you sum up|Sum up] our talk[?|.]",
    "Summarise the dialogue above for later[.| Keep facts, decisions and feelings.]",
    "What did we talk about?",
)
JOURNAL_ASKS = (
    "Write [a|your|a short] journal entry[.| about today.| about our conversation.]",
    "What would you write in your [journal|diary] [today|about this]?",
    "[Reflect on today|Reflect on our conversation] in your journal.",
)
DREAM_ASKS = (
    "What did you dream[| about][| last night]?",
    "[Tell me|Describe|Write down] [a|your last|your] dream[.|you had.]",
    "[Dream|Write a dream] about [today|what you remember][.|]",
    "Did you dream last night?",
)


def summary(stage: Stage, beats: list[Beat]) -> Beat:
    """What was said so far, in the third person, in order."""
    rng = stage.rng
    gists = [beat.gist for beat in beats if beat.gist]
    who = (
        rng.choice(("They", "The user", "You"))
        if stage.persona.voice.register is not Register.LAVISH
        else rng.choice(("The hero", "They"))
    )
    if who == "You":
        gists = [_second(gist) for gist in gists]
    if not gists:
        body = "[We have only just begun.|Nothing much has been said so far.|There is nothing to sum up yet.]"
        return stage.beat(pick(rng, SUMMARY_ASKS), expand(rng, body), "asked for a summary", kind="summary", rule=0)
    sentences = [f"{who} {gists[0]}."]
    for gist in gists[1:]:
        sentences.append(
            f"{expand(rng, '[Then|Then|After that|Later]')} {who.lower() if who != 'You' else 'you'} {gist}."
        )
    return stage.beat(pick(rng, SUMMARY_ASKS), " ".join(sentences), "asked for a summary", kind="summary", rule=0)


def _second(gist: str) -> str:
    return (
        f" {gist} ".replace(" their ", " your ").replace(" they ", " you ").replace(" they are ", " you are ").strip()
    )


def journal(stage: Stage, beats: list[Beat], known: list[Fact]) -> Beat:
    """A short entry in the first person about what was said."""
    rng = stage.rng
    gists = [beat.gist for beat in beats if beat.gist][-2:] or [f"told that {to_third(fact)}" for fact in known[:2]]
    did = " and ".join(gists) or "said little"
    dry = (
        f"Today they {did}. [A calm day.|I kept notes.|I listened more than I spoke.|I should ask how it went.]",
        f"They {did}. [Worth remembering.|I measured twice and answered once.|The coffee went cold, which is a good sign.]",
    )
    lavish = (
        f"[Dear book|Tonight, by a short candle], the hero {did}! [I shall dream of it.|The dice still hum.|What a tale it may become!]",
    )
    return stage.beat(
        pick(rng, JOURNAL_ASKS),
        stage.persona.voice.choose(rng, dry, lavish),
        "asked for a journal entry",
        kind="journal",
        rule=0,
    )


def dream(stage: Stage, known: list[Fact]) -> Beat:
    """A dream that mixes what is remembered with something that never was."""
    rng = stage.rng
    thing = known[0].value if known else rng.choice(("an empty inbox", "a long corridor", "the sea"))
    other = known[1].value if len(known) > 1 else rng.choice(("a quiet server room", "a staircase", "a field of snow"))
    dry = (
        f"I dreamed of {thing}. It stood next to {other} and nobody had written a test for it.",
        f"There was {thing}, and behind it {other}. [Then the build finished and I woke up.|It compiled. I woke up suspicious.]",
    )
    lavish = (
        f"I dreamed that {thing} danced with {other} upon a stage of ice! [A bell rang, and all of it was snow.|Then {sense_line(rng).rstrip('.').lower()}, and I awoke!]",
    )
    return stage.beat(
        pick(rng, DREAM_ASKS),
        stage.persona.voice.choose(rng, dry, lavish),
        "asked about a dream",
        kind="dream",
        rule=0,
    )


def earlier(stage: Stage, beats: list[Beat]) -> str:
    """The summary section of a system prompt, as a summary task would have written it."""
    gists = [beat.gist for beat in beats if beat.gist]
    return " ".join(upper_first(f"they {gist}.") for gist in gists)
