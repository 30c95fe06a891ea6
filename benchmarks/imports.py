"""Files that were damaged at random, through all that reads them: `make bench-imports`.

A child of its own opens 10,000 of them and every bomb that is known, draws each picture anew as an import does, and
says what took longest and how much memory it ever had. It runs in an empty folder, which must be empty at the end.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from characters import pictures
from characters.opening import OpenedCard, opened
from characters.pictures import PictureRefused
from characters.report import Refused
from characters.tests.corpus import cases
from characters.tests.hostile import bombs, mutated

ROOT = Path(__file__).resolve().parent.parent
FILES, SEED = 10_000, 2026
# Of the corpus: larger ones would be damaged where nothing is read.
LARGEST = 2**18
WIDTHS = (96, 480)
MOST_SECONDS, MOST_MIB = 1.0, 150.0


@dataclass
class Told:
    """`seconds` are each file's own on a processor, whoever shares it; `ended` counts codes, "" if it was opened."""

    seconds: list[float] = field(default_factory=list)
    ended: Counter[str] = field(default_factory=Counter)
    pictures: int = 0
    crashes: int = 0
    slowest: str = ""
    longest_wait: float = 0.0

    def read(self, name: str, content: bytes) -> None:
        begun, began = time.process_time(), time.perf_counter()
        try:
            self.ended[self._read(content)] += 1
        except Exception:  # noqa: BLE001  every one of them is counted and shown
            self.crashes += 1
            print(f"crash at {name}", traceback.format_exc(), file=sys.stderr)
        taken = time.process_time() - begun
        self.longest_wait = max(self.longest_wait, time.perf_counter() - began)
        if taken > max(self.seconds, default=0.0):
            self.slowest = name
        self.seconds.append(taken)

    def _read(self, content: bytes) -> str:
        try:
            found = opened(content, "card.png")
        except Refused as refused:
            return refused.code
        if isinstance(found, OpenedCard):
            for body in (*found.assets.values(), *([found.picture] if found.picture else [])):
                self._draw(body)
        return ""

    def _draw(self, body: bytes) -> None:
        try:
            drawn = pictures.re_encode(body)
        except PictureRefused:
            return
        self.pictures += 1
        for width in WIDTHS:
            pictures.variant(drawn.content, width)


def peak_mib() -> float:
    """Of this program. `ru_maxrss` would also know whoever started it."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def child(count: int, seed: int, harmful: Path) -> None:
    """One line of JSON at the end."""
    rng = random.Random(seed)
    sound = [case.content for case in cases() if len(case.content) < LARGEST]
    begun_mib = peak_mib()
    told = Told()
    for number in range(count):
        told.read(f"file {number}", mutated(rng, sound))
    files_mib, slowest = peak_mib(), told.slowest
    harm = Told()
    for file in sorted(harmful.iterdir()):
        harm.read(file.name, file.read_bytes())
    ordered = sorted(told.seconds)
    print(
        json.dumps(
            {
                "opened": told.ended[""],
                "refused": sum(told.ended.values()) - told.ended[""],
                "kinds": len(told.ended) - 1,
                "pictures": told.pictures,
                "crashes": told.crashes + harm.crashes,
                "p50_ms": round(1000 * ordered[len(ordered) // 2], 2),
                "p99_ms": round(1000 * ordered[len(ordered) * 99 // 100], 2),
                "max_ms": round(1000 * ordered[-1], 1),
                "slowest": slowest,
                "longest_wait_ms": round(1000 * told.longest_wait, 1),
                "begun_mib": round(begun_mib, 1),
                "peak_mib": round(files_mib, 1),
                "bombs": len(harm.seconds),
                "bomb_max_ms": round(1000 * max(harm.seconds), 1),
                "bomb_slowest": harm.slowest,
                "bomb_peak_mib": round(peak_mib(), 1),
            }
        )
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=FILES)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.child:
        child(asked.files, asked.seed, asked.child)
        return
    with tempfile.TemporaryDirectory() as empty, tempfile.TemporaryDirectory() as harmful:
        # Made here: some take more memory to make than anybody may need to refuse them.
        for name, content in bombs().items():
            (Path(harmful) / name).write_bytes(content)
        command = [sys.executable, "-m", "benchmarks.imports", "--child", harmful]
        command += ["--files", str(asked.files), "--seed", str(asked.seed)]
        paths = {"PYTHONPATH": str(ROOT), "TMPDIR": empty, "HOME": empty, "PYTHONDONTWRITEBYTECODE": "1"}
        ran = subprocess.run(command, cwd=empty, env={**os.environ, **paths}, stdout=subprocess.PIPE, check=True)
        left = sorted(str(path.relative_to(empty)) for path in Path(empty).rglob("*"))
    told = json.loads(ran.stdout)
    for name, value in told.items():
        print(f"{name:18} {value}")
    print(f"{'files left':18} {len(left)} {left[:5]}")
    good = not told["crashes"] and not left and told["max_ms"] <= 1000 * MOST_SECONDS and told["peak_mib"] <= MOST_MIB
    print(
        f"imports_ok={int(good)} files={asked.files} crashes={told['crashes']} left={len(left)} "
        f"max_ms={told['max_ms']} peak_mib={told['peak_mib']} bomb_max_ms={told['bomb_max_ms']} "
        f"bomb_peak_mib={told['bomb_peak_mib']}"
    )


if __name__ == "__main__":
    main()
