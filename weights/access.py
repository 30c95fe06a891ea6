"""Who may manage models, and the only way from a name to a row."""

import re

from django.contrib.auth import get_user_model
from django.db.models import QuerySet

from core.errors import NotFound
from weights.models import CAN_ANSWER, LONGEST_NAME, NAME, LanguageModel


def require_operator(user: object) -> None:
    """Only staff get beyond this. For everybody else there is nothing here: raises `NotFound`."""
    # This app is below the one that has the users, so it asks for whichever model they are.
    if not isinstance(user, get_user_model()) or not (user.is_active and user.is_staff):
        raise NotFound


def is_name(text: str) -> bool:
    """Whether a model may be called so."""
    return len(text) <= LONGEST_NAME and re.fullmatch(NAME, text) is not None


def get_model(name: str) -> LanguageModel:
    """Raises `NotFound`."""
    model = LanguageModel.objects.filter(name=name).first() if is_name(name) else None
    if model is None:
        raise NotFound
    return model


def models() -> QuerySet[LanguageModel]:
    """All that there are, by size."""
    return LanguageModel.objects.order_by("parameters", "size_bytes", "name")


def answering_names() -> list[str]:
    """Of those that can answer, by size."""
    return list(models().filter(**CAN_ANSWER).values_list("name", flat=True))


def model_in_use() -> LanguageModel | None:
    """None: what TEXT_MODEL names is in use."""
    return LanguageModel.objects.filter(in_use=True).first()
