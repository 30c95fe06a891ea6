"""What every classifier of emotions keeps to, and what the lexicon finds."""

import json
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from inference.emotion.adapters import lexicon, transformer
from inference.emotion.emotion import WEIGHTS, Emotion, EmotionClassifier
from inference.errors import EngineUnavailable

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "i", "am", "so", "happy", "sad", "."]


def model_in(folder: Path, labels: list[str], *, is_each_for_itself: bool = False) -> str:
    """A classifier with weights by chance, of a few kilobytes."""
    # Only adapters import what runs models.
    transformers = import_module("transformers")
    import_module("torch").manual_seed(1)
    config = transformers.BertConfig(
        vocab_size=len(WORDS),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        max_position_embeddings=32,
        num_labels=len(labels),
        id2label=dict(enumerate(labels)),
        label2id={label: number for number, label in enumerate(labels)},
        problem_type="multi_label_classification" if is_each_for_itself else "single_label_classification",
    )
    transformers.BertForSequenceClassification(config).save_pretrained(folder)
    (folder / "vocab.txt").write_text("\n".join(WORDS))
    (folder / "tokenizer_config.json").write_text(json.dumps({"tokenizer_class": "BertTokenizer"}))
    return str(folder)


def by_lexicon(_folder: Path) -> EmotionClassifier:
    return lexicon.build()


def by_one_of_many(folder: Path) -> EmotionClassifier:
    return transformer.build(model_in(folder, ["anger", "fear", "joy", "love", "sadness", "surprise"]))


def by_each_for_itself(folder: Path) -> EmotionClassifier:
    labels = ["admiration", "annoyance", "grief", "neutral", "nonesuch"]
    return transformer.build(model_in(folder, labels, is_each_for_itself=True))


@pytest.fixture(scope="module", params=[by_lexicon, by_one_of_many, by_each_for_itself])
def classifier(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> EmotionClassifier:
    build: Callable[[Path], EmotionClassifier] = request.param
    return build(tmp_path_factory.mktemp("model"))


class TestEveryClassifier:
    @hypothesis_settings(deadline=None)  # a model is as fast as its machine
    @given(text=st.text(max_size=300) | st.lists(st.sampled_from(WORDS), max_size=100).map(" ".join))
    def test_any_text_has_a_feeling_within_its_bounds(self, classifier: EmotionClassifier, text: str) -> None:
        found = classifier.classify(text)
        assert all(0 < score <= 1 for score in found.scores.values())
        if found.emotion is Emotion.NEUTRAL:
            assert found.confidence == 0
        else:
            assert found.confidence == found.scores[found.emotion] == max(found.scores.values())

    def test_no_text_feels_like_nothing(self, classifier: EmotionClassifier) -> None:
        for text in ("", " \n"):
            assert classifier.classify(text).emotion is Emotion.NEUTRAL

    def test_the_same_text_feels_the_same(self, classifier: EmotionClassifier) -> None:
        assert classifier.classify("I am so happy.") == classifier.classify("I am so happy.")


@pytest.mark.parametrize(
    ("text", "emotion"),
    [
        ("I am so happy today!", Emotion.JOY),
        ("I can’t wait to see you.", Emotion.JOY),
        ("I have never been so happy.", Emotion.JOY),
        ("I couldn't be happier.", Emotion.JOY),
        ("My grandfather passed away and I cried.", Emotion.SADNESS),
        ("I'm not happy at all.", Emotion.SADNESS),
        ("This makes me furious.", Emotion.ANGER),
        ("I am terrified of the dark.", Emotion.FEAR),
        ("Wow, I did not see that coming!", Emotion.SURPRISE),
        ("That smell is disgusting, yuck.", Emotion.DISGUST),
        ("I adore her.", Emotion.LOVE),
        ("😭", Emotion.SADNESS),
        ("❤️", Emotion.LOVE),
        ("See you at nine :)", Emotion.JOY),
        ("The train leaves at nine.", Emotion.NEUTRAL),
        ("I am not sad.", Emotion.NEUTRAL),
        ("That is not funny, and no fun.", Emotion.NEUTRAL),
        ("Don't worry.", Emotion.NEUTRAL),
        ("I'd love to.", Emotion.NEUTRAL),
        ("The madras curry and the gladiator", Emotion.NEUTRAL),
        ("What's your favorite color? Blue.", Emotion.NEUTRAL),
    ],
)
def test_the_lexicon_knows_how_plain_sentences_feel(text: str, emotion: Emotion) -> None:
    assert lexicon.build().classify(text).emotion is emotion


@pytest.mark.parametrize("number", [0, 1, 2, 3, 4, 30])
def test_three_words_make_it_certain(number: int) -> None:
    assert lexicon.build().classify("sad " * number).confidence == pytest.approx(min(number / 3, 1))


def test_the_emotion_with_most_words_is_the_one() -> None:
    found = lexicon.build().classify("I was scared, scared and nervous, but then glad.")
    assert found.emotion is Emotion.FEAR
    assert found.scores == {Emotion.FEAR: 1.0, Emotion.JOY: pytest.approx(1 / 3)}


def test_between_equals_the_sound_of_the_whole_decides() -> None:
    assert lexicon.build().classify("A surprise, and I am glad: the best gift ever.").emotion is Emotion.JOY
    assert lexicon.build().classify("A surprise, and I am scared: the worst pain ever.").emotion is Emotion.FEAR


def test_a_word_belongs_to_one_emotion_only() -> None:
    words = [word for listed in lexicon.WORDS.values() for word in listed.split()]
    assert len(words) == len(set(words))


def test_every_emotion_has_a_weight_and_all_but_none_have_words() -> None:
    assert set(WEIGHTS) == set(Emotion)
    assert set(lexicon.WORDS) == set(Emotion) - {Emotion.NEUTRAL}
    assert WEIGHTS[Emotion.NEUTRAL] == 0


class TestModelInAFolder:
    def test_a_folder_that_is_not_there_is_a_sentence(self, tmp_path: Path) -> None:
        for folder in ("", str(tmp_path / "nonesuch")):
            with pytest.raises(EngineUnavailable, match="EMOTION_MODEL"):
                transformer.build(folder)

    def test_a_folder_of_something_else_is_a_sentence(self, tmp_path: Path) -> None:
        with pytest.raises(EngineUnavailable, match="safetensors"):
            transformer.build(str(tmp_path))

    def test_labels_that_are_no_emotions_are_refused(self, tmp_path: Path) -> None:
        with pytest.raises(EngineUnavailable, match="LABEL_0"):
            transformer.build(model_in(tmp_path, ["LABEL_0", "LABEL_1"]))

    def test_a_text_longer_than_the_model_is_cut(self, tmp_path: Path) -> None:
        assert by_one_of_many(tmp_path).classify("i am so happy . " * 500).confidence > 0
