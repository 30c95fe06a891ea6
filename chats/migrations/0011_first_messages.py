from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("chats", "0010_origins")]

    operations = [
        migrations.AddIndex(
            "message",
            models.Index(condition=models.Q(("parent", None)), fields=["chat"], name="first_messages"),
        ),
    ]
