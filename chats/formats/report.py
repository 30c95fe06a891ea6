"""What is told of a file of conversations, by code. Pure; as characters/report.py, whose notices these are."""

from collections.abc import Callable, Mapping

from characters.report import MOST_NOTICES, Detail, Details, Fate, Notice, Notices, shortened

__all__ = ["SENTENCES", "Detail", "Fate", "Notice", "Refused", "Remarks", "sentence", "shortened"]

LONGEST_DETAIL = 200


def _(sentence: str) -> str:
    """A mark for makemessages, which looks for this name."""
    return sentence


SENTENCES: Mapping[str, str] = {
    # A file of which nothing is taken in.
    "damaged_archive": _("The archive is damaged, or none."),
    "damaged_entry": _("%(name)s in the archive is damaged."),
    "encrypted": _("%(name)s in the archive is encrypted."),
    "no_chats": _("There is no conversation in this file."),
    "not_json": _("The file's text is not JSON, or it is damaged."),
    "odd_packing": _("%(name)s in the archive is packed in a way that is not read here."),
    "too_deep": _("The file's text is nested too deeply."),
    "too_large_archive": _("The archive unpacks to more than %(mib)s MiB."),
    "too_many_chats": _("There are more than %(most)s conversations in this file. Bring it in parts."),
    "too_many_files": _("An archive may hold %(most)s files and no more."),
    "too_many_messages": _("A conversation in it has more than %(most)s messages, which is the most that fit in one."),
    "too_many_values": _("A part of the file's text has too many parts itself."),
    "unknown_file": _(
        "The file is no conversation of a kind that is known here: SillyTavern's JSONL, ChatGPT's or Open WebUI's "
        "export, our own JSON, or a zip of these."
    ),
    # What was mended.
    "attached": _("%(count)s branches that lay in files of their own were joined to it."),
    "bad_date": _("Dates that cannot be read, or lie in the future, were set to when the message before was written."),
    "bad_letters": _("Letters that no text can hold were replaced."),
    "bad_number": _("Infinite numbers were left empty."),
    "bad_role": _("It was not said who wrote some messages; they are here as hidden ones."),
    "loop": _("Messages that answered each other in a circle were put at the beginning."),
    "lost_parent": _("Messages that answer one that is not there were put at the beginning."),
    "no_text": _("Messages without a text came in empty."),
    "odd_swipes": _("Alternatives of a message did not fit it; the text that was shown was kept."),
    "same_id": _("Several messages had the same id; all of them were kept."),
    # What was kept without a place of its own, or left out.
    "crowded": _("More than %(most)s characters speak in it; what the others say is here as %(name)s's."),
    "empty": _("There is no message in it; it was left out."),
    "cut_line": _("Line %(number)s cannot be read; it was left out."),
    "left_out": _("Other files in the archive were left out: %(names)s."),
    "narrated": _("What no character says was given to %(name)s, with the name kept for the next export."),
    "no_pictures": _("Pictures and other files of the conversation are not in it; their places were kept."),
    "not_a_chat": _("It is no conversation; it was left out."),
    "tags_left_out": _("These tags were left out, because there is no room for them: %(names)s."),
    "too_large_chat": _("This conversation is larger than %(mib)s MiB; it was left out."),
    "too_large_line": _("Line %(number)s is longer than %(mib)s MiB; it was left out."),
}


class Refused(Exception):
    """Nothing is taken in. As a text, the sentence in English."""

    def __init__(self, code: str, **details: Detail) -> None:
        self.code = code
        self.details: Details = tuple(
            (name, shortened(value, LONGEST_DETAIL) if isinstance(value, str) else value)
            for name, value in details.items()
        )
        super().__init__(sentence(self))


class Remarks(Notices):
    """Notices, each said once of a place however often it holds there."""

    def __init__(self) -> None:
        super().__init__()
        self._said: set[tuple[str, str]] = set()

    def append(self, notice: Notice) -> None:
        place = (notice.code, notice.where)
        if place not in self._said and len(self) < MOST_NOTICES:
            self._said.add(place)
            super().append(notice)


def sentence(told: Notice | Refused, translated: Callable[[str], str] = str) -> str:
    """What a person is told; `translated` is a gettext, and without one it is English."""
    return translated(SENTENCES[told.code]) % dict(told.details)
