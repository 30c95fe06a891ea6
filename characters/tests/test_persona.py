"""Any markdown is a persona sheet, and nothing of it is lost."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from characters.actions.seeding import SHEETS
from characters.persona import Section, Sheet, parse

TITLES = (
    "Intent",
    "System Instruction: Core Identity",
    "The Prime Directive: Bond with the User",
    "Interface & Presence Profile",
    "Psychological & Mental Profile",
    "Quirks & Preferences",
    "Modular Task Behaviors",
    "Example Interaction",
)
MARKDOWN = st.lists(
    st.sampled_from(["# ", "## ", "##\t", "### ", "##", "#", "\n", "\r\n", " ", "a", "b:", "- **c**"])
).map("".join)
WORD = st.text("abcde*&:é龍", min_size=1, max_size=6)
WORDS = st.lists(WORD, min_size=1, max_size=5).map(" ".join)


def words_of(sheet: Sheet) -> list[str]:
    return [word for part in sheet.sections for word in ("##", *part.title.split(), *part.body.split())]


@given(MARKDOWN | st.text())
@example("## \n##  \nx")
def test_no_word_is_lost_or_moved(markdown: str) -> None:
    sheet = parse(markdown)
    headings = [found.start() for found in re.finditer(r"^##[ \t]+[^\s]", markdown, re.MULTILINE)]
    assert len(sheet.sections) == len(headings)
    assert words_of(sheet) == (markdown[headings[0] :].split() if headings else [])


@given(
    WORDS,
    st.lists(st.tuples(WORDS, st.lists(WORDS, max_size=3).map("\n\n".join)), max_size=6),
    st.sampled_from(["\n", "\r\n"]),
)
def test_what_was_written_is_what_is_read(name: str, parts: list[tuple[str, str]], end: str) -> None:
    lines = [f"# {name}", *(f"\n## {title}\n{body}" for title, body in parts)]
    sheet = parse("\n".join(lines).replace("\n", end))
    sections = [Section(part.title, part.body.replace("\r\n", "\n")) for part in sheet.sections]
    assert (sheet.name, sections) == (name, [Section(title, body) for title, body in parts])


def test_a_sheet_without_headings_has_no_sections() -> None:
    assert parse("You are a lighthouse keeper.") == Sheet("", ())
    assert parse("") == Sheet("", ())


def test_deeper_headings_belong_to_their_section() -> None:
    assert parse("## One\n### Two\nthree").sections == (Section("One", "### Two\nthree"),)


@pytest.mark.parametrize("title", ["Intent", "INTENT", "intent  "])
def test_the_intent_is_known_by_its_name(title: str) -> None:
    assert parse(f"# A\n\n## Other\nno\n\n## {title}\nA short line.\n").intent == "A short line."
    assert parse("# A\n").intent == ""


def test_a_sheet_from_a_form_is_the_same_sheet() -> None:
    sheet = (SHEETS / "azera.md").read_text()
    from_form = parse(sheet.replace("\n", "\r\n"))
    assert (from_form.name, from_form.intent) == (parse(sheet).name, parse(sheet).intent)
    assert [part.title for part in from_form.sections] == list(TITLES)


@pytest.mark.parametrize("slug", ["_template", "azera", "areza"])
class TestShippedSheets:
    def test_every_section_is_there_and_says_something(self, slug: str) -> None:
        sheet = parse((SHEETS / f"{slug}.md").read_text())
        assert tuple(part.title for part in sheet.sections) == TITLES
        assert all(part.body for part in sheet.sections)

    @pytest.mark.parametrize(
        ("title", "fields"),
        [
            (TITLES[2], ["Identity of the User", "The Dynamic", "Tone", "Constraint"]),
            (TITLES[4], ["Archetype", "MBTI", "Core values", "Cognitive style", "Emotional landscape"]),
            (TITLES[6], ["Coding", "Troubleshooting", "Writing", "Brainstorming", "Personal questions"]),
        ],
    )
    def test_a_section_has_its_fields(self, slug: str, title: str, fields: list[str]) -> None:
        sheet = parse((SHEETS / f"{slug}.md").read_text())
        (body,) = [part.body for part in sheet.sections if part.title == title]
        assert re.findall(r"\*\*([^*]+):\*\*", body) == fields

    def test_its_name_is_in_its_first_words(self, slug: str) -> None:
        sheet = parse((SHEETS / f"{slug}.md").read_text())
        assert sheet.sections[1].body.startswith(f"You are {sheet.name}, ")
