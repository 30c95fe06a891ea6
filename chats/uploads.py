"""Uploads of conversations: as those of characters (characters/uploads.py), but larger."""

from django.http import HttpRequest
from django.utils.translation import gettext as _

from characters import uploads
from characters.uploads import MOST_REQUEST_BYTES, Nameless, chunks
from core.errors import CognitiaError

__all__ = ["MOST_FILE_BYTES", "TooLarge", "chunks", "expect_files"]

# One file may be all that a request brings.
MOST_FILE_BYTES = MOST_REQUEST_BYTES


class TooLarge(CognitiaError):
    code, status = "too_large", 413

    def __init__(self) -> None:
        mib = MOST_FILE_BYTES // 2**20
        super().__init__(_("The files are larger than %(mib)d MiB together.") % {"mib": mib}, mib=mib)


class NamelessAndLarge(Nameless):
    most = MOST_FILE_BYTES
    refusal = TooLarge


def expect_files(request: HttpRequest) -> None:
    """To be called before anybody looks at the request's body. Raises `TooLarge` by what its header says."""
    uploads.expect_files(request, handler=NamelessAndLarge)
