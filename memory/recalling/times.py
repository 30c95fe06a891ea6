"""Times as people name them: "last Tuesday", "in May", "two weeks ago". Pure.

Everything is counted from a day that is given. A day or a month without its year is the last one that has begun.
"""

import calendar
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

MONTHS = {
    name: number
    for number, names in enumerate(
        [
            "january jan", "february feb", "march mar", "april apr", "may", "june jun", "july jul", "august aug",
            "september sept sep", "october oct", "november nov", "december dec",
        ],
        start=1,
    )
    for name in names.split()
}  # fmt: skip
WEEKDAYS = {
    name: number for number, name in enumerate("monday tuesday wednesday thursday friday saturday sunday".split())
}
NUMBERS = {
    name: number
    for number, names in enumerate(
        "zero;one a an;two couple;three few;four several;five;six;seven;eight;nine;ten;eleven;twelve".split(";")
    )
    for name in names.split()
}
# The first and the last month, the last one from the year before where it is the smaller.
SEASONS = {"spring": (3, 5), "summer": (6, 8), "autumn": (9, 11), "fall": (9, 11), "winter": (12, 2)}
FEASTS = {
    "christmas eve": (12, 24, 24),
    "christmas": (12, 24, 26),
    "halloween": (10, 31, 31),
    "valentine's day": (2, 14, 14),
    "new year's eve": (12, 31, 31),
    "new year's day": (1, 1, 1),
}
# What is early, in the middle and late in a month; and the days that its weeks begin with.
THIRDS = {"early": (1, 10), "mid": (11, 20), "late": (21, 31)}
WEEKS = {"first": 1, "second": 8, "third": 15, "fourth": 22, "last": -7}
# "N ago" is a little before or after.
ROUGHLY = {"day": 0, "week": 3, "month": 15}
DAYS_A_YEAR = 365.2425
DAYS = {"day": 1, "week": 7, "month": 30, "year": 365}

MONTH = rf"(?P<month>{'|'.join(sorted(MONTHS, key=len, reverse=True))})\.?"
DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
YEAR = r"(?P<year>(?:19|20)\d\d)"
COUNT = rf"(?P<count>\d{{1,3}}|{'|'.join(NUMBERS)})(?:\s+of)?"
UNIT = r"(?P<unit>day|week|month|year)s?"
WEEKDAY = rf"(?P<weekday>{'|'.join(WEEKDAYS)})"
SEASON = rf"(?P<season>{'|'.join(SEASONS)})"
# Words that are no time by themselves ("may I", "march on", "fall over").
AMBIGUOUS = re.compile(r"may|mar(?:ch)?|fall|spring", re.I)


@dataclass(frozen=True, slots=True)
class Span:
    """From the first day to the last. `yearly`: the year was not said, so any other may be meant as well."""

    first: date
    last: date
    yearly: bool = False

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def instances(self, days: NDArray[np.int64]) -> list[tuple[int, int]]:
        """The first and the last day, as ordinals: of every year that these days are in, if none was said."""
        first, last = self.first.toordinal(), self.last.toordinal()
        if not self.yearly or not len(days):
            return [(first, last)]
        years = range(date.fromordinal(int(days.min())).year - 1, date.fromordinal(int(days.max())).year + 2)
        shifts = [round(DAYS_A_YEAR * (year - self.first.year)) for year in years]
        return [(first + shift, last + shift) for shift in shifts]


def spans(text: str, today: date) -> tuple[Span, ...]:
    """The times that a text names, in its order. What two readings share is read by the longer one."""
    found: list[tuple[int, int, Span]] = []
    for pattern, read in READINGS:
        for match in pattern.finditer(text):
            if any(match.start() < end and start < match.end() for start, end, _span in found):
                continue
            try:
                span = read(match, today)
            except (ValueError, OverflowError):  # the 31st of February, a thousand years ago
                continue
            if span is not None:
                found.append((match.start(), match.end(), span))
    found.sort(key=lambda one: one[0])
    return tuple(_joined(text, found, today))


def _joined(text: str, found: list[tuple[int, int, Span]], today: date) -> Iterator[Span]:
    """From one to the other, and since one until now, as one time."""
    after = 0
    for at, (start, end, span) in enumerate(found):
        if start < after:
            continue
        lead = text[after:start]
        following = found[at + 1] if at + 1 < len(found) else None
        if following and FROM.search(f"{lead}|{text[start:end]}") and TO.fullmatch(text[end : following[0]]):
            first, last = span.first, following[2].last
            while first > last:
                first = _a_year_before(first)
            after = following[1]
            yield Span(first, last, span.yearly and following[2].yearly)
        else:
            after = end
            is_since = SINCE.search(f"{lead}|{text[start:end]}")
            yield Span(span.first, max(today, span.first)) if is_since else span


def _a_year_before(day: date) -> date:
    return day.replace(year=day.year - 1, day=28 if (day.month, day.day) == (2, 29) else day.day)


def _month_span(year: int, month: int, *, yearly: bool = False) -> Span:
    return Span(date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1]), yearly)


