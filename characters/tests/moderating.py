"""What authors and moderators do, in one word each."""

from uuid import uuid4

from accounts.models import User
from characters.actions import moderation, publishing
from characters.actions.characters import create_character, save_card
from characters.cards.card import Card
from characters.cards.extras import Extras, Rating, with_extras
from characters.models import Character, Publication, Submission

SHEET = "# Mira\n\n## Core Traits\n\nKeeps the lighthouse, and a diary that nobody has read."


def fit_card(name: str = "Mira", description: str = SHEET, first_message: str = "The lamp is lit.") -> Card:
    """One that may be published."""
    card = Card(name, description=description, first_message=first_message)
    return with_extras(card, Extras(tagline="Keeper of the light.", rating=Rating.TEEN, hue=200, language="en"))


def moderator(name: str = "Mo") -> User:
    """Staff, in the group, and no superuser."""
    user = User.objects.create_user(f"{uuid4()}@example.org", "a long password", name=name)
    user.is_staff = True
    user.save()
    user.groups.add(moderation.ensure_moderators())
    return user


def sent(owner: User, card: Card | None = None) -> Submission:
    """A new character of theirs that waits for a moderator."""
    character = create_character(owner, card or fit_card())
    return waiting(publishing.publish(owner, character.pk, "The Author"))


def waiting(publication: Publication) -> Submission:
    return publication.submissions.select_related("version").get(state=Submission.State.PENDING)


def approve(submission: Submission, by: User) -> Publication:
    return moderation.approve(submission.pk, submission.version.digest, by)


def edit(character: Character, card: Card) -> None:
    """Its author saves another version."""
    assert character.owner is not None
    newest = character.versions.first()
    assert newest is not None
    save_card(character.owner, character.pk, card, newest.number)
