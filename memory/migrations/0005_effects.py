from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("memory", "0004_words_found")]

    operations = [
        migrations.AddField(
            model_name="mindevent",
            name="effect",
            field=models.JSONField(blank=True, default=dict),
        ),
        # There are no rows yet: the app is new in this release.
        migrations.AddField(
            model_name="mindevent",
            name="number",
            field=models.PositiveIntegerField(default=1),
            preserve_default=False,
        ),
        migrations.AddConstraint(
            model_name="mindevent",
            constraint=models.UniqueConstraint(fields=("mind", "number"), name="one_event_at_a_place"),
        ),
    ]
