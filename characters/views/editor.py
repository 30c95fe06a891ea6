"""The editor: one page, one form, and what it asks for while somebody writes."""

from dataclasses import asdict, dataclass, replace
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import signed_in
from accounts.models import User
from characters import access, portrayal
from characters.actions.editing import Telling, discard_draft, keep_draft, save, telling_of
from characters.actions.faces import set_face
from characters.diff import Difference, differences
from characters.edits import Edit, applied, edit_of
from characters.forms.editor import FORM, MARKDOWN, BaseForm, EditorForm, FaceForm, PreviewForm
from characters.forms.lorebooks import BookForm, book_form, book_from_post
from characters.forms.lorebooks import Sent as SentBook
from characters.lore import writing
from characters.lore.reading import own_book
from characters.models import Character, Draft, Version
from characters.pages import lorebooks as lorebooks_page
from characters.pages import own as own_page
from characters.pictures import Box
from core.errors import BadInput, Conflict
from core.forms import parsed
from core.middleware import wants_json

TABS = ("profile", "greetings", "lorebook", "model", "sharing")


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """A version that was saved elsewhere, and how what is written here differs from it."""

    newest: Version
    base: int
    differences: tuple[Difference, ...]


@login_required
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, character_id: UUID) -> HttpResponse:
    user = signed_in(request.user)
    character = access.get_own_character_for(user, character_id)
    if request.method == "POST":
        return _save(request, user, character)
    draft = access.get_draft_for(user, character_id)
    return _page(request, user, character, _form(character, draft), draft=draft)


@login_required
@require_POST
def draft(request: HttpRequest, character_id: UUID) -> HttpResponse:
    """204: it is kept, or says nothing that is not saved."""
    user = signed_in(request.user)
    character = access.get_own_character_for(user, character_id)
    sent = _sent(request, user, character)
    # Whatever else is wrong with it: nothing that was typed gets lost for that.
    sent.form.is_valid()
    keep_draft(user, character_id, sent.edit, sent.base)
    return HttpResponse(status=204)


@login_required
@require_POST
def discard(request: HttpRequest, character_id: UUID) -> HttpResponse:
    discard_draft(signed_in(request.user), character_id)
    return redirect("characters:edit", character_id)


@login_required
@require_POST
def preview(request: HttpRequest) -> HttpResponse:
    form = PreviewForm(request.POST)
    if not form.is_valid():
        raise BadInput(_("The text is too long for a preview."))
    shown = own_page.preview(signed_in(request.user), form.cleaned_data["text"], form.cleaned_data["name"])
    return JsonResponse(asdict(shown))


@login_required
@require_POST
def face(request: HttpRequest, character_id: UUID) -> HttpResponse:
    user = signed_in(request.user)
    access.get_own_character_for(user, character_id)
    said = parsed(FaceForm(request.POST, request.FILES)).cleaned_data
    sides = (said["x"], said["y"], said["width"], said["height"])
    box = None if any(side is None for side in sides) else Box(*sides)
    version = set_face(user, character_id, said["picture"].read(), box, said["base"])
    if wants_json(request):
        character = access.get_own_character_for(user, character_id)
        return JsonResponse(
            {"number": version.number, "portrait": portrayal.portrait(character, portrayal.LARGE)}, status=201
        )
    return redirect("characters:edit", character_id)


@dataclass(frozen=True, slots=True)
class _Sent:
    """The editor's one form, the table of entries in it, and the number of the version that it was made from."""

    form: EditorForm
    lore: SentBook
    base: int

    @property
    def edit(self) -> Edit:
        """A book that nobody touched stays to the letter."""
        said = self.form.edit
        if self.lore.form.edits.is_empty or self.lore.book is None:
            return said
        return replace(said, book=writing.card_book(self.lore.book))

    @property
    def errors(self) -> dict[str, str]:
        fields = {name: " ".join(str(sentence) for sentence in told) for name, told in self.form.errors.items()}
        return fields | dict(self.lore.errors)


def _save(request: HttpRequest, user: User, character: Character) -> HttpResponse:
    sent = _sent(request, user, character)
    if not sent.form.is_valid() or sent.lore.errors:
        return _refused(request, user, character, sent)
    try:
        version = save(user, character.id, sent.edit, sent.form.telling, sent.base)
    except Conflict:
        if wants_json(request):
            raise
        return _conflict(request, user, character.id, sent.form.telling)
    if wants_json(request):
        return JsonResponse({"number": version.number, "name": version.card.name})
    return redirect(
        f"{reverse('characters:edit', args=[character.id])}?tab={_tab(request)}&view={_view(request, sent.form)}"
    )


