import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("chats", "0009_search_entries"),
    ]

    operations = [
        migrations.AddField(
            "chatimport",
            "made",
            django.contrib.postgres.fields.ArrayField(
                base_field=models.UUIDField(), blank=True, default=list, size=None
            ),
        ),
        migrations.CreateModel(
            "Origin",
            [
                ("chat", models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name="origin", serialize=False, to="chats.chat")),
                ("brought", models.JSONField(default=dict)),
                ("owner", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL)),
            ],
        ),
    ]
