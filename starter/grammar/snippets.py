"""Code topics with a working answer each. `NAME` in the code is the name that the person asked for."""

from dataclasses import dataclass


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
