"""What the editor's page sends."""

from django.test import Client
from django.urls import reverse

from characters.models import Character

Fields = dict[str, str | list[str]]


def address(name: str, character: Character, *more: int) -> str:
    return reverse(f"characters:{name}", args=[character.id, *more])


def shown(client: Client, character: Character, view: str = "markdown") -> Fields:
    """Every field as the page sends it when nobody has touched it."""
    page = client.get(address("edit", character), {"view": view})
    assert page.status_code == 200
    form = page.context["form"]
    fields: Fields = {
        name: _text(form[name].value())
        for name in form.fields
        if name not in ("section_title", "section_body", "greeting", "group_greeting", "opener", "sheet", "preamble")
    }
    fields |= {name: list(form[name].value()) for name in ("greeting", "group_greeting")}
    fields |= {"opener": form.openers, "view": view, "tab": "profile"}
    if view == "markdown":
        return fields | {"sheet": _sent(form.markdown)}
    return fields | {
        "preamble": _sent(form.preamble_shown),
        "section_title": [one.title for one in form.sections],
        "section_body": [_sent(one.body) for one in form.sections],
    }


def _text(value: object) -> str:
    return "" if value is None else _sent(str(value))


def _sent(text: str) -> str:
    """With the line ends of a browser's form."""
    return text.replace("\r\n", "\n").replace("\n", "\r\n")
