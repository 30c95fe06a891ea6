from django.db import migrations, models

# Each message is one deeper than the one it answers.
FILL = """
WITH RECURSIVE path AS (
    SELECT id, 0 AS depth FROM chats_message WHERE parent_id IS NULL
    UNION ALL
    SELECT child.id, path.depth + 1 FROM chats_message child JOIN path ON child.parent_id = path.id
)
UPDATE chats_message SET depth = path.depth FROM path WHERE chats_message.id = path.id AND path.depth > 0
"""


class Migration(migrations.Migration):

    dependencies = [("chats", "0003_lore_and_tags")]

    operations = [
        migrations.AddField("message", "depth", models.PositiveIntegerField(default=0)),
        migrations.AddField("message", "greeting", models.PositiveSmallIntegerField(blank=True, null=True)),
        migrations.AddConstraint(
            "message", models.UniqueConstraint(fields=("chat", "greeting"), name="each_greeting_once")
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
