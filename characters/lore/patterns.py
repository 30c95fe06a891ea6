"""Whether a key is found in a text. Expressions come from strangers: RE2 runs them, in linear time, or nobody does."""

import re
import unicodedata
from dataclasses import dataclass

import re2  # type: ignore[import-untyped]

SLASHED = re.compile(r"/(?P<pattern>(?:[^/\\]|\\.)+)/(?P<flags>[gimsuy]*)", re.DOTALL)
HEX = re.compile(r"u\{([0-9A-Fa-f]{1,6})\}|u([0-9A-Fa-f]{4})|x([0-9A-Fa-f]{2})")
ANY = r"\x{0}-\x{10FFFF}"
# What one expression may take, and how long it may be: far more than any key needs.
MEMORY_BYTES = 1 << 20
LONGEST = 2000
# The escapes that mean the same in JavaScript and in RE2.
SHARED_ESCAPES = frozenset("dDwWsSnrtfv0")


class UnusableError(ValueError):
    """RE2 cannot express this pattern, or nobody can."""


@dataclass(frozen=True, slots=True)
class Matching:
    """`regex`: the key is an expression even without slashes. Slashed keys bring flags of their own.

    `case_sensitive` None: plain keys are not, expressions are.
    """

    case_sensitive: bool | None = None
    whole_words: bool = True
    regex: bool = False


def found(key: str, text: str, how: Matching) -> bool:
    """Raises UnusableError for an expression that cannot be run."""
    key = key.strip()
    if not key:
        return False
    slashed = SLASHED.fullmatch(key)
    if slashed:
        return _searched(slashed["pattern"], slashed["flags"], text)
    if how.regex:
        return _searched(key, "i" if how.case_sensitive is False else "", text)
    if not how.case_sensitive:
        key, text = key.casefold(), text.casefold()
    if how.whole_words and len(key.split()) == 1:
        return _has_word(key, text)
    return key in text


def _has_word(word: str, text: str) -> bool:
    start = text.find(word)
    while start >= 0:
        end = start + len(word)
        if not (_joins(text[start - 1 : start]) or _joins(text[end : end + 1])):
            return True
        start = text.find(word, start + 1)
    return False


def _joins(character: str) -> bool:
    """Whether it would make a longer word of what stands next to it.

    Letters without case belong to scripts that mostly put no spaces between words: there every place is an end.
    """
    if not character:
        return False
    cased = character.lower() != character.upper() or character in "ßªº"
    return cased or character == "_" or character.isdecimal() or bool(unicodedata.combining(character))


def _searched(pattern: str, flags: str, text: str) -> bool:
    if len(pattern) > LONGEST:
        raise UnusableError(f"an expression of more than {LONGEST} characters")
    options = re2.Options()
    options.log_errors = False
    options.never_capture = True
    options.max_mem = MEMORY_BYTES
    options.case_sensitive = "i" not in flags
    options.dot_nl = "s" in flags
    start = r"\A" if "y" in flags else ""
    multiline = "(?m)" if "m" in flags else ""
    expression = f"{multiline}{start}(?:{_translated(pattern)})"
    try:
        return re2.compile(_encodable(expression), options).search(_encodable(text)) is not None
    except re2.error as error:
        reason = error.args[0] if error.args else ""
        message = reason.decode(errors="replace") if isinstance(reason, bytes) else str(reason)
        raise UnusableError(message) from None


def _encodable(text: str) -> str:
    """Without halves of surrogate pairs, which RE2 cannot read."""
    return text.encode(errors="replace").decode()


def _translated(pattern: str) -> str:
    """From JavaScript's notation to RE2's. Raises UnusableError where RE2 would read something else."""
    out: list[str] = []
    at, in_class = 0, False
    while at < len(pattern):
        character = pattern[at]
        if character == "\\":
            said, length = _escape(pattern[at + 1 :], in_class=in_class)
            out.append(said)
            at += 1 + length
            continue
        if in_class:
            # RE2 would take "[:alpha:]" inside a class for a name.
            out.append(r"\[" if character == "[" else character)
            in_class = character != "]"
        elif pattern.startswith("[^]", at):
            out.append(f"[{ANY}]")
            at += 2
        elif pattern.startswith("[]", at):
            out.append(f"[^{ANY}]")
            at += 1
        elif character == "[":
            in_class = True
            negated = pattern.startswith("[^", at)
            out.append("[^" if negated else "[")
            at += negated
        else:
            out.append(character)
        at += 1
    return "".join(out)


def _escape(rest: str, *, in_class: bool) -> tuple[str, int]:
    """What RE2 calls the escape that begins after a backslash, and how many characters of `rest` it takes."""
    letter = rest[:1]
    code = HEX.match(rest)
    if code:
        return rf"\x{{{code[1] or code[2] or code[3]}}}", code.end()
    if letter in {"b", "B"}:
        return (r"\x08" if in_class else f"\\{letter}"), 1
    if letter in {"p", "P"} or (letter.isascii() and letter in SHARED_ESCAPES):
        return f"\\{letter}", 1
    if letter == "c" and rest[1:2].isascii() and rest[1:2].isalpha():
        return rf"\x{{{ord(rest[1]) % 32:x}}}", 2
    if not letter or (letter.isascii() and letter.isalnum()):
        raise UnusableError(f"nothing here stands for \\{letter}")
    return (f"\\{letter}" if letter.isascii() and letter.isprintable() else letter), 1
