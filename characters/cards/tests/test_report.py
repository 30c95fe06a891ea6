"""Everything that an import tells has one sentence, in one place, to be translated by its code."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import characters
from characters.report import (
    LONGEST_DETAIL,
    LONGEST_WHERE,
    MOST_NOTICES,
    SENTENCES,
    Fate,
    Notice,
    Notices,
    Refused,
    sentence,
)

FIELD = re.compile(r"%\((\w+)\)s")
ROOT = Path(characters.__file__).parent
# Where every code is written out.
PURE = ("cards", "lore")


@dataclass(frozen=True)
class Told:
    """One place in the code where something is told; `code` is None where it is not written out."""

    place: str
    code: str | None
    fields: frozenset[str | None]


def trees(*folders: str) -> Iterator[tuple[Path, ast.AST]]:
    for folder in folders:
        for path in (ROOT / folder).rglob("*.py"):
            if "tests" not in path.parts:
                yield path.relative_to(ROOT), ast.parse(path.read_text())


def told() -> Iterator[Told]:
    for path, tree in trees(*PURE):
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and tells(node.func):
                first = node.args[0] if node.args else None
                code = first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else None
                yield Told(f"{path}:{node.lineno}", code, frozenset(keyword.arg for keyword in node.keywords))


def tells(called: ast.expr) -> bool:
    if isinstance(called, ast.Name):
        return called.id == "Refused"
    if not isinstance(called, ast.Attribute) or called.attr not in {"imported", "kept", "refused"}:
        return False
    owner = called.value
    name = owner.id if isinstance(owner, ast.Name) else owner.attr if isinstance(owner, ast.Attribute) else ""
    return name.endswith("notices")


def test_every_code_has_a_sentence_about_what_it_is_given() -> None:
    found = list(told())
    assert len(found) > 50
    for one in found:
        said = SENTENCES.get(one.code or "")
        assert said is not None, one
        assert one.fields == set(FIELD.findall(said)), one


def test_every_sentence_is_told_somewhere() -> None:
    elsewhere = {
        node.value
        for path, tree in trees(".")
        for node in ast.walk(tree)
        if path.name != "report.py" and isinstance(node, ast.Constant)
    }
    assert set(SENTENCES) - {one.code for one in told()} <= elsewhere


def test_a_sentence_is_one() -> None:
    for code, said in SENTENCES.items():
        assert said.endswith("."), code
        assert "%" not in FIELD.sub("", said), code
    assert len(set(SENTENCES.values())) == len(SENTENCES)


def test_it_is_said_in_english_or_as_somebody_translates_it() -> None:
    refused = Refused("too_large_file", mib=32)
    assert str(refused) == sentence(refused) == "The file is larger than 32 MiB."
    german = {SENTENCES["too_large_file"]: "Die Datei ist größer als %(mib)s MiB."}
    assert sentence(refused, german.__getitem__) == "Die Datei ist größer als 32 MiB."
    notice = Notice(Fate.KEPT, "wrong_type", "data.tags", (("key", "tags"),))
    assert sentence(notice) == "What tags says is of a kind that cannot be read."


def test_what_a_file_calls_itself_is_shortened_and_stays_on_its_line() -> None:
    notices = Notices()
    notices.refused("left_out", "w" * 500, names="a\nb\x00" + "n" * 500 + "100%")
    details = dict(notices[0].details)
    assert str(details["names"]).startswith("a?b?n")
    assert (len(notices[0].where), len(str(details["names"]))) == (LONGEST_WHERE, LONGEST_DETAIL)
    assert sentence(notices[0]).startswith("Files that the card does not name were left out: a?b?n")


def test_nobody_is_told_more_than_can_be_read() -> None:
    notices = Notices()
    for _ in range(MOST_NOTICES):
        notices.kept("no_bytes", "asset a")
        notices.lost(Refused("missing"), "asset b")
    notices.extend(list(notices))
    assert len(notices) == MOST_NOTICES
    assert notices[1] == Notice(Fate.REFUSED, "missing", "asset b")
