import re
from typing import TYPE_CHECKING
from uuid import UUID

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from characters.actions.editing import Telling
from characters.cards.extras import LANGUAGE, LONGEST_OPENER, LONGEST_TAGLINE, MOST_OPENERS, Rating
from characters.edits import Edit
from characters.forms.characters import LONGEST_NAME
from characters.models.character import Rating as RatingChoices
from characters.persona import Section
from characters.picture_files import MOST_FILE_BYTES
from characters.sections import divided, kept
from inference.text.formats import FORMATS

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile
    from django_stubs_ext import StrPromise

LONGEST_TEXT = 400_000
FORM, MARKDOWN = "form", "markdown"
SAID_LANGUAGE = re.compile(rf"(?:{LANGUAGE.pattern})\Z", re.IGNORECASE)


class ManyInput(forms.Widget):
    """Inputs of one name, which the template draws."""

    def value_from_datadict(self, data: object, files: object, name: str) -> list[str]:
        return [str(text) for text in data.getlist(name)] if isinstance(data, QueryDict) else []


class Texts(forms.Field):
    """Every one that says something, in their order."""

    widget = ManyInput

    def __init__(self, most: int = LONGEST_TEXT) -> None:
        super().__init__(required=False)
        self.most = most

    def clean(self, value: list[str] | None) -> tuple[str, ...]:
        texts = tuple(text for text in value or [] if text.strip())
        if any(len(text) > self.most for text in texts):
            raise forms.ValidationError(_("Each may be at most %(most)d characters long."), params={"most": self.most})
        return texts


def _line(
    label: "str | StrPromise", most: int, *, required: bool = False, help_text: "str | StrPromise" = ""
) -> forms.CharField:
    return forms.CharField(label=label, max_length=most, required=required, help_text=help_text)


def _text(label: "str | StrPromise", rows: int, help_text: "str | StrPromise" = "") -> forms.CharField:
    area = forms.Textarea(attrs={"rows": rows, "dir": "auto"})
    return forms.CharField(
        label=label, max_length=LONGEST_TEXT, required=False, strip=False, widget=area, help_text=help_text
    )


class BaseForm(forms.Form):
    """The number of the version that something was made from."""

    base = forms.IntegerField(min_value=1, max_value=2**31 - 1)


