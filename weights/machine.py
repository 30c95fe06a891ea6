"""What this machine can carry, and which model of the ledger suits it."""

import contextlib
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from weights import hub
from weights.ledger import LEDGER, Entry

# The rest of memory is for the system, PostgreSQL, Redis, three Python processes and a browser.
SHARE_OF_MEMORY = 0.6
SHARE_OF_CARD = 0.9
# Speaking reads every weight for every token. A processor's memory gives 10 to 40 GB/s: 8 B parameters of four bits
# are then 2 to 8 tokens a second, and half that many parameters twice as many. People read about 5.
PARAMETERS_ON_FEW_CORES = 4e9
PARAMETERS_ON_MANY_CORES = 9e9
MANY_CORES = 8
CARD_SECONDS = 5.0
REACHED_SECONDS = 3.0
CGROUP_LIMIT = Path("/sys/fs/cgroup/memory.max")


@dataclass(frozen=True, slots=True)
class Machine:
    memory_bytes: int
    cores: int
    card_bytes: int = 0


def this_machine() -> Machine:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    with contextlib.suppress(OSError, ValueError):  # no such limit, or the word "max"
        memory = min(memory, int(CGROUP_LIMIT.read_text()))
    return Machine(memory, os.cpu_count() or 1, _card_bytes())


def suited(machine: Machine, replies: int) -> Entry | None:
    """The largest model that fits, and that speaks about as fast as one reads. None: not even the smallest fits."""
    most = PARAMETERS_ON_MANY_CORES if machine.cores >= MANY_CORES else PARAMETERS_ON_FEW_CORES
    fitting = [
        entry
        for entry in LEDGER
        if entry.memory_bytes(replies) <= machine.card_bytes * SHARE_OF_CARD
        or (entry.parameters <= most and entry.memory_bytes(replies) <= machine.memory_bytes * SHARE_OF_MEMORY)
    ]
    return max(fitting, key=lambda entry: entry.parameters, default=None)


def recommended() -> Entry | None:
    return suited(this_machine(), slots())


def offer() -> str:
    """One sentence for whoever starts Cognitia with the starter model. It waits for the hub, at most seconds."""
    entry = recommended()
    if entry is None:
        return _("The starter model answers; the models of the list need more memory than this machine has.")
    if not hub.is_reachable(REACHED_SECONDS):
        return _("The starter model answers. %(label)s would suit this machine, but %(hub)s cannot be reached.") % {
            "label": entry.label,
            "hub": settings.HUB_URL,
        }
    return _(
        "The starter model answers. %(label)s suits this machine (%(size).1f GB, %(license)s): "
        "`manage.py models pull --recommended`, then `manage.py models use %(name)s`."
    ) % {"label": entry.label, "size": entry.size_bytes / 1e9, "license": entry.license, "name": entry.name}


def slots() -> int:
    replies: int = settings.INFERENCE["text"].slots
    return replies


def minutes(seconds: float) -> str:
    if seconds < 60:
        return _("less than a minute left")
    whole = round(seconds / 60)
    return ngettext("%(count)d minute left", "%(count)d minutes left", whole) % {"count": whole}


def _card_bytes() -> int:
    """Memory of the largest card that llama.cpp may use; 0 where it uses none."""
    if settings.INFERENCE["text"].gpu_layers == 0:
        return 0
    try:
        said = subprocess.run(
            ["nvidia-smi", "--query-gpu=memory.total", "--format=csv,noheader,nounits"],
            capture_output=True,
            text=True,
            timeout=CARD_SECONDS,
            check=True,
        ).stdout
        return max(int(line) for line in said.split()) * 2**20
    except (OSError, subprocess.SubprocessError, ValueError):
        return 0
