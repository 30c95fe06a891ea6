"""What a law profile asks, in days and years. No row is read here."""

from datetime import date
from enum import StrEnum

ADULT_YEARS = 18
# A chat says again that the other one is an AI after this long, as laws on companion chatbots ask.
NOTICE_HOURS = 3
OLDEST_YEARS = 130


class LawProfile(StrEnum):
    NONE = "none"
    # Everybody is asked when they were born, and nobody under 18 gets an account.
    ADULTS = "adults"
    # A chat says that the other one is an AI and where to find help, at its beginning and every three hours.
    DISCLOSURE = "disclosure"


def years_at(born_on: date, today: date) -> int:
    """Somebody born on 29 February is a year older on 1 March of an ordinary year."""
    had_birthday = (today.month, today.day) >= (born_on.month, born_on.day)
    return today.year - born_on.year - (not had_birthday)


def is_adult(born_on: date, today: date) -> bool:
    return years_at(born_on, today) >= ADULT_YEARS


def is_possible(born_on: date, today: date) -> bool:
    """Nobody is born tomorrow, and nobody is as old as a slip of the finger makes them."""
    return 0 <= years_at(born_on, today) <= OLDEST_YEARS
