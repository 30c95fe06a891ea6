"""The vocabulary: byte-level BPE, learned from the grammar. `python -m starter.tokenizer` learns it again.

Digits never merge, so a number is one token per digit wherever it stands and can be copied digit by digit.
"""

import itertools
import random
import re
from collections.abc import Iterator

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

from chats.prompting.sections import recollection, system
from inference.text.prompt import Segment
from starter.grammar import personas
from starter.grammar.dialogue import some_sample, writer
from starter.grammar.values import Values
from starter.paths import TOKENIZER

VOCAB = 4096
SPECIAL = ("<|endoftext|>", "<|pad|>", "<|im_start|>", "<|im_end|>")
DIGIT = re.compile(r"\d")


class Vocabulary:
    """Text to ids as the engine does it: control segments may name special tokens, content never does."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self.tokenizer = tokenizer
        numbers = {token: tokenizer.token_to_id(token) for token in SPECIAL}
        self.special = {token: number for token, number in numbers.items() if number is not None}
        tokenizer.encode_special_tokens = True

    @classmethod
    def load(cls) -> "Vocabulary":
        return cls(Tokenizer.from_file(str(TOKENIZER)))

    def encode(self, text: str) -> list[int]:
        """Content: `<|im_end|>` in it is ordinary letters."""
        return self.tokenizer.encode(text, add_special_tokens=False).ids

    def segment(self, segment: Segment) -> list[int]:
        return [self.special[segment.text]] if segment.control else self.encode(segment.text)

    def count(self, text: str) -> int:
        return len(self.encode(text))

    def decode(self, ids: list[int]) -> str:
        return self.tokenizer.decode(ids, skip_special_tokens=False)


def training_text(seed: int, samples: int) -> Iterator[str]:
    """Grammar text without its digits; the two long sheets a few times, not once per sample."""
    rng = random.Random(seed)
    for persona in (personas.azera(), personas.areza()) * 40:
        yield system(writer(seed, persona).chat().scene)
    for index in range(samples):
        persona = rng.choice((personas.azera(), personas.areza(), personas.invented(rng, Values(rng))))
        sample = some_sample(writer(seed + index, persona))
        scene = sample.scene
        yield DIGIT.sub(
            "",
            "\n".join(
                itertools.chain(
                    (recollection(memory) for memory in scene.memories),
                    (f"{line.role}\n{line.text}" for line in scene.history),
                    (scene.message, scene.user_description, scene.summary, scene.mood, scene.note, sample.beat.reply),
                    (persona.sheet if persona.home and index % 3 == 0 else "",),
                )
            ),
        )


def learn(seed: int = 1, samples: int = 40_000) -> Tokenizer:
    """A new vocabulary of `VOCAB` tokens."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCAB,
        special_tokens=list(SPECIAL),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(training_text(seed, samples), trainer)
    return tokenizer


if __name__ == "__main__":
    learn().save(str(TOKENIZER))
