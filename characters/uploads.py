"""Uploads that never fill the memory, and never get a name on the disk."""

import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest
from django.utils.translation import gettext as _

from characters.cards.containers import MOST_FILE_BYTES
from core.errors import CognitiaError

# Several at once, for browsers without scripts; with them, each is a request of its own.
MOST_REQUEST_BYTES = 4 * MOST_FILE_BYTES
# What a form has around its files.
FORM_BYTES = 64 * 2**10


class TooLarge(CognitiaError):
    code, status = "too_large", 413

    def __init__(self) -> None:
        mib = MOST_FILE_BYTES // 2**20
        super().__init__(_("The file is larger than %(mib)d MiB.") % {"mib": mib}, mib=mib)


class Nameless(FileUploadHandler):
    """Into a file without a name, which is gone when it is closed. One of more than `most` bytes is refused while it
    comes."""

    most = MOST_FILE_BYTES
    refusal: type[CognitiaError] = TooLarge
    _file: BinaryIO | None = None
    _size = 0

    def new_file(
        self,
        field_name: str,
        file_name: str,
        content_type: str,
        content_length: int | None,
        charset: str | None = None,
        content_type_extra: dict[str, bytes] | None = None,
    ) -> None:
        super().new_file(field_name, file_name, content_type, content_length, charset, content_type_extra)
        folder = Path(settings.QUARANTINE_DIR)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._file, self._size = tempfile.TemporaryFile(dir=folder), 0  # noqa: SIM115  whoever reads it closes it

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self._size += len(raw_data)
        if self._size > self.most:
            self.upload_interrupted()
            raise self.refusal
        if self._file is not None:
            self._file.write(raw_data)

    def file_complete(self, file_size: int) -> "UploadedFile[bytes] | None":
        if self._file is None:
            return None
        self._file.seek(0)
        return UploadedFile(self._file, self.file_name, self.content_type, file_size, self.charset)

    def upload_interrupted(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None


def expect_files(request: HttpRequest, most: int = MOST_REQUEST_BYTES, handler: type[Nameless] = Nameless) -> None:
    """To be called before anybody looks at the request's body. Raises what `handler` does, by what its header says."""
    said = str(request.META.get("CONTENT_LENGTH") or 0)
    if not said.isdecimal() or int(said[:20]) > most + FORM_BYTES:
        raise handler.refusal
    request.upload_handlers = [handler(request)]


def chunks(file: "UploadedFile[bytes]") -> Iterable[bytes]:
    """Its bytes, once; then it is closed."""
    with file:
        yield from file.chunks()
