"""Whether a model can be loaded, found out where a crash hurts nobody."""

import json
import os
import signal
import subprocess
import sys
from dataclasses import asdict, replace
from pathlib import Path

from inference.errors import EngineUnavailable
from inference.text.engine import Generation, TextEngine
from inference.text.prompt import Prompt, Role, Turn
from inference.text.sampling import SamplingParams
from inference.text.settings import TextSettings

ROOT = Path(__file__).resolve().parents[2]
PROBE = "inference.text.trial_probe"
# 9 GB from a slow disk, and one token of it on two cores.
SECONDS = 300.0
# Enough for one token; the caches that are really used are made when the model is.
CONTEXT = 256
KEPT = ("PATH", "LD_LIBRARY_PATH", "LANG", "TMPDIR")


def say_one_word(engine: TextEngine) -> None:
    """Raises `InferenceError` if it cannot."""
    hello = Prompt((Turn(Role.USER, "Hello"),))
    for _said in engine.generate(Generation(hello, SamplingParams(temperature=0.0, max_tokens=1))):
        pass


def load_alone(settings: TextSettings) -> None:
    """Load the model in a process of its own and let it say one token. Raises `EngineUnavailable`."""
    small = replace(settings, context=CONTEXT, slots=1, gpu_layers=0, parking_mib=0)
    # The card is full of the model that people talk with, and secrets are none of this child's business.
    environment = {name: os.environ[name] for name in KEPT if name in os.environ}
    environment |= {"CUDA_VISIBLE_DEVICES": "", "OPENBLAS_NUM_THREADS": "1"}
    try:
        child = subprocess.run(
            [sys.executable, "-m", PROBE],
            input=json.dumps(asdict(small)),
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise EngineUnavailable(f"it was not loaded after {SECONDS:.0f} s") from error
    if child.returncode < 0:
        raise EngineUnavailable(f"the library died of it ({signal.Signals(-child.returncode).name})")
    try:
        reason = str(json.loads(child.stdout)["error"])
    except (ValueError, KeyError, TypeError) as error:
        raise EngineUnavailable(f"the trial ended with status {child.returncode} and no word") from error
    if reason:
        raise EngineUnavailable(reason)
