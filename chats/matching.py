"""To which known conversation a call belongs that names none. Pure: what is said and what is known in, a place out.

A client like SillyTavern sends the whole conversation with every call. What is known is a forest of messages, and in
it is looked for a run: messages, each below the one before, with the words of the client's, from its first on. A run
is no proof, because greetings and short openings are the same in many conversations. A proof is what only this one can
have: above all the answers that a model of ours gave in it.
"""

import hashlib
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

# Our answers in a run prove it from so many letters on, in sum. What models answer to "hi" again and again ("I'm fine,
# thank you! How can I help you today?") has about 50.
ANSWER_LETTERS = 60
# The same where the run begins in the middle of a chat: it is looked for in thousands of places instead of one.
CUT_LETTERS = 120
# Who sends so long a message a second time sends the same one again. Openings that people use again and again ("Hello,
# my name is Alice. Nice to meet you! How are you today?") have about 60.
LONG_MESSAGE = 80
# So many different messages of a person, each with an answer, prove a run whoever gave the answers: in a conversation
# from elsewhere none is ours. Examples and instructions that a client puts before every conversation are rarely as
# many; where they are more, its conversations are taken for one.
EXCHANGES = 4
# The same in the middle of a chat, where nothing is put before.
CUT_EXCHANGES = 3
# Our answers anywhere among the client's messages prove which chat it is, if not where in it. A stock answer has up to
# about 150 (a refusal), and two of them are to be no proof.
SCATTERED_LETTERS = 300
# So many of the client's first messages may be passed over: changed next to a cut, or put there by the client.
MOST_SKIPPED = 4
# "Name: " before a text, as clients write it in groups. What is longer is a sentence with a colon in it.
LONGEST_NAME = 40
IN_NAMES = frozenset(" '’.-_")


class Speaker(StrEnum):
    PERSON = "user"
    CHARACTER = "assistant"


@dataclass(frozen=True, slots=True)
class Said:
    """A message of the client's. Its system messages are none."""

    speaker: Speaker
    text: str


@dataclass(frozen=True, slots=True)
class Node:
    """A known message. `is_ours`: a model of ours wrote it for this very conversation. `letters` are those of its
    plain text. `chat_size`: how many messages its chat has, all branches together; 0: it was not counted."""

    id: UUID
    parent_id: UUID | None
    chat_id: UUID
    fingerprint: str
    is_ours: bool
    letters: int
    chat_size: int = 0


@dataclass(frozen=True, slots=True)
class Attach:
    """The first `known` of the client's messages end in `node`, and above it is what the client has above, as far as
    that was neither cut nor changed near the cut. The rest is new below it."""

    node: Node
    known: int


@dataclass(frozen=True, slots=True)
class Start:
    """It is a conversation of its own."""


@dataclass(frozen=True, slots=True)
class Ephemeral:
    """It may belong to one of several: answer, and write nothing."""


# From first to last, each the parent of the next.
Run = Sequence[Node]
# The letters of our answers, by chat and fingerprint.
Answers = Mapping[UUID, Mapping[str, int]]


def plain(text: str) -> str:
    """The text without what clients change on the way: a name before it, white space, forms of the same character."""
    text = " ".join(unicodedata.normalize("NFKC", text).split())
    name, colon, _rest = text[: LONGEST_NAME + 1].partition(":")
    said = text[len(name) + 1 :]
    if not colon or not _is_name(name) or said.startswith("//"):
        return text
    # What is only "Name:" says the name.
    return said.lstrip() or text


def fingerprint(said: Said) -> str:
    """The same for messages of one speaker that are the same in plain text."""
    # JSON may hold half a surrogate pair, which is no reason to fail.
    content = f"{said.speaker}\n{plain(said.text)}".encode(errors="surrogatepass")
    return hashlib.blake2b(content, digest_size=16).hexdigest()


def place(said: Sequence[Said], nodes: Collection[Node]) -> Attach | Start | Ephemeral:
    """Where the call belongs. `nodes`: every known message whose fingerprint one of the client's messages has."""
    prints = [fingerprint(one) for one in said]
    answers = _answers(said, prints, nodes)
    if (chat_id := _answered_most(answers)) is not None:
        return _place_within([node for node in nodes if node.chat_id == chat_id], said, prints, answers)
    runs = longest_runs(prints, nodes)
    if not runs:
        return Start()
    # Of equally long ones those without an answer of ours are copies of the one with: nobody was answered in them.
    best = max(runs, key=lambda run: (len(run), _has_answer(run, answers)))
    others = [run for run in runs if run is not best]
    if _has_answer(best, answers):
        others = [run for run in others if len(run) < len(best) or _has_answer(run, answers)]
    if _proves(best, said, answers, shared=max(map(len, others), default=0)):
        return Attach(best[-1], len(best))
    if _proves(best, said, answers):
        return Ephemeral()
    # Too little to tell. Whoever goes on to say something new gets a chat of their own; an answer asked for again may
    # be meant for the chat that begins so, or for a new one.
    is_opening = _is_whole(best) and any(one.speaker is Speaker.PERSON for one in said[: len(best)])
    return Ephemeral() if is_opening and _asks_again(said, best) else Start()


def _is_name(head: str) -> bool:
    """Whether it may be one. "12:30" is none."""
    return any(map(str.isalpha, head)) and all(
        letter in IN_NAMES or unicodedata.category(letter)[0] in "LMN" for letter in head
    )


