from django.core.management.base import BaseCommand

from characters.actions.moderation import ensure_moderators
from characters.actions.seeding import seed_characters


class Command(BaseCommand):
    help = "Brings the built-in characters up to date with their sheets, and makes the group of moderators."

    def handle(self, *, verbosity: int, **options: object) -> None:
        ensure_moderators()
        names = ", ".join(character.name for character in seed_characters())
        if verbosity:
            self.stdout.write(f"Seeded {names}.")
