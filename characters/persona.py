"""A persona sheet: markdown whose headings are free, of which a few are known by name. Pure."""

import re
from dataclasses import dataclass

# A browser's form sends line ends as CR LF.
HEADING = re.compile(r"^##[ \t]+(?P<title>\S.*?)[ \t\r]*$", re.MULTILINE)
NAME = re.compile(r"^#[ \t]+(?P<name>\S.*?)[ \t\r]*$", re.MULTILINE)
INTENT = "intent"


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    body: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """`name` is the first-level heading ("" without one); sections keep their order and their words."""

    name: str
    sections: tuple[Section, ...]

    @property
    def intent(self) -> str:
        return next((part.body for part in self.sections if part.title.casefold() == INTENT), "")


def parse(markdown: str) -> Sheet:
    """Any markdown is a sheet: one without headings has no sections, and goes to the prompt whole all the same."""
    name = NAME.search(markdown)
    headings = list(HEADING.finditer(markdown))
    ends = [heading.start() for heading in headings[1:]] + [len(markdown)]
    return Sheet(
        name=name["name"] if name else "",
        sections=tuple(
            Section(heading["title"], markdown[heading.end() : end].strip())
            # Without headings there is one end too many.
            for heading, end in zip(headings, ends, strict=False)
        ),
    )
