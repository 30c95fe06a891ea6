"""Short words for the things that the tests of lorebooks are about."""

import random
from collections.abc import Sequence

from characters.lore.activation import Activation, Message, Scene, Settings, activate
from characters.lore.entry import Book, Entry
from characters.lore.state import State
from inference.text.prompt import Role


def said(*texts: str) -> tuple[Message, ...]:
    """Ann and Bot take turns; Bot says the last."""
    roles = [Role.ASSISTANT if number % 2 == 0 else Role.USER for number in range(len(texts))][::-1]
    return tuple(
        Message("Bot" if role is Role.ASSISTANT else "Ann", role, text)
        for role, text in zip(roles, texts, strict=True)
    )


def words(text: str) -> int:
    return len(text.split())


def run(
    entries: Sequence[Entry],
    scene: Scene,
    *,
    settings: Settings | None = None,
    state: State | None = None,
    seed: int = 1,
) -> Activation:
    return activate([Book(tuple(entries), key="b")], scene, state or State(), random.Random(seed), words, settings)


def active(activation: Activation) -> list[int | str]:
    return [reason.entry.uid for reason in activation.reasons if reason.active]
