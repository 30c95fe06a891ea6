from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [("characters", "0004_fill_versions")]

    operations = [
        migrations.RemoveField(
            model_name='character',
            name='openers',
        ),
        migrations.RemoveField(
            model_name='character',
            name='sheet',
        ),
    ]
