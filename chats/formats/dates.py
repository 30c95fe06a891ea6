"""When something was said, in all the ways in which programs write it down. Pure."""

import re
from datetime import UTC, datetime

from core.json import Json

MONTHS = {name: number for number, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)}
# "September 28, 2024 1:02am"
SPOKEN = re.compile(
    r"([a-z]{3,9})\.? (\d{1,2}),? (\d{4}),? (\d{1,2}):(\d{2})(?::(\d{2}))? ?([ap])\.?m\.?", re.IGNORECASE
)
# "2023-7-4 @14h 30m 15s 123ms"
SPELLED = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2}) ?@ ?(\d{1,2})h ?(\d{1,2})m ?(\d{1,2})s(?: ?(\d{1,3})ms)?")
NUMBER = re.compile(r"\d{1,20}(?:\.\d{1,9})?")
LONGEST = 60
# Seconds until the year 5138; what is more was counted in thousandths, millionths or less.
MOST_SECONDS = 10**11
EARLIEST = datetime(1971, 1, 1, tzinfo=UTC)


def read(value: Json) -> datetime | None:
    """The moment, in UTC where no zone is said. None for what is none."""
    try:
        if isinstance(value, str):
            return _text(value.strip()) if len(value) <= LONGEST else None
        if isinstance(value, int | float) and not isinstance(value, bool):
            return _number(float(value))
    except (ValueError, OverflowError):
        pass
    return None


def written(moment: datetime) -> str:
    """Inverse of `read`."""
    return moment.astimezone(UTC).isoformat()


class Clock:
    """Reads dates for somebody who lives at `moment`: what lies after that is none, nor what no computer wrote."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def read(self, value: Json) -> datetime | None:
        found = read(value)
        return found if found is not None and EARLIEST <= found <= self.moment else None


def _text(text: str) -> datetime | None:
    if NUMBER.fullmatch(text):
        return _number(float(text))
    if found := SPOKEN.fullmatch(text):
        name, day, year, hour, minute, second, half = found.groups()
        month = MONTHS.get(name[:3].lower())
        if month is None or not 1 <= int(hour) <= 12:
            return None
        hours = int(hour) % 12 + (12 if half.lower() == "p" else 0)
        return datetime(int(year), month, int(day), hours, int(minute), int(second or 0), tzinfo=UTC)
    if found := SPELLED.fullmatch(text):
        year, number, day, hour, minute, second, thousandths = found.groups()
        micro = 1000 * int(thousandths or 0)
        parts = (int(year), int(number), int(day), int(hour), int(minute), int(second), micro)
        return datetime(*parts, tzinfo=UTC)
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _number(value: float) -> datetime | None:
    if value > MOST_SECONDS * 10**9:
        return None
    while value > MOST_SECONDS:
        value /= 1000
    return datetime.fromtimestamp(value, UTC) if value > 0 else None
