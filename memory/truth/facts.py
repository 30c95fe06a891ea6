"""What people say of themselves, in their own words. English, by rules, and rather too little than too much. Pure.

A fact is known by what it speaks of (`subject`, `relation`), so that a later one can be seen to say otherwise.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import takewhile

from memory.truth.clauses import LONGEST, OPENING, clauses, sentences, straight

MOST_OF_A_MESSAGE = 8
WORDS_OF_A_VALUE = 9
WORDS_OF_AN_ITEM = 3


@dataclass(frozen=True, slots=True)
class Fact:
    """`text` is a statement as it was made. `values` are what it says of its subject, for comparing; "" and nothing
    where it was not understood. `is_negative`: that it is not so, or no longer. `is_asked`: they asked to have it
    remembered."""

    text: str
    subject: str = ""
    relation: str = ""
    values: frozenset[str] = frozenset()
    is_negative: bool = False
    is_asked: bool = False


@dataclass(frozen=True, slots=True)
class _Rule:
    relation: str
    pattern: re.Pattern[str]
    is_negative: bool = False
    # Several at once: "tea, coffee and cake".
    is_list: bool = False
    # A name, where a word in small letters would be anything.
    is_name: bool = False


ADVERBS = (
    r"(?:\s+(?:now|currently|still|actually|really|also|just|only|absolutely|officially|always|totally|recently|"
    r"finally|already|mostly|truly|honestly|originally|basically|do|both|fully|severely|deathly|mildly|secretly))*"
)
AM = rf"(?:i'm|i am){ADVERBS}"
HAVE = rf"(?:i|i've|i have|we|we've|we have){ADVERBS}"
NOT_ANY_MORE = rf"i{ADVERBS}\s+(?:don't|do not|no longer|used to|stopped|quit|never)"
WORK = (
    r"(?:nurse|doctor|teacher|engineer|developer|programmer|designer|writer|author|artist|musician|painter|lawyer|"
    r"chef|cook|baker|driver|pilot|farmer|carpenter|plumber|electrician|mechanic|accountant|student|scientist|"
    r"researcher|professor|librarian|journalist|photographer|translator|therapist|psychologist|architect|analyst|"
    r"barista|bartender|waiter|waitress|cashier|paramedic|firefighter|soldier|dentist|vet|veterinarian|pharmacist|"
    r"physicist|chemist|biologist|mathematician|manager|consultant|editor|producer|actor|actress|singer|dancer|"
    r"gardener|tailor|hairdresser|midwife|surgeon|social worker|police officer|software engineer|data scientist)"
)
WORKPLACE = (
    r"(?:library|hospital|clinic|surgery|pharmacy|office|bank|bakery|restaurant|kitchen|caf[eé]|bar|pub|hotel|shop|"
    r"store|supermarket|factory|mill|plant|warehouse|brewery|harbour|port|airport|firm|company|agency|studio|museum|"
    r"theatre|zoo|farm|nursery|garage|workshop|lab|laboratory|council|ministry|courthouse|newspaper|job)"
)
DIET = r"(?:vegan|vegetarian|pescatarian|teetotal|omnivore|carnivore)"
CONDITION = (
    r"(?:diabetic|asthmatic|epileptic|dyslexic|autistic|deaf|colou?r[- ]?blind|left[- ]handed|lactose[- ]intolerant|"
    r"coeliac|celiac|introverted|dairy[- ]free|gluten[- ]free)"
)
COUNT = r"(?:an?|one|two|three|four|five|six|seven|\d+)"
KIN = (
    r"(?:sons?|daughters?|child|children|kids?|baby|twins?|brothers?|sisters?|siblings?|wife|husband|fiancée?|"
    r"nieces?|nephews?|grandsons?|granddaughters?|grandchildren)"
)
PET = (
    r"(?:dogs?|cats?|kittens?|pupp(?:y|ies)|parrots?|horses?|pon(?:y|ies)|rabbits?|hamsters?|guinea pigs?|ferrets?|"
    r"tortoises?|turtles?|snakes?|lizards?|geckos?|goats?|chickens?|budgies?|goldfish)"
)
OWNED = r"(?:house|flat|apartment|garden|car|motorbike|bike|boat|piano|guitar|phd|tattoos?|allotment)"
DISEASE = (
    r"(?:asthma|diabetes|adhd|autism|epilepsy|migraines?|anxiety|depression|arthritis|insomnia|dyslexia|tinnitus)"
)
LOST = r"\s+(?:him|her|it|them)\s+"


def _rules(relation: str, *patterns: str, **kind: bool) -> list[_Rule]:
    return [_Rule(relation, re.compile(pattern, re.IGNORECASE), **kind) for pattern in patterns]


RULES = [
    *_rules("name", r"my (?:full |first |real )?name(?:'s| is)(?: actually| really| now)?\s+", rf"{AM} called\s+"),
    *_rules("name", r"(?:you can |please )?call me\s+", rf"i{ADVERBS} go by\s+", is_name=True),
    *_rules(
        "home",
        rf"(?:i|we){ADVERBS} live (?:in|near)\s+",
        rf"{HAVE} (?:moved|relocated)(?: back| house| over)? to\s+",
        rf"{AM} (?:living|based|settled|settled in) in\s+",
    ),
    *_rules(
        "home",
        rf"{NOT_ANY_MORE} (?:live|living) in\s+",
        rf"{HAVE} moved (?:away from|out of)\s+",
        is_negative=True,
    ),
    *_rules("origin", rf"{AM} from\s+", rf"i{ADVERBS} come from\s+"),
    *_rules("birthplace", r"i was born in (?=[A-Z])(?-i:)\s*"),
    *_rules("childhood", r"i grew up in\s+"),
    *_rules("birthday", r"my birthday(?:'s| is)(?: on| actually on)?\s+", r"i was born on\s+"),
    *_rules("age", rf"{AM}\s+(?=\d{{1,3}}(?:$|\s*(?:years?\b|now$|today$)))", rf"{HAVE} turned\s+(?=\d)"),
    *_rules(
        "job",
        rf"i{ADVERBS} work as\s+",
        r"my (?:new )?(?:job|profession|occupation)(?:'s| is)(?: now)?\s+",
        rf"{HAVE} (?:started|got a job|got hired|been hired)(?: work| working)? as\s+",
        rf"{AM} working as\s+",
        rf"{AM}\s+(?=an?\s+(?:\w+\s+)?{WORK}$|an?\s+{WORK}\s+(?:at|in|by|for|now)\b)",
    ),
    *_rules("job", rf"{NOT_ANY_MORE} (?:work|working) as\s+", is_negative=True),
    *_rules(
        "employer",
        rf"i{ADVERBS} work (?:at|for)\s+",
        rf"{AM} working (?:at|for)\s+",
        rf"{HAVE} (?:started|begun|began)(?: work| working| a job| my job| a new job| my new job) (?:at|for|with)\s+",
        rf"{HAVE} (?:got|accepted|taken|took)(?: a| the| my)?(?: new)? job (?:at|with)\s+",
        r"my (?:very )?first (?:day|week|month|shift) (?:at|in|with) "
        rf"(?=(?:the|a|an|my)\s+(?:[\w']+\s+){{0,2}}{WORKPLACE}\b)",
    ),
    *_rules("employer", rf"{NOT_ANY_MORE} (?:work|working) (?:at|for)\s+", is_negative=True),
    *_rules(
        "study",
        rf"i{ADVERBS} (?:study|major in)\s+",
        rf"{AM} (?:studying|majoring in)\s+",
        rf"{HAVE} (?:switched|changed)(?: my (?:degree|major|course|studies))"
        r"(?: over)?(?: from .{1,40})? to\s+",
    ),
    *_rules("allergy", rf"{AM} allergic to\s+", is_list=True),
    *_rules(
        "allergy",
        r"(?:i'm|i am)(?: actually)? (?:not|no longer)(?: actually| really)? allergic to\s+",
        is_list=True,
        is_negative=True,
    ),
    *_rules(
        "diet",
        rf"{AM}\s+(?:an?\s+)?(?={DIET}\b)",
        rf"{HAVE} (?:gone|went|become|became|turned){ADVERBS}\s+(?={DIET}\b)",
    ),
    *_rules("diet", rf"(?:i'm|i am){ADVERBS}\s+(?:not|no longer)\s+(?:an?\s+)?(?={DIET}\b)", is_negative=True),
    *_rules("condition", rf"{AM}\s+(?:an?\s+)?(?={CONDITION}\b)", is_list=True),
    *_rules("likes", rf"i{ADVERBS} (?:like|love|enjoy|adore|prefer)\s+", is_list=True),
    *_rules(
        "likes",
        rf"i{ADVERBS} (?:hate|dislike|detest|loathe|can't stand|cannot stand)\s+",
        rf"{NOT_ANY_MORE}(?: really)? (?:like|love|enjoy|liked|liking)\s+",
        rf"{HAVE} gone off\s+",
        is_list=True,
        is_negative=True,
    ),
    *_rules("eats", rf"i{ADVERBS} (?:eat)\s+", is_list=True),
    *_rules("eats", rf"{NOT_ANY_MORE} (?:eat|eating)\s+", is_list=True, is_negative=True),
    *_rules("drinks", rf"i{ADVERBS} drink\s+", is_list=True),
    *_rules("drinks", rf"{NOT_ANY_MORE} (?:drink|drinking)\s+", is_list=True, is_negative=True),
    *_rules("smokes", rf"i{ADVERBS} (?=smoke\b)"),
    *_rules("smokes", rf"{NOT_ANY_MORE} (?=smok(?:e|ing)\b)", is_negative=True),
    *_rules("partner", rf"{AM} (?:married to|dating|engaged to|in a relationship with|going out with|seeing)\s+"),
    *_rules("status", rf"{AM}\s+(?=(?:married|single|divorced|engaged|widowed|separated)(?:$|\s+(?:now|again)\b))"),
    *_rules("speaks", rf"i{ADVERBS} speak\s+(?=[A-Z])(?-i:)", is_list=True),
    *_rules("learns", rf"{AM} learning(?: to)?\s+", is_list=True),
    *_rules("plays", rf"i{ADVERBS} play\s+(?:the\s+)?", is_list=True),
    *_rules("plays", rf"{NOT_ANY_MORE} (?:play|playing)\s+(?:the\s+)?", is_list=True, is_negative=True),
    *_rules("drives", rf"i{ADVERBS} drive\s+(?=an?\s)"),
    *_rules(
        "has",
        rf"{HAVE}(?: got| have| own)?\s+(?={COUNT}\s+(?:\w+\s+)?(?:{KIN}|{PET}|{OWNED})$)",
        rf"{HAVE}(?: got| have)?\s+(?={DISEASE}$)",
        is_list=True,
    ),
]
# What they call something of theirs: the thing, then the name.
CALLED = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"{HAVE}(?: got| have| own| adopted| bought)?\s+{COUNT}\s+(?:\w+\s+)??"
        rf"(?P<thing>{PET}|{KIN})\s+(?:called|named)\s+",
        rf"{HAVE}\s+(?:got|adopted|bought|rescued|have)\s+an?\s+(?:\w+\s+)??(?P<thing>\w+)\s+and\s+(?:named|called){LOST}",
        r"my (?P<thing>(?:\w+ ){0,2}\w+)'s name(?: is|'s)(?: now| actually)?\s+",
        r"the name of my (?P<thing>(?:\w+ ){0,2}\w+) is(?: now| actually)?\s+",
        r"my (?P<thing>(?:\w+(?:'s)? ){0,2}\w+) (?:is|are)(?: now| actually)? (?:called|named)\s+",
        r"we (?:re)?named (?:my|our|the) (?P<thing>\w+)\s+",
    )
]
FAVOURITE = re.compile(
    r"my (?P<thing>(?:all[- ]time |absolute |new |least )?favou?rite(?: \w+){0,3}?)"
    r"(?:'s| is| are| has to be| have to be)(?: now| actually| still)?\s+",
    re.IGNORECASE,
)
# The place comes first.
AT_HOME = re.compile(
    r"(?!(?:it|this|that|here|she|he|they|you|we|everything|nothing)\b)"
    r"(?P<place>(?-i:[A-Z])[\w'-]+(?: (?-i:[A-Z])[\w'-]+){0,2})"
    r"(?: (?:already|really|finally|now|slowly))?(?: is starting to feel| feels) like home",
    re.IGNORECASE,
)
MINE = re.compile(
    r"my (?P<thing>(?:\w+(?:'s)? ){0,3}?\w+)(?:'s| is| are)(?: now| actually| still| currently)?\s+", re.IGNORECASE
)
# What is said of these is true for an hour, or an opinion.
PASSING = re.compile(
    r"(?:day|night|morning|evening|week|weekend|head|point|guess|question|turn|god|bad|mind|heart|eyes?|hands?|mood|"
    r"feelings?|idea|opinion|goodness|problem|thing|fault|pleasure|love|time|life|answer|thought|thoughts|first|"
    r"advice|suggestion|issue|concern|impression|hope|fear|plan|brain|stomach|back|neck|reaction|darling|dear)",
    re.IGNORECASE,
)
# Of these there is one, whatever word says which.
SETTLED = re.compile(
    r"(?:name|nickname|birthday|address|number|hometown|boss|manager|husband|wife|partner|girlfriend|boyfriend|"
    r"spouse|password|passphrase|passcode|pin|code|job|age|height|weight|size|sign|religion|nationality|major|"
    r"degree|username|handle|e-?mail|car|rent|salary|therapist|doctor|dentist|band|school|university|pronouns|"
    r"blood type|eye colou?r|hair colou?r)",
    re.IGNORECASE,
)
ASKED = re.compile(
    r"(?:(?:please|pls|and|so|ok|okay|hey|hi|oh|now|just|also|"
    r"(?:can|could|will|would) you|i (?:want|need|would like|'d like) you to|you should)[,]?\s+)*"
    r"(?:remember|don't forget|do not forget|never forget|keep in mind|bear in mind|(?:make a )?note|memori[sz]e)"
    r"(?: for me)?(?:\s+(?P<that>that)\b(?!\s+(?:time|day|night|one|moment|\w+$))|\s+this\b(?=\s*[:,]))?"
    r"\s*[:,]?\s*(?P<rest>\S.*)",
    re.IGNORECASE,
)
# "Remember when we met" is a memory they share, and "remember to smile" a wish.
NOT_A_FACT = re.compile(
    r"(?:when|how|me|us|to|what|who|where|why|it|this|that|him|them|if|you|your|yourself|everything|anything|all|"
    r"(?:the|that) (?:time|day|night|first|last)|we|our)\b",
    re.IGNORECASE,
)
THE_ASKED = re.compile(
    r"(?:the|my|our) (?P<thing>\w+(?: \w+){0,2}?)(?:\s+is(?: now| actually)?\s+|\s*:\s*|\s+(?=['\"]))", re.IGNORECASE
)
CORRECTION = re.compile(
    r"(?:(?:oh|sorry|wait|hmm|well|oops|ah|no)[,.!]?\s+)*"
    r"(?:actually|no|nope|correction|sorry|wait|i mean|i meant|rather|oops)[,:!.]?\s+(?:actually[,]?\s+)?"
    r"(?:(?:it|that|he|she)(?:'s| is)(?: (?:called|named|actually|really|now))*|"
    r"(?:his|her|its|the) name(?:'s| is)|i meant|make (?:it|that)|they're|they are)\s+(?P<value>.+)",
    re.IGNORECASE,
)
CUT = re.compile(
    r"\s*[;:()…!]|\s+[-–—]\s+|\.$|,?\s+(?:because|since|but|so|which|who|where|when|while|until|although|though|as|if|"
    r"than|not|for (?:a|an|the|over|about|now|\d)|every|due|thanks|is over|was|went)\b|,\s+(?:not|and not)\b",
    re.IGNORECASE,
)
TAIL = re.compile(
    r"[\s,]+(?:now|nowadays|these days|at the moment|currently|any\s?more|any longer|again|too|as well|right now|"
    r"actually|instead|by the way|btw|lol|haha|already|today|a lot|so much|very much|years? old|years?|of age|please|"
    r"the most|the best|more|and (?:i|we|she|he|it|they)\b.*|yesterday|recently|tomorrow|earlier|"
    r"(?:last|this|next) (?:week|weekend|month|year|spring|summer|autumn|fall|winter|\w+day)|"
    r"(?:a|two|three|few|\d+) (?:days|weeks|months|years|day|week|month|year) ago)$",
    re.IGNORECASE,
)
HEAD = re.compile(r"(?:(?:a|an|the|my|our|some|this|called|named|in|to|eating|drinking|playing)\s+)+", re.IGNORECASE)
AND = re.compile(r"\s*,\s*(?:and\s+|or\s+)?|\s+(?:and|or|&|nor)\s+", re.IGNORECASE)
NO_VALUE = re.compile(
    r"(?:it|that|this|these|those|you|your|yours|him|her|them|us|me|how|when|what|where|why|who|whether|if|"
    r"to (?:know|think|say|see|hear|be)|one|nothing|everything|something|anything|there|here|not|too|very|kind of|"
    r"sort of|like|all|both|fear|hope|peace|the (?:moment|way|idea|fact|sound|past|world|mood)|tears|night|home|a lot|"
    r"later|back|maybe|crazy|mad|old[- ]fashioned|being here|talking|chatting)\b",
    re.IGNORECASE,
)
IDENTITY = re.compile(r"[\"'\d(£$€]|(?-i:[A-Z])|(?:an?|the|called|named)\s", re.IGNORECASE)


def facts(text: str) -> tuple[Fact, ...]:
    """What this message, a person's own, states of them. Never more than `MOST_OF_A_MESSAGE`."""
    found = dict.fromkeys(fact for sentence in sentences(text) for fact in _of_sentence(sentence))
    return tuple(found)[:MOST_OF_A_MESSAGE]


