"""Which model tells the next reply."""

import logging
from dataclasses import replace
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from core.database import brief_connection
from inference.text.settings import TextSettings
from weights import access, files
from weights.models import LanguageModel, Source

SERVER_ADAPTER = "inference.text.adapters.openai_http"

logger = logging.getLogger(__name__)
# What most models can hold at least.
USUAL_CONTEXT = 4096


def settings_for(own: LanguageModel | None) -> TextSettings | None:
    """How a character's own model is built; if it has none that is ready, the one in use, or else that of TEXT_MODEL.

    None: the file of the one in use is not what it was when it was found to be good. Whoever answers now then goes
    on, and the row says why.
    """
    if own is not None and own.can_answer and fits(own):
        found = _settings_if_whole(own)
        if found is not None:
            return found
    model = access.model_in_use()
    usual: TextSettings = settings.INFERENCE["text"]
    return _settings_if_whole(model) if model is not None and fits(model) else usual


def context_of(model: LanguageModel | None) -> int:
    """Tokens that it can hold, or the one in use can, as far as anybody knows; the usual number if nobody does."""
    answers = model or access.model_in_use()
    said = [settings.INFERENCE["text"].context, answers.context if answers is not None else 0]
    return min((context for context in said if context), default=USUAL_CONTEXT)


def fits(model: LanguageModel) -> bool:
    """Whether it can be asked from here: with TEXT_URL nothing is loaded on this machine."""
    return model.source == Source.SERVER or bool(settings.INFERENCE["text"].url) == (model.source == Source.OLLAMA)


def _settings_if_whole(model: LanguageModel) -> TextSettings | None:
    if model.has_file and files.stamp(files.whole(model.id)) != model.verified:
        sentence = _("Its file is missing or has changed, so another model goes on; check it and use it again.")
        _tell_operator(model.name, sentence)
        return None
    return settings_of(model)


def settings_of(model: LanguageModel) -> TextSettings:
    """How this model is built here: as TEXT_MODEL would be, in its place."""
    usual: TextSettings = settings.INFERENCE["text"]
    if model.source == Source.OLLAMA:
        return replace(usual, model=model.file)
    if model.source == Source.SERVER:
        key = settings.TEXT_SERVER_KEYS.get(urlsplit(model.url).netloc, "")
        return replace(
            usual,
            adapter=SERVER_ADAPTER,
            url=model.url,
            key=key,
            model=model.file,
            name=model.name,
            context=model.context,
        )
    return replace(usual, model=str(files.whole(model.id)), name=model.name)


def report_refused(wanted: TextSettings, reason: Exception) -> None:
    """What the operator is told about a model that could not be loaded."""
    sentence = _("It could not be loaded, so the model before it goes on: %(reason)s.") % {"reason": reason}
    with brief_connection():
        _tell_operator(wanted.name, sentence[:400])


def _tell_operator(name: str, sentence: str) -> None:
    if LanguageModel.objects.filter(name=name).exclude(error=sentence).update(error=sentence):
        logger.error("model in use cannot answer: %s", sentence, extra={"model": name})
