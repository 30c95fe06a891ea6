"""Uploads of conversations: as those of characters (characters/uploads.py), but larger."""

from django.http import HttpRequest
from django.utils.translation import gettext as _

from characters import uploads
from characters.uploads import FORM_BYTES, MOST_REQUEST_BYTES, Nameless, chunks
from core.errors import CognitiaError

__all__ = ["FORM_BYTES", "MOST_FILE_BYTES", "MOST_REQUEST_BYTES", "TooLarge", "chunks", "expect_files"]

# One file may be all that a request brings.
MOST_FILE_BYTES = MOST_REQUEST_BYTES


class TooLarge(CognitiaError):
    code, status = "too_large", 413

    def __init__(self) -> None:
        mib = MOST_FILE_BYTES // 2**20
        super().__init__(_("The files are larger than %(mib)d MiB together.") % {"mib": mib}, mib=mib)


class NamelessAndLarge(Nameless):
    """Raises `TooLarge` while it comes."""

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if start + len(raw_data) > MOST_FILE_BYTES:
            self.upload_interrupted()
            raise TooLarge
        if self._file is not None:
            self._file.write(raw_data)


def expect_files(request: HttpRequest) -> None:
    """To be called before anybody looks at the request's body. Raises `TooLarge` by what its header says."""
    try:
        uploads.expect_files(request, MOST_REQUEST_BYTES)
    except uploads.TooLarge:
        raise TooLarge from None
    request.upload_handlers = [NamelessAndLarge(request)]
