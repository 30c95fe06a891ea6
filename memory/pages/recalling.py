"""What a character would have in mind for an answer, for whoever asks from outside."""

from itertools import groupby
from uuid import UUID

from django.utils.timezone import now

from accounts.models import User
from characters.access import persona_for_talking
from characters.models import Character
from characters.tokens import estimate
from memory.embedding import query_vector
from memory.pages.entries import whose
from memory.recalling import packing
from memory.recalling.query import Query, Recalled, Rule
from memory.recalling.recall import recall


def recalled(user: User, character_id: UUID, text: str, budget: int, rule: Rule = Rule.FUSED) -> Recalled:
    """For an answer to them alone, in a chat that has just begun. Raises `NotFound`."""
    face = whose(user, character_id)
    character = Character.objects.select_related("version", "persona").get(id=face.id)
    return recall(
        Query(
            owner_id=user.pk,
            character_id=character.pk,
            text=text,
            people=frozenset({user.pk}),
            person_names=(persona_for_talking(user, character).name,),
            character_names=tuple(dict.fromkeys([character.name, character.card.spoken_name])),
            now=now(),
            budget=budget,
            count=estimate,
            rule=rule,
        ),
        query_vector,
    )


def told(found: Recalled) -> str:
    """All of it as one text in the order of time, each day below its date."""
    ordered = sorted([*found.memories, *([found.recap] if found.recap else [])], key=lambda one: one.said_at)
    days = groupby(ordered, key=lambda one: one.said_at.date())
    return "\n".join("\n".join([packing.heading(day), *(one.line for one in lines)]) for day, lines in days)
