"""Places whose time one may choose, as people know them."""

from zoneinfo import available_timezones

# Names that are kept for old programs, each of which has a newer one.
OLD = ("Etc/", "US/", "Canada/", "Brazil/", "Mexico/", "Chile/", "SystemV/")
TIME_ZONES = ("UTC", *sorted(name for name in available_timezones() if "/" in name and not name.startswith(OLD)))
