"""The only way to a character, or to anything of one, on a user's behalf. A stranger gets what a typo gets."""

from uuid import UUID

from django.db.models import Q, QuerySet

from accounts.models import User
from characters.models import (
    Asset,
    Character,
    Draft,
    Import,
    Lorebook,
    Persona,
    Publication,
    Tag,
    Version,
)
from core.errors import NotFound
from core.rows import one


def characters_for(user: User) -> QuerySet[Character]:
    """Those they may talk to: their own and the built-in ones."""
    found = Character.objects.filter(Q(owner=user) | Q(owner=None), deleted_at=None)
    return found.select_related("version").order_by("created_at")


def get_character_for(user: User, character_id: UUID) -> Character:
    return one(characters_for(user), id=character_id)


def own_characters_for(user: User) -> QuerySet[Character]:
    """Those they may edit, the one edited last first."""
    found = Character.objects.filter(owner=user, deleted_at=None)
    return found.select_related("version", "publication").order_by("-updated_at")


def get_own_character_for(user: User, character_id: UUID) -> Character:
    return one(own_characters_for(user), id=character_id)


def get_deleted_character_for(user: User, character_id: UUID) -> Character:
    return one(Character.objects.filter(owner=user, deleted_at__isnull=False), id=character_id)


def lock_character_for(user: User, character_id: UUID) -> Character:
    """Their own, held until the transaction ends: versions are numbered one after the other."""
    # Without joins: one that waited for the lock would see the new `version_id` and not yet the row it names.
    return one(Character.objects.select_for_update(no_key=True).filter(owner=user, deleted_at=None), id=character_id)


def get_version_for(user: User, character_id: UUID, number: int) -> Version:
    """A version of a character they may edit."""
    found = Version.objects.filter(owner=user, character__owner=user, character__deleted_at=None)
    return one(found.select_related("character"), character_id=character_id, number=number)


def get_draft_for(user: User, character_id: UUID) -> Draft | None:
    """What they have not saved yet of a character of theirs."""
    found = Draft.objects.filter(owner=user, character_id=character_id, character__deleted_at=None)
    return found.select_related("base").first()


def imports_for(user: User) -> QuerySet[Import]:
    return Import.objects.filter(owner=user).order_by("-created_at")


def get_import_for(user: User, import_id: UUID) -> Import:
    return one(imports_for(user).select_related("character", "lorebook"), id=import_id)


def lorebooks_for(user: User) -> QuerySet[Lorebook]:
    return Lorebook.objects.filter(owner=user).order_by("name", "created_at")


def get_lorebook_for(user: User, lorebook_id: UUID) -> Lorebook:
    return one(lorebooks_for(user), id=lorebook_id)


def personas_for(user: User) -> QuerySet[Persona]:
    """Those they may speak as, the default first. Whoever never made one has Protag."""
    default_persona_for(user)
    return Persona.objects.filter(owner=user, archived_at=None).order_by("-is_default", "created_at")


def get_persona_for(user: User, persona_id: UUID) -> Persona:
    return one(Persona.objects.filter(owner=user, archived_at=None), id=persona_id)


def default_persona_for(user: User) -> Persona:
    """Protag, until they choose another; made on first use."""
    persona, _created = Persona.objects.get_or_create(owner=user, is_default=True)
    return persona


def persona_for_talking(user: User, character: Character) -> Persona:
    """Who they are to this character: the persona they bound to it, or their usual one."""
    bound = character.persona
    if bound is not None and bound.owner_id == user.id and bound.archived_at is None:
        return bound
    return default_persona_for(user)


def tags_for(user: User) -> QuerySet[Tag]:
    return Tag.objects.filter(owner=user).order_by("name")


def get_tag_for(user: User, tag_id: UUID) -> Tag:
    return one(tags_for(user), id=tag_id)


def listed_publications() -> QuerySet[Publication]:
    """What everybody who is signed in may see."""
    return Publication.objects.filter(is_listed=True, character__deleted_at=None)


def get_publication_for(user: User, publication_id: UUID) -> Publication:
    """One that everybody may see, or their own whatever its state."""
    found = Publication.objects.filter(Q(is_listed=True) | Q(owner=user), character__deleted_at=None)
    return one(found.select_related("version", "character"), id=publication_id)


def get_picture_for(user: User, character_id: UUID, digest: str) -> Asset:
    """A picture of a character: of their own any, of another's those that its listed version shows.

    Never a sealed file.
    """
    found = Asset.objects.filter(character_id=character_id, digest=digest, is_sealed=False)
    # Of a deleted one, too: its chats go on.
    own = found.filter(owner=user, character__owner=user).first()
    if own is not None:
        return own
    publication = listed_publications().filter(character_id=character_id).select_related("version").first()
    if publication is None or publication.version is None:
        raise NotFound
    if publication.face != digest:
        found = found.filter(uri__in=[asset.uri for asset in publication.version.card.assets])
    shown = found.first()
    if shown is None:
        raise NotFound
    return shown
