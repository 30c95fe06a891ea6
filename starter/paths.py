"""Where things lie, relative to the repository."""

from pathlib import Path

STARTER = Path(__file__).resolve().parent
WORK = STARTER.parent / "var" / "starter"

TOKENIZER = STARTER / "tokenizer.json"
MODEL = STARTER / "starter.gguf"
CHECKPOINT = WORK / "checkpoint.pt"
