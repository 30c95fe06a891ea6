import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

# As in 0002.
WALL = """
ALTER TABLE memory_forgotten ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_rows ON memory_forgotten FOR SELECT TO cognitia_reader
    USING (owner_id = nullif(current_setting('app.uid', true), '')::uuid);
GRANT SELECT ON memory_forgotten TO cognitia_reader;
"""
OPEN = """
REVOKE ALL ON memory_forgotten FROM cognitia_reader;
DROP POLICY own_rows ON memory_forgotten;
ALTER TABLE memory_forgotten DISABLE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("characters", "0006_favourites_by_date"),
        ("memory", "0002_wall"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Forgotten",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("source_id", models.UUIDField()),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "character",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="characters.character"
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=["owner", "character", "source_id"], name="forgotten_once")
                ],
            },
        ),
        migrations.RunSQL(WALL, OPEN),
    ]
