from dataclasses import dataclass, field
from enum import IntEnum, StrEnum


class FlashAttention(IntEnum):
    AUTO = -1
    OFF = 0
    ON = 1


class KvType(StrEnum):
    """How the cache's numbers are kept. Those smaller than F16 need flash attention."""

    F32 = "f32"
    F16 = "f16"
    Q8_0 = "q8_0"
    Q4_0 = "q4_0"


@dataclass(frozen=True, slots=True)
class TextSettings:
    """Which model, and how much of the machine it may take.

    `adapter`: the module that builds the engine, by its dotted path. `context` 0: what the model was trained for.
    `threads` 0: one for each core, or one for a model under 64 MiB. `gpu_layers` -1: all. `batch`: the most tokens
    computed at once. `waiting`: requests that may wait for a slot. `parking_mib`: memory for the caches of chats that
    have no slot now. `url` and `key`: a server that has the model, and what it lets us in by; `slots` are then
    requests in flight. `name`: what a model in our process is called; empty: as its file.
    """

    adapter: str
    model: str
    context: int = 0
    slots: int = 4
    threads: int = 0
    gpu_layers: int = 0
    flash_attention: FlashAttention = FlashAttention.AUTO
    kv_type: KvType = KvType.F16
    batch: int = 512
    waiting: int = 256
    parking_mib: int = 256
    url: str = ""
    key: str = field(default="", repr=False)
    name: str = ""
