"""Prompt templates: how turns become the text a model was trained on."""

from collections.abc import Iterator

from inference.text.prompt import Prompt, Segment

CHATML_STOPS = ("<|im_end|>", "<|im_start|>")


def chatml(prompt: Prompt) -> tuple[Segment, ...]:
    """ChatML, left open at the assistant's turn."""
    return tuple(_chatml_segments(prompt))


def _chatml_segments(prompt: Prompt) -> Iterator[Segment]:
    for turn in prompt.turns:
        yield Segment("<|im_start|>", control=True)
        yield Segment(f"{turn.role}\n{turn.text}")
        yield Segment("<|im_end|>", control=True)
        yield Segment("\n")
    yield Segment("<|im_start|>", control=True)
    yield Segment("assistant\n")
