"""The words around the parts of a prompt: one function each, so that a snapshot shows a change."""

from collections.abc import Sequence

from chats.prompting.scene import Recollection, Scene


def system(scene: Scene) -> str:
    """Policy, persona, user persona and summary: what stays the same from turn to turn."""
    parts = (
        scene.policy.strip(),
        scene.persona.strip(),
        _user_persona(scene.user_name.strip(), scene.user_description.strip()),
        _section("Earlier in this conversation", scene.summary.strip()),
    )
    return "\n\n".join(part for part in parts if part)


def tail(scene: Scene, memories: Sequence[Recollection]) -> str:
    """What is true only of this turn."""
    parts = (
        _section("What you remember", "\n".join(recollection(memory) for memory in memories)),
        _section("How you feel", scene.mood.strip()),
        _section("Note", scene.note.strip()),
    )
    return "\n\n".join(part for part in parts if part)


def recollection(memory: Recollection) -> str:
    felt = f" ({memory.feeling})" if memory.feeling else ""
    return f"- {memory.when}{felt}: {memory.text}"


def _user_persona(name: str, description: str) -> str:
    if not name:
        return ""
    return _section("Who you are talking to", f"{name}. {description}".strip())


def _section(heading: str, body: str) -> str:
    return f"# {heading}\n{body}" if body else ""
