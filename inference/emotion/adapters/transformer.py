"""Any text classifier in the layout of Hugging Face, from a folder: EMOTION_MODEL names it. Nothing is downloaded.

Its labels say which emotion each of its outputs is, in the words of the common data sets (Ekman's six, "emotion",
GoEmotions); an output with another label has no say.
"""

from collections.abc import Mapping
from pathlib import Path

import torch
from transformers import AutoModelForSequenceClassification, AutoTokenizer

from inference.emotion.emotion import NONE, Emotion, EmotionClassifier, Feeling
from inference.errors import EngineUnavailable

# Nobody needs more of a message to know how it feels, and time grows with the square of it.
MOST_TOKENS = 512
# What is less sure than this is as good as not found.
LEAST = 0.05
LABELS: Mapping[Emotion, str] = {
    Emotion.JOY: "joy happy happiness amusement approval excitement gratitude optimism pride relief",
    Emotion.SADNESS: "sadness sad disappointment grief remorse embarrassment",
    Emotion.ANGER: "anger angry annoyance disapproval",
    Emotion.FEAR: "fear nervousness worry anxiety",
    Emotion.SURPRISE: "surprise confusion curiosity realization",
    Emotion.DISGUST: "disgust",
    Emotion.LOVE: "love admiration caring desire",
    Emotion.NEUTRAL: "neutral others",
}


def build(model: str) -> EmotionClassifier:
    """Raises `EngineUnavailable` if there is no such folder, or nothing in it that tells emotions apart."""
    return TransformerClassifier(model)


class TransformerClassifier:
    def __init__(self, folder: str) -> None:
        if not folder or not Path(folder).is_dir():
            raise EngineUnavailable(
                f"EMOTION_MODEL: there is no folder {folder}.",
                "Point EMOTION_MODEL at the folder of a text classifier, or leave EMOTION_ENGINE unset.",
            )
        try:
            self._tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
            # Weights as safetensors only: a pickle may run code.
            self._model = AutoModelForSequenceClassification.from_pretrained(
                folder, local_files_only=True, use_safetensors=True
            )
        except (OSError, ValueError) as error:
            raise EngineUnavailable(
                f"EMOTION_MODEL: {folder} is not a text classifier with weights as safetensors.",
                "Choose another folder, or leave EMOTION_ENGINE unset.",
            ) from error
        self._model.eval()
        config = self._model.config
        self._emotions = {
            number: emotion for number, label in config.id2label.items() if (emotion := emotion_of(label)) is not None
        }
        if len(set(self._emotions.values())) < 2:
            raise EngineUnavailable(
                f"EMOTION_MODEL: the labels of {folder} are not emotions: {', '.join(config.id2label.values())}.",
                "Choose a model that tells emotions apart.",
            )
        self._is_each_for_itself = config.problem_type == "multi_label_classification"
        places = getattr(config, "max_position_embeddings", MOST_TOKENS)
        # RoBERTa counts places from 2.
        self._most_tokens = min(MOST_TOKENS, self._tokenizer.model_max_length, places - 2)

    def classify(self, text: str) -> Feeling:
        if not text.strip():
            return NONE
        with torch.inference_mode():
            read = self._tokenizer(text, truncation=True, max_length=self._most_tokens, return_tensors="pt")
            outputs = self._model(**read).logits[0]
            shares = (outputs.sigmoid() if self._is_each_for_itself else outputs.softmax(-1)).tolist()
        found = dict.fromkeys(self._emotions.values(), 0.0)
        for number, emotion in self._emotions.items():
            # Shares of one whole add up; those that each stand for themselves do not.
            found[emotion] = (
                max(found[emotion], shares[number]) if self._is_each_for_itself else found[emotion] + shares[number]
            )
        dominant = max(found, key=lambda emotion: found[emotion])
        if dominant is Emotion.NEUTRAL or found[dominant] < LEAST:
            return NONE
        scores: dict[Emotion, float] = {
            emotion: min(score, 1.0)
            for emotion, score in found.items()
            if score >= LEAST and emotion is not Emotion.NEUTRAL
        }
        return Feeling(dominant, scores[dominant], scores)


def emotion_of(label: str) -> Emotion | None:
    """Which emotion a model's label means; None: none."""
    word = label.strip().casefold()
    return next((emotion for emotion, labels in LABELS.items() if word in labels.split()), None)