def read(text: str) -> Fact:
    """What a fact that was kept speaks of."""
    text = straight(text)
    return _statement(text.strip(" .!…")) or _asked_statement(text.strip(" .!…")) or Fact(text)


def correction(text: str) -> str:
    """The words that are to stand in the place of others: "Biscuit" for "No, it's Biscuit."; "" for none."""
    for sentence in sentences(text):
        for clause in clauses(sentence):
            if (found := CORRECTION.fullmatch(clause)) is not None:
                value = _cut(found["value"], is_list=False)
                if value and IDENTITY.match(value) and not NO_VALUE.match(value) and len(value.split()) <= 6:
                    return value
    return ""


def corrected(older: str, value: str) -> str:
    """An older statement with other words in the place of what it says; "" where they would not fit in it."""
    fact = read(older)
    for old in fact.values if len(fact.values) == 1 else ():
        place = straight(older).casefold().rfind(old)
        if place >= 0 and _kind_of(older[place : place + len(old)]) == _kind_of(_plain(value)):
            return older[:place] + _plain(value) + older[place + len(old) :]
    return ""


def _of_sentence(sentence: str) -> Iterator[Fact]:
    if (asked := ASKED.fullmatch(sentence.rstrip(" .!…"))) is not None:
        rest = asked["rest"].strip()
        is_question = rest.endswith("?") and not asked["that"]
        if not is_question and not NOT_A_FACT.match(rest) and len(rest) <= LONGEST:
            rest = rest.rstrip(" ?")
            fact = _statement(rest) or _asked_statement(rest) or Fact(rest)
            yield replace(fact, text=rest[:1].upper() + rest[1:], is_asked=True)
        return
    for clause in clauses(sentence):
        statement = _statement(clause)
        if statement is not None:
            yield statement