def _refused(request: HttpRequest, user: User, character: Character, sent: _Sent) -> HttpResponse:
    """Nothing is saved; each sentence stands beside its field."""
    if not wants_json(request):
        return _page(request, user, character, sent.form, book=sent.lore.form, status=400)
    error = BadInput(next(iter(sent.errors.values()), ""))
    return JsonResponse({"error": error.body(), "fields": sent.errors}, status=400)


def _conflict(request: HttpRequest, user: User, character_id: UUID, telling: Telling) -> HttpResponse:
    """What was written is a draft by now; the page shows how it differs from what was saved elsewhere."""
    character = access.get_own_character_for(user, character_id)
    kept = access.get_draft_for(user, character_id)
    return _page(request, user, character, _form(character, kept, telling), draft=kept, status=409)


def _sent(request: HttpRequest, user: User, character: Character) -> _Sent:
    """Raises `NotFound`, `BadInput`."""
    form = BaseForm(request.POST)
    if not form.is_valid():
        raise BadInput(_("The form does not say which version it was made from. Go back and send it again."))
    base = access.get_version_for(user, character.id, form.cleaned_data["base"])
    before = edit_of(base.card)
    source = lorebooks_page.source_of_version(character.id, base.number)
    lore = book_from_post(request.POST, own_book(base.card.book, str(character.id)), source=source)
    return _Sent(EditorForm(before, before, telling_of(character), base.number, request.POST), lore, base.number)


def _page(
    request: HttpRequest,
    user: User,
    character: Character,
    form: EditorForm,
    *,
    draft: Draft | None = None,
    book: BookForm | None = None,
    status: int = 200,
) -> HttpResponse:
    name = str(form["nickname"].value() or form["name"].value() or "")
    context = {
        "character": character,
        "portrait": portrayal.portrait(character, portrayal.LARGE),
        "form": form,
        "book": book or _book(request, character, draft),
        "view": _view(request, form),
        "tab": _tab(request),
        "draft": draft,
        "meanwhile": _meanwhile(character, draft),
        "preview": own_page.preview(user, form.markdown, name),
        "first_html": own_page.rendered(user, str(form["first_message"].value() or ""), name),
        "greetings": own_page.greetings(user, form["greeting"].value(), name),
        "group_greetings": own_page.greetings(user, form["group_greeting"].value(), name),
        "openers": form.openers,
        "share": own_page.persona_share(character),
        "models": own_page.language_models(character),
        "personas": access.personas_for(user),
    }
    return render(request, "characters/editor.html", context, status=status)


def _form(character: Character, draft: Draft | None, telling: Telling | None = None) -> EditorForm:
    before = edit_of(character.card)
    shown = edit_of(draft.card) if draft is not None else before
    number = character.version.number if character.version is not None else 1
    return EditorForm(before, shown, telling or telling_of(character), number)


def _book(request: HttpRequest, character: Character, draft: Draft | None) -> BookForm:
    """The table of the character's own book, with what the draft changed of it."""
    number = character.version.number if character.version is not None else 1
    return book_form(
        own_book(character.card.book, str(character.id)),
        own_book(draft.card.book, str(character.id)) if draft is not None else None,
        opened=request.GET.get("entry", ""),
        like=request.GET.get("like", ""),
        source=lorebooks_page.source_of_version(character.id, number),
    )


def _view(request: HttpRequest, form: EditorForm) -> str:
    """Which view of the sheet is wanted; without a wish, the one it suits."""
    asked = request.POST.get("view") or request.GET.get("view")
    return asked if asked in (FORM, MARKDOWN) else str(form.initial["view"])


def _tab(request: HttpRequest) -> str:
    asked = request.POST.get("tab") or request.GET.get("tab")
    return asked if asked in TABS else TABS[0]


def _meanwhile(character: Character, draft: Draft | None) -> Meanwhile | None:
    newest = character.version
    if draft is None or newest is None or draft.base_id == newest.id:
        return None
    ours = applied(newest.card, edit_of(draft.card))
    return Meanwhile(newest, draft.base.number, differences(newest.card, ours))
