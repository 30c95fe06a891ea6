"""How it stands with a character in the marketplace, as its author sees it: rows in, values out."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from characters.actions import publishing
from characters.models import Character, Decision, Publication, Submission, Verb, Version


class State(StrEnum):
    PRIVATE = "private"
    WAITING = "waiting"
    PUBLISHED = "published"
    REJECTED = "rejected"
    TAKEN_DOWN = "taken_down"
    COPY = "copy"


LABELS = {
    State.PRIVATE: _("Private"),
    State.WAITING: _("Waiting for a moderator"),
    State.PUBLISHED: _("Published"),
    State.REJECTED: _("Not approved"),
    State.TAKEN_DOWN: _("Taken down"),
    State.COPY: _("A copy"),
}
TONES = {State.PUBLISHED: "ok", State.WAITING: "warn", State.REJECTED: "danger", State.TAKEN_DOWN: "danger"}


@dataclass(frozen=True, slots=True)
class Sharing:
    """Versions are given by their numbers; None where there is none.

    What is published may have a newer version that waits, or one that was rejected. `reason` is the moderator's, for
    whichever of `rejected` and the taking down was last. `blocked` says why the newest version cannot be sent.
    """

    character_id: UUID
    state: State
    author: str
    newest: int | None = None
    published: int | None = None
    digest: str = ""
    publication_id: UUID | None = None
    waiting: int | None = None
    waiting_since: datetime | None = None
    rejected: int | None = None
    reason: str = ""
    blocked: tuple[str, ...] = ()
    has_face: bool = True
    can_send: bool = False

    @property
    def label(self) -> str:
        return str(LABELS[self.state])

    @property
    def tone(self) -> str:
        """The colour of its label; "" for none."""
        return TONES.get(self.state, "")

    @property
    def can_take_back(self) -> bool:
        return self.published is not None or self.waiting is not None


def sharing(character: Character) -> Sharing:
    """Of a character of somebody's own."""
    owner = character.owner
    name = owner.name if owner is not None else ""
    if character.was_taken:
        return Sharing(character.pk, State.COPY, name)
    publication = Publication.objects.filter(character=character).select_related("version").first()
    version = character.version
    lacks = publishing.missing(character.card)
    newest = version.number if version is not None else None
    if publication is None:
        return Sharing(
            character.pk,
            State.PRIVATE,
            name,
            newest=newest,
            blocked=lacks,
            has_face=bool(character.face),
            can_send=not lacks,
        )
    return _of(publication, character, version, lacks)


def states(characters: Iterable[Character]) -> dict[UUID, State]:
    """How it stands with each of them, for a list: three questions to the database, however many they are."""
    rows = list(characters)
    publications = {row.character_id: row for row in Publication.objects.filter(character__in=rows)}
    made = Submission.objects.filter(publication__in=publications.values())
    decided = made.exclude(state=Submission.State.WITHDRAWN).order_by("created_at")
    last = {of: _Last(state, at) for of, state, at in decided.values_list("publication", "state", "created_at")}
    said = Decision.objects.filter(publication__in=publications.values(), verb__in=(Verb.APPROVE, Verb.UNPUBLISH))
    verbs = {of: _Last(verb, at) for of, verb, at in said.order_by("id").values_list("publication", "verb", "at")}
    return {row.pk: _state_of(row, publications.get(row.pk), last, verbs) for row in rows}


@dataclass(frozen=True, slots=True)
class _Last:
    """What was said last of a publication, and when."""

    word: str
    at: datetime


def _state_of(
    character: Character, publication: Publication | None, last: dict[UUID, _Last], verbs: dict[UUID, _Last]
) -> State:
    if character.was_taken:
        return State.COPY
    if publication is None:
        return State.PRIVATE
    if publication.is_listed:
        return State.PUBLISHED
    sent, verb = last.get(publication.pk), verbs.get(publication.pk)
    down = verb if verb is not None and verb.word == Verb.UNPUBLISH else None
    if sent is not None and sent.word == Submission.State.PENDING:
        return State.WAITING
    if sent is not None and sent.word == Submission.State.REJECTED and (down is None or sent.at > down.at):
        return State.REJECTED
    return State.TAKEN_DOWN if down is not None else State.PRIVATE


def _of(publication: Publication, character: Character, version: Version | None, lacks: tuple[str, ...]) -> Sharing:
    out = publication.version if publication.is_listed else None
    decided = publication.submissions.exclude(state=Submission.State.WITHDRAWN)
    last = decided.select_related("version").order_by("-created_at").first()
    waiting = last if last is not None and last.state == Submission.State.PENDING else None
    rejected = last if last is not None and last.state == Submission.State.REJECTED else None
    down = publishing.taken_down(publication)
    if rejected is not None and down is not None and rejected.created_at < down.at:
        rejected = None
    refused = publishing.refusal(publication, version) if version is not None else ""
    is_out = out is not None and version is not None and out.digest == version.digest
    reason = rejected.reason if rejected is not None else down.reason if down is not None else ""
    return Sharing(
        character.pk,
        _state(out, waiting, rejected, is_down=down is not None),
        publication.author,
        newest=version.number if version is not None else None,
        published=out.number if out is not None else None,
        digest=out.digest if out is not None else "",
        publication_id=publication.pk if out is not None else None,
        waiting=waiting.version.number if waiting is not None else None,
        waiting_since=waiting.created_at if waiting is not None else None,
        rejected=rejected.version.number if rejected is not None else None,
        reason="" if waiting is not None else reason,
        blocked=(*lacks, refused) if refused else lacks,
        has_face=bool(character.face),
        can_send=not (lacks or refused or is_out or waiting is not None),
    )


def _state(out: Version | None, waiting: Submission | None, rejected: Submission | None, *, is_down: bool) -> State:
    if out is not None:
        return State.PUBLISHED
    if waiting is not None:
        return State.WAITING
    if rejected is not None:
        return State.REJECTED
    return State.TAKEN_DOWN if is_down else State.PRIVATE
