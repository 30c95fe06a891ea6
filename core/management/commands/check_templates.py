from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.template import TemplateSyntaxError
from django.template.loader import get_template


class Command(BaseCommand):
    help = "Compiles every template of ours, so that a typo is found here and not by a visitor."

    def handle(self, *, verbosity: int, **options: object) -> None:
        folder = Path(settings.BASE_DIR) / "templates"
        names = [str(found.relative_to(folder)) for found in sorted(folder.rglob("*.html"))]
        broken = [problem for name in names if (problem := _problem(name))]
        if broken:
            raise CommandError("\n".join(broken))
        if verbosity:
            self.stdout.write(f"{len(names)} templates compile.")


def _problem(name: str) -> str:
    try:
        get_template(name)
    except TemplateSyntaxError as error:
        return f"{name}: {error}"
    return ""
