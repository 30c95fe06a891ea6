from tokenizers import Tokenizer

from characters.actions.editing import TEMPLATE
from characters.actions.seeding import SHEETS
from characters.tokens import estimate
from starter.paths import TOKENIZER


def test_it_is_close_to_the_starter_model_and_not_below() -> None:
    tokenizer = Tokenizer.from_file(str(TOKENIZER))
    for path in (TEMPLATE, *SHEETS.glob("*.md")):
        text = path.read_text()
        counted = len(tokenizer.encode(text).ids)
        assert counted <= estimate(text) <= counted * 1.1


def test_nothing_takes_nothing_and_every_sign_of_chinese_counts() -> None:
    assert estimate("") == 0
    assert estimate("  ") == 0
    assert estimate("灯塔守护者") == 5