def _lately(today: date, make: Callable[[int], Span]) -> Span:
    """That of this year if it has begun, or else that of the last."""
    this = make(today.year)
    return this if this.first <= today else make(today.year - 1)


def _number(word: str) -> int:
    return int(word) if word.isdigit() else NUMBERS[word.lower()]


def _iso(match: re.Match[str], today: date) -> Span:
    day = date(int(match["year"]), int(match["number"]), int(match["day"]))
    return Span(day, day)


def _day_of_month(match: re.Match[str], today: date) -> Span | None:
    month, day = MONTHS[match["month"].lower()], int(match["day"])
    if match["year"]:
        exact = date(int(match["year"]), month, day)
        return Span(exact, exact)

    def of(year: int) -> Span:
        # The 29th of February is the 28th in most years.
        last = calendar.monthrange(year, month)[1]
        exact = date(year, month, min(day, last) if (month, day) == (2, 29) else day)
        return Span(exact, exact, yearly=True)

    return _lately(today, of)


def _month(match: re.Match[str], today: date) -> Span | None:
    word = match["month"]
    part = (match["part"] or "").lower()
    # "May" alone is a month only with a capital letter or a word before it that times have.
    is_alone = not (match["year"] or match["before"] or part)
    if is_alone and AMBIGUOUS.fullmatch(word) and (word[0].islower() or match.start() == 0):
        return None
    if is_alone and len(word) == 3 and word.lower() != "may":
        return None
    month = MONTHS[word.lower()]

    def of(year: int) -> Span:
        return _third(_month_span(year, month, yearly=not match["year"]), part)

    return of(int(match["year"])) if match["year"] else _lately(today, of)


def _third(span: Span, part: str) -> Span:
    for name, words in {"early": "early start beginning", "mid": "mid middle", "late": "late end"}.items():
        if part in words.split() and part:
            first, last = THIRDS[name]
            return Span(span.first.replace(day=first), span.first.replace(day=min(last, span.last.day)), span.yearly)
    return span


def _week_of_month(match: re.Match[str], today: date) -> Span:
    month, at = MONTHS[match["month"].lower()], WEEKS[match["nth"].lower()]

    def of(year: int) -> Span:
        whole = _month_span(year, month, yearly=not match["year"])
        first = whole.first + timedelta(days=at - 1) if at > 0 else whole.last + timedelta(days=at + 1)
        return Span(first, min(first + timedelta(days=6), whole.last), whole.yearly)

    return of(int(match["year"])) if match["year"] else _lately(today, of)


def _season(match: re.Match[str], today: date) -> Span | None:
    begin, end = SEASONS[match["season"].lower()]

    def of(year: int) -> Span:
        last = _month_span(year + (end < begin), end)
        return Span(date(year, begin, 1), last.last, yearly=not match["year"] and match["which"] is None)

    if match["year"]:
        return of(int(match["year"]))
    which = (match["which"] or "").lower()
    if not which and not match["before"]:
        return None
    latest = _lately(today, of)
    if which == "last" and latest.last >= today:  # it is not over yet
        return of(latest.first.year - 1)
    if which == "next":
        return of(latest.first.year + 1)
    if which == "this" and latest.last < today:
        return of(today.year)
    return latest


def _feast(match: re.Match[str], today: date) -> Span:
    month, first, last = FEASTS[match["feast"].lower().replace("’", "'")]

    def of(year: int) -> Span:
        return Span(date(year, month, first), date(year, month, last), yearly=not match["year"])

    return of(int(match["year"])) if match["year"] else _lately(today, of)


def _ago(match: re.Match[str], today: date) -> Span:
    count, unit = _number(match["count"]), match["unit"].lower()
    if unit == "year":
        return Span(date(today.year - count, 1, 1), date(today.year - count, 12, 31))
    middle = today - timedelta(days=count * DAYS[unit])
    # A few days are not exactly three.
    vague = 1 if unit == "day" and match["count"].lower() in ("couple", "few", "several") else 0
    rough = timedelta(days=ROUGHLY[unit] + vague)
    return Span(middle - rough, middle + rough)


def _lately_so_many(match: re.Match[str], today: date) -> Span:
    return Span(today - timedelta(days=_number(match["count"]) * DAYS[match["unit"].lower()]), today)


