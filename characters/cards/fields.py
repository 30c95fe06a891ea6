"""The fields of somebody's card, each in the type it should have. Pure."""

from collections.abc import Mapping

from characters.report import Notices
from core.json import Json, JsonObject

# Where a field stands at the top level: in version 1, in SillyTavern's copies beside version 2's, in Pygmalion's.
TOP_LEVEL: Mapping[str, tuple[str, ...]] = {
    "name": ("name", "char_name"),
    "description": ("description", "char_persona"),
    "personality": ("personality",),
    "scenario": ("scenario", "world_scenario"),
    "first_mes": ("first_mes", "char_greeting"),
    "mes_example": ("mes_example", "example_dialogue"),
    "creator_notes": ("creatorcomment",),
    "tags": ("tags",),
}


class Fields:
    """Looks for a field in `data` and then at the top, whatever its type, and notes each not taken as it was."""

    def __init__(self, top: JsonObject, data: JsonObject, notices: Notices) -> None:
        self._top, self._data, self._notices = top, data, notices

    def value(self, key: str) -> Json:
        if (value := self._data.get(key)) is not None:
            return value
        places = (self._top.get(place) for place in TOP_LEVEL.get(key, ()))
        return next((value for value in places if value is not None), None)

    def text(self, key: str) -> str:
        value = self.value(key)
        text = as_text(value)
        if text is None:
            self.unread(key)
        elif not isinstance(value, str | None):
            self._notices.imported("number_for_text", f"data.{key}", key=key)
        return text or ""

    def texts(self, key: str, separator: str | None = None) -> tuple[str, ...]:
        value = self.value(key)
        if isinstance(value, str):
            self._notices.imported("text_for_list", f"data.{key}", key=key)
            parts = [part.strip() for part in value.split(separator)] if separator else [value]
            return tuple(part for part in parts if part)
        if not isinstance(value, list):
            if value is not None:
                self.unread(key)
            return ()
        texts = [as_text(item) for item in value if item is not None]
        if None in texts:
            self.unread(key)
        return tuple(text for text in texts if text is not None)

    def texts_by_language(self, key: str) -> dict[str, str]:
        value = self.object(key) or {}
        return {language: text for language, item in value.items() if (text := as_text(item)) is not None}

    def date(self, key: str) -> int | None:
        """A year of 13 digits is nobody's; the bound keeps what we pass on within 64 bits."""
        value = self.value(key)
        if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 18:
            value = int(value)
        if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 2**63:
            return int(value)
        if value is not None:
            self.unread(key)
        return None

    def object(self, key: str) -> JsonObject | None:
        """The very object, not a copy."""
        value = self.value(key)
        if value is None or isinstance(value, dict):
            return value
        self.unread(key)
        return None

    def unread(self, key: str) -> None:
        self._notices.kept("wrong_type", f"data.{key}", key=key)


def as_text(value: Json) -> str | None:
    """None for what cannot be one."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
