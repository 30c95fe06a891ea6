"""Verbs on models: check, write rows in one transaction, queue work on commit."""

import re

import httpx2 as httpx
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.timezone import now
from django.utils.translation import gettext as _

from core.errors import BadInput, Conflict, NotFound, Unavailable
from core.jobs import LIVE, Status
from weights import access, choice, files, hub, ollama, tasks
from weights.hub import HubError
from weights.ledger import BY_NAME, Entry
from weights.models import LONGEST_NAME, LanguageModel, Source

# What stands for the model that TEXT_MODEL names, which has no row.
DEFAULT = "default"
CANCEL_TRIES = 3
MOST_CONTEXT = 10_000_000


def request_pull(name: str) -> LanguageModel:
    """Let a worker pull a model of the ledger, or go on with a pull that ended early. Raises as `prepare_pull`."""
    with transaction.atomic():
        model = prepare_pull(name)
        transaction.on_commit(lambda: tasks.queue_pull(model.id))
    return model


def prepare_pull(name: str) -> LanguageModel:
    """The row, queued, for whoever pulls it at once. Raises `NotFound` (no row and not in the ledger), `Conflict`."""
    try:
        model = access.get_model(name)
    except NotFound:
        entry = BY_NAME.get(name)
        if entry is None:
            raise
        return _added(_row_of(entry))
    if model.is_ready:
        raise Conflict(_("%(name)s is here already.") % {"name": name})
    if not model.queue() and not model.is_live:
        raise Conflict(_("%(name)s changed just now; try again.") % {"name": name})
    return model


def add_from_hub(name: str, repository: str, file: str) -> LanguageModel:
    """A row, queued, for a file of the hub. Raises `BadInput`, `Conflict`."""
    try:
        hub.address_of(repository, file)
    except ValueError:
        raise BadInput(_("Write the repository as owner/name, and a file of it that ends in .gguf.")) from None
    return _added(LanguageModel(name=_checked(name), source=Source.HUB, repository=repository, file=file))


def add_from_address(name: str, address: str, sha256: str = "") -> LanguageModel:
    """A row, queued, for a file anywhere. Raises `BadInput`, `Conflict`."""
    sha256 = sha256.strip().lower()
    if sha256 and not hub.SHA256.fullmatch(sha256):
        raise BadInput(_("A SHA-256 has 64 digits from 0 to f."))
    url = _checked_address(address)
    return _added(LanguageModel(name=_checked(name), source=Source.URL, url=url, expected_sha256=sha256))


def add_from_ollama(tag: str) -> LanguageModel:
    """A row, queued, for a model that Ollama shall pull. Raises `BadInput`, `Conflict`."""
    if not ollama.TAG.fullmatch(tag) or len(tag) > 200:
        raise BadInput(_("Write the model as Ollama names it, for example llama3.2:3b."))
    return _added(LanguageModel(name=_name_like(tag), label=tag, source=Source.OLLAMA, file=tag))


def add_from_server(name: str, address: str, model: str, context: int = 0) -> LanguageModel:
    """A row, ready to be tried out, for a model of a server that speaks OpenAI's chat completions.

    `address` is where its paths begin, `model` what it is called there, `context` its tokens (0: 8,192). Raises
    `BadInput`, `Conflict`.
    """
    if not model or len(model) > 200:
        raise BadInput(_("Say what the server calls the model, in up to 200 characters."))
    if not 0 <= context <= MOST_CONTEXT:
        raise BadInput(_("A context has up to %(most)d tokens.") % {"most": MOST_CONTEXT})
    row = LanguageModel(
        name=_checked(name), source=Source.SERVER, url=_checked_address(address), file=model, context=context
    )
    return _added(row, Status.DONE)


def start_pull(model: LanguageModel) -> None:
    """Let a worker pull a row that was added."""
    transaction.on_commit(lambda: tasks.queue_pull(model.id))


def take_in_files() -> list[LanguageModel]:
    """Rows, queued to be looked at, for GGUF files that an operator put into the folder."""
    taken = []
    for path in files.unregistered():
        model = _added(LanguageModel(name=_name_like(path.stem), label=path.stem[:160], source=Source.FILE))
        path.replace(files.part(model.id))
        taken.append(model)
    return taken


def cancel_pull(model: LanguageModel) -> None:
    """Stop; what has been received is kept. A pull that has ended stays as it ended."""
    for _try in range(CANCEL_TRIES):
        if model.cancel_in_queue() or model.request_cancel() or not model.is_live:
            return
        model.refresh_from_db()


