import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.db import migrations, models

# The words of a text in order: small, without accents, letters and digits only, so that none can be an operator. The
# collation is named, because a database's own may call every letter that is not ASCII a letter, quotation marks too.
# Scripts without spaces are cut into letters; a run of them is searched for as a phrase. A text is read as far as no
# limit of a tsvector can be met, so that no message is ever refused for its words.
WORDS = r"""
CREATE FUNCTION chats_words(said text) RETURNS text[] LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    plain text := left(said, 50000);
BEGIN
    IF octet_length(plain) = length(plain) THEN
        plain := lower(plain COLLATE pg_unicode_fast);
    ELSE
        plain := left(normalize(plain, NFKD), 50000);
        plain := normalize(regexp_replace(plain, '[\u0300-\u036f]+', '', 'g'), NFC);
        plain := casefold(plain COLLATE pg_unicode_fast);
        plain := regexp_replace(plain, '([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf'
            '\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323ff])', ' \1 ', 'g');
    END IF;
    plain := btrim(regexp_replace(plain COLLATE pg_unicode_fast, '[^[:alnum:]]+', ' ', 'g'));
    IF plain = '' THEN
        RETURN '{}';
    END IF;
    RETURN ARRAY(
        SELECT left(one.word, 40) FROM string_to_table(plain, ' ') WITH ORDINALITY AS one(word, place) ORDER BY place
    );
END $$
"""
VECTOR = """
CREATE FUNCTION chats_vector(said text) RETURNS tsvector LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT coalesce(string_agg(one.word || ':' || one.place, ' '), '')::tsvector
    FROM unnest(chats_words(said)) WITH ORDINALITY AS one(word, place)
$$
"""
COLUMNS = "message_id, chat_id, host, owner, character, role, created_at, words"
KEEP = f"""
CREATE FUNCTION chats_keep_search_entry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.status IN ('queued', 'running') OR NEW.trash_id IS NOT NULL OR NEW.text = '' THEN
        DELETE FROM chats_searchentry WHERE message_id = NEW.id;
    ELSE
        INSERT INTO chats_searchentry ({COLUMNS})
        SELECT NEW.id, NEW.chat_id, owner_id, NEW.owner_id, NEW.character_id, NEW.role, NEW.created_at,
            chats_vector(NEW.text)
        FROM chats_chat WHERE id = NEW.chat_id
        ON CONFLICT (message_id) DO UPDATE SET character = EXCLUDED.character, words = EXCLUDED.words;
    END IF;
    RETURN NULL;
END $$
"""
# A reply that is being told is written every two seconds: that costs a comparison, and no words.
ADDED = """
CREATE TRIGGER search_entry_added AFTER INSERT ON chats_message FOR EACH ROW
WHEN (NEW.status NOT IN ('queued', 'running') AND NEW.trash_id IS NULL AND NEW.text <> '')
EXECUTE FUNCTION chats_keep_search_entry()
"""
CHANGED = """
CREATE TRIGGER search_entry_changed AFTER UPDATE OF text, status, trash_id, character_id ON chats_message FOR EACH ROW
WHEN (
    NOT (OLD.status IN ('queued', 'running') AND NEW.status IN ('queued', 'running'))
    AND (OLD.status, OLD.trash_id, OLD.character_id, OLD.text)
        IS DISTINCT FROM (NEW.status, NEW.trash_id, NEW.character_id, NEW.text)
)
EXECUTE FUNCTION chats_keep_search_entry()
"""
REMOVE = """
CREATE FUNCTION chats_remove_search_entry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM chats_searchentry WHERE message_id = OLD.id;
    RETURN NULL;
END $$
"""
REMOVED = """
CREATE TRIGGER search_entry_removed AFTER DELETE ON chats_message FOR EACH ROW
EXECUTE FUNCTION chats_remove_search_entry()
"""
MOVE = """
CREATE FUNCTION chats_move_search_entries() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE chats_searchentry SET host = NEW.owner_id WHERE chat_id = NEW.id;
    RETURN NULL;
END $$
"""
MOVED = """
CREATE TRIGGER search_entries_moved AFTER UPDATE OF owner_id ON chats_chat FOR EACH ROW
WHEN (OLD.owner_id <> NEW.owner_id) EXECUTE FUNCTION chats_move_search_entries()
"""
FILL = f"""
INSERT INTO chats_searchentry ({COLUMNS})
SELECT said.id, chat.id, chat.owner_id, said.owner_id, said.character_id, role, said.created_at, chats_vector(text)
FROM chats_message said JOIN chats_chat chat ON chat.id = said.chat_id
WHERE status NOT IN ('queued', 'running') AND trash_id IS NULL AND text <> ''
ON CONFLICT (message_id) DO NOTHING
"""


class Migration(migrations.Migration):
    dependencies = [("chats", "0008_without_persona")]

    operations = [
        migrations.AddIndex(
            "message",
            models.Index(condition=~models.Q(branch_name=""), fields=["chat"], name="named_branches"),
        ),
        migrations.CreateModel(
            "SearchEntry",
            [
                ("message", models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name="+", db_constraint=False, serialize=False, to="chats.message")),
                ("chat", models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="chats.chat")),
                ("host", models.UUIDField()),
                ("owner", models.UUIDField()),
                ("character", models.UUIDField()),
                ("role", models.CharField(choices=[("user", "User"), ("character", "Character")], max_length=9)),
                ("created_at", models.DateTimeField()),
                ("words", django.contrib.postgres.search.SearchVectorField()),
            ],
        ),
        migrations.RunSQL(WORDS, "DROP FUNCTION chats_words"),
        migrations.RunSQL(VECTOR, "DROP FUNCTION chats_vector"),
        migrations.RunSQL(KEEP, "DROP FUNCTION chats_keep_search_entry"),
        migrations.RunSQL(ADDED, "DROP TRIGGER search_entry_added ON chats_message"),
        migrations.RunSQL(CHANGED, "DROP TRIGGER search_entry_changed ON chats_message"),
        migrations.RunSQL(REMOVE, "DROP FUNCTION chats_remove_search_entry"),
        migrations.RunSQL(REMOVED, "DROP TRIGGER search_entry_removed ON chats_message"),
        migrations.RunSQL(MOVE, "DROP FUNCTION chats_move_search_entries"),
        migrations.RunSQL(MOVED, "DROP TRIGGER search_entries_moved ON chats_chat"),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        # Built when all is there: that is ten times as fast as adding to it.
        migrations.AddIndex("searchentry", models.Index(fields=["host", "-created_at"], name="entries_of_a_host")),
        migrations.AddIndex("searchentry", models.Index(fields=["chat", "-created_at"], name="entries_of_a_chat")),
        migrations.AddIndex(
            "searchentry",
            django.contrib.postgres.indexes.GinIndex(
                models.F("words"), models.Func(models.F("host"), template="(ARRAY[%(expressions)s])"), name="entry_words"
            ),
        ),
    ]
