"""One line of a chat of SillyTavern: a message with its alternatives ("swipes"). Pure; both ways.

What is not known here stays in `rest` as it was, and is written back. An alternative's own facts lie in the line's
`swipe_info`; those of the one that is shown lie on the line itself, too.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from chats.formats.conversation import Speaker
from chats.formats.dates import Clock, written
from chats.formats.report import Remarks
from chats.formats.values import dump, items, record, text
from core.json import Json, JsonObject

# What an alternative keeps of the line while another one is shown.
OF_AN_ALTERNATIVE = ("send_date", "gen_started", "gen_finished", "extra")
# What is said anew each time, and so not kept.
SAID = ("is_user", "is_system", "mes", "swipes", "swipe_info")
LONGEST_MODEL = 160


@dataclass(frozen=True, slots=True)
class Wording:
    """One alternative. `at`: None where the file has no date for it."""

    text: str
    at: datetime | None = None
    thinking: str = ""
    model: str = ""
    rest: JsonObject = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Line:
    role: Speaker
    name: str
    is_hidden: bool
    wordings: Sequence[Wording]
    shown: int = 0
    is_told: bool = False  # by no character: a narrator, or the program itself


def read(raw: JsonObject, clock: Clock, remarks: Remarks, where: str) -> Line:
    """A line that is no header."""
    said = raw.get("mes")
    if isinstance(said, dict):  # as Chub writes it
        said = said.get("message")
    swipes, shown = _swipes(raw, said, remarks, where)
    if not isinstance(said, str) and not swipes:
        remarks.imported("no_text", where)
    name, hidden = text(raw.get("name")), raw.get("is_system") is True
    infos = items(raw.get("swipe_info"))
    line_extra = record(raw.get("extra"))
    dates = [record(info).get("send_date") for info in infos]
    wordings: list[Wording] = []
    for number, words in enumerate(swipes or [text(said)]):
        info = record(infos[number]) if number < len(infos) else None
        extra = line_extra if number == shown else record((info or {}).get("extra"))
        thinking, model = text(extra.get("reasoning")), text(extra.get("model"))
        model = model if len(model) <= LONGEST_MODEL else ""
        date = raw.get("send_date") if number == shown else dates[number] if number < len(dates) else None
        at = clock.read(date)
        if at is None and date is not None:
            remarks.imported("bad_date", where)
        rest: JsonObject = {"name": name}
        if number == shown:
            rest |= {key: value for key, value in raw.items() if key not in SAID}
            rest |= _without(rest, extra, thinking, model)
            if not swipes:
                rest.pop("swipe_id", None)
            elif words != text(said) and isinstance(said, str):
                # Both go out again as they were.
                rest["swipe"], words = words, said
        if info is not None:
            rest["swipe_info"] = {**info, **_without(info, record(info.get("extra")), thinking, model)}
        wordings.append(Wording(words, at, thinking, model, rest))
    told = hidden or line_extra.get("type") == "narrator"
    return Line(
        role=Speaker.USER if raw.get("is_user") is True else Speaker.CHARACTER,
        name=name,
        is_hidden=hidden,
        wordings=wordings,
        shown=shown,
        is_told=told,
    )


def write(line: Line) -> str:
    """Inverse of `read`."""
    one = line.wordings[line.shown]
    rest = dict(one.rest)
    info, swipe = record(rest.pop("swipe_info", None)), rest.pop("swipe", None)
    had_swipes = "swipe_id" in rest
    said: JsonObject = {"name": line.name, "is_user": line.role is Speaker.USER, "is_system": line.is_hidden}
    if one.at is not None:
        said["send_date"] = written(one.at)
    if not had_swipes:
        # Another one was shown in the file; what is said of this one lies with the alternatives.
        said |= {key: info[key] for key in OF_AN_ALTERNATIVE if key in info}
    said |= {**rest, "name": line.name, "mes": one.text}
    if (extra := _with(said.get("extra"), one)) is not None:
        said["extra"] = extra
    if len(line.wordings) > 1 or had_swipes:
        said["swipe_id"] = line.shown
        texts: list[Json] = [wording.text for wording in line.wordings]
        if isinstance(swipe, str):
            texts[line.shown] = swipe
        said["swipes"] = texts
        said["swipe_info"] = [_info(wording) for wording in line.wordings]
    return dump(said)


def _swipes(raw: JsonObject, said: Json, remarks: Remarks, where: str) -> tuple[list[str], int]:
    """The alternatives and which of them is shown; none where the line has no others."""
    brought = raw.get("swipes")
    if not isinstance(brought, list) or not brought:
        return [], 0
    swipes = [text(swipe) for swipe in brought]
    odd = any(not isinstance(swipe, str) for swipe in brought)
    shown = raw.get("swipe_id")
    if not isinstance(shown, int) or isinstance(shown, bool) or not 0 <= shown < len(swipes):
        odd = True
        if isinstance(said, str) and said not in swipes:
            swipes.append(said)
        shown = swipes.index(said) if isinstance(said, str) else len(swipes) - 1
    elif isinstance(said, str) and said != swipes[shown]:
        odd = True
    if odd:
        remarks.imported("odd_swipes", where)
    return swipes, shown


def _without(holder: JsonObject, extra: JsonObject, thinking: str, model: str) -> JsonObject:
    """The holder's `extra` without what has a place of its own."""
    taken = {"reasoning": thinking, "model": model}
    left: JsonObject = {key: value for key, value in extra.items() if not (taken.get(key) and taken[key] == value)}
    return {"extra": left} if "extra" in holder and isinstance(holder["extra"], dict) else {}


def _with(extra: Json, wording: Wording) -> JsonObject | None:
    """Inverse of `_without`. None: there is none, and nothing to put into one."""
    own: JsonObject = {}
    if wording.thinking:
        own["reasoning"] = wording.thinking
    if wording.model:
        own["model"] = wording.model
    return {**record(extra), **own} if own or isinstance(extra, dict) else None


def _info(wording: Wording) -> JsonObject:
    known = wording.rest.get("swipe_info")
    info: JsonObject = dict(known) if isinstance(known, dict) else {}
    if not isinstance(known, dict):
        info = {key: wording.rest[key] for key in OF_AN_ALTERNATIVE if key in wording.rest}
        if wording.at is not None:
            info.setdefault("send_date", written(wording.at))
    if (extra := _with(info.get("extra"), wording)) is not None:
        info["extra"] = extra
    return info
