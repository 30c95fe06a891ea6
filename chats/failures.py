"""Why a reply ended early, in words for the person who waited for it."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.jobs import Status

SENTENCES: dict[str, Promise] = {
    "context_overflow": _("This message is longer than the model can take in. Shorten it and send it again."),
    "engine_unavailable": _(
        "The language model is not installed on this server. The operator can see why in its checks."
    ),
    "engine_failed": _("The language model stopped with an error. Try again."),
    "overloaded": _("Too many people are talking at once. Try again in a moment."),
    "deadline": _("The reply took too long and was ended. What was said is kept."),
    "worker_lost": _("The reply was interrupted. What was said is kept."),
    "failed": _("Something went wrong while this reply was written. Try again."),
}


def sentence(status: str, code: str) -> str:
    """Empty for a reply that ended well, or because its reader stopped it."""
    if status not in {Status.FAILED, Status.INTERRUPTED}:
        return ""
    return str(SENTENCES.get(code, SENTENCES["failed" if status == Status.FAILED else "worker_lost"]))
