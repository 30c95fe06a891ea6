"""A program of its own: load a model with little time, memory and reach, and let it say one token.

Reads the fields of `TextSettings`, writes `{"error": ""}` or what is wrong. A model's file is a stranger's, and
libraries have been made to read and write beyond their buffers by such files before.
"""

import contextlib
import ctypes
import json
import os
import resource
import sys
from importlib import import_module
from pathlib import Path

from inference.errors import InferenceError
from inference.text.engine import TextEngine
from inference.text.settings import FlashAttention, KvType, TextSettings
from inference.text.trial import say_one_word

CPU_SECONDS = 300
# Beside the file itself, which is mapped, and once more where the library packs it anew.
MEMORY_BYTES = 8 * 2**30
NEW_USER, NEW_NETWORK = 0x10000000, 0x40000000


def main() -> None:
    asked = json.load(sys.stdin)
    asked["flash_attention"] = FlashAttention(asked["flash_attention"])
    asked["kv_type"] = KvType(asked["kv_type"])
    settings = TextSettings(**asked)
    _confine(Path(settings.model))
    # Whatever the library prints must not stand between us and who asked.
    answer = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    try:
        engine: TextEngine = import_module(settings.adapter).build(settings)
        say_one_word(engine)
        error = ""
    except (InferenceError, ImportError, MemoryError) as failure:
        error = str(failure) or type(failure).__name__
    json.dump({"error": error}, answer)
    answer.flush()
    # The library's own ending may take as long as its beginning.
    os._exit(0)


def _confine(model: Path) -> None:
    # Where the kernel allows it, this process has no network from here on.
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).unshare(NEW_USER | NEW_NETWORK)
    size = model.stat().st_size if model.is_file() else 0
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES + 2 * size,) * 2)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    main()
