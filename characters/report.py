"""What is told of an import, by code: what was found in a file, and why one was turned away. Pure.

The sentences stand here alone, in English; who shows one gives `sentence` the translation to use.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

# More than this nobody reads, and a hostile file could ask for a million.
MOST_NOTICES = 100
LONGEST_WHERE, LONGEST_DETAIL = 80, 200

Detail: TypeAlias = str | int
Details: TypeAlias = tuple[tuple[str, Detail], ...]


def _(sentence: str) -> str:
    """A mark for makemessages, which looks for this name."""
    return sentence


SENTENCES: Mapping[str, str] = {
    # A file that is too much of something: these begin with "too_".
    "too_deep": _("The file's text is nested too deeply."),
    "too_large_assets": _("The card's files are larger than %(mib)s MiB together."),
    "too_large_book": _("The lorebook is larger than %(mib)s MiB."),
    "too_large_entry": _("%(name)s in the archive unpacks to too much."),
    "too_large_export": _("The file would be larger than %(mib)s MiB."),
    "too_large_file": _("The file is larger than %(mib)s MiB."),
    "too_large_inflated": _("The texts in the picture unpack to more than %(mib)s MiB."),
    "too_large_text": _("The file's text is larger than %(mib)s MiB."),
    "too_many_assets": _("The card names more than %(most)s files."),
    "too_many_chunks": _("The picture has more than %(most)s parts."),
    "too_many_entries": _("The lorebook has %(count)s entries; at most %(most)s fit in one."),
    "too_many_files": _("An archive may hold %(most)s files and no more."),
    "too_many_values": _("The file's text has too many parts."),
    # A file that is something else, or broken.
    "bad_keyword": _("A PNG cannot hold a text named %(name)s."),
    "cut_off": _("The picture is cut off before its end."),
    "damaged_archive": _("The archive is damaged, or none."),
    "damaged_asset": _("This file of the card is damaged."),
    "damaged_card": _("The card in the picture is damaged."),
    "damaged_entry": _("%(name)s in the archive is damaged."),
    "encrypted": _("%(name)s in the archive is encrypted."),
    "foreign_lorebook": _("Lorebooks of %(program)s cannot be read yet."),
    "lorebook": _("The file is a lorebook, not a character card."),
    "missing": _("The card names this file, which was not with it."),
    "no_card": _("The file holds no character card."),
    "not_a_card": _("The file is not a character card."),
    "not_a_lorebook": _("The file is not a lorebook."),
    "not_a_png": _("The picture is not a PNG."),
    "not_json": _("The file's text is not JSON, or it is damaged."),
    "odd_packing": _("%(name)s in the archive is packed in a way that is not read here."),
    "unknown_file": _("The file is no character card of a kind that is known here: PNG, JSON, CHARX or WEBP."),
    # What was mended or left out on the way in.
    "bad_letters": _("Letters that no text can hold were replaced."),
    "bad_number": _("Infinite numbers were left empty."),
    "checksum": _("A part of the picture is damaged; it was read all the same."),
    "left_out": _("Files that the card does not name were left out: %(names)s."),
    "newer": _("The card is of version %(version)s; 3.0 is known here, and the rest was kept."),
    "no_bytes": _("The card has only this file's address, which was not followed."),
    "no_name": _("The character has no name."),
    "number_for_text": _("A number stood where %(key)s is a text."),
    "scripts": _("What other programs would run was kept, and is never run here: %(keys)s."),
    "text_for_list": _("One text stood where %(key)s is a list."),
    "trailing": _("What follows the picture's end was left out."),
    "unknown": _("Kept as it was, and not used: %(keys)s."),
    "unknown_spec": _("The card does not say which version it is of."),
    "unreadable": _("A text in the picture cannot be read."),
    "wrong_type": _("What %(key)s says is of a kind that cannot be read."),
    # In lorebooks.
    "no_effect": _("%(key)s was kept, but has no effect here."),
    "not_a_list": _("%(key)s should be a list of texts; it was ignored."),
    "not_a_number": _("%(key)s should be a number; it was ignored."),
    "not_a_text": _("%(key)s should be a text; it was ignored."),
    "not_an_entry": _("It is no entry; it was left out."),
    "not_an_object": _("%(key)s should be an object; it was ignored."),
    "not_below_zero": _("%(key)s should be 0 or more; it was ignored."),
    "not_entries": _("The entries should be a list or an object; they were ignored."),
    "not_yes_or_no": _("%(key)s should be yes or no; it was ignored."),
    "odd_items": _("%(key)s has items that are no texts; they were left out."),
    "same_id": _("Another entry has its id; it is %(id)s now."),
    "unknown_value": _("%(key)s cannot be %(value)s; it was ignored."),
}


class Fate(StrEnum):
    """What became of the thing that a notice is about."""

    IMPORTED = "imported"
    KEPT = "kept unread"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Notice:
    """`where` is a place in the card (`data.tags`), in its lorebook (`entry 3`) or in its container (`chunk ccv3`)."""

    fate: Fate
    code: str
    where: str
    details: Details = ()


class Refused(Exception):
    """Nothing was imported, or nothing written. As a text, the sentence in English."""

    def __init__(self, code: str, **details: Detail) -> None:
        self.code, self.details = code, _frozen(details)
        super().__init__(sentence(self))


class Notices(list[Notice]):
    """A list that stops growing at `MOST_NOTICES`."""

    def imported(self, code: str, where: str, **details: Detail) -> None:
        self.append(Notice(Fate.IMPORTED, code, shortened(where), _frozen(details)))

    def kept(self, code: str, where: str, **details: Detail) -> None:
        self.append(Notice(Fate.KEPT, code, shortened(where), _frozen(details)))

    def refused(self, code: str, where: str, **details: Detail) -> None:
        self.append(Notice(Fate.REFUSED, code, shortened(where), _frozen(details)))

    def lost(self, refused: Refused, where: str) -> None:
        """A part that was turned away, where the whole was not."""
        self.append(Notice(Fate.REFUSED, refused.code, shortened(where), refused.details))

    def append(self, notice: Notice) -> None:
        if len(self) < MOST_NOTICES:
            super().append(notice)

    def extend(self, notices: Iterable[Notice]) -> None:
        for notice in notices:
            self.append(notice)


def sentence(told: Notice | Refused, translated: Callable[[str], str] = str) -> str:
    """What a person is told; `translated` is a gettext, and without one it is English."""
    return translated(SENTENCES[told.code]) % dict(told.details)


def shortened(text: str, most: int = LONGEST_WHERE) -> str:
    """A name out of somebody's file, fit to stand in a sentence."""
    plain = "".join(letter if letter.isprintable() else "?" for letter in text[: most + 1])
    return plain if len(plain) <= most else f"{plain[: most - 1]}…"


def _frozen(details: Mapping[str, Detail]) -> Details:
    return tuple(
        (name, shortened(value, LONGEST_DETAIL) if isinstance(value, str) else value)
        for name, value in details.items()
    )
