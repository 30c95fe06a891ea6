"""The grammar repeats itself by seed, keeps its voices and never leaks a held-out value."""

import random

import pytest

from starter.grammar import personas
from starter.grammar.dialogue import MIXTURE, Sample, some_sample, writer
from starter.grammar.values import Split, Values, is_held_out
from starter.grammar.voices import Register, in_register

BOTH = pytest.mark.parametrize("persona", [personas.azera(), personas.areza()], ids=["azera", "areza"])


def samples(seed: int, persona: personas.Persona, count: int) -> list[Sample]:
    source = writer(seed, persona)
    return [some_sample(source, early=index % 2 == 0) for index in range(count)]


@BOTH
def test_the_same_seed_writes_the_same_samples(persona: personas.Persona) -> None:
    assert samples(3, persona, 50) == samples(3, persona, 50)
    assert samples(3, persona, 50) != samples(4, persona, 50)


@BOTH
def test_every_reply_keeps_the_register(persona: personas.Persona) -> None:
    for sample in samples(5, persona, 400):
        for beat in (sample.beat, *sample.after):
            assert in_register(persona.voice.register, beat.reply), beat.reply


@BOTH
def test_every_kind_of_sample_can_be_written(persona: personas.Persona) -> None:
    for kind, _ in MIXTURE:
        assert getattr(writer(1, persona), kind)().beat.reply


def test_made_up_values_stay_on_their_side() -> None:
    for split in Split:
        values = Values(random.Random(1), split)
        makers = (values.word, values.name, values.full_name, values.place, values.number, values.code, values.title)
        for make in makers:
            assert all(is_held_out(make()) == (split is Split.HELD_OUT) for _ in range(50))


def test_a_held_out_fact_is_never_trained_on() -> None:
    held = writer(7, personas.azera(), Values(random.Random(7), Split.HELD_OUT))
    wanted = {held.recall().beat.value for _ in range(300)}
    trained = {sample.beat.value for sample in samples(8, personas.azera(), 2000)} - {""}  # most samples hold no fact
    assert wanted
    assert not wanted & trained


@pytest.mark.parametrize(
    ("register", "reply", "kept"),
    [
        (Register.DRY, "Noted. Your cat is called Ovi.", True),
        (Register.DRY, "Noted!", False),
        (Register.DRY, "*smiles* Noted.", False),
        (Register.DRY, "```js\nif (!done) { go(); }\n```\nIt runs once.", True),
        (Register.LAVISH, "*Wet stone.* Welcome, hero! **Roll a d20.**", True),
        (Register.LAVISH, "**Roll.** Welcome", False),
        (Register.LAVISH, "*Wet stone.*", False),
        (Register.LAVISH, "Welcome, hero!", False),
    ],
)
def test_the_register_rule(register: Register, reply: str, kept: bool) -> None:
    assert in_register(register, reply) is kept
