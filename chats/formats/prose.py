"""A conversation for people to read: as markdown, and as a page that needs nothing else. Pure."""

import html
import re
from dataclasses import dataclass
from datetime import UTC, datetime

from chats.formats.conversation import Speaker
from core import markdown

MARKS = re.compile(r"([\\`*_\[\]<>#|])")
# What a page of a stranger's words may do: nothing.
POLICY = "default-src 'none'; style-src 'unsafe-inline'"
STYLE = (
    ":root{color-scheme:light dark}"
    "body{max-width:44rem;margin:2rem auto;padding:0 1rem;font:1rem/1.6 Georgia,serif}"
    "article{margin:1.5rem 0;padding:.2rem 1rem;border-inline-start:3px solid #8888}"
    "article.user{border-color:#36c}article.hidden{opacity:.65}"
    "header{display:flex;flex-wrap:wrap;gap:.2rem 1rem;align-items:baseline;font-family:system-ui,sans-serif}"
    "h1{font-family:system-ui,sans-serif}h2{font-size:1rem;margin:0}time,.note{font-size:.8rem;opacity:.75}"
    "pre{overflow-x:auto;padding:.6rem;border:1px solid #8886}p,li{overflow-wrap:anywhere}"
)


@dataclass(frozen=True, slots=True)
class Passage:
    """`remark`: what is said of it beside its name, such as that the characters do not see it."""

    name: str
    role: Speaker
    text: str
    at: datetime
    remark: str = ""


def markdown_head(title: str) -> str:
    return f"# {_plain(title)}\n"


def markdown_passage(said: Passage) -> str:
    remark = f" · {_plain(said.remark)}" if said.remark else ""
    return f"\n## {_plain(said.name)}\n\n*{_moment(said.at)}{remark}*\n\n{markdown.shown(said.text).strip()}\n"


def html_head(title: str, language: str) -> str:
    name = html.escape(title)
    return (
        f'<!doctype html>\n<html lang="{html.escape(language)}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{html.escape(POLICY)}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{name}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{name}</h1>\n"
    )


def html_passage(said: Passage) -> str:
    classes = said.role.value + (" hidden" if said.remark else "")
    remark = f'<span class="note">{html.escape(said.remark)}</span>' if said.remark else ""
    words = "\n".join(markdown.blocks(said.text))
    return (
        f'<article class="{classes}">\n<header><h2 dir="auto">{html.escape(said.name)}</h2>'
        f'<time datetime="{said.at.astimezone(UTC).isoformat()}">{_moment(said.at)}</time>{remark}</header>\n'
        f'<div dir="auto">\n{words}\n</div>\n</article>\n'
    )


def html_end() -> str:
    return "</main>\n</body>\n</html>\n"


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _plain(text: str) -> str:
    """On one line, with nothing that markdown would read."""
    return MARKS.sub(r"\\\1", " ".join(text.split()))
