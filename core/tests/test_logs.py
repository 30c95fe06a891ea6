"""One JSON object a line, whatever people call themselves."""

import json
import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.logs import JSONLines

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))


def line_of(message: str, *args: object, error: BaseException | None = None, **extra: object) -> str:
    info = (type(error), error, error.__traceback__) if error else None
    record = logging.getLogger("chats").makeRecord("chats", logging.INFO, "", 1, message, args, info, extra=extra)
    return JSONLines().format(record)


@pytest.mark.parametrize("name", ["Eve\r\n{}", "Eve\nERROR everything is lost", "Eve\r", 'Eve", "level": "ERROR'])
def test_a_line_end_in_a_name_stays_in_its_string(name: str) -> None:
    line = line_of("%s signed up", name, user=name)
    assert not {"\r", "\n"} & set(line)
    said = json.loads(line)
    assert (said["message"], said["user"], said["level"]) == (f"{name} signed up", name, "INFO")


@given(TEXTS, TEXTS)
def test_any_text_is_one_line_and_comes_back(message: str, name: str) -> None:
    line = line_of("%s", message, user=name)
    assert not {"\r", "\n"} & set(line)
    said = json.loads(line)
    assert (said["message"], said["user"]) == (message, name)


def test_what_is_not_json_is_written_as_words() -> None:
    assert json.loads(line_of("x", where={1}, why=ValueError("no")))["why"] == "no"


def test_a_traceback_is_part_of_its_line() -> None:
    line = line_of("failed", error=ValueError("two\nlines"))
    assert "\n" not in line
    assert "two\nlines" in json.loads(line)["traceback"]


def test_it_says_when_and_where() -> None:
    said = json.loads(line_of("x"))
    assert said["timestamp"].endswith("+00:00")
    assert (said["name"], set(said)) == ("chats", {"timestamp", "level", "name", "message"})
