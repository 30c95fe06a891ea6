"""Row-level security, for whoever reads as `cognitia_reader` (memory/wall.py). The tables' owner is not bound by it,
so that tasks and the admin work as ever."""

from django.db import migrations

TABLES = {
    "memory_memory": "owner_id",
    "memory_embedding": "owner_id",
    "memory_contradiction": "owner_id",
    "memory_forgetting": "owner_id",
    "memory_mind": "owner_id",
    "memory_mindevent": "owner_id",
}

# A role belongs to the whole server, where another database of ours may have made it before, or makes it now.
MAKE_ROLE = """
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'cognitia_reader') THEN
        BEGIN
            CREATE ROLE cognitia_reader NOLOGIN NOINHERIT;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL;
        END;
    END IF;
    IF NOT pg_has_role(current_user, 'cognitia_reader', 'SET') THEN
        EXECUTE format('GRANT cognitia_reader TO %I', current_user);
    END IF;
END $$
"""
WALL = """
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_rows ON {table} FOR SELECT TO cognitia_reader
    USING ({owner} = nullif(current_setting('app.uid', true), '')::uuid);
GRANT SELECT ON {table} TO cognitia_reader;
"""
OPEN = """
REVOKE ALL ON {table} FROM cognitia_reader;
DROP POLICY own_rows ON {table};
ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies = [("memory", "0001_initial")]

    operations = [
        migrations.RunSQL(MAKE_ROLE, migrations.RunSQL.noop),
        migrations.RunSQL("GRANT USAGE ON SCHEMA public TO cognitia_reader", migrations.RunSQL.noop),
        *[
            migrations.RunSQL(WALL.format(table=table, owner=owner), OPEN.format(table=table))
            for table, owner in TABLES.items()
        ],
    ]