def _statement(clause: str) -> Fact | None:
    """What a clause says, if it is one of those that are understood."""
    opening = OPENING.match(clause)
    at = opening.end() if opening is not None else 0
    for rule in RULES:
        if (found := rule.pattern.match(clause, at)) is not None:
            values = _values(clause[found.end() :], is_list=rule.is_list)
            if values and not (rule.is_name and not IDENTITY.match(clause[found.end() :])):
                return Fact(clause, "i", rule.relation, values, rule.is_negative)
            return None
    for pattern in CALLED:
        if (found := pattern.match(clause, at)) is not None:
            values = _values(clause[found.end() :], is_list=False)
            return Fact(clause, _thing(found["thing"]), "called", values) if values else None
    if (found := AT_HOME.match(clause, at)) is not None:
        return Fact(clause, "i", "home", frozenset({found["place"].casefold()}))
    if (found := FAVOURITE.match(clause, at)) is not None:
        values = _values(clause[found.end() :], is_list=False)
        return Fact(clause, _thing(found["thing"]), "is", values) if values else None
    if (found := MINE.match(clause, at)) is not None:
        return _of_mine(clause, found)
    return None


def _of_mine(clause: str, found: re.Match[str]) -> Fact | None:
    thing, rest = found["thing"], clause[found.end() :]
    if PASSING.fullmatch(thing.split()[-1]):
        return None
    is_settled = SETTLED.fullmatch(thing.split()[-1]) or SETTLED.fullmatch(" ".join(thing.split()[-2:]))
    if not is_settled and not IDENTITY.match(rest):
        return None
    values = _values(rest, is_list=False)
    return Fact(clause, _thing(thing), "is", values) if values else None


