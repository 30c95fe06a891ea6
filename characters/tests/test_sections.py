from hypothesis import given
from hypothesis import strategies as st

from characters import persona
from characters.actions.editing import TEMPLATE
from characters.actions.seeding import SHEETS
from characters.persona import Section
from characters.sections import composed, divided, kept, renamed

LINES = st.lists(
    st.sampled_from(["# Mira", "## Intent", "##  Odd \t", "## ", "##x", "", "  ", "    code", "- a", "b  "])
)
SHEETS_OF_ALL_KINDS = LINES.map("\n".join) | st.text(max_size=80)
TITLES = st.text(st.characters(categories=["L", "N", "P"]), min_size=1, max_size=12)
BODIES = st.lists(st.sampled_from(["one", "    code", "- a", "### small", "", "**b**"])).map("\n".join)
FORMS = st.lists(st.builds(Section, TITLES, BODIES), max_size=5)


@given(SHEETS_OF_ALL_KINDS)
def test_a_form_that_nobody_touched_is_the_same_sheet_to_the_letter(sheet: str) -> None:
    outline = divided(sheet)
    assert kept(sheet, outline.preamble, outline.sections) == sheet


@given(SHEETS_OF_ALL_KINDS)
def test_line_ends_that_a_form_adds_are_no_edit(sheet: str) -> None:
    outline = divided(sheet)
    sent = [Section(one.title, one.body.replace("\n", "\r\n")) for one in outline.sections]
    assert kept(sheet, outline.preamble.replace("\n", "\r\n"), sent) == sheet


@given(BODIES, FORMS)
def test_from_the_form_to_markdown_and_back_is_the_same_form(preamble: str, sections: list[Section]) -> None:
    once = divided(composed(preamble, sections))
    assert [(one.title, one.body) for one in once.sections] == [
        (one.title, divided(one.body).preamble) for one in sections
    ]
    assert divided(composed(once.preamble, once.sections)) == once


@given(SHEETS_OF_ALL_KINDS)
def test_every_word_of_a_sheet_is_in_its_form(sheet: str) -> None:
    outline = divided(sheet)
    words = composed(outline.preamble, outline.sections).split()
    assert words == sheet.split()


def test_it_sees_the_sections_that_the_prompt_sees() -> None:
    for path in (TEMPLATE, *SHEETS.glob("*.md")):
        sheet = path.read_text()
        assert [one.title for one in divided(sheet).sections] == [one.title for one in persona.parse(sheet).sections]
        assert composed(divided(sheet).preamble, divided(sheet).sections) == sheet


def test_a_text_without_a_title_is_not_lost() -> None:
    assert composed("# Mira", [Section("Intent", "Keeps."), Section(" ", "Also this."), Section("", " ")]) == (
        "# Mira\n\n## Intent\nKeeps.\n\nAlso this.\n"
    )


def test_a_new_name_goes_into_the_heading_only_where_the_old_one_stands() -> None:
    assert renamed("# Mira\n\nMira keeps.", "Mira", "Vale") == "# Vale\n\nMira keeps."
    assert renamed("# Mira, keeper\n", "Mira", "Vale") == "# Mira, keeper\n"
    assert renamed("no heading", "Mira", "Vale") == "no heading"
