from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("memory", "0005_effects")]

    operations = [
        migrations.AlterField(
            model_name="memory",
            name="kind",
            field=models.CharField(
                choices=[
                    ("exchange", "Said"),
                    ("fact", "Fact"),
                    ("summary", "Summary"),
                    ("dream", "Dream"),
                    ("journal", "Journal"),
                    ("lore", "Lore"),
                ],
                max_length=8,
            ),
        ),
    ]
