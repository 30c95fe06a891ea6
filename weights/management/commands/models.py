"""`manage.py models`: what the page of models does, from a terminal."""

import logging
import sys
import time
from argparse import ArgumentParser

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError
from django.utils.translation import gettext as _

from core.errors import CognitiaError
from core.jobs import Status
from weights import access, actions, files, machine, pulling, trying
from weights.ledger import LEDGER
from weights.models import LanguageModel

# The person at the terminal decides, whatever the workers are pulling.
HOWEVER_MANY = 1000
REDRAW_SECONDS = 0.2


class Command(BaseCommand):
    help = "Lists, pulls, connects, removes, uses and checks language models."

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="list|pull|connect|remove|use|check")
        verbs.add_parser("list", help="What is here, and what can be pulled.")
        pull = verbs.add_parser("pull", help="Pull a model; what was received before is kept.")
        pull.add_argument("name", nargs="?", help="A name of the list, or a new one with --url or --repository.")
        pull.add_argument("--recommended", action="store_true", help="The one of the list that suits this machine.")
        pull.add_argument("--url", help="A GGUF file of your own.")
        pull.add_argument("--sha256", default="", help="What the file at --url is held to.")
        pull.add_argument("--repository", help="A repository of the hub, owner/name; with --file.")
        pull.add_argument("--file", default="", help="A GGUF file of --repository.")
        pull.add_argument("--ollama", metavar="MODEL", help="What the Ollama server at TEXT_URL shall pull.")
        connect = verbs.add_parser("connect", help="Add a model of a server that speaks OpenAI's chat completions.")
        connect.add_argument("name", help="What it is called here.")
        connect.add_argument("url", help="Where the server's paths begin, for example http://127.0.0.1:8080/v1.")
        connect.add_argument("model", help="What the server calls it.")
        connect.add_argument("--context", type=int, default=0, help="Its tokens; 8,192 unless you say more.")
        for verb, help_ in {
            "remove": "Remove a model and its file.",
            "use": "Try a model out, and let the next reply be told by it.",
        }.items():
            verbs.add_parser(verb, help=help_).add_argument("name")
        check = verbs.add_parser("check", help="Look at the files again, and take in those put into the folder.")
        check.add_argument("name", nargs="?", help="One model; otherwise all of them.")

    def handle(self, *, verb: str, **options: object) -> None:
        if getattr(self, "_called_from_command_line", False):
            # What a worker's log needs to say, this says in words.
            logging.getLogger("weights").setLevel(logging.ERROR)
        try:
            getattr(self, f"_{verb}")(**options)
        except CognitiaError as error:
            raise CommandError(error.message) from error
        except OperationalError as error:
            raise CommandError(
                _("The database does not answer. Start Cognitia first: `make run`, in another terminal.")
            ) from error

    def _list(self, **options: object) -> None:
        actions.mirror_ollama()
        rows = list(access.models())
        for row in rows:
            if not row.embeds:
                self.stdout.write(
                    f"{'*' if row.in_use else ' '} {row.name:24} {_size(row.size_bytes):>9}  {_state(row)}"
                )
        taken = {row.name for row in rows}
        # Behind an address, files are no use.
        for entry in () if settings.INFERENCE["text"].url else LEDGER:
            if entry.name not in taken:
                self.stdout.write(
                    f"  {entry.name:24} {_size(entry.size_bytes):>9}  "
                    + _("can be pulled; %(license)s; takes %(memory)s of memory")
                    % {"license": entry.license, "memory": _size(entry.memory_bytes(machine.slots()))}
                )
        if not any(row.in_use for row in rows):
            self.stdout.write(_("In use: the model that TEXT_MODEL names (`manage.py models use default`)."))
        for path in files.unregistered():
            self.stdout.write(
                _("%(file)s is not taken in yet; `manage.py models check` does it.") % {"file": path.name}
            )
        self.stdout.write(_("%(free)s of disk are free.") % {"free": _size(files.free_bytes())})

    def _pull(self, *, name: str | None, recommended: bool, **options: str) -> None:
        if recommended:
            entry = machine.recommended()
            if entry is None:
                raise CommandError(_("None of the list fits into this machine's memory."))
            name = entry.name
        if options["ollama"]:
            model = actions.add_from_ollama(options["ollama"])
        elif name is None:
            raise CommandError(_("Say which model, or --recommended."))
        elif options["url"]:
            model = actions.add_from_address(name, options["url"], options["sha256"])
        elif options["repository"]:
            model = actions.add_from_hub(name, options["repository"], options["file"])
        else:
            model = actions.prepare_pull(name)
        self._pull_here(model)

    def _pull_here(self, model: LanguageModel) -> None:
        progress = Progress(sys.stderr.isatty())
        try:
            pulling.run_pull(model.id, progress.show, most=HOWEVER_MANY)
        except KeyboardInterrupt:
            progress.clear()
            raise CommandError(
                _("Stopped. `manage.py models pull %(name)s` goes on from here.") % {"name": model.name},
                returncode=130,
            ) from None
        progress.clear()
        model.refresh_from_db()
        if model.is_live:
            self.stdout.write(_("A worker is pulling %(name)s.") % {"name": model.name})
        elif not model.is_ready:
            raise CommandError(model.error or _("%(name)s was stopped.") % {"name": model.name})
        else:
            self.stdout.write(
                _("%(name)s is here: %(size)s. `manage.py models use %(name)s` lets it answer.")
                % {"name": model.name, "size": _size(model.size_bytes)}
            )

    def _connect(self, *, name: str, url: str, model: str, context: int, **options: object) -> None:
        row = actions.add_from_server(name, url, model, context)
        tried = trying.run_check(row.id)
        if tried is None or tried.error:
            actions.remove_model(row)
            raise CommandError(tried.error if tried else _("%(name)s is gone.") % {"name": name})
        self.stdout.write(
            _("%(name)s answers. `manage.py models use %(name)s` lets it tell the next reply.") % {"name": name}
        )

    def _remove(self, *, name: str, **options: object) -> None:
        actions.remove_model(access.get_model(name))
        self.stdout.write(_("%(name)s is gone.") % {"name": name})

    def _use(self, *, name: str, **options: object) -> None:
        if name == actions.DEFAULT:
            actions.use_default()
            self.stdout.write(_("The next reply is told by the model that TEXT_MODEL names."))
            return
        model = access.get_model(name)
        actions.refuse_use(model)
        self.stdout.write(_("Trying %(name)s out…") % {"name": name})
        tried = trying.run_use(model.id)
        if tried is None or not tried.in_use:
            raise CommandError(tried.error if tried else _("%(name)s is gone.") % {"name": name})
        self.stdout.write(_("The next reply is told by %(name)s.") % {"name": name})

    def _check(self, *, name: str | None, **options: object) -> None:
        for taken in actions.take_in_files() if name is None else []:
            pulling.run_pull(taken.id, most=HOWEVER_MANY)
        rows = list(access.models()) if name is None else [access.get_model(name)]
        bad = []
        for row in rows:
            if row.is_ready:
                row = trying.run_check(row.id) or row
            word = row.error or (_("good") if row.is_ready else row.get_status_display())
            self.stdout.write(f"{row.name}: {word}")
            if row.status == Status.FAILED or row.error:
                bad.append(row.name)
        if bad:
            raise CommandError(_("Not good: %(names)s.") % {"names": ", ".join(bad)})


