"""Scenes for the tests of prompts, and how long they are: a token is a word here."""

from chats.prompting import Line, Recollection, Scene
from chats.prompting.fitting import TURN_OVERHEAD_TOKENS
from inference.text.budget import TokenBudget
from inference.text.prompt import Prompt, Role

WIDE = TokenBudget(4000)


def count(text: str) -> int:
    return len(text.split())


def cost(prompt: Prompt) -> int:
    """What the model has to read, with the opening of its own turn."""
    return sum(count(turn.text) + TURN_OVERHEAD_TOKENS for turn in prompt.turns) + TURN_OVERHEAD_TOKENS


def words(number: int, word: str = "w") -> str:
    return " ".join(f"{word}{i}" for i in range(number))


FULL = Scene(
    policy="Stay in character.",
    persona="# Azera\nYou are Azera, a mender of boats.",
    user_name="Protag",
    user_description="Tall.",
    summary="They met at the harbour.",
    history=(Line(Role.USER, "My boat leaks."), Line(Role.ASSISTANT, "Where?")),
    memories=(
        Recollection("The boat is called Brennick.", "yesterday", "fond"),
        Recollection("It is painted green.", "last week"),
    ),
    mood="Calm.",
    note="Keep it short.",
    message="At the bow.",
)
