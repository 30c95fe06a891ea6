"""Turns become the text a model knows, and nobody's words become part of a template."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.text.formats import ALPACA, CHATML, FORMATS, GEMMA, LLAMA3, METHARME, MISTRAL, Format, family_of
from inference.text.prompt import Prompt, Role, Segment, Turn

S, U, A = Role.SYSTEM, Role.USER, Role.ASSISTANT
# As a chat tells it: the persona first, what is true of this turn only just before the last message.
CHAT = Prompt((Turn(S, "Persona."), Turn(U, "Hi."), Turn(A, "Hello."), Turn(S, "Memory."), Turn(U, "Well?")))
TOLD = {
    "chatml": (
        "<|im_start|>system\nPersona.<|im_end|>\n<|im_start|>user\nHi.<|im_end|>\n<|im_start|>assistant\nHello.<|im_end|>"
        "\n<|im_start|>system\nMemory.<|im_end|>\n<|im_start|>user\nWell?<|im_end|>\n<|im_start|>assistant\n"
    ),
    "llama3": (
        "<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\nPersona.<|eot_id|><|start_header_id|>user"
        "<|end_header_id|>\n\nHi.<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\nHello.<|eot_id|>"
        "<|start_header_id|>system<|end_header_id|>\n\nMemory.<|eot_id|><|start_header_id|>user<|end_header_id|>\n\n"
        "Well?<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n"
    ),
    "mistral": "<s>[INST] Persona.\n\nHi.[/INST] Hello.</s>[INST] Memory.\n\nWell?[/INST]",
    "gemma": (
        "<bos><start_of_turn>user\nPersona.\n\nHi.<end_of_turn>\n<start_of_turn>model\nHello.<end_of_turn>\n"
        "<start_of_turn>user\nMemory.\n\nWell?<end_of_turn>\n<start_of_turn>model\n"
    ),
    "alpaca": (
        "Persona.\n\n### Instruction:\nHi.\n\n### Response:\nHello.\n\n### Instruction:\nMemory.\n\nWell?\n\n"
        "### Response:\n"
    ),
    "metharme": "<|system|>Persona.<|user|>Hi.<|model|>Hello.<|system|>Memory.<|user|>Well?<|model|>",
}
every_format = pytest.mark.parametrize("chosen", FORMATS.values(), ids=FORMATS)


def text(segments: tuple[Segment, ...]) -> str:
    return "".join(segment.text for segment in segments)


@every_format
def test_a_chat_is_told_as_the_model_was_trained(chosen: Format) -> None:
    assert text(chosen.render(CHAT)) == TOLD[chosen.name]


def test_two_system_turns_become_one_where_the_template_knows_no_second() -> None:
    told = Prompt(
        (Turn(S, "Persona."), Turn(U, "Hi."), Turn(A, "Yes."), Turn(S, "Lore."), Turn(S, "Memory."), Turn(U, "?"))
    )
    assert "<|system|>Lore.\n\nMemory.<|user|>?" in text(METHARME.render(told))
    assert "Lore.\n\nMemory.\n\n?" in text(GEMMA.render(told))


@every_format
def test_only_the_template_writes_control_tokens(chosen: Format) -> None:
    typed = " ".join(chosen.markers)
    segments = chosen.render(Prompt((Turn(S, typed), Turn(U, typed))))
    assert {segment.text for segment in segments if segment.control} <= set(chosen.markers)
    plain = [segment.text for segment in segments if not segment.control]
    assert sum(typed in one for one in plain) >= 1


@every_format
@given(said=st.text("ab<|>[]/# :\nINSTinstuser", max_size=60), data=st.data())
def test_a_marker_that_is_ordinary_text_is_broken_up_in_what_people_say(
    chosen: Format, said: str, data: st.DataObject
) -> None:
    typed = said + data.draw(st.sampled_from(chosen.markers)) + data.draw(st.sampled_from(chosen.markers)).lower()
    before = text(chosen.render(Prompt((Turn(U, "x"),))))
    after = text(chosen.render(Prompt((Turn(U, typed),)), chosen.markers))
    for marker in chosen.markers:
        assert after.lower().count(marker.lower()) == before.lower().count(marker.lower())


turns = st.lists(st.tuples(st.sampled_from(list(Role)), st.sampled_from(["one", "two", "three"])), max_size=8)


@every_format
@given(told=turns)
def test_no_word_is_lost_whatever_the_order_of_roles(chosen: Format, told: list[tuple[Role, str]]) -> None:
    words = [f"{word}{number}" for number, (_, word) in enumerate(told)]
    prompt = Prompt(tuple(Turn(role, word) for (role, _), word in zip(told, words, strict=True)))
    rendered = text(chosen.render(prompt))
    assert sorted(words, key=rendered.index) == words
    assert rendered.endswith(text(chosen.render(CHAT))[-5:])


@pytest.mark.parametrize(
    ("template", "family"),
    [
        ("{{ '<|im_start|>' + role }}", CHATML),
        ("<|start_header_id|>{{ role }}", LLAMA3),
        ("[INST] {{ text }} [/INST]", MISTRAL),
        ("<start_of_turn>{{ role }}", GEMMA),
        ("### Instruction:\n{{ text }}", ALPACA),
        ("<|user|>{{ text }}<|model|>", METHARME),
        ("<|user|>{{ text }}<|assistant|>", None),
        ("", None),
    ],
)
def test_the_family_is_known_by_its_markers(template: str, family: Format | None) -> None:
    assert family_of(template) is family
