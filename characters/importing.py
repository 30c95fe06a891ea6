"""One whole import, top to bottom: from a file in quarantine to a character or a lorebook, or to nothing at all."""

import hashlib
import logging
import mimetypes
import time
from dataclasses import dataclass, field, replace
from uuid import UUID

from django.db import transaction
from django.utils.timezone import now
from django.utils.translation import gettext as _

from characters import files, limits, opening, pictures
from characters.cards.card import Asset as CardAsset
from characters.cards.card import Card, with_changes
from characters.cards.containers import DEFAULT_URI
from characters.models import Asset, Character, Import, Lorebook, Version
from characters.models.character import card_text
from characters.opening import OpenedBook, OpenedCard
from characters.pictures import PictureRefused
from characters.report import Detail, Notices, Refused
from characters.versions import adopt, digest_of, new_character
from core import jobs
from core.bringing import Ended, Lost, ending
from core.database import brief_connection
from core.jobs import LIVE, Status
from core.json import Json, JsonObject

logger = logging.getLogger(__name__)

# How often the row hears of it, and whether somebody wants it to stop.
BEAT_SECONDS = 0.5
MOST_LINKS, LONGEST_LINK = 100, 500
UNKNOWN_TYPE = "application/octet-stream"


def run_import(import_id: UUID) -> list[UUID]:
    """Carry out one import, if few enough are running. Answers which may be queued now.

    Safe to call twice, and for an import that was stopped or taken over: it then does nothing. However it ends, the
    row says so, and quarantine holds nothing of it any more.
    """
    with brief_connection():
        row = _claimed(import_id)
    if row is None:
        return []
    work = _Import(row)
    try:
        work.run()
    except Lost:
        logger.warning("attempt lost its import", extra={"import": str(row.id), "attempt": row.attempt})
    except Exception as error:  # noqa: BLE001  a row that stays at running would be tried again for ever
        work.end(_ending(error))
    with brief_connection():
        return Import.waiting()


def finish(row: Import, status: Status, code: str = "", details: dict[str, Detail] | None = None) -> bool:
    """From running to an end without anything kept, in this attempt. False: another one has the row."""
    ended = row.end(status, code, details)
    if ended:
        files.QUARANTINE.release(row.id)
    return ended


def _claimed(import_id: UUID) -> Import | None:
    row = Import.objects.select_related("owner").filter(id=import_id).first()
    # Whether it is taken or must wait, its task is spent: whoever ends an import, or the reaper, queues the next.
    jobs.forget_queued(import_id)
    return row if row is not None and Import.has_room() and row.claim() else None


def _ending(error: Exception) -> Ended:
    """What an import that was left by an exception ends as."""
    if isinstance(error, Refused):
        return Ended(Status.FAILED, error.code, **dict(error.details))
    return ending(error, "not_written")


@dataclass(frozen=True, slots=True)
class _Kept:
    """A file that is on the shelf now. Not a picture that can be shown: `width` is 0, and it is sealed."""

    digest: str
    media_type: str
    size_bytes: int
    width: int = 0
    height: int = 0
    hue: int = 0

    @property
    def is_sealed(self) -> bool:
        return not self.width