def remove_model(model: LanguageModel) -> None:
    """The row and its files. Raises `Conflict` (in use, or being pulled) or `Unavailable` (Ollama is away)."""
    if model.in_use:
        raise Conflict(_("%(name)s is in use; choose another model first.") % {"name": model.name})
    if model.is_live:
        raise Conflict(_("%(name)s is being pulled; stop that first.") % {"name": model.name})
    if model.source == Source.OLLAMA:
        try:
            ollama.delete(model.file)
        except HubError as error:
            raise Unavailable(str(error)) from error
    with transaction.atomic():
        gone, _rows = LanguageModel.objects.filter(id=model.id, in_use=False).exclude(status__in=LIVE).delete()
        if not gone:
            raise Conflict(_("%(name)s changed just now; try again.") % {"name": model.name})
        transaction.on_commit(lambda: files.remove(model.id))


def request_use(model: LanguageModel) -> None:
    """Let a worker try the model out and then use it. Raises `Conflict`."""
    refuse_use(model)
    with transaction.atomic():
        LanguageModel.objects.filter(id=model.id).update(wanted_at=now(), error="")
        transaction.on_commit(lambda: tasks.queue_use(model.id))


def refuse_use(model: LanguageModel) -> None:
    """Raises `Conflict` for a model that nobody can talk with here."""
    if not model.is_ready:
        raise Conflict(_("%(name)s is not here yet; pull it first.") % {"name": model.name})
    if model.embeds:
        raise Conflict(_("%(name)s turns text into vectors and cannot talk.") % {"name": model.name})
    behind_address = bool(settings.INFERENCE["text"].url)
    if not choice.fits(model):
        raise Conflict(
            _("%(name)s is not on the server that TEXT_URL names.") % {"name": model.name}
            if behind_address
            else _("%(name)s is on an Ollama server, and TEXT_URL names none.") % {"name": model.name}
        )


def use_default() -> None:
    """Go back to the model that TEXT_MODEL names."""
    LanguageModel.objects.filter(in_use=True).update(in_use=False)


def mirror_ollama() -> bool:
    """Bring the rows of an Ollama server up to date with what it has. False: no such server answers."""
    listed = ollama.listed()
    if listed is None:
        return False
    there = {remote.tag: remote for remote in listed}
    with transaction.atomic():
        rows = {row.file: row for row in LanguageModel.objects.filter(source=Source.OLLAMA)}
        for tag, remote in there.items():
            facts = {"size_bytes": remote.size_bytes, "parameters": remote.parameters, "embeds": remote.embeds}
            if tag in rows:
                LanguageModel.objects.filter(id=rows[tag].id, status=Status.DONE).update(**facts)
            elif ollama.TAG.fullmatch(tag):
                LanguageModel.objects.create(
                    name=_name_like(tag), label=tag[:160], source=Source.OLLAMA, file=tag, status=Status.DONE, **facts
                )
        gone = [row.id for tag, row in rows.items() if tag not in there]
        LanguageModel.objects.filter(id__in=gone, status=Status.DONE, in_use=False).delete()
    return True


def _row_of(entry: Entry) -> LanguageModel:
    return LanguageModel(
        name=entry.name,
        label=entry.label,
        source=Source.HUB,
        repository=entry.repository,
        file=entry.file,
        license=entry.license,
        parameters=entry.parameters,
        size_bytes=entry.size_bytes,
        expected_sha256=entry.sha256,
        context=entry.context,
        memory_bytes=entry.memory_bytes(settings.INFERENCE["text"].slots),
    )


def _added(model: LanguageModel, status: Status = Status.QUEUED) -> LanguageModel:
    model.status, model.attempt, model.queued_at = status, 1, now()
    model.label = model.label or model.name
    try:
        with transaction.atomic():
            model.save(force_insert=True)
    except IntegrityError as error:
        raise Conflict(_("There is a model called %(name)s already.") % {"name": model.name}) from error
    return model


def _checked(name: str) -> str:
    if not access.is_name(name) or name == DEFAULT or name in BY_NAME:
        raise BadInput(
            _("A model's name is made of small letters, digits, dots and dashes, and is not one of the ledger's.")
        )
    return name


def _checked_address(address: str) -> str:
    try:
        parsed = httpx.URL(address)
    except httpx.InvalidURL:
        parsed = httpx.URL()
    if parsed.scheme not in {"http", "https"} or not parsed.host or len(address) > 2000:
        raise BadInput(_("The address must begin with https:// or http://."))
    return address


def _name_like(text: str) -> str:
    """A name that is free, from what somebody else calls it."""
    stem = re.sub(r"[^a-z0-9.]+", "-", text.lower()).strip("-.")
    stem = re.sub(r"[.-]{2,}", "-", stem)[: LONGEST_NAME - 4].strip("-.") or "model"
    taken = set(LanguageModel.objects.filter(name__startswith=stem).values_list("name", flat=True))
    taken |= {DEFAULT, *BY_NAME}
    return next(name for name in (stem, *(f"{stem}-{n}" for n in range(2, 1000))) if name not in taken)
