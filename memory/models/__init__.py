from memory.models.forgotten import Forgotten
from memory.models.memory import DERIVED, Contradiction, Decision, Embedding, Forgetting, Kind, Memory, Speaker
from memory.models.mind import Mind, MindEvent

__all__ = [
    "DERIVED",
    "Contradiction",
    "Decision",
    "Embedding",
    "Forgetting",
    "Forgotten",
    "Kind",
    "Memory",
    "Mind",
    "MindEvent",
    "Speaker",
]