def _near_unit(match: re.Match[str], today: date) -> Span:
    """Last week, this month, next year, the past weekend: as the calendar has them."""
    step = {"last": -1, "past": -1, "previous": -1, "this": 0, "next": 1}[match["which"].lower()]
    unit = match["near"].lower()
    monday = today - timedelta(days=today.weekday())
    if unit == "week":
        first = monday + timedelta(days=7 * step)
        return Span(first, first + timedelta(days=6))
    if unit == "weekend":
        # Until it is over, the last one is the one before.
        first = monday + timedelta(days=5 + 7 * step)
        return Span(first, first + timedelta(days=1))
    if unit == "month":
        months = today.year * 12 + today.month - 1 + step
        return _month_span(months // 12, months % 12 + 1)
    return Span(date(today.year + step, 1, 1), date(today.year + step, 12, 31))


def _weekday(match: re.Match[str], today: date) -> Span:
    which, wanted = (match["which"] or "last").lower(), WEEKDAYS[match["weekday"].lower()]
    back = (today.weekday() - wanted) % 7
    if which == "next":
        day = today + timedelta(days=7 - back)
    elif which == "this":  # that of this week
        day = today - timedelta(days=today.weekday() - wanted)
    else:
        day = today - timedelta(days=back or 7)
    return Span(day, day)


def _year(match: re.Match[str], today: date) -> Span:
    year = int(match["year"])
    return Span(date(year, 1, 1), date(year, 12, 31))


def _days_off(days: int) -> Callable[[re.Match[str], date], Span]:
    def read(match: re.Match[str], today: date) -> Span:
        day = today + timedelta(days=days)
        return Span(day, day)

    return read


def _compile(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{pattern})(?!\w)", re.I)


BEFORE = (
    r"(?:(?P<before>in|of|since|during|by|until|till|last|this|back in|around|from|before|after|over)\s+(?:the\s+)?)?"
)
WHICH = r"(?P<which>last|past|previous|this|next)"
READINGS: list[tuple[re.Pattern[str], Callable[[re.Match[str], date], Span | None]]] = [
    (_compile(r"(?P<year>(?:19|20)\d\d)-(?P<number>\d\d)-(?P<day>\d\d)"), _iso),
    (_compile(r"(?P<day>\d{1,2})\.(?P<number>\d{1,2})\.(?P<year>(?:19|20)\d\d)"), _iso),
    (
        _compile(rf"(?P<nth>first|second|third|fourth|last)\s+week\s+(?:of|in)\s+{MONTH}(?:,?\s+{YEAR})?"),
        _week_of_month,
    ),
    (_compile(rf"{DAY}\s+(?:of\s+)?{MONTH}(?:,?\s+{YEAR})?"), _day_of_month),
    (_compile(rf"{MONTH}\s+(?:the\s+)?{DAY}(?:,?\s+{YEAR})?(?!\d)"), _day_of_month),
    (_compile(rf"(?P<feast>{'|'.join(FEASTS).replace(chr(39), chr(91) + chr(39) + '’]')})(?:\s+{YEAR})?"), _feast),
    (
        _compile(
            rf"{BEFORE}(?:(?P<part>early|mid|late|start|beginning|middle|end)(?:\s+of\s+|\s+in\s+|[-\s]+))?{MONTH}"
            rf"(?:,?\s+(?:of\s+)?{YEAR})?"
        ),
        _month,
    ),
    (
        _compile(
            rf"(?:(?P<before>in|of|since|during|by|until|till|over)\s+)?(?:the\s+)?(?:{WHICH}\s+)?{SEASON}(?:\s+(?:of\s+)?{YEAR})?"
        ),
        _season,
    ),
    (_compile(r"(?:the\s+)?day before yesterday"), _days_off(-2)),
    (_compile(r"yesterday|last night"), _days_off(-1)),
    (_compile(r"(?:the\s+)?day after tomorrow"), _days_off(2)),
    (_compile(r"tomorrow"), _days_off(1)),
    (_compile(r"today|tonight|(?:this|earlier this) (?:morning|afternoon|evening)|earlier today"), _days_off(0)),
    (_compile(rf"{COUNT}\s+{UNIT}\s+(?:ago|back|earlier)"), _ago),
    (_compile(rf"(?:last|past|previous|recent)\s+{COUNT}\s+{UNIT}"), _lately_so_many),
    (_compile(rf"{WHICH}\s+(?P<near>weekend|week|month|year)"), _near_unit),
    (_compile(rf"(?:{WHICH}\s+|on\s+){WEEKDAY}"), _weekday),
    (_compile(YEAR), _year),
]

# Right before a time, or as the first word of it; "|" is where it begins.
FROM = re.compile(r"\b(?:between|from)\s+(?:the\s+)?\||\|(?:between|from)\b", re.I)
TO = re.compile(r"\s*(?:and|to|until|till|-|–)\s*(?:the\s+)?", re.I)
SINCE = re.compile(r"\bsince\s+(?:the\s+)?\||\|since\b", re.I)

# Words by which a message says when something was, is or will be, in small letters.
SAID_WHEN = frozenset(
    "yesterday today tonight tomorrow last next ago since recently just lately day days week weeks weekend weekends "
    "month months year years morning".split()
).union(
    (name for name in (*WEEKDAYS, *MONTHS) if len(name) > 4 or name in ("may", "june", "july")),
    map(str, range(1900, 2100)),
)

# Of such words names of times are made.
TIME_WORDS = frozenset(
    "ago after and back before day days early earlier end late middle mid beginning start month months morning "
    "afternoon evening night past previous last this next since until till today tomorrow tonight week weeks "
    "weekend weekends yesterday year years eve s".split()
) | {*MONTHS, *WEEKDAYS, *NUMBERS, *SEASONS, *(word for feast in FEASTS for word in feast.split())}
