"""Texts that people send: trimmed, bounded, and such that PostgreSQL can hold them."""

import re

from django.utils.translation import gettext as _

from core.errors import BadInput

# NUL and halves of surrogate pairs.
UNSTORABLE = re.compile("[\0\ud800-\udfff]")


def line(text: str, what: str, most: int) -> str:
    """The text on one line. Raises `BadInput`, which calls it `what`, for one that is empty."""
    text = " ".join(storable(text, what, most).split())
    if not text:
        raise BadInput(_("%(what)s: this cannot be empty.") % {"what": what})
    return text


def title(text: str, most: int) -> str:
    """What something is called, on one line and cut where it is longer than that."""
    name = " ".join(text.split()) or _("Nameless")
    return name if len(name) <= most else name[: most - 1] + "…"


def storable(text: str, what: str, most: int) -> str:
    """The text itself, with the line ends of a file. Raises `BadInput`, which calls it `what`."""
    text = text.replace("\r\n", "\n")
    if len(text) > most:
        sentence = _("%(what)s: %(length)d characters are too many; at most %(most)d fit.")
        raise BadInput(sentence % {"what": what, "length": len(text), "most": most}, most=most)
    if UNSTORABLE.search(text):
        raise BadInput(_("%(what)s: there are characters in it that cannot be stored.") % {"what": what})
    return text


def hue(degrees: int) -> int:
    """Raises `BadInput` for what is no colour."""
    if not 0 <= degrees < 360:
        raise BadInput(_("The colour must be a number from 0 to 359."))
    return degrees
