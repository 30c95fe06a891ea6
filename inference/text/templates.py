"""The format that a model brings along in its file, learned from what its template makes of made-up conversations."""

import json
import subprocess
import sys
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path

from inference.text.formats import Format, Joint, Place
from inference.text.prompt import Role

PROBE = Path(__file__).with_name("template_probe.py")
LONGEST_TEMPLATE = 65_536
# The probe may take one second of processor time; starting Python takes some more.
SECONDS = 5.0

# Words that no template contains.
S, U1, A1, T, U2, A2, U3 = (f"{name}word{name}" for name in ("Qs", "Qu", "Qa", "Qt", "Qv", "Qb", "Qw"))
SYSTEM, USER, ASSISTANT = Role.SYSTEM, Role.USER, Role.ASSISTANT
CONVERSATIONS: tuple[tuple[tuple[Role, str], ...], ...] = (
    ((USER, U1), (ASSISTANT, A1), (USER, U2), (ASSISTANT, A2), (USER, U3)),
    ((SYSTEM, S), (USER, U1), (ASSISTANT, A1), (USER, U2)),
    ((USER, U1), (ASSISTANT, A1), (SYSTEM, T), (USER, U2)),
    ((SYSTEM, S), (ASSISTANT, A1), (USER, U2)),
    ((ASSISTANT, A1), (USER, U2)),
)


class Unlearnable(Exception):
    """The template is too long, is broken, took too long, or does not put turns one after the other."""


def learn(template: str, bos: str, eos: str) -> Format:
    """The format of a model's own template. Raises `Unlearnable`."""
    if len(template) > LONGEST_TEMPLATE:
        raise Unlearnable(f"the template has {len(template)} characters; {LONGEST_TEMPLATE} are allowed")
    found = [_joints(told, text) for told, text in zip(CONVERSATIONS, _rendered(template, bos, eos), strict=True)]
    if found[0] is None:
        raise Unlearnable("the template does not tell a plain conversation turn by turn")
    joints: dict[Joint, str] = {}
    for one in found:
        for joint, text in (one or {}).items():
            if joints.setdefault(joint, text) != text and one is found[0]:
                raise Unlearnable("the template tells the same turns in different ways")
    return Format("template", joints, (eos,) if eos else ())


def _rendered(template: str, bos: str, eos: str) -> list[str | None]:
    conversations = [[{"role": role, "content": text} for role, text in told] for told in CONVERSATIONS]
    asked = json.dumps({"template": template, "bos": bos, "eos": eos, "conversations": conversations})
    try:
        answer = subprocess.run(
            [sys.executable, "-I", PROBE], input=asked, capture_output=True, text=True, timeout=SECONDS, check=True
        )
        texts: list[str | None] = json.loads(answer.stdout)
    except subprocess.TimeoutExpired as error:
        raise Unlearnable("the template did not come to an end") from error
    except (subprocess.CalledProcessError, ValueError) as error:
        raise Unlearnable("the template could not be rendered") from error
    return texts


def _joints(told: Sequence[tuple[Role, str]], text: str | None) -> dict[Joint, str] | None:
    """What stands between the turns; None where the text is not these turns, one after the other."""
    if text is None:
        return None
    places = [text.find(words) for _, words in told]
    if min(places) < 0 or places != sorted(places) or any(text.count(words) > 1 for _, words in told):
        return None
    ends = [0, *(place + len(words) for place, (_, words) in zip(places, told, strict=True))]
    between = [text[end:place] for end, place in zip(ends, [*places, len(text)], strict=True)]
    found: dict[Joint, str] = {}
    for (before, after), string in zip(_pairs(role for role, _ in told), between, strict=True):
        if found.setdefault(Joint(before, after), string) != string:
            return None
    return found


def _pairs(roles: Iterable[Role]) -> Iterable[tuple[Role | Place, Role | Place]]:
    return pairwise([Place.START, *roles, Place.ANSWER])