def _asked_statement(rest: str) -> Fact | None:
    """ "The passphrase 'wispfire'": worth a fact only where somebody asked for it."""
    if (found := THE_ASKED.match(rest)) is None:
        return None
    values = _values(rest[found.end() :], is_list=False)
    return Fact(rest, _thing(found["thing"]), "is", values) if values else None


def _thing(words: str) -> str:
    words = words.casefold().replace("favorite", "favourite").removeprefix("new ")
    return "my " + " ".join(words.split())


def _values(rest: str, *, is_list: bool) -> frozenset[str]:
    """Nothing where the words are too many, or too vague, to be what something is."""
    whole = _cut(rest, is_list=is_list)
    parts = [_plain(part).casefold() for part in (AND.split(whole) if is_list else [whole])]
    if NO_VALUE.match(whole) or not all(parts) or any(len(part.split()) > WORDS_OF_A_VALUE for part in parts):
        return frozenset()
    return frozenset(parts)


def _cut(rest: str, *, is_list: bool) -> str:
    """The beginning of it, up to where a reason, a time or another matter begins."""
    if (end := CUT.search(rest)) is not None:
        rest = rest[: end.start()]
    first, *more = rest.split(",")
    # What follows a comma is one more of the list, or the beginning of something else.
    items = takewhile(lambda part: len(part.split()) <= WORDS_OF_AN_ITEM, more if is_list else ())
    rest = ",".join([first, *items])
    before = ""
    while rest != before:
        before, rest = rest, TAIL.sub("", rest).strip(" ,.")
    return rest


def _plain(value: str) -> str:
    value = value.strip(" \"'.,!?")
    head = HEAD.match(value)
    return value[head.end() :] if head is not None and head.end() < len(value) else value


def _kind_of(value: str) -> str:
    return "number" if value[:1].isdigit() else "name" if value[:1].isupper() else "word"
