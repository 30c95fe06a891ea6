"""One whole pull, top to bottom: from a row to a file that is known to be a model."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import OperationalError
from django.utils.translation import gettext as _

from core import jobs
from core.database import brief_connection
from core.jobs import Status
from inference.text.gguf import Header, NotAModel, read_header
from weights import files, hub, ollama
from weights.hub import HubError, RemoteFile
from weights.ledger import REFERENCE_CONTEXT, memory_needed
from weights.models import LanguageModel, Source

logger = logging.getLogger(__name__)

# Two at once share a line well; the default worker has four threads, and mail must not wait for files.
PULLS_AT_ONCE = 2
# How often the row hears of it, and whether somebody wants it to stop.
BEAT_SECONDS = 1.0
# In a row, without a byte in between; then the part waits for somebody to resume it.
TRIES = 5
FIRST_PAUSE_SECONDS = 1.0

Watch = Callable[[LanguageModel], None]


def _nobody(model: LanguageModel) -> None:
    pass


class _Ended(Exception):
    """The pull ends here. `keep`: the part is good as far as it goes."""

    def __init__(self, status: Status, sentence: str = "", *, keep: bool = True) -> None:
        super().__init__(sentence)
        self.status, self.sentence, self.keep = status, sentence, keep


class _Lost(Exception):
    """Another attempt has the row, or it is gone."""


def run_pull(
    model_id: UUID, watch: Watch = _nobody, free: Callable[[], int] = files.free_bytes, most: int = PULLS_AT_ONCE
) -> list[UUID]:
    """Pull one model, if fewer than `most` are being pulled. Answers which pulls may be queued now.

    Safe to call twice, and for a pull that was stopped or taken over: it then does nothing. However it ends, the row
    says so. `watch` hears of every step; `free` tells how many bytes the disk has left.
    """
    with brief_connection():
        model = _claimed(model_id, most)
    if model is None:
        return []
    pull = _Pull(model, watch, free)
    try:
        pull.run()
    except _Lost:
        logger.warning("attempt lost its pull", extra={"model": model.name, "attempt": model.attempt})
    except BaseException as error:
        pull.end(_ending(error))
        if not isinstance(error, Exception):
            raise
    with brief_connection():
        return waiting()


def waiting() -> list[UUID]:
    """The pulls that may begin now, in the order in which they were asked for."""
    room = PULLS_AT_ONCE - LanguageModel.pulling()
    in_line = LanguageModel.objects.filter(status=Status.QUEUED).order_by("queued_at")
    return list(in_line.values_list("id", flat=True)[:room]) if room > 0 else []


def _claimed(model_id: UUID, most: int) -> LanguageModel | None:
    model = LanguageModel.objects.filter(id=model_id).first()
    # Whether it is taken or must wait, its task is spent: whoever ends a pull, or the reaper, queues the next.
    jobs.forget_queued(model_id)
    if model is None or LanguageModel.pulling() >= most or not model.claim():
        return None
    return model if model.hear(model.received_bytes, 0) else None


def _ending(error: BaseException) -> _Ended:
    """What a pull that was left by an exception ends as."""
    match error:
        case _Ended():
            return error
        case HubError():
            return _Ended(Status.INTERRUPTED if error.retry else Status.FAILED, str(error))
        case files.Busy():
            return _Ended(Status.INTERRUPTED, _("Another process still writes this file; resume it in a moment."))
        case OSError():
            logger.exception("pull failed", exc_info=error)
            reason = error.strerror or str(error)
            return _Ended(Status.INTERRUPTED, _("The file could not be written: %(reason)s.") % {"reason": reason})
        case Exception():
            # Whatever it was: a row that stays at running would be pulled again for ever.
            logger.exception("pull failed", exc_info=error)
            return _Ended(Status.FAILED, _("Something went wrong while this model was pulled; the log says what."))
        case _:
            return _Ended(Status.INTERRUPTED, _("The pull was stopped. It goes on from here when it is resumed."))


@dataclass(slots=True)
class _Pull:
    model: LanguageModel
    watch: Watch
    free: Callable[[], int]
    received: int = 0
    _beat_at: float = 0.0
    _beat_bytes: int = 0
    _speed: float = 0.0
    _pause: threading.Event = field(default_factory=threading.Event)

    @property
    def part(self) -> Path:
        return files.part(self.model.id)

    def run(self) -> None:
        if self.model.source == Source.OLLAMA:
            self._pull_elsewhere()
            return
        with files.held(self.part):
            if self.model.source != Source.FILE:
                self._fetch()
            self._keep(self._checked())

    def end(self, ended: _Ended) -> None:
        if not ended.keep:
            self.part.unlink(missing_ok=True)
            self.received = 0
        with brief_connection():
            self.model.end(ended.status, ended.sentence, received_bytes=self.received)
        self.watch(self.model)
        logger.info(
            "pull ended", extra={"model": self.model.name, "status": ended.status.value, "bytes": self.received}
        )

    # --- receiving ------------------------------------------------------------------------------------------------

    def _fetch(self) -> None:
        """Bring the part up to the whole file."""
        model = self.model
        address = model.url or hub.address_of(model.repository, model.file)
        remote = hub.look(address)
        if not self._goes_on(remote):
            self._truncate()
        self.received = self.part.stat().st_size
        with brief_connection():
            sha256 = model.expected_sha256 or remote.sha256
            if not model.begin(size_bytes=remote.size_bytes, sha256=sha256, tag=remote.tag):
                raise _Lost
        self._refuse_full_disk(remote.size_bytes - self.received)
        failures = 0
        while not remote.size_bytes or self.received < remote.size_bytes:
            before = self.received
            try:
                self._receive(address, remote)
                break
            except HubError as error:
                failures = failures + 1 if self.received == before else 1
                if not error.retry or failures >= TRIES:
                    raise
                self._pause.wait(FIRST_PAUSE_SECONDS * 2 ** (failures - 1))
                self._beat()

    def _goes_on(self, remote: RemoteFile) -> bool:
        """The part is a beginning of this very file."""
        have = self.part.stat().st_size
        same = self.model.part_tag == remote.tag[:200]
        return same and bool(remote.size_bytes) and have <= remote.size_bytes

    def _receive(self, address: str, remote: RemoteFile) -> None:
        with hub.opened(address, self.received) as body, self.part.open("ab") as file:
            if body.start != self.received:
                self._truncate()
            if remote.size_bytes and body.size_bytes and body.size_bytes != remote.size_bytes:
                raise HubError(_("The file changed while it was being pulled; resume to begin anew."))
            for chunk in body.chunks:
                file.write(chunk)
                self.received += len(chunk)
                if remote.size_bytes and self.received > remote.size_bytes:
                    raise _Ended(Status.FAILED, _("The server sent more than the file has."), keep=False)
                self._beat_now_and_then(file.flush)
        if remote.size_bytes and self.received < remote.size_bytes:
            raise HubError(_("The connection broke."), retry=True)

    def _truncate(self) -> None:
        with self.part.open("wb"):
            self.received = 0
            self._beat_bytes = 0

    # --- between chunks -------------------------------------------------------------------------------------------

    def _beat_now_and_then(self, before: Callable[[], None] = lambda: None) -> None:
        if time.monotonic() - self._beat_at >= BEAT_SECONDS:
            before()
            self._beat()

    def _beat(self) -> None:
        """Say how far it has come, and hear whether it shall go on. Raises `_Lost` and `_Ended`."""
        instant = time.monotonic()
        if self._beat_at:
            now = max(0.0, self.received - self._beat_bytes) / max(instant - self._beat_at, 1e-3)
            self._speed = now if not self._speed else 0.7 * self._speed + 0.3 * now
        self._beat_at, self._beat_bytes = instant, self.received
        try:
            with brief_connection():
                alive = self.model.hear(self.received, int(self._speed))
                self.model.refresh_from_db(fields=["cancel_requested"])
        except LanguageModel.DoesNotExist:
            raise _Lost from None
        except OperationalError as error:
            # PostgreSQL restarts; the file goes on meanwhile.
            logger.warning("progress not kept: %s", error, extra={"model": self.model.name})
            return
        if not alive:
            raise _Lost
        self.watch(self.model)
        if self.model.cancel_requested:
            raise _Ended(Status.CANCELLED)
        self._refuse_full_disk(0)

    def _refuse_full_disk(self, needed: int) -> None:
        free = self.free()
        if free - max(0, needed) < files.RESERVE_BYTES:
            raise _Ended(
                Status.FAILED,
                _("The disk has %(free)s free; this needs %(needed)s more, and %(reserve)s stay free for the rest.")
                % {
                    "free": gigabytes(free),
                    "needed": gigabytes(max(0, needed)),
                    "reserve": gigabytes(files.RESERVE_BYTES),
                },
            )

    # --- looking at it --------------------------------------------------------------------------------------------

    def _checked(self) -> Header:
        """The header of the part, which is whole and what was promised. Raises `_Ended`."""
        self.received = self.part.stat().st_size
        try:
            header = read_header(self.part)
        except NotAModel as reason:
            raise _Ended(Status.FAILED, unusable(reason), keep=False) from reason
        found = files.sha256_of(self.part, self._beat_now_and_then)
        if self.model.sha256 and found != self.model.sha256:
            raise _Ended(
                Status.FAILED,
                _("The file is not the one that was promised: its SHA-256 begins with %(found)s and not %(promised)s.")
                % {"found": found[:12], "promised": self.model.sha256[:12]},
                keep=False,
            )
        self.model.sha256 = found
        return header

    def _keep(self, header: Header) -> None:
        model = self.model
        complete = files.finish(model.id)
        stamp = files.stamp(complete)
        if stamp is None:
            raise _Ended(Status.FAILED, _("The file was removed while it was being looked at."), keep=False)
        context = header.number("context_length")
        slots = settings.INFERENCE["text"].slots
        with brief_connection():
            kept = model.end(
                Status.DONE,
                sha256=model.sha256,
                size_bytes=stamp.size_bytes,
                received_bytes=stamp.size_bytes,
                parameters=header.weights,
                context=context,
                embeds=header.embeds,
                memory_bytes=memory_needed(
                    stamp.size_bytes, cache_bytes_of(header), min(context, REFERENCE_CONTEXT), slots
                ),
                verified_bytes=stamp.size_bytes,
                verified_mtime_ns=stamp.mtime_ns,
            )
        if not kept:
            raise _Lost
        self.watch(model)
        logger.info("pull ended", extra={"model": model.name, "status": "done", "bytes": stamp.size_bytes})

    def _pull_elsewhere(self) -> None:
        for progress in ollama.pull(self.model.file):
            self.received = progress.completed
            self.model.size_bytes = progress.total
            self._beat_now_and_then()
        with brief_connection():
            if not self.model.end(Status.DONE, received_bytes=self.received, size_bytes=self.model.size_bytes):
                raise _Lost
        self.watch(self.model)


def unusable(reason: NotAModel) -> str:
    return _("This is no model that can be used: %(reason)s.") % {"reason": reason}


def cache_bytes_of(header: Header) -> int:
    """What one token takes in a cache of F16. A model that says nothing of its heads counts as having none."""
    heads = header.number("attention.head_count")
    length = header.number("embedding_length") // heads if heads else 0
    keys = header.number("attention.key_length") or length
    values = header.number("attention.value_length") or length
    kept = header.number("attention.head_count_kv") or heads
    return header.number("block_count") * kept * (keys + values) * 2


def gigabytes(count: int) -> str:
    return f"{count / 1e9:.1f} GB"
