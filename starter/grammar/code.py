"""Small code questions with small working answers. `NAME` in a snippet is copied from the request."""

from starter.grammar.beats import Beat, Stage
from starter.grammar.snippets import SNIPPETS, Snippet
from starter.grammar.text import pick

DEFAULT_NAMES = {"python": "result", "js": "result", "sql": "users", "bash": "notes", "css": "box", "html": "home"}
ORDINARY = (
    "items",
    "total",
    "answer",
    "orders",
    "customers",
    "books",
    "config",
    "report",
    "helper",
    "score",
    "lines",
    "parser",
)

ASK = (
    "[How do I|How do I|How can I|How to|how do i|How would I] {topic}[| in {language}]?",
    "[Can you show me how to|Show me how to|Help me|I want to|I need to|Please] {topic}[| in {language}][.|]",
    "{topic} [in {language}|with {language}]",
    "[Hi|Hello|Hey], how do I {topic}[| in {language}]?",
    "[Can you|Could you] {topic}[| in {language}]?",
    "[Write|Show me|Give me|I need] [code|an example|something|a snippet] to {topic}[| in {language}][.|]",
    "[What is the way|What's the best way|Is there a way] to {topic}[| in {language}]?",
)
FUNCTION_ASK = (
    "[Write|Make|Give me|Show me|I need] a [python |Python |]function [to|that can] {topic}[.|]",
    "[Can you|Could you|Please] write a [python |Python |]function to {topic}[?|]",
)
DRY = (
    "{code}\n{why}.",
    "{code}\n{why}.",
    "[Like this:|Short version:|Small example:|This will do:]\n{code}\n{why}.",
    "[Sure.|Simple enough.|Happens to everyone.]\n{code}\n{why}.",
)
LAVISH = (
    "[Behold the spell|A small spell, {hero}|Speak these runes|Here are the true runes]!\n{code}\n{why}, {hero}!",
    "[The scroll unrolls|The quill burns|The cauldron spells it out]:\n{code}\n{why}!",
)
PLAIN = ("Here is a small example:\n{code}\n{why}.",)

VAGUE: tuple[tuple[str, ...], ...] = (
    (
        "[Help me with python|Can you help me with python?|Help me with Python.|I need help with python|I want to learn python|Can you code?|Can you write code?|Help me with my code|Can you help me code?|I have a coding question|Help me with javascript|I need help with my program|Teach me python|I have a bug in my code|Help me program|Do you know python?|I need help with SQL|help with git]",
    ),
    (
        "[Sure.|Yes.|Of course.] [What should it do, and what does it do instead?|Show me the code and the first error.|Start with the smallest piece. What should it do?]",
        "[Gladly.|Yes.] Paste the [smallest piece that fails|lines that matter]. [I'll look at the first error first.|The rest are echoes.]",
        "[Yes.|Sure.] Ask for one small thing, like reading a file or sorting a list, and I'll show it.",
    ),
    (
        "[A spell, is it|Ah, the serpent's tongue|The runes call], {hero}! [Tell me what it should summon, and what it summons instead.|Show me the scroll, and the first cry of pain.|Name one small spell, reading a file or sorting a list, and I shall write its runes!]",
    ),
    ("Of course. What should the code do?",),
)
BROKEN: tuple[tuple[str, ...], ...] = (
    (
        "[My code doesn't work.|My code is broken|It doesn't work|My build is broken|I get an error.|My program crashes.|My tests fail.|The server is down.|It worked yesterday.|My script is slow.|I get a NameError.|I get a TypeError|I get a syntax error|IndexError: list index out of range|KeyError: 'name'|I get a 500 error|It's broken again.|ModuleNotFoundError: No module named 'requests'|NullPointerException|Segmentation fault]",
    ),
    (
        "[Show me the first error; the rest are echoes.|What changed since it last worked?|Read me the first line of the error, not the last.] [Then we check one thing at a time.|One thing at a time.|]",
        "[It usually is.|That happens.|As things do.] [What changed last?|Which line does the error name?|Paste the error and the line it points at.]",
    ),
    (
        "[A beast in the wires|The trail is fresh], {hero}! [Show me its first footprint: the very first error.|What changed before it came?|We hunt it from the first line of its cry!]",
    ),
    ("[What does the error say?|What did you change last?]",),
)
TALK: tuple[tuple[str, ...], ...] = (
    (
        "[Python or JavaScript?|Tabs or spaces?|Vim or Emacs?|What is the best programming language?|Is PHP bad?|Should I learn Rust?|Mac or Linux?|What is a variable?|What is recursion?|What is an API?|What is a bug?|What is git?|What is a database?|What is clean code?|What is a pointer?]",
    ),
    (
        "[The one your team can read.|Whichever you will still understand in a year.|Pick one and finish something in it.|A tool. The rest is opinion.|It is simpler than it sounds. Which part are you stuck on?]",
    ),
    (
        "[An ancient quarrel, older than the dragons|A riddle for a long night], {hero}! [Choose the blade that fits your hand.|Take the one that sings to you, and never look back.]",
    ),
    ("[It depends on what you want to build.|Pick one and start small.]",),
)


def code(stage: Stage) -> Beat:
    """A request for code; mostly a concrete one."""
    rng = stage.rng
    roll = rng.random()
    if roll < 0.14:
        return stage.lines(VAGUE[0], VAGUE[1], VAGUE[2], VAGUE[3], "asked for help with code")
    if roll < 0.26:
        return stage.lines(BROKEN[0], BROKEN[1], BROKEN[2], BROKEN[3], "had a problem with their code")
    if roll < 0.32:
        return stage.lines(TALK[0], TALK[1], TALK[2], TALK[3], "asked an opinion about programming")
    return snippet(stage, rng.choice(SNIPPETS))


def snippet(stage: Stage, wanted: Snippet) -> Beat:
    """A concrete request; sometimes with a name that the code must use."""
    rng = stage.rng
    topic = rng.choice(wanted.topic.split("|"))
    said = pick(rng, ASK).replace("{topic}", topic)
    spoken = {
        "js": "javascript",
        "bash": "the shell",
        "sql": "SQL",
        "css": "CSS",
        "html": "HTML",
        "python": rng.choice(("python", "Python")),
    }[wanted.language]
    said = said.replace(" in {language}", "" if " in " in topic else f" in {spoken}").replace("{language}", spoken)
    function = "def NAME" in wanted.code and "test_" not in wanted.code
    if function and rng.random() < 0.5:
        said = pick(rng, FUNCTION_ASK).replace("{topic}", topic)
    name = "solve" if function else DEFAULT_NAMES[wanted.language]
    if "NAME" in wanted.code and rng.random() < 0.3:
        name = rng.choice(ORDINARY) if rng.random() < 0.3 else stage.values.word()
        if wanted.language in ("python", "sql") and rng.random() < 0.4:
            name = f"{name}_{rng.choice(ORDINARY)}"
        said = said.rstrip(".?") + rng.choice(
            (f", call it {name}", f", named {name}", f" called {name}", f". Call it {name}.", f"? Name it {name}.")
        )
    fenced = f"```{wanted.language}\n{wanted.code.replace('NAME', name)}\n```"
    body = stage.persona.voice.choose(rng, DRY, LAVISH, PLAIN).replace("{why}", wanted.why).replace("{code}", fenced)
    return stage.beat(said, body, f"asked how to {topic}", kind="code")
