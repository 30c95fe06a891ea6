"""What a log holds. An entry's sequence number is its id in the Redis Stream, without a hole from 1."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Start:
    attempt: int


@dataclass(frozen=True, slots=True)
class Delta:
    text: str = ""
    thinking: str = ""


@dataclass(frozen=True, slots=True)
class Restart:
    """Forget the text so far."""

    attempt: int


@dataclass(frozen=True, slots=True)
class Gap:
    """Forget the text so far; this is the whole of it."""

    text: str = ""
    thinking: str = ""


@dataclass(frozen=True, slots=True)
class Done:
    """Nothing follows. `status` is a `core.jobs.Status` that has ended; `code` says why it failed."""

    status: str
    code: str = ""


_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode

Entry = Start | Delta | Restart | Gap | Done


@dataclass(frozen=True, slots=True)
class Numbered:
    seq: int
    entry: Entry


@dataclass(frozen=True, slots=True)
class Telling:
    """Both texts of a reply as they stand after entry `seq`."""

    seq: int = 0
    text: str = ""
    thinking: str = ""

    def after(self, numbered: Numbered) -> "Telling":
        match numbered.entry:
            case Delta(text=text, thinking=thinking):
                return Telling(numbered.seq, self.text + text, self.thinking + thinking)
            case Restart():
                return Telling(numbered.seq)
            case Gap(text=text, thinking=thinking):
                return Telling(numbered.seq, text, thinking)
            case _:
                return Telling(numbered.seq, self.text, self.thinking)


def plain(entry: Entry) -> tuple[str, dict[str, str | int]]:
    """An entry's kind, as it is called on the wire, and its fields."""
    return type(entry).__name__.lower(), asdict(entry)


def encode(entry: Entry) -> str:
    """One line of JSON: the kind, then its fields in order. JSON escapes line ends, so lines can be joined."""
    if isinstance(entry, Delta):
        # Once for every token; `asdict` copies deeply and would cost as much as the round trip to Redis.
        return _json(["delta", entry.text, entry.thinking])
    kind, fields = plain(entry)
    return _json([kind, *fields.values()])


def numbered(rows: Iterable[tuple[str, Mapping[str, str]]]) -> list[Numbered]:
    """What XRANGE answers, as entries."""
    return [Numbered(int(identity.partition("-")[0]), decode(fields["e"])) for identity, fields in rows]


def decode(line: str) -> Entry:
    """Raises `ValueError` for a line that `encode` did not write."""
    match json.loads(line):
        case ["delta", str(text), str(thinking)]:
            return Delta(text, thinking)
        case ["start", int(attempt)]:
            return Start(attempt)
        case ["restart", int(attempt)]:
            return Restart(attempt)
        case ["gap", str(text), str(thinking)]:
            return Gap(text, thinking)
        case ["done", str(status), str(code)]:
            return Done(status, code)
    raise ValueError(f"not a log entry: {line[:80]!r}")
