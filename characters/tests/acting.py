"""What authors and readers do, in one word each."""

from uuid import uuid4

from django.utils.timezone import now

from accounts.models import User
from characters import search
from characters.actions.characters import create_character, save_card
from characters.cards.card import Card
from characters.cards.extras import Extras, with_extras
from characters.models import Publication

KESTREL = with_extras(
    Card(
        "Kestrel Vane",
        description="# Kestrel Vane\n\n## Background\n\n{{char}} teaches queens. <script>alert(1)</script>",
        first_message="*She looks up.*\n“Sit, {{user}}.”",
        alternate_greetings=("Again?",),
        example_dialogue="<START>\n{{user}}: Who are you?\n{{char}}: *smiles* The last one.\nKestrel Vane: Sit.\n",
        creator_notes='<div style="x"><img src="https://elsewhere.example/a.png">Slow <b>burn</b><br>Be kind</div>',
        tags=("Fantasy", "War"),
        book={"entries": [{"keys": ["crown"], "content": "gold"}]},
    ),
    Extras("Teaches queens to wait.", language="en", hue=12),
)


def listed(owner: User, card: Card) -> Publication:
    """A character of theirs as everybody sees it once a moderator has approved it."""
    character = create_character(owner, card)
    publication = Publication(owner=owner, character=character, author=owner.label)
    return approved(publication, card)


def edited(publication: Publication, card: Card) -> None:
    """Its author saves another version, which nobody else sees yet."""
    assert publication.owner is not None
    newest = publication.character.versions.first()
    assert newest is not None
    save_card(publication.owner, publication.character_id, card, newest.number)


def approved(publication: Publication, card: Card) -> Publication:
    """The newest version, which says this, becomes the one that everybody sees."""
    publication.character.refresh_from_db()
    publication.version = publication.character.version
    publication.face = publication.character.face
    publication.is_listed = True
    publication.listed_at = publication.listed_at or now()
    publication.save()
    search.index(publication, card)
    return publication


def somebody(name: str = "") -> User:
    """One more person."""
    return User.objects.create_user(f"{uuid4()}@example.org", "a long password", name=name)
