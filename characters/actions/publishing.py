"""Verbs on the marketplace that authors have: publish, take back. A moderator sees first what others will see."""

from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.access import hold
from accounts.models import User
from characters import access, search
from characters.cards.card import Card
from characters.cards.extras import extras
from characters.models import Character, Decision, Publication, Submission, Verb, Version
from characters.versions import face_of
from core.errors import BadInput, Conflict, LimitReached

# Of a profile, in characters: enough for a sentence that says who somebody is.
LEAST_PROFILE = 40
LONGEST_AUTHOR = 80
# Whose the built-in characters are.
HOUSE = "Cognitia"


def publish(user: User, character_id: UUID, author: str = "") -> Publication:
    """The newest version waits for a moderator. If it waits already, or is out, nothing changes.

    `author` is the name that readers see; "" keeps the one there is, or takes the account's. While the character is
    out the name stays: nobody would have looked at another one. Raises `NotFound`, `BadInput` for what is missing,
    `Conflict` for a copy and for what a moderator has refused just so, or `LimitReached`.
    """
    with transaction.atomic():
        character = access.lock_character_for(user, character_id)
        version = _fit_version(character)
        publication = Publication.objects.filter(character=character).first()
        if publication is not None and _is_out(publication, version):
            return publication
        if publication is not None and (refused := refusal(publication, version)):
            raise Conflict(refused)
        publication, is_renamed = _named(publication, user, character, author)
        waiting = publication.submissions.filter(state=Submission.State.PENDING, version=version)
        if not is_renamed and waiting.exists():
            return publication
        if not _withdraw(publication):
            _reserve(user)
        Submission.objects.create(owner=user, publication=publication, version=version)
    return publication


def unpublish(user: User, character_id: UUID) -> None:
    """Nobody sees it any more, and nothing of it waits. Raises `NotFound`."""
    with transaction.atomic():
        take_back(access.lock_character_for(user, character_id))


def missing(card: Card) -> tuple[str, ...]:
    """What has to be done before this may be published, as sentences."""
    return tuple(
        sentence
        for is_there, sentence in (
            (card.name.strip(), _("Give it a name.")),
            (
                len(card.description.strip()) >= LEAST_PROFILE,
                _("Write its profile: %(least)d characters or more.") % {"least": LEAST_PROFILE},
            ),
            (extras(card).rating, _("Choose whom it is for: its rating.")),
        )
        if not is_there
    )


def requeue(character: Character, version: Version) -> None:
    """A newer version of a character that is out, or waits to be: it waits in place of an older one.

    What was approved stays as it is until a moderator has seen this one. A version that may not be published, and one
    that says what is out already, does not wait.
    """
    publication = Publication.objects.filter(character=character).first()
    if publication is None or publication.owner_id is None:
        return
    was_waiting = _withdraw(publication)
    if not (was_waiting or publication.is_listed) or missing(version.card) or refusal(publication, version):
        return
    if not _is_out(publication, version):
        Submission.objects.create(owner_id=publication.owner_id, publication=publication, version=version)


def take_back(character: Character) -> None:
    """Nobody sees it any more; copies that were taken stay with those who took them."""
    publication = Publication.objects.filter(character=character).first()
    if publication is None:
        return
    _withdraw(publication)
    Publication.objects.filter(pk=publication.pk).update(is_listed=False)


def put_up(publication: Publication, version: Version) -> None:
    """From now on everybody sees this version."""
    publication.version = version
    publication.face = face_of(publication.character, version.card)
    publication.is_listed = True
    publication.listed_at = publication.listed_at or now()
    # Not the counts: they go on meanwhile.
    publication.save(update_fields=["version", "face", "is_listed", "listed_at", "updated_at"])
    search.index(publication, version.card)


def list_built_in(character: Character) -> None:
    """A character that comes with the product is out as it is today, unless a moderator took it down."""
    publication, _is_new = Publication.objects.get_or_create(
        character=character, defaults={"owner": None, "author": HOUSE}
    )
    was_taken_down = publication.version_id is not None and not publication.is_listed
    if character.version is not None and publication.version_id != character.version_id and not was_taken_down:
        put_up(publication, character.version)


def taken_down(publication: Publication) -> Decision | None:
    """Why it is not out any more, if a moderator took it down."""
    if publication.is_listed:
        return None
    decisions = Decision.objects.filter(publication=publication, verb__in=(Verb.APPROVE, Verb.UNPUBLISH))
    last = decisions.order_by("-id").first()
    return last if last is not None and last.verb == Verb.UNPUBLISH else None


def refusal(publication: Publication, version: Version) -> str:
    """Why this version may not be sent again as it is, as a sentence; "" if it may."""
    refused = publication.submissions.filter(state=Submission.State.REJECTED, version__digest=version.digest)
    if refused.exists():
        return _("A moderator has seen this version and did not approve it. Change it, then send it again.")
    decision = taken_down(publication)
    if decision is not None and decision.digest == version.digest:
        return _("This version was taken down. Change it, then send it again.")
    return ""


def _fit_version(character: Character) -> Version:
    if character.was_taken:
        raise Conflict(_("This is a copy of somebody else's character. Only its author can publish it."))
    version = character.versions.first()
    lacks = missing(character.card if version is None else version.card)
    if version is None or lacks:
        raise BadInput(" ".join(lacks))
    return version


def _is_out(publication: Publication, version: Version) -> bool:
    """An earlier version that was saved again says the same."""
    out = publication.version
    return publication.is_listed and out is not None and out.digest == version.digest


def _named(publication: Publication | None, user: User, character: Character, author: str) -> tuple[Publication, bool]:
    """The character's publication with its author's name, and whether another name was there before."""
    if publication is None:
        name = _author(user, author or user.name)
        return Publication.objects.create(owner=user, character=character, author=name), False
    name = publication.author if publication.is_listed else _author(user, author or publication.author)
    if name == publication.author:
        return publication, False
    publication.author = name
    publication.save(update_fields=["author", "updated_at"])
    return publication, True


def _author(user: User, text: str) -> str:
    """Raises `BadInput` where there is no name to show, or where the mail address is in it."""
    name = " ".join(text.split())
    if not name or len(name) > LONGEST_AUTHOR:
        raise BadInput(_("Say under which name it is shown, in %(most)d letters or fewer.") % {"most": LONGEST_AUTHOR})
    if user.email.casefold() in name.casefold():
        raise BadInput(_("Everybody would see your mail address. Choose another name to be shown."))
    return name


def _withdraw(publication: Publication) -> bool:
    """Whether something was waiting; it does not any more."""
    waiting = publication.submissions.filter(state=Submission.State.PENDING)
    return waiting.update(state=Submission.State.WITHDRAWN, decided_at=now()) > 0


def _reserve(user: User) -> None:
    """Raises `LimitReached`."""
    most = settings.SUBMISSIONS_PER_USER
    # Held until the transaction ends, so that two requests do not both take the last place.
    hold(user)
    waiting = Submission.objects.filter(owner=user, state=Submission.State.PENDING)
    if most and waiting.count() >= most:
        raise LimitReached(
            ngettext(
                "%(most)d character of yours waits for a moderator, which is as many as may. Take one back first.",
                "%(most)d characters of yours wait for a moderator, which is as many as may. Take one back first.",
                most,
            )
            % {"most": most},
            most=most,
        )
