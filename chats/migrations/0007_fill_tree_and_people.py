from django.db import migrations

# Whoever owned a chat is its host, with the persona it had.
PEOPLE = """
INSERT INTO chats_participant (chat_id, user_id, part, persona_id, joined_at, read_at, is_pinned, draft)
SELECT id, owner_id, 'owner', persona_id, created_at, now(), false, '' FROM chats_chat
"""
CAST = """
INSERT INTO chats_castmember (chat_id, character_id, position, talkativeness, is_muted, joined_at)
SELECT id, character_id, 0, 0.5, false, created_at FROM chats_chat
"""
# There were never more than two in a chat, and both heard everything.
HEARD = """
UPDATE chats_message SET witnesses = ARRAY[character_id], people = ARRAY[owner_id],
    finished_at = CASE WHEN role = 'user' OR greeting IS NOT NULL THEN coalesce(finished_at, created_at)
                       ELSE finished_at END
"""
COUNTED = """
WITH RECURSIVE path AS (
    SELECT id, role, 0 AS replies FROM chats_message WHERE parent_id IS NULL
    UNION ALL
    SELECT child.id, child.role, path.replies + (path.role = 'character')::int
    FROM chats_message child JOIN path ON child.parent_id = path.id
)
UPDATE chats_message SET replies_before = path.replies FROM path
WHERE chats_message.id = path.id AND path.replies > 0
"""
# What was shown stays shown; in every other branch, its newest.
NEWEST = """
UPDATE chats_message parent SET chosen_id = (
    SELECT child.id FROM chats_message child WHERE child.parent_id = parent.id
    ORDER BY child.created_at DESC, child.id DESC LIMIT 1
)
"""
SHOWN = """
WITH RECURSIVE path AS (
    SELECT message.id, message.parent_id FROM chats_message message JOIN chats_chat chat ON chat.leaf_id = message.id
    UNION ALL
    SELECT parent.id, parent.parent_id FROM chats_message parent JOIN path ON parent.id = path.parent_id
)
UPDATE chats_message SET chosen_id = path.id FROM path WHERE chats_message.id = path.parent_id
"""
ENDS = "UPDATE chats_message SET chosen_id = NULL FROM chats_chat WHERE chats_chat.leaf_id = chats_message.id"


class Migration(migrations.Migration):
    dependencies = [("chats", "0006_tree_and_people")]

    operations = [
        migrations.RunSQL(statement, migrations.RunSQL.noop)
        for statement in (PEOPLE, CAST, HEARD, COUNTED, NEWEST, SHOWN, ENDS)
    ]
