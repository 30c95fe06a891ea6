"""Verbs on personas: make one, change it, speak as it unless told otherwise, put it away."""

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import RestrictedError
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wcwidth import iter_graphemes

from accounts.access import hold
from accounts.models import User
from characters import access, files, pictures, texts
from characters.models import Persona
from characters.pictures import PictureRefused
from core.errors import BadInput, Conflict, LimitReached

NAME_LENGTH = 80
SYMBOL_LENGTH = 8  # a family of four is seven, a flag of a region too
DESCRIPTION_LENGTH = 20_000
MOST_PERSONAS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonaChanges:
    """What is None stays as it is. `picture` is a file; an empty one takes the picture away.

    A persona can be made the default, and not cease to be it: another one takes its place.
    """

    name: str | None = None
    symbol: str | None = None
    hue: int | None = None
    description: str | None = None
    picture: bytes | None = None
    is_default: bool | None = None


def create_persona(user: User, changes: PersonaChanges) -> Persona:
    """Raises `BadInput` or `LimitReached`."""
    persona = Persona(owner=user)
    _apply(persona, changes)
    with transaction.atomic():
        hold(user)
        if access.personas_for(user).count() >= MOST_PERSONAS:
            raise LimitReached(
                ngettext(
                    "You have %(most)d persona, which is as many as there may be.",
                    "You have %(most)d personas, which is as many as there may be.",
                    MOST_PERSONAS,
                )
                % {"most": MOST_PERSONAS},
                most=MOST_PERSONAS,
            )
        persona.save()
        if changes.is_default:
            _make_default(persona)
    return persona


def change_persona(user: User, persona_id: UUID, changes: PersonaChanges) -> Persona:
    """What it has said before looks as it does now. Raises `NotFound` or `BadInput`."""
    persona = access.get_persona_for(user, persona_id)
    changed = _apply(persona, changes)
    with transaction.atomic():
        hold(user)
        if changed:
            persona.save(update_fields=changed)
        if changes.is_default:
            _make_default(access.get_persona_for(user, persona_id))
    return access.get_persona_for(user, persona_id)


def make_default(user: User, persona_id: UUID) -> Persona:
    """Raises `NotFound`."""
    return change_persona(user, persona_id, PersonaChanges(is_default=True))


def archive_persona(user: User, persona_id: UUID) -> None:
    """Nobody chooses it any more; chats that have it keep it, and one that no chat has is gone.

    Raises `NotFound`, or `Conflict` for the default.
    """
    with transaction.atomic():
        hold(user)
        persona = access.get_persona_for(user, persona_id)
        if persona.is_default:
            raise Conflict(_("This is who you usually are. Make another persona your default first."))
        try:
            persona.delete()
        except RestrictedError:
            persona.archived_at = now()
            persona.save(update_fields=["archived_at"])


def _apply(persona: Persona, changes: PersonaChanges) -> list[str]:
    """The names of the columns that were set. Raises `BadInput`, and may then have set some of them."""
    changed = []
    if changes.name is not None:
        persona.name = texts.line(changes.name, _("Name"), NAME_LENGTH)
        changed.append("name")
    if changes.symbol is not None:
        persona.symbol = _symbol(changes.symbol)
        changed.append("symbol")
    if changes.hue is not None:
        persona.hue = texts.hue(changes.hue)
        changed.append("hue")
    if changes.description is not None:
        persona.description = texts.storable(changes.description, _("Description"), DESCRIPTION_LENGTH).strip()
        changed.append("description")
    if changes.picture is not None:
        persona.picture = _shelved(changes.picture) if changes.picture else ""
        changed.append("picture")
    return changed


def _symbol(text: str) -> str:
    text = texts.storable(text.strip(), _("Symbol"), SYMBOL_LENGTH)
    if len(list(iter_graphemes(text))) > 1:
        raise BadInput(_("The symbol is one letter, sign or emoji."))
    return text


def _shelved(content: bytes) -> str:
    try:
        return files.put_picture(pictures.re_encode(content))
    except PictureRefused as refused:
        raise BadInput(refused.sentence(_)) from refused


def _make_default(persona: Persona) -> None:
    Persona.objects.filter(owner=persona.owner, is_default=True).exclude(id=persona.id).update(is_default=False)
    persona.is_default = True
    persona.save(update_fields=["is_default"])