def longest_runs(prints: Sequence[str], nodes: Collection[Node]) -> list[Run]:
    """Of every chat the longest run that begins with the client's first message, wherever in the tree; longest first.

    Of equal ones it is one from the chat's beginning. Otherwise nothing of what the client sends tells them apart.
    """
    by_id: dict[UUID | None, Node] = {node.id: node for node in nodes}
    below: dict[UUID | None, list[Node]] = defaultdict(list)
    for node in nodes:
        below[node.parent_id if node.parent_id in by_id else None].append(node)
    failures = _failures(prints)
    ends: dict[UUID, tuple[int, bool, UUID]] = {}
    # A node, the length of the run that ends above it, and its depth; without a beginning that is deeper than any run.
    waiting = [(node, 0, 1 if node.parent_id is None else len(nodes) + 1) for node in below[None]]
    while waiting:
        node, length, depth = waiting.pop()
        while length >= 0 and (length == len(prints) or prints[length] != node.fingerprint):
            length = failures[length]
        length += 1
        if length:
            end = (length, length == depth, node.id)
            ends[node.chat_id] = max(end, ends.get(node.chat_id, end))
        waiting += [(child, length, depth + 1) for child in below.get(node.id, [])]
    return [_path(by_id, end, length) for length, _is_whole, end in sorted(ends.values(), reverse=True)]


def _failures(prints: Sequence[str]) -> list[int]:
    """Knuth, Morris and Pratt: how long a run may still be where the next message is another. So a conversation that
    says "go on" 500 times costs no more than any other."""
    table, length = [-1], 0
    for at in range(1, len(prints)):
        table.append(table[length] if prints[at] == prints[length] else length)
        while length >= 0 and prints[at] != prints[length]:
            length = table[length]
        length += 1
    return [*table, length]


def _path(by_id: Mapping[UUID | None, Node], end: UUID, length: int) -> Run:
    path = [by_id[end]]
    while len(path) < length:
        path.append(by_id[path[-1].parent_id])
    return path[::-1]


def _is_whole(run: Run) -> bool:
    """Whether it begins where its chat begins."""
    return run[0].parent_id is None


def _asks_again(said: Sequence[Said], run: Run) -> bool:
    """Whether the person says nothing after it."""
    return all(one.speaker is Speaker.CHARACTER for one in said[len(run) :])


def _answers(said: Sequence[Said], prints: Sequence[str], nodes: Collection[Node]) -> Answers:
    """Those of ours that are among the client's messages."""
    # What comes before a person has said anything is a greeting, and no answer.
    persons = [at for at, one in enumerate(said) if one.speaker is Speaker.PERSON]
    heard = set(prints[persons[0] :]) if persons else set()
    answers: dict[UUID, dict[str, int]] = defaultdict(dict)
    for node in nodes:
        if node.is_ours and node.parent_id is not None and node.fingerprint in heard:
            answers[node.chat_id][node.fingerprint] = node.letters
    return answers


def _has_answer(run: Run, answers: Answers) -> bool:
    return any(node.fingerprint in answers.get(node.chat_id, {}) for node in run)


def _proves(run: Run, said: Sequence[Said], answers: Answers, shared: int = 0) -> bool:
    """Whether what the run has beyond its first `shared` messages can only be of this conversation."""
    ours, is_whole = answers.get(run[0].chat_id, {}), _is_whole(run)
    persons = [at for at in range(len(run)) if said[at].speaker is Speaker.PERSON]
    # Where all that a chat holds is also the client's, nothing can be mixed up in it.
    if is_whole and persons and shared < len(run) == run[-1].chat_size:
        return True
    letters = sum(ours.get(print_, 0) for print_ in {node.fingerprint for node in run[shared:]})
    exchanges: set[str] = set()
    for at in persons:
        if at < shared:
            continue
        node, is_last = run[at], at + 1 == len(run)
        if not is_last and said[at + 1].speaker is Speaker.CHARACTER:
            exchanges.add(node.fingerprint)
        # A long one may be an instruction that the client puts before every conversation. What we have answered, or
        # are asked to answer, is none.
        if is_whole and node.letters >= LONG_MESSAGE:
            is_meant = _asks_again(said, run) if is_last else run[at + 1].fingerprint in ours
            letters += node.letters if is_meant else 0
    if is_whole:
        return letters >= ANSWER_LETTERS or len(exchanges) >= EXCHANGES
    return letters >= CUT_LETTERS or len(exchanges) >= CUT_EXCHANGES


def _answered_most(answers: Answers) -> UUID | None:
    """The chat of which the client has so many of our answers, and of no other, that it is this one."""
    # Short ones may be stock answers.
    sums = [(sum(one for one in own.values() if one >= ANSWER_LETTERS), chat_id) for chat_id, own in answers.items()]
    sums.sort(reverse=True)
    second = sums[1][0] if len(sums) > 1 else 0
    return sums[0][1] if sums and sums[0][0] - second >= SCATTERED_LETTERS else None


def _place_within(
    nodes: Collection[Node], said: Sequence[Said], prints: Sequence[str], answers: Answers
) -> Attach | Ephemeral:
    """The place in the chat that it is for certain: these are its nodes."""
    first = next((run for run in longest_runs(prints, nodes) if _is_whole(run) or _is_clear(run)), ())
    if first and _proves(first, said, answers):
        return Attach(first[-1], len(first))
    # What the client changed is new, and so is what follows. But where known messages follow at once, others were left
    # out; and where the first ones are unknown, nothing stands above them below which they could be.
    for skip in [len(first)] if first else range(1, MOST_SKIPPED + 1):
        for run in longest_runs(prints[skip:], nodes):
            if _is_clear(run):
                return Attach(run[-1], skip + len(run))
    return Attach(first[-1], len(first)) if first else Ephemeral()


def _is_clear(run: Run) -> bool:
    """Whether it is so long that its chat says it in one place only."""
    return sum(node.letters for node in run) >= ANSWER_LETTERS
