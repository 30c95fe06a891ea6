"""What somebody prefers, and what they are called."""

from dataclasses import asdict, dataclass

from accounts.models import Preferences, User


@dataclass(frozen=True, slots=True)
class PreferenceChanges:
    """None is left as it is; an empty language or time zone is whatever the browser says."""

    show_thinking: bool | None = None
    send_on_enter: bool | None = None
    theme: str | None = None
    language: str | None = None
    time_zone: str | None = None


def preferences_of(user: User) -> Preferences:
    """The defaults, for whoever has changed nothing yet."""
    return Preferences.objects.filter(owner=user).first() or Preferences(owner=user)


def change_name(user: User, name: str) -> None:
    user.name = name
    user.save(update_fields=["name"])


def change_preferences(user: User, changes: PreferenceChanges) -> Preferences:
    wanted = {name: value for name, value in asdict(changes).items() if value is not None}
    preferences, _created = Preferences.objects.update_or_create(owner=user, defaults=wanted)
    return preferences
