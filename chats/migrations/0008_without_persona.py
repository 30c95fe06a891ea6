from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("chats", "0007_fill_tree_and_people")]

    operations = [migrations.RemoveField("chat", "persona")]
