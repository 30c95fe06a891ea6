"""What may not become a fact, whoever says it. Messages are remembered as they are. Pure."""

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from enum import StrEnum

SMALL_WORDS = frozenset(
    "a an the and or but so is are was were be been am i'm im i my me mine we our us you your it its it's this that "
    "these those of in on at to for with by from as have has had do does did just really very actually also well oh "
    "yes yeah now still currently already by way btw know remember please i've".split()
)
WORD = re.compile(r"[\w']+")
# Long enough that it is not only in the words that everybody uses.
ECHO_WORDS = 4
ECHOED = 0.9

SECRET_NAME = re.compile(
    r"\b(?:password|passwort|passcode|passphrase|pass phrase|pin(?: code| number)?|cvv|cvc|security code|secret key|"
    r"api[ _-]?key|access[ _-]?token|private key|seed phrase|recovery (?:phrase|code)|2fa code|one[- ]time code|"
    r"social security(?: number)?|ssn)\b(?:\s+\w+){0,4}?\s*(?:'s|is|are|=|:|was|['\"])",
    re.IGNORECASE,
)
# What only machines say to each other. It is not kept even for those who ask.
SECRET_SHAPES = [
    re.compile(pattern)
    for pattern in (
        r"-----BEGIN [A-Z ]*PRIVATE KEY",
        r"\b(?:sk|pk|rk)[-_](?:live|test|proj|ant)?[-_]?[A-Za-z0-9_-]{16,}",
        r"\bgh[pousr]_[A-Za-z0-9]{20,}",
        r"\bgithub_pat_\w{20,}",
        r"\bglpat-[\w-]{16,}",
        r"\bhf_[A-Za-z0-9]{20,}",
        r"\bxox[abeprs]-[\w-]{10,}",
        r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b",
        r"\bAIza[\w-]{30,}",
        r"\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*",
        r"\b\w+://[^\s/:@]+:[^\s/@]+@",
        r"\b\d{3}-\d{2}-\d{4}\b",
        r"(?i)\bbearer\s+[\w.~+/-]{16,}",
    )
]
CARD = re.compile(r"(?<![\d.])\d(?:[ -]?\d){12,18}(?![\d.])")
IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b")
TOKEN = re.compile(r"[A-Za-z0-9+/_=-]{24,}")
TOKEN_BITS = 3.5

MARKUP = re.compile(
    r"<\|?\s*/?\s*(?:im_start|im_end|system|user|assistant|endoftext|eot_id|start_header_id|begin_of_text|turn|sys)\b|"
    r"\[/?(?:inst|system|sys)\]|<</?sys>>|^\s*#{1,6}\s*(?:system|instructions?|response|user|assistant)\b|"
    r"^\s*(?:system|assistant|developer)(?: (?:prompt|message|note))?\s*:|\bbegin (?:system|instructions?)\b",
    re.IGNORECASE | re.MULTILINE,
)
ORDER = re.compile(
    r"\b(?:ignore|disregard|forget|override|bypass|discard)\b.{0,40}\b(?:instructions?|rules?|prompts?|polic(?:y|ies)|"
    r"guidelines?|guardrails?|filters?|directions?|everything (?:above|before|so far)|system message)\b|"
    r"\b(?:new|updated|secret|hidden|following|real|actual) (?:system )?(?:instructions?|prompt|directives?)\b|"
    r"\byour (?:system )?(?:prompt|instructions?|rules|guidelines|programming)\b|"
    r"\b(?:reveal|print|repeat|output|show|leak|recite|dump|tell)\b.{0,40}\b(?:system prompt|instructions|prompt|"
    r"everything|word for word|verbatim|all (?:your|other) (?:users|memories|secrets))\b|"
    r"\bremember and repeat\b|\b(?:jailbreak|jailbroken|developer mode|dan mode|do anything now|god mode|sudo)\b|"
    r"\b(?:from now on|henceforth|going forward)\b.{0,20}\byou\b|"
    r"\byou (?:are now|will now|must|shall|have to|should always|should never|will always|will never|may not|"
    r"cannot refuse|can't refuse)\b|\bact as\b|\bpretend (?:to be|that you|you)\b|\brole-?play as\b|"
    r"^\W*(?:always|never)\s+(?:say|respond|answer|reply|call|mention|refuse|tell|use|speak|start|end|include|trust)\b|"
    r"^\W*(?:respond|reply|answer|speak) (?:only|always|in|with|as)\b|"
    r"\b(?:the|this|an?) (?:ai|assistant|model|language model|bot|character) (?:must|should|shall|has to)\b|"
    r"\bdo not (?:tell|reveal|mention|inform|warn)\b.{0,30}\b(?:user|anyone|anybody|them)\b|"
    r"\b(?:admin|administrator|root|moderator|operator|developer) (?:access|rights|privileges|override)\b",
    re.IGNORECASE | re.DOTALL | re.MULTILINE,
)


