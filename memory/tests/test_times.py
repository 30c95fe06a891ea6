"""Times as people name them, on three days: a Wednesday in June, a leap day, and the first Sunday of a year."""

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from memory.recalling.times import SAID_WHEN, Span, spans

TODAYS = (date(2026, 6, 17), date(2024, 2, 29), date(2025, 1, 5))
# The first and the last day as it is meant on each of these, or on all of them.
PHRASES = {
    "today": "2026-06-17, 2024-02-29, 2025-01-05",
    "yesterday": "2026-06-16, 2024-02-28, 2025-01-04",
    "last night": "2026-06-16, 2024-02-28, 2025-01-04",
    "the day before yesterday": "2026-06-15, 2024-02-27, 2025-01-03",
    "tomorrow": "2026-06-18, 2024-03-01, 2025-01-06",
    "this morning": "2026-06-17, 2024-02-29, 2025-01-05",
    "two days ago": "2026-06-15, 2024-02-27, 2025-01-03",
    "a week ago": "2026-06-07 2026-06-13, 2024-02-19 2024-02-25, 2024-12-26 2025-01-01",
    "two weeks ago": "2026-05-31 2026-06-06, 2024-02-12 2024-02-18, 2024-12-19 2024-12-25",
    "three months ago": "2026-03-04 2026-04-03, 2023-11-16 2023-12-16, 2024-09-22 2024-10-22",
    "a month ago": "2026-05-03 2026-06-02, 2024-01-15 2024-02-14, 2024-11-21 2024-12-21",
    "five years ago": "2021-01-01 2021-12-31, 2019-01-01 2019-12-31, 2020-01-01 2020-12-31",
    "a couple of days ago": "2026-06-14 2026-06-16, 2024-02-26 2024-02-28, 2025-01-02 2025-01-04",
    "last week": "2026-06-08 2026-06-14, 2024-02-19 2024-02-25, 2024-12-23 2024-12-29",
    "this week": "2026-06-15 2026-06-21, 2024-02-26 2024-03-03, 2024-12-30 2025-01-05",
    "next week": "2026-06-22 2026-06-28, 2024-03-04 2024-03-10, 2025-01-06 2025-01-12",
    "last weekend": "2026-06-13 2026-06-14, 2024-02-24 2024-02-25, 2024-12-28 2024-12-29",
    "this weekend": "2026-06-20 2026-06-21, 2024-03-02 2024-03-03, 2025-01-04 2025-01-05",
    "next weekend": "2026-06-27 2026-06-28, 2024-03-09 2024-03-10, 2025-01-11 2025-01-12",
    "last month": "2026-05-01 2026-05-31, 2024-01-01 2024-01-31, 2024-12-01 2024-12-31",
    "this month": "2026-06-01 2026-06-30, 2024-02-01 2024-02-29, 2025-01-01 2025-01-31",
    "next month": "2026-07-01 2026-07-31, 2024-03-01 2024-03-31, 2025-02-01 2025-02-28",
    "last year": "2025-01-01 2025-12-31, 2023-01-01 2023-12-31, 2024-01-01 2024-12-31",
    "this year": "2026-01-01 2026-12-31, 2024-01-01 2024-12-31, 2025-01-01 2025-12-31",
    "last Tuesday": "2026-06-16, 2024-02-27, 2024-12-31",
    "on Friday": "2026-06-12, 2024-02-23, 2025-01-03",
    "next Monday": "2026-06-22, 2024-03-04, 2025-01-06",
    "this Sunday": "2026-06-21, 2024-03-03, 2025-01-05",
    "on 3 May": "2026-05-03, 2023-05-03, 2024-05-03",
    "on May 3rd": "2026-05-03, 2023-05-03, 2024-05-03",
    "the 3rd of May": "2026-05-03, 2023-05-03, 2024-05-03",
    "3 May 2024": "2024-05-03",
    "May 3, 2024": "2024-05-03",
    "2024-05-03": "2024-05-03",
    "03.05.2024": "2024-05-03",
    "in May": "2026-05-01 2026-05-31, 2023-05-01 2023-05-31, 2024-05-01 2024-05-31",
    "in May 2024": "2024-05-01 2024-05-31",
    "in december": "2025-12-01 2025-12-31, 2023-12-01 2023-12-31, 2024-12-01 2024-12-31",
    "early June": "2026-06-01 2026-06-10, 2023-06-01 2023-06-10, 2024-06-01 2024-06-10",
    "at the end of March": "2026-03-21 2026-03-31, 2023-03-21 2023-03-31, 2024-03-21 2024-03-31",
    "the first week of August": "2025-08-01 2025-08-07, 2023-08-01 2023-08-07, 2024-08-01 2024-08-07",
    "the last week of July 2023": "2023-07-25 2023-07-31",
    "in spring": "2026-03-01 2026-05-31, 2023-03-01 2023-05-31, 2024-03-01 2024-05-31",
    "last summer": "2025-06-01 2025-08-31, 2023-06-01 2023-08-31, 2024-06-01 2024-08-31",
    "in the winter of 2023": "2023-12-01 2024-02-29",
    "this autumn": "2026-09-01 2026-11-30, 2024-09-01 2024-11-30, 2025-09-01 2025-11-30",
    "at Christmas": "2025-12-24 2025-12-26, 2023-12-24 2023-12-26, 2024-12-24 2024-12-26",
    "on Halloween 2023": "2023-10-31",
    "New Year's Eve": "2025-12-31, 2023-12-31, 2024-12-31",
    "in 2023": "2023-01-01 2023-12-31",
    "the last three days": "2026-06-14 2026-06-17, 2024-02-26 2024-02-29, 2025-01-02 2025-01-05",
    "the past two weeks": "2026-06-03 2026-06-17, 2024-02-15 2024-02-29, 2024-12-22 2025-01-05",
    "in the last couple of months": "2026-04-18 2026-06-17, 2023-12-31 2024-02-29, 2024-11-06 2025-01-05",
    "since January": "2026-01-01 2026-06-17, 2024-01-01 2024-02-29, 2025-01-01 2025-01-05",
    "on 29 February": "2026-02-28, 2024-02-29, 2024-02-29",
    "in mid-October": "2025-10-11 2025-10-20, 2023-10-11 2023-10-20, 2024-10-11 2024-10-20",
    "in early-May": "2026-05-01 2026-05-10, 2023-05-01 2023-05-10, 2024-05-01 2024-05-10",
    "between 3 May and 5 June": "2026-05-03 2026-06-05, 2023-05-03 2023-06-05, 2024-05-03 2024-06-05",
    "from March to May": "2026-03-01 2026-05-31, 2023-03-01 2023-05-31, 2024-03-01 2024-05-31",
    "since last Monday": "2026-06-15 2026-06-17, 2024-02-26 2024-02-29, 2024-12-30 2025-01-05",
    "from 20 December to 3 January": "2025-12-20 2026-01-03, 2023-12-20 2024-01-03, 2024-12-20 2025-01-03",
    "Valentine's Day": "2026-02-14, 2024-02-14, 2024-02-14",
}


