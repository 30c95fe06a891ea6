"""Where files of conversations lie while they are read."""

from core.bringing import Quarantine

# Beside those of characters, whose files that nothing names are removed by other rules.
QUARANTINE = Quarantine("chats")
