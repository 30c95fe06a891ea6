from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TextSettings:
    """Which model, and how much of the machine it may take.

    `adapter`: the module that builds the engine, by its dotted path. `context` 0: what the model was trained for.
    `threads` 0: one for each core. `gpu_layers` -1: all.
    """

    adapter: str
    model: str
    context: int = 0
    slots: int = 4
    threads: int = 0
    gpu_layers: int = 0