def expected(cell: str) -> tuple[date, date]:
    days = [date.fromisoformat(day) for day in cell.split()]
    return days[0], days[-1]


@pytest.mark.parametrize("phrase", PHRASES)
@pytest.mark.parametrize("at", range(len(TODAYS)))
def test_a_phrase_names_its_days(phrase: str, at: int) -> None:
    cells = PHRASES[phrase].split(", ")
    (span,) = spans(f"What did we do {phrase}?", TODAYS[at])
    assert (span.first, span.last) == expected(cells[min(at, len(cells) - 1)])


@pytest.mark.parametrize(
    "text",
    [
        "May I ask something?",
        "You may be right.",
        "We march on, whatever may happen.",
        "I always fall asleep in the sun, mon amour.",
        "When did we meet for the first time?",
        "What did I say before the trip?",
        "I have three cats and forty books.",
    ],
)
def test_what_is_no_time_names_none(text: str) -> None:
    assert spans(text, TODAYS[0]) == ()


def test_times_come_in_the_order_of_the_text() -> None:
    first, second = spans("Was it on 3 May 2024 or in June 2023?", TODAYS[0])
    assert (first.first, second.first) == (date(2024, 5, 3), date(2023, 6, 1))


def test_a_day_without_its_year_is_meant_in_any() -> None:
    (span,) = spans("What happened on 3 May?", TODAYS[0])
    days = np.array([date(2021, 5, 3).toordinal(), date(2025, 1, 1).toordinal()])
    assert (days[0], days[0]) in span.instances(days)
    (span,) = spans("What happened on 3 May 2026?", TODAYS[0])
    assert span.instances(days) == [(date(2026, 5, 3).toordinal(),) * 2]


@given(st.text(max_size=80), st.dates(min_value=date(1990, 1, 1), max_value=date(2100, 1, 1)))
def test_no_text_is_too_strange(text: str, today: date) -> None:
    assert all(span.first <= span.last for span in spans(text, today))


@given(
    st.lists(
        st.sampled_from(
            "last next 3 31 may feb 29 of week ago since from to between 2024 sunday spring mid - early".split()
        ),
        max_size=8,
    ),
    st.dates(min_value=date(1990, 1, 1), max_value=date(2100, 1, 1)),
)
def test_no_order_of_words_is_too_strange(words: list[str], today: date) -> None:
    assert all(span.first <= span.last for span in spans(" ".join(words), today))


@given(st.dates(min_value=date(1990, 1, 1), max_value=date(2100, 1, 1)), st.integers(2, 99))
def test_days_ago_are_counted(today: date, count: int) -> None:
    day = today - timedelta(days=count)
    assert spans(f"{count} days ago", today) == (Span(day, day),)


def test_a_message_may_say_when_something_was() -> None:
    assert {"last", "week", "sunday", "may", "2023"} <= SAID_WHEN
    assert not {"market", "like", "2143", "sun"} & SAID_WHEN
