"""Every character gets a first version: a V3 card with its sheet as the description."""

import hashlib
import json

from django.db import migrations


def fill(apps, schema_editor):
    characters = apps.get_model("characters", "Character")
    versions = apps.get_model("characters", "Version")
    for character in characters.objects.filter(version=None).iterator(chunk_size=1000):
        own = {"tagline": character.tagline, "hue": character.hue, "openers": character.openers}
        data = {
            "name": character.name,
            "description": character.sheet,
            "personality": "",
            "scenario": "",
            "first_mes": "",
            "mes_example": "",
            "alternate_greetings": [],
            "group_only_greetings": [],
            "system_prompt": "",
            "post_history_instructions": "",
            "creator_notes": "",
            "tags": [],
            "creator": "",
            "character_version": "",
            "extensions": {"cognitia": {name: value for name, value in own.items() if value or value == 0}},
        }
        card = {"data": data, "spec": "chara_card_v3", "spec_version": "3.0"}
        text = json.dumps(card, ensure_ascii=False)
        character.version = versions.objects.create(
            owner_id=character.owner_id,
            character=character,
            number=1,
            text=text,
            digest=hashlib.sha256(text.encode()).hexdigest(),
        )
        character.save(update_fields=["version"])


class Migration(migrations.Migration):

    dependencies = [("characters", "0003_versions")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
