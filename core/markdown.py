"""Markdown to safe HTML, block by block, the same whether it came at once or token by token. Pure.

A text is cut into top-level blocks. A block is closed when a later one has begun on a complete line;
from then on nothing that follows can change it, which is what lets a page keep it untouched.
"""

from dataclasses import dataclass
from itertools import pairwise

import nh3
from markdown_it import MarkdownIt
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

TAGS = frozenset(
    "a blockquote br code del em h1 h2 h3 h4 h5 h6 hr li ol p pre s span strong table tbody td th thead tr ul".split()
)
ATTRIBUTES = {
    "a": {"href", "title"},
    "code": {"class"},
    "span": {"class"},
    "ol": {"start"},
    "td": {"style"},
    "th": {"style"},
}
# Lists, quotes and indented code may go on after a blank line; these may not.
ENDED_BY_A_BLANK_LINE = frozenset({"paragraph_open", "heading_open", "fence", "table_open", "hr"})
_FORMATTER = HtmlFormatter(nowrap=True, classprefix="hl-")


@dataclass(frozen=True, slots=True)
class Block:
    """`html` is sanitised."""

    index: int
    html: str


class BlockStream:
    """Takes text in any pieces and gives each block once, when it is closed."""

    def __init__(self) -> None:
        self.tail = ""
        self._next = 0

    def push(self, text: str) -> list[Block]:
        """The blocks that this text has closed; `tail` is then the text of the one that is open."""
        return [self._close(source) for source in self._closed_by(text)]

    def skip(self, text: str) -> None:
        """As `push`, for a reader who has these blocks already: they are counted and not rendered."""
        self._next += len(self._closed_by(text))

    def _closed_by(self, text: str) -> list[str]:
        self.tail += shown(text)
        if "\n" not in text:
            return []
        complete = self.tail[: self.tail.rfind("\n") + 1]
        lines = self.tail.split("\n")
        tops = [token for token in _splitter.parse(complete) if token.level == 0 and token.map]
        if not tops:
            return []
        bounds = sorted({token.map[0] for token in tops if token.map})
        last_line = tops[-1].map[1] if tops[-1].map else 0
        if tops[-1].type in ENDED_BY_A_BLANK_LINE and last_line < complete.count("\n"):
            bounds.append(last_line)
        closed = ["\n".join(lines[start:end]) for start, end in pairwise(bounds)]
        self.tail = "\n".join(lines[bounds[-1] :]).lstrip("\n") if closed else self.tail
        return closed

    def finish(self) -> list[Block]:
        """What is still open, closed: the text is at its end."""
        rest, self.tail = self.tail, ""
        if not rest.strip():
            return []
        starts = sorted({token.map[0] for token in _splitter.parse(rest) if token.level == 0 and token.map})
        lines = rest.split("\n")
        ends = [*starts[1:], len(lines)]
        return [self._close("\n".join(lines[start:end])) for start, end in zip(starts, ends, strict=True)]

    def _close(self, source: str) -> Block:
        block = Block(self._next, _safe_html(source))
        self._next += 1
        return block


def shown(text: str) -> str:
    """What a page sees of it."""
    return text.replace("\r", "").replace("\0", "")


def blocks(text: str) -> tuple[str, ...]:
    """The sanitised HTML of every block of a finished text."""
    stream = BlockStream()
    return tuple(block.html for block in [*stream.push(text), *stream.finish()])


def _safe_html(source: str) -> str:
    return nh3.clean(
        _renderer.render(source),
        tags=set(TAGS),
        attributes={tag: set(names) for tag, names in ATTRIBUTES.items()},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
        filter_style_properties={"text-align"},
    )


def _highlighted(code: str, language: str, _attributes: str) -> str:
    """Pygments' spans, or nothing for a language it does not know: the renderer then escapes the code itself."""
    try:
        lexer = get_lexer_by_name(language)
    except ClassNotFound:
        return ""
    return highlight(code, lexer, _FORMATTER)


# Link definitions would let a later line change an earlier block, and images would let a model's text call home.
_renderer = (
    MarkdownIt("commonmark", {"html": False, "breaks": True, "highlight": _highlighted})
    .enable(["table", "strikethrough"])
    .disable(["reference", "image", "html_block", "html_inline"])
)
_splitter = MarkdownIt("commonmark", {"html": False}).enable(["table"]).disable(["reference", "html_block"])
_splitter.core.ruler.enableOnly(["normalize", "block"])