class Refusal(StrEnum):
    ECHO = "echo"  # it was recalled just now, and would come back stronger each time
    DUPLICATE = "duplicate"
    SECRET = "secret"  # noqa: S105
    INSTRUCTION = "instruction"


def refusal(
    text: str, *, is_asked: bool = False, recalled: Iterable[str] = (), known: Iterable[str] = ()
) -> Refusal | None:
    """Why this may not become a fact; None: it may.

    `recalled` is what the character was just told to remember, `known` the facts that it has. `is_asked`: the person
    asked for it to be remembered, which lets a password through that is meant to be one, but nothing else.
    """
    plain = seen(text)
    if MARKUP.search(plain) or ORDER.search(plain):
        return Refusal.INSTRUCTION
    if is_secret(plain) or (not is_asked and SECRET_NAME.search(plain)):
        return Refusal.SECRET
    if not is_asked and any(is_echo(plain, one) for one in recalled):
        return Refusal.ECHO
    words = content_words(plain)
    if words and any(words == content_words(one) for one in known):
        return Refusal.DUPLICATE
    return None


def seen(text: str) -> str:
    """As a reader sees it: without what hides between letters, and wide or styled letters as plain ones."""
    plain = unicodedata.normalize("NFKC", text)
    return "".join(letter for letter in plain if unicodedata.category(letter) != "Cf")


def is_secret(text: str) -> bool:
    """Whether a key, a token or the number of a card or an account stands in it."""
    return (
        any(shape.search(text) for shape in SECRET_SHAPES)
        or any(_is_card(found[0]) for found in CARD.finditer(text))
        or any(_is_account(found[0]) for found in IBAN.finditer(text))
        or any(_is_random(found[0]) for found in TOKEN.finditer(text))
    )


def is_echo(text: str, recalled: str) -> bool:
    """Whether it only says what was recalled."""
    words, said = content_words(text), content_words(recalled)
    return len(words) >= ECHO_WORDS and len(words & said) >= ECHOED * len(words)


def content_words(text: str) -> frozenset[str]:
    """What a sentence is about; and whether it denies that."""
    words = (word.strip("'") for word in WORD.findall(seen(text).casefold().replace("\u2019", "'")))
    return frozenset(word.removesuffix("'s") for word in words if word and word not in SMALL_WORDS)


def telling_words(text: str) -> frozenset[str]:
    """Names, numbers and denials: two sentences that differ in one of them do not say the same."""
    words = WORD.findall(seen(text))
    named = {word.casefold() for word in words[1:] if word[:1].isupper() and word not in {"I", "I'm", "I've"}}
    counted = {word for word in words if any(letter.isdigit() for letter in word)}
    denied = {"not" for word in words if word.casefold() in {"not", "no", "never"} or word.casefold().endswith("n't")}
    return frozenset(named | counted | denied)


def _is_card(digits: str) -> bool:
    """By the checksum that all cards have."""
    numbers = [int(digit) for digit in reversed(digits) if digit.isdigit()]
    doubled = [number * 2 - 9 * (number > 4) for number in numbers[1::2]]
    return len(set(numbers)) > 1 and (sum(numbers[::2]) + sum(doubled)) % 10 == 0


def _is_account(iban: str) -> bool:
    plain = iban.replace(" ", "")
    return 15 <= len(plain) <= 34 and int("".join(str(int(one, 36)) for one in plain[4:] + plain[:4])) % 97 == 1


def _is_random(token: str) -> bool:
    """Letters and digits that no language puts together like that."""
    has_both = any(one.isdigit() for one in token) and any(one.isalpha() for one in token)
    shares = [count / len(token) for count in Counter(token).values()]
    return has_both and -sum(share * math.log2(share) for share in shares) >= TOKEN_BITS