@dataclass(slots=True)
class _Import:
    row: Import
    notices: Notices = field(default_factory=Notices)
    _kept: dict[str, _Kept] = field(default_factory=dict)
    _beat_at: float = 0.0

    def run(self) -> None:
        content = files.QUARANTINE.path(self.row.id).read_bytes()
        self._step(0, 1)
        found = opening.opened(content, self.row.file_name)
        del content
        self.notices.extend(found.notices)
        if isinstance(found, OpenedBook):
            self._keep_book(found)
        else:
            self._shelve_all(found)
            self._keep_character(found)
        files.QUARANTINE.release(self.row.id)
        logger.info("import ended", extra={"import": str(self.row.id), "status": Status.DONE.value})

    def end(self, ended: Ended) -> None:
        with brief_connection():
            finish(self.row, ended.status, ended.code, ended.details)
        logger.info("import ended", extra={"import": str(self.row.id), "status": ended.status.value})

    # --- files ----------------------------------------------------------------------------------------------------

    def _shelve_all(self, found: OpenedCard) -> None:
        brought = dict(found.assets)
        names = {asset.uri: asset for asset in found.card.assets}
        if found.picture is not None:
            brought[DEFAULT_URI] = found.picture
        for done, (uri, body) in enumerate(brought.items(), 1):
            self._step(done, len(brought) + 2)
            self._shelve(uri, body, names.get(uri))
        self._step(len(brought) + 1, len(brought) + 2)

    def _shelve(self, uri: str, body: bytes, asset: CardAsset | None) -> None:
        """A picture drawn anew, or anything else as it is. The picture that a file itself is, is drawn or nothing."""
        where = f"asset {asset.name}" if asset is not None and uri != DEFAULT_URI else "picture"
        try:
            self._kept[uri] = self._drawn(body, where, is_face=asset is None or asset.type == "icon")
        except PictureRefused as refused:
            code = "sealed" if refused.code == "not_a_picture" else refused.code
            if uri == DEFAULT_URI:
                self.notices.refused(code, where, **refused.details)
                return
            self.notices.kept(code, where, **refused.details)
            ext = asset.ext if asset is not None else ""
            kind = mimetypes.guess_type(f"file.{ext}")[0] or UNKNOWN_TYPE
            self._kept[uri] = _Kept(files.put(body), kind, len(body))

    def _drawn(self, body: bytes, where: str, *, is_face: bool) -> _Kept:
        picture = pictures.re_encode(body)
        digest = hashlib.sha256(body).hexdigest()
        with brief_connection():
            ours = Asset.objects.filter(digest=digest, is_sealed=False).exists()
        if ours:
            # We drew these very bytes: what goes out and comes back loses nothing, however often.
            picture = replace(picture, content=body, digest=digest)
        if picture.was_animated:
            self.notices.imported("animation", where)
        if is_face:
            files.put_picture(picture)
        else:
            files.put(picture.content)
        return _Kept(
            picture.digest, picture.media_type, len(picture.content), picture.width, picture.height, picture.hue
        )

    # --- rows -----------------------------------------------------------------------------------------------------

    def _keep_character(self, found: OpenedCard) -> None:
        """All of it or nothing."""
        card = opening.with_defaults(self._placed(found.card), self._hue(found.card))
        if not card.name.strip():
            card = with_changes(card, name=_("Nameless"))
        digest = digest_of(card_text(card))
        rows = self._rows(found.card, card)
        with brief_connection(), transaction.atomic():
            twin = Version.objects.filter(
                owner=self.row.owner, number=1, digest=digest, character__deleted_at=None
            ).first()
            if twin is not None:
                self.notices.imported("again", "card", id=str(twin.character_id), name=card.name)
            character = new_character(self.row.owner, card, _("Imported from %(file)s") % self._file())
            for row in rows:
                row.owner, row.character = self.row.owner, character
            Asset.objects.bulk_create(rows)
            if character.version is not None:
                adopt(character, character.version)  # now that its face is there
            self._done(character=character, container=found.container, facts=_facts(found, len(self._kept)))

    def _keep_book(self, found: OpenedBook) -> None:
        self._step(1, 2)
        with brief_connection(), transaction.atomic():
            limits.reserve_lorebook(self.row.owner)
            name = found.name or _("Nameless")
            book = Lorebook.objects.create(owner=self.row.owner, name=name, text=found.text)
            facts: JsonObject = {"entries": found.entries}
            self._done(lorebook=book, container="json", facts=facts)

    def _done(
        self,
        *,
        container: str,
        facts: JsonObject,
        character: Character | None = None,
        lorebook: Lorebook | None = None,
    ) -> None:
        """The last step, in the transaction of what it brought. Raises `Lost` and `Ended`, which undo that."""
        said: list[Json] = [{"fate": "imported", "code": "facts", "where": "", "details": facts}]
        said += [
            {"fate": one.fate.value, "code": one.code, "where": one.where, "details": dict(one.details)}
            for one in self.notices
        ]
        mine = Import.objects.filter(
            pk=self.row.pk, attempt=self.row.attempt, status=Status.RUNNING, cancel_requested=False
        )
        kept = mine.update(
            status=Status.DONE,
            container=container,
            character=character,
            lorebook=lorebook,
            notices=said,
            links=_links(character),
            steps_done=max(1, self.row.steps),
            steps=max(1, self.row.steps),
            finished_at=now(),
        )
        if not kept:
            raise self._why_not()

    def _placed(self, card: Card) -> Card:
        """The card with the addresses of our shelf. One whose bytes were in its text, and broken, is left out."""
        placed: list[CardAsset] = []
        for asset in card.assets:
            kept = self._kept.get(asset.uri)
            if kept is not None and asset.uri != DEFAULT_URI:
                placed.append(replace(asset, uri=files.address(kept.digest, asset.ext)))
            elif not asset.uri.lower().startswith("data:"):
                placed.append(asset)
        return card if tuple(placed) == card.assets else with_changes(card, assets=tuple(placed))

    def _rows(self, before: Card, after: Card) -> list[Asset]:
        addresses = {DEFAULT_URI: DEFAULT_URI}
        for asset in before.assets:
            if asset.uri in self._kept and asset.uri != DEFAULT_URI:
                addresses[files.address(self._kept[asset.uri].digest, asset.ext)] = asset.uri
        return [
            Asset(
                uri=address,
                digest=kept.digest,
                media_type=kept.media_type[:60],
                size_bytes=kept.size_bytes,
                width=kept.width,
                height=kept.height,
                is_sealed=kept.is_sealed,
            )
            for address, uri in addresses.items()
            if (kept := self._kept.get(uri)) is not None
        ]

    def _hue(self, card: Card) -> int | None:
        """That of the picture it will show."""
        icons = sorted((asset for asset in card.assets if asset.type == "icon"), key=lambda asset: not asset.is_face)
        shown = (self._kept.get(icon.uri) for icon in icons)
        return next((kept.hue for kept in shown if kept is not None and not kept.is_sealed), None)

    def _file(self) -> dict[str, str]:
        return {"file": self.row.file_name}

    # --- in between -----------------------------------------------------------------------------------------------

    def _step(self, done: int, of: int) -> None:
        """Say how far it has come, and hear whether it shall go on. Raises `Lost` and `Ended`."""
        instant = time.monotonic()
        if instant - self._beat_at < BEAT_SECONDS and done:
            return
        self._beat_at = instant
        with brief_connection():
            if not self.row.advance(done, of):
                raise self._why_not()

    def _why_not(self) -> Exception:
        with brief_connection():
            row = Import.objects.filter(pk=self.row.pk, attempt=self.row.attempt, status__in=LIVE).first()
        return Ended(Status.CANCELLED) if row is not None and row.cancel_requested else Lost()


def _facts(found: OpenedCard, kept: int) -> JsonObject:
    card = found.card
    return {
        "version": card.version if found.container != opening.SHEET else 0,
        "greetings": opening.greetings(card),
        "entries": card.lore_entries,
        "files": kept,
    }


def _links(character: Character | None) -> list[str]:
    """Addresses on other people's servers. Nobody follows them, and no page loads anything from there."""
    if character is None:
        return []
    found = [asset.uri for asset in character.card.assets if asset.uri.lower().startswith(("http://", "https://"))]
    return [link[:LONGEST_LINK] for link in dict.fromkeys(found)][:MOST_LINKS]
