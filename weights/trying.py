"""Whether a model that is here can be used: its file is looked at, and loaded far from anybody who talks."""

import logging
from uuid import UUID

from django.db import transaction
from django.utils.timezone import now
from django.utils.translation import gettext as _

from core.database import brief_connection
from core.jobs import Status
from inference.errors import EngineUnavailable, InferenceError
from inference.registry import ask_server
from inference.text.gguf import NotAModel, read_header
from inference.text.trial import load_alone
from weights import files, ollama, pulling
from weights.choice import settings_of
from weights.files import sha256_of
from weights.models import LanguageModel, Source

logger = logging.getLogger(__name__)


class Unusable(Exception):
    """Its sentence says why."""


def run_use(model_id: UUID) -> LanguageModel | None:
    """Try the model out, and let the next reply be told by it. The one in use stays if it is no good.

    Answers the row, whose `in_use` and `error` tell how it went; None if it is gone.
    """
    with brief_connection():
        model = LanguageModel.objects.filter(id=model_id, status=Status.DONE, embeds=False).first()
    if model is None:
        return None
    try:
        examine(model)
    except Unusable as reason:
        with brief_connection():
            _spoil(model, str(reason))
        return model
    with brief_connection(), transaction.atomic():
        # Locked in one order, so that two at once come one after the other.
        list(LanguageModel.objects.select_for_update().order_by("id").values_list("id", flat=True))
        LanguageModel.objects.filter(in_use=True).exclude(id=model.id).update(in_use=False)
        chosen = LanguageModel.objects.filter(id=model.id, status=Status.DONE)
        model.in_use = chosen.update(in_use=True, wanted_at=None, error="", tried_at=now()) == 1
    model.wanted_at, model.error = None, ""
    logger.info("model in use", extra={"model": model.name})
    return model


def run_check(model_id: UUID) -> LanguageModel | None:
    """Look at the model as `run_use` does, and change nothing but what the row says of it."""
    with brief_connection():
        model = LanguageModel.objects.filter(id=model_id, status=Status.DONE).first()
    if model is None:
        return None
    try:
        examine(model)
        with brief_connection():
            LanguageModel.objects.filter(id=model.id).update(error="", tried_at=now())
        model.error = ""
    except Unusable as reason:
        with brief_connection():
            _spoil(model, str(reason))
    return model


def give_up(model_id: UUID) -> None:
    """Nobody tries it out."""
    sentence = _("No worker could try this model out; choose it again in a moment.")
    LanguageModel.objects.filter(id=model_id).update(wanted_at=None, error=sentence)


def examine(model: LanguageModel) -> None:
    """Raises `Unusable`."""
    if model.source == Source.OLLAMA:
        listed = ollama.listed()
        if listed is None:
            raise Unusable(_("The Ollama server cannot be reached."))
        if model.file not in {remote.tag for remote in listed}:
            raise Unusable(_("The Ollama server does not have this model any more."))
        return
    if model.source == Source.SERVER:
        try:
            ask_server(settings_of(model))
        except InferenceError as reason:
            raise Unusable(_("Its server does not answer: %(reason)s.") % {"reason": reason}) from reason
        return
    verify(model)
    if not model.embeds:
        try:
            load_alone(settings_of(model))
        except EngineUnavailable as reason:
            raise Unusable(_("It could not be loaded: %(reason)s.") % {"reason": reason}) from reason


def verify(model: LanguageModel) -> None:
    """The file is the one that was pulled, and whole. An unchanged one is not read again. Raises `Unusable`."""
    path = files.whole(model.id)
    stamp = files.stamp(path)
    if stamp is None:
        raise Unusable(_("Its file is not there any more."))
    try:
        if stamp != model.verified and sha256_of(path) != model.sha256:
            raise Unusable(_("Its file has changed since it was pulled."))
        read_header(path)
    except NotAModel as reason:
        raise Unusable(pulling.unusable(reason)) from reason
    except OSError as error:
        raise Unusable(_("Its file cannot be read: %(reason)s.") % {"reason": error.strerror}) from error
    if stamp != model.verified:
        model.verified_bytes, model.verified_mtime_ns = stamp.size_bytes, stamp.mtime_ns
        with brief_connection():
            LanguageModel.objects.filter(id=model.id).update(
                verified_bytes=stamp.size_bytes, verified_mtime_ns=stamp.mtime_ns
            )


def _spoil(model: LanguageModel, sentence: str) -> None:
    """Say what is wrong. A file that is not in use counts as not pulled any more, so that it can be pulled again."""
    logger.warning("model unusable: %s", sentence, extra={"model": model.name})
    model.wanted_at, model.error = None, sentence[:400]
    row = LanguageModel.objects.filter(id=model.id)
    row.update(wanted_at=None, error=model.error)
    changed = model.has_file and files.stamp(files.whole(model.id)) != model.verified
    if changed and row.filter(in_use=False, status=Status.DONE).update(status=Status.FAILED):
        model.status = Status.FAILED