class Progress:
    """One line that is written over, on a terminal; otherwise nothing."""

    def __init__(self, visible: bool) -> None:
        self._visible, self._drawn_at, self._width = visible, 0.0, 0

    def show(self, model: LanguageModel) -> None:
        instant = time.monotonic()
        if not self._visible or instant - self._drawn_at < REDRAW_SECONDS:
            return
        self._drawn_at = instant
        total, received, speed = model.size_bytes, model.received_bytes, model.bytes_per_second
        share = f"{received * 100 // total:3} %" if total else "    "
        left = f", {machine.minutes((total - received) / speed)}" if total and speed else ""
        self._draw(f"{model.name} {share}  {_size(received)} / {_size(total)}  {speed / 1e6:.1f} MB/s{left}")

    def clear(self) -> None:
        if self._visible and self._width:
            self._draw("")
            sys.stderr.write("\r")

    def _draw(self, line: str) -> None:
        sys.stderr.write(f"\r{line.ljust(self._width)}")
        sys.stderr.flush()
        self._width = len(line)


def _state(row: LanguageModel) -> str:
    if row.error:
        return row.error
    if row.is_ready:
        return _("in use") if row.in_use else _("here")
    share = f" {row.received_bytes * 100 // row.size_bytes} %" if row.size_bytes else ""
    return f"{row.get_status_display()}{share}"


def _size(count: int) -> str:
    return pulling.gigabytes(count) if count >= 1e9 else f"{count / 1e6:.0f} MB"
