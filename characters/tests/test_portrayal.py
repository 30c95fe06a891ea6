"""What the pages show of a character."""

import pytest

from characters import portrayal
from characters.models import Character

pytestmark = pytest.mark.django_db


def test_a_card_tells_what_a_character_is_for(azera: Character) -> None:
    card = portrayal.card(azera)
    assert card.name == "Azera"
    assert card.intent
    assert "\n" not in card.intent
