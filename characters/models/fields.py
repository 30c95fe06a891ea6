from django.core.validators import MaxValueValidator
from django.db import models

# The digest of a file on the shelf (characters/files.py), in hexadecimal.
DIGEST_LENGTH = 64


class Hue(models.PositiveSmallIntegerField):  # type: ignore[type-arg]
    """A colour as one number of degrees: every hue is readable at the lightness the pages give it."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        kwargs.setdefault("validators", [MaxValueValidator(359)])
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
