"""Verbs on the marketplace that authors have: publish, take back."""

from django.utils.timezone import now

from characters.models import Character, Publication, Submission, Version


def requeue(character: Character, version: Version) -> None:
    """A newer version of a character that is out, or waits to be: it waits in place of an older one.

    What was approved stays as it is until a moderator has seen this one.
    """
    publication = Publication.objects.filter(character=character).first()
    if publication is None or publication.owner_id is None:
        return
    waiting = publication.submissions.filter(state=Submission.State.PENDING)
    if waiting.update(state=Submission.State.WITHDRAWN, decided_at=now()) or publication.is_listed:
        Submission.objects.create(owner_id=publication.owner_id, publication=publication, version=version)


def take_back(character: Character) -> None:
    """Nobody sees it any more; copies that were taken stay with those who took them."""
    publication = Publication.objects.filter(character=character).first()
    if publication is None:
        return
    publication.submissions.filter(state=Submission.State.PENDING).update(
        state=Submission.State.WITHDRAWN, decided_at=now()
    )
    Publication.objects.filter(pk=publication.pk).update(is_listed=False)
