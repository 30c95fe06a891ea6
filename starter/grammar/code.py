"""Small code questions with small working answers. `NAME` in a snippet is copied from the request."""

from dataclasses import dataclass

from starter.grammar.beats import Beat, Stage
from starter.grammar.text import pick


@dataclass(frozen=True, slots=True)
class Snippet:
    """One topic: what is asked for, the code, and one sentence on why."""

    topic: str
    language: str
    code: str
    why: str


SNIPPETS: tuple[Snippet, ...] = (
    Snippet(
        "reverse a string|flip a string|turn a string around",
        "python",
        "def NAME(text):\n    return text[::-1]",
        "A slice with a negative step walks backwards",
    ),
    Snippet(
        "sort a list|order a list|sort numbers",
        "python",
        "NAME = sorted(items)",
        "It makes a new list and leaves the old one alone",
    ),
    Snippet(
        "sort a list of dicts by a key|sort dictionaries",
        "python",
        'NAME = sorted(rows, key=lambda row: row["age"])',
        "The key function says what to compare",
    ),
    Snippet(
        "read a file|open a file|read a text file",
        "python",
        'with open("NAME.txt", encoding="utf-8") as file:\n    text = file.read()',
        "The with block closes the file for you",
    ),
    Snippet(
        "write to a file|save text to a file",
        "python",
        'with open("NAME.txt", "w", encoding="utf-8") as file:\n    file.write(text)',
        "The mode w replaces what was there",
    ),
    Snippet(
        "loop over a list|write a for loop|iterate over a list|use a for loop",
        "python",
        "for item in NAME:\n    print(item)",
        "Python loops over the things themselves, so no index is needed",
    ),
    Snippet(
        "define a function|use def",
        "python",
        "def NAME(value):\n    return value * 2",
        "Name it after what it returns",
    ),
    Snippet(
        "add two numbers|sum two numbers|add numbers",
        "python",
        "def NAME(a, b):\n    return a + b",
        "The return hands the sum back",
    ),
    Snippet(
        "make a class|write a class|define a class",
        "python",
        "class NAME:\n    def __init__(self, size):\n        self.size = size",
        "The constructor stores what the object needs",
    ),
    Snippet(
        "count words|count the words in a text",
        "python",
        "from collections import Counter\n\nNAME = Counter(text.split())",
        "Counter is a dict that counts",
    ),
    Snippet(
        "remove duplicates from a list|get unique items|deduplicate a list",
        "python",
        "NAME = list(dict.fromkeys(items))",
        "A dict keeps the first of each and the order",
    ),
    Snippet(
        "check for a prime number|test whether a number is prime|find primes",
        "python",
        "def NAME(n):\n    return n > 1 and all(n % d for d in range(2, int(n**0.5) + 1))",
        "No divisor up to the root means prime",
    ),
    Snippet(
        "compute a factorial|get a factorial",
        "python",
        "def NAME(n):\n    return 1 if n < 2 else n * NAME(n - 1)",
        "It calls itself with one less until nothing is left",
    ),
    Snippet(
        "print fibonacci numbers|write fibonacci",
        "python",
        "def NAME(n):\n    a, b = 0, 1\n    for _ in range(n):\n        a, b = b, a + b\n    return a",
        "Two variables are all the memory it needs",
    ),
    Snippet(
        "catch an exception|handle an error|use try and except",
        "python",
        "try:\n    NAME()\nexcept ValueError as error:\n    print(error)",
        "Catch the one type you can act on",
    ),
    Snippet(
        "parse json|read json|load a json string",
        "python",
        "import json\n\nNAME = json.loads(text)",
        "It gives plain dicts and lists",
    ),
    Snippet(
        "make a list comprehension|square a list|use a list comprehension",
        "python",
        "NAME = [n * n for n in numbers]",
        "It reads in the order you would say it",
    ),
    Snippet(
        "write a fizzbuzz|do fizzbuzz",
        "python",
        'for n in range(1, 101):\n    print("Fizz" * (n % 3 == 0) + "Buzz" * (n % 5 == 0) or n)',
        "Strings times a boolean give the word or nothing",
    ),
    Snippet(
        "print hello world|write hello world|write my first program|start with python",
        "python",
        'print("Hello, world")',
        "Save it as a file and run it",
    ),
    Snippet(
        "get user input|ask for input|read input", "python", 'NAME = input("Name: ")', "It always returns a string"
    ),
    Snippet(
        "get a random number|roll a die|pick a random number",
        "python",
        "import random\n\nNAME = random.randint(1, 6)",
        "Both ends are included",
    ),
    Snippet(
        "get the current date|print today's date",
        "python",
        "from datetime import date\n\nNAME = date.today()",
        "It prints as year, month, day",
    ),
    Snippet(
        "merge two dicts|join two dictionaries",
        "python",
        "NAME = first | second",
        "The right one wins where both have a key",
    ),
    Snippet(
        "find the maximum|find the largest number",
        "python",
        "NAME = max(numbers)",
        "It raises on an empty list, so check first",
    ),
    Snippet(
        "write a test|test a function|use pytest",
        "python",
        "def test_NAME():\n    assert NAME(2) == 4",
        "One claim per test, and a name that says it",
    ),
    Snippet(
        "use a while loop|write a while loop",
        "python",
        "while NAME > 0:\n    NAME -= 1",
        "It stops when the condition is false",
    ),
    Snippet("format a string|use f-strings", "python", 'print(f"Hello, {NAME}")', "The braces take any expression"),
    Snippet(
        "filter an array|filter a list in javascript",
        "js",
        "const NAME = items.filter((item) => item.done);",
        "It keeps what the function says yes to",
    ),
    Snippet(
        "map an array|double an array in javascript",
        "js",
        "const NAME = numbers.map((n) => n * 2);",
        "It returns a new array of the same length",
    ),
    Snippet(
        "fetch data|call an api in javascript|use fetch",
        "js",
        'const response = await fetch("/NAME");\nconst data = await response.json();',
        "Check response.ok before you trust it",
    ),
    Snippet(
        "handle a click|add a click listener",
        "js",
        'button.addEventListener("click", () => NAME());',
        "The listener runs at every click",
    ),
    Snippet(
        "write a function in javascript|make an arrow function",
        "js",
        "const NAME = (a, b) => a + b;",
        "An arrow with no braces returns its value",
    ),
    Snippet(
        "select rows in sql|write an sql query|query a table",
        "sql",
        "SELECT *\nFROM NAME\nWHERE active = 1;",
        "The where clause decides which rows you pay for",
    ),
    Snippet(
        "count rows in sql|group rows in sql",
        "sql",
        "SELECT city, COUNT(*)\nFROM NAME\nGROUP BY city;",
        "One row comes back for every group",
    ),
    Snippet(
        "join two tables|write a join in sql",
        "sql",
        "SELECT u.name, o.total\nFROM users u\nJOIN NAME o ON o.user_id = u.id;",
        "The on clause says which rows belong together",
    ),
    Snippet(
        "create a table|make a table in sql",
        "sql",
        "CREATE TABLE NAME (\n    id INTEGER PRIMARY KEY,\n    name TEXT NOT NULL\n);",
        "A primary key gives every row an address",
    ),
    Snippet(
        "delete rows in sql|remove a row from a table",
        "sql",
        "DELETE FROM NAME\nWHERE id = 7;",
        "Without the where clause it deletes everything",
    ),
    Snippet(
        "undo my last commit|undo a commit in git|revert a commit",
        "bash",
        "git reset --soft HEAD~1",
        "The changes stay staged, only the commit goes",
    ),
    Snippet(
        "make a branch in git|create a git branch",
        "bash",
        "git switch -c NAME",
        "It makes the branch and moves you there",
    ),
    Snippet(
        "see what changed in git|show changes in git",
        "bash",
        "git diff",
        "Add --staged to see what would be committed",
    ),
    Snippet(
        "commit in git|make a commit",
        "bash",
        'git add NAME\ngit commit -m "Add NAME"',
        "Small commits are easier to undo",
    ),
    Snippet(
        "find a file|search for a file in bash",
        "bash",
        'find . -name "NAME*"',
        "The quotes keep the shell from expanding the star",
    ),
    Snippet("search text in files|use grep", "bash", 'grep -rn "NAME" .', "It prints the file and the line"),
    Snippet("list files|list files in bash", "bash", "ls -la NAME", "The a shows hidden files, the l shows details"),
    Snippet(
        "loop over files in bash|rename many files",
        "bash",
        'for file in *.NAME; do\n    echo "$file"\ndone',
        "Quote the variable, names have spaces",
    ),
    Snippet(
        "make a virtual environment|create a venv",
        "bash",
        "python3 -m venv NAME\nsource NAME/bin/activate",
        "Packages then stay inside that folder",
    ),
    Snippet(
        "center a div|centre a div|center something in css",
        "css",
        ".NAME {\n    display: grid;\n    place-items: center;\n}",
        "Grid centres in both directions",
    ),
    Snippet("make a link in html|write a link", "html", '<a href="/NAME">NAME</a>', "The href says where it goes"),
    Snippet("make a list in html|write an html list", "html", "<ul>\n    <li>NAME</li>\n</ul>", "Each item is one li"),
)
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
