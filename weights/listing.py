"""Rows and the ledger in, what the page of models shows out."""

from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _

from core.jobs import LIVE, Status
from weights import access, files, machine
from weights.ledger import LEDGER, Entry
from weights.models import LanguageModel
from weights.pulling import gigabytes

OFFERED = "offered"


@dataclass(frozen=True, slots=True)
class ModelView:
    """`state`: a status of the pull, or "offered" for what the ledger has and we have not. Sizes are in words."""

    name: str
    label: str
    state: str
    state_label: str
    license: str
    parameters: str
    size: str
    memory: str
    is_tight: bool
    is_recommended: bool
    is_on_server: bool
    in_use: bool = False
    wanted: bool = False
    percent: int = 0
    received: str = ""
    speed: str = ""
    left: str = ""
    error: str = ""

    @property
    def is_live(self) -> bool:
        return self.state in LIVE

    @property
    def is_ready(self) -> bool:
        return self.state == Status.DONE

    @property
    def can_resume(self) -> bool:
        return self.state in {Status.CANCELLED, Status.INTERRUPTED, Status.FAILED}

    @property
    def is_moving(self) -> bool:
        """It will look otherwise in a moment."""
        return self.is_live or self.wanted


@dataclass(frozen=True, slots=True)
class Shelf:
    """The whole page. `found`: files in the folder that are not taken in. `is_elsewhere`: TEXT_URL names a server."""

    here: tuple[ModelView, ...]
    offered: tuple[ModelView, ...]
    found: tuple[str, ...]
    default_name: str
    default_in_use: bool
    disk_free: str
    disk_reserve: str
    is_ollama: bool
    is_elsewhere: bool


def shelf(*, is_ollama: bool) -> Shelf:
    """What there is, without the models that only embed."""
    suits = machine.recommended()
    recommended = suits.name if suits else ""
    memory = machine.this_machine()
    room = max(memory.memory_bytes, memory.card_bytes)
    rows = list(access.models())
    taken = {row.name for row in rows}
    behind_address = bool(settings.INFERENCE["text"].url)
    offers = () if behind_address else tuple(entry for entry in LEDGER if entry.name not in taken)
    return Shelf(
        here=tuple(_row(row, recommended, room) for row in rows if not row.embeds),
        offered=tuple(_offer(entry, recommended, room) for entry in offers),
        found=() if behind_address else tuple(path.name for path in files.unregistered()),
        default_name=_default_name(),
        default_in_use=not any(row.in_use for row in rows),
        disk_free=gigabytes(files.free_bytes()),
        disk_reserve=gigabytes(files.RESERVE_BYTES),
        is_ollama=is_ollama,
        is_elsewhere=behind_address,
    )


def _row(row: LanguageModel, recommended: str, room: int) -> ModelView:
    left = row.size_bytes - row.received_bytes
    return ModelView(
        name=row.name,
        label=row.label or row.name,
        state=row.status,
        state_label=_state(row),
        license=row.license,
        parameters=_parameters(row.parameters),
        size=_size(row.size_bytes),
        memory=_size(row.memory_bytes),
        is_tight=row.memory_bytes > room,
        is_recommended=row.name == recommended,
        is_on_server=not row.has_file,
        in_use=row.in_use,
        wanted=row.wanted_at is not None,
        percent=min(100, row.received_bytes * 100 // row.size_bytes) if row.size_bytes else 0,
        received=_size(row.received_bytes),
        speed=_("%(megabytes).1f MB/s") % {"megabytes": row.bytes_per_second / 1e6} if row.bytes_per_second else "",
        left=machine.minutes(left / row.bytes_per_second) if row.bytes_per_second and left > 0 else "",
        error=row.error,
    )


def _offer(entry: Entry, recommended: str, room: int) -> ModelView:
    memory = entry.memory_bytes(machine.slots())
    return ModelView(
        name=entry.name,
        label=entry.label,
        state=OFFERED,
        state_label="",
        license=entry.license,
        parameters=_parameters(entry.parameters),
        size=_size(entry.size_bytes),
        memory=_size(memory),
        is_tight=memory > room,
        is_recommended=entry.name == recommended,
        is_on_server=False,
    )


def _state(row: LanguageModel) -> str:
    if row.in_use:
        return _("In use")
    if row.wanted_at is not None:
        return _("Being tried out")
    if row.status == Status.RUNNING:
        return _("Stopping") if row.cancel_requested else _("Being pulled")
    return _("Here") if row.is_ready else row.get_status_display()


def _default_name() -> str:
    chosen = settings.INFERENCE["text"]
    return str(chosen.model) if chosen.url else str(chosen.model).rpartition("/")[2]


def _parameters(count: int) -> str:
    """Empty if nobody said."""
    if count >= 1e9:
        return _("%(billions).1f billion") % {"billions": count / 1e9}
    return _("%(millions)d million") % {"millions": count // 1_000_000} if count else ""


def _size(count: int) -> str:
    """Empty if nobody said."""
    if count >= 1e9:
        return gigabytes(count)
    return _("%(megabytes).0f MB") % {"megabytes": count / 1e6} if count else ""