class EditorForm(forms.Form):
    """All that the editor's tabs say. `before` is what version `base` says, `shown` what the page begins with."""

    base = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    view = forms.ChoiceField(choices=[(FORM, FORM), (MARKDOWN, MARKDOWN)], widget=forms.HiddenInput)
    name = _line(_("Name"), LONGEST_NAME, required=True)
    nickname = _line(_("Nickname"), LONGEST_NAME, help_text=_("What they are called in talk, if not by their name."))
    tagline = _line(_("Tagline"), LONGEST_TAGLINE, help_text=_("One line under the name."))
    sheet = _text(_("Profile in markdown"), 24)
    preamble = _text(_("Before the first section"), 2)
    section_title = Texts()
    section_body = Texts()
    hue = forms.IntegerField(label=_("Hue"), min_value=0, max_value=359)
    scenario = _text(_("Scenario"), 4, _("Where the two of you are, and what is going on."))
    personality = _text(_("Personality"), 3, _("A few words, for programs that ask for them apart from the profile."))
    first_message = _text(_("First message"), 6, _("What they say before you have said anything."))
    greeting = Texts()
    group_greeting = Texts()
    example_dialogue = _text(
        _("Example dialogue"), 8, _("&lt;START&gt; begins each example; {{user}}: and {{char}}: say who speaks.")
    )
    opener = Texts(LONGEST_OPENER)
    system_prompt = _text(
        _("System prompt"), 6, _("In place of the usual one; {{original}} stands for that. Empty is right for most.")
    )
    post_history_instructions = _text(
        _("Instructions after the history"), 4, _("Said last, just before the reply, where models listen most.")
    )
    prompt_format = forms.ChoiceField(
        label=_("Prompt format"),
        required=False,
        choices=[("", _("As the model’s file says")), *((name, name) for name in FORMATS)],
        help_text=_("Metharme suits Mythalion and other models made for roleplay, Alpaca older instruction models."),
    )
    language_model = forms.UUIDField(label=_("Language model"), required=False)
    temperature = forms.FloatField(
        label=_("Temperature"),
        required=False,
        validators=[MinValueValidator(0.0), MaxValueValidator(2.0)],
        help_text=_("From 0 (always the likeliest word) to 2 (wild)."),
    )
    top_p = forms.FloatField(
        label=_("Top-p"),
        required=False,
        validators=[MinValueValidator(0.01), MaxValueValidator(1.0)],
        help_text=_("From 0.01 to 1: how much of what is likely may be said."),
    )
    max_tokens = forms.IntegerField(
        label=_("Longest reply, in tokens"),
        required=False,
        min_value=1,
        max_value=1_000_000,
        help_text=_("A page of text is about 600."),
    )
    persona = forms.UUIDField(label=_("Who you are to them"), required=False)
    rating = forms.ChoiceField(
        label=_("Rating"), required=False, choices=[("", _("Not chosen yet")), *RatingChoices.choices]
    )
    language = forms.CharField(
        label=_("Language"),
        required=False,
        max_length=40,
        empty_value="",
        validators=[RegexValidator(SAID_LANGUAGE, _("A language is written as en, de or pt-br."))],
        help_text=_("What they speak, as en, de or pt-br."),
    )
    tags = forms.CharField(
        label=_("Tags"), required=False, max_length=4_000, help_text=_("Words to find them by, with commas between.")
    )
    creator_notes = _text(_("Notes for others"), 6, _("For those who use the character. The model never reads them."))
    creator = _line(_("Creator"), LONGEST_NAME)
    character_version = _line(_("Your version number"), 80, help_text=_("Whatever you like; only people read it."))

    def __init__(self, before: Edit, shown: Edit, telling: Telling, base: int, data: QueryDict | None = None) -> None:
        outline = divided(shown.sheet)
        self.before = before
        super().__init__(
            data,
            initial={
                **_shown(shown, telling),
                "base": base,
                "view": FORM if outline.sections else MARKDOWN,
                "preamble": outline.preamble,
            },
            label_suffix="",
        )
        self.fields["name"].error_messages["required"] = _("The character needs a name.")

    def clean_language(self) -> str:
        return str(self.cleaned_data["language"]).lower()

    @property
    def edit(self) -> Edit:
        """What is said, also where it may not be saved so: a draft has every letter that was typed."""
        return Edit(
            name=self._said("name"),
            nickname=self._said("nickname"),
            tagline=self._said("tagline"),
            sheet=self._sheet(),
            hue=self._number("hue", self.before.hue),
            scenario=self._said("scenario"),
            personality=self._said("personality"),
            first_message=self._said("first_message"),
            alternate_greetings=self._texts("greeting"),
            group_only_greetings=self._texts("group_greeting"),
            example_dialogue=self._said("example_dialogue"),
            openers=self._texts("opener")[:MOST_OPENERS],
            system_prompt=self._said("system_prompt"),
            post_history_instructions=self._said("post_history_instructions"),
            rating=self._rating(),
            language=self._said("language"),
            tags=self._tags(),
            creator_notes=self._said("creator_notes"),
            creator=self._said("creator"),
            character_version=self._said("character_version"),
            book=self.before.book,
        )

    @property
    def telling(self) -> Telling:
        said = self.cleaned_data
        return Telling(
            language_model=_id(said.get("language_model")),
            prompt_format=str(said.get("prompt_format") or ""),
            temperature=said.get("temperature"),
            top_p=said.get("top_p"),
            max_tokens=said.get("max_tokens"),
            persona=_id(said.get("persona")),
        )

    @property
    def sections(self) -> tuple[Section, ...]:
        """As the form view shows them, whichever view was sent."""
        return self._sections() if self.is_bound and self["view"].value() == FORM else divided(self.markdown).sections

    @property
    def preamble_shown(self) -> str:
        sent = self.is_bound and self["view"].value() == FORM
        return str(self["preamble"].value() or "") if sent else divided(self.markdown).preamble

    @property
    def markdown(self) -> str:
        """As the markdown view shows it, whichever view was sent."""
        return self._sheet() if self.is_bound else str(self.initial["sheet"])

    @property
    def openers(self) -> list[str]:
        """As many as there may be; those that nobody has written are empty."""
        said = list(self["opener"].value() or [])[:MOST_OPENERS]
        return said + [""] * (MOST_OPENERS - len(said))

    def _sheet(self) -> str:
        if self["view"].value() == FORM:
            return kept(self.before.sheet, self._said("preamble"), self._sections())
        return self._said("sheet")

    def _sections(self) -> tuple[Section, ...]:
        titles, bodies = (self[name].value() or [] for name in ("section_title", "section_body"))
        most = max(len(titles), len(bodies))
        padded = ([*texts, *[""] * (most - len(texts))] for texts in (titles, bodies))
        return tuple(Section(title, body) for title, body in zip(*padded, strict=True))

    def _tags(self) -> tuple[str, ...]:
        """One that has a comma of its own, as another program may have written it, is known by the whole line."""
        said = self._said("tags")
        if said.strip() == _tag_line(self.before.tags):
            return self.before.tags
        return tuple(dict.fromkeys(word for part in said.split(",") if (word := " ".join(part.split()))))

    def _said(self, name: str) -> str:
        return str(self.cleaned_data[name] if name in self.cleaned_data else self[name].value() or "")

    def _texts(self, name: str) -> tuple[str, ...]:
        return tuple(text for text in self[name].value() or [] if text.strip())

    def _rating(self) -> Rating | None:
        said = self.cleaned_data.get("rating", self.before.rating)
        return Rating(said) if said else None

    def _number(self, name: str, otherwise: int) -> int:
        number = self.cleaned_data.get(name)
        return otherwise if number is None else int(number)


def _shown(edit: Edit, telling: Telling) -> dict[str, object]:
    return {
        "name": edit.name,
        "nickname": edit.nickname,
        "tagline": edit.tagline,
        "sheet": edit.sheet,
        "hue": edit.hue,
        "scenario": edit.scenario,
        "personality": edit.personality,
        "first_message": edit.first_message,
        "greeting": list(edit.alternate_greetings),
        "group_greeting": list(edit.group_only_greetings),
        "example_dialogue": edit.example_dialogue,
        "opener": list(edit.openers),
        "system_prompt": edit.system_prompt,
        "post_history_instructions": edit.post_history_instructions,
        "rating": edit.rating.value if edit.rating is not None else "",
        "language": edit.language,
        "tags": _tag_line(edit.tags),
        "creator_notes": edit.creator_notes,
        "creator": edit.creator,
        "character_version": edit.character_version,
        "prompt_format": telling.prompt_format,
        "language_model": telling.language_model,
        "temperature": telling.temperature,
        "top_p": telling.top_p,
        "max_tokens": telling.max_tokens,
        "persona": telling.persona,
    }


def _tag_line(tags: tuple[str, ...]) -> str:
    return ", ".join(tags)


def _id(value: object) -> UUID | None:
    return value if isinstance(value, UUID) else None


class PreviewForm(forms.Form):
    """A text as a page would show it; `name` is what `{{char}}` stands for."""

    text = forms.CharField(required=False, strip=False, max_length=LONGEST_TEXT)
    name = forms.CharField(required=False, max_length=LONGEST_NAME)


class FaceForm(forms.Form):
    """A picture, and which part of it: in fractions of its sides, from the upper left corner."""

    picture = forms.FileField(label=_("Picture"))
    base = forms.IntegerField(min_value=1)
    x = forms.FloatField(required=False, min_value=0, max_value=1)
    y = forms.FloatField(required=False, min_value=0, max_value=1)
    width = forms.FloatField(required=False, min_value=0, max_value=1)
    height = forms.FloatField(required=False, min_value=0, max_value=1)

    def clean_picture(self) -> "UploadedFile[bytes]":
        picture: UploadedFile[bytes] = self.cleaned_data["picture"]
        if (picture.size or 0) > MOST_FILE_BYTES:
            mib = MOST_FILE_BYTES // 2**20
            raise forms.ValidationError(_("The picture is larger than %(mib)s MiB."), params={"mib": mib})
        return picture
