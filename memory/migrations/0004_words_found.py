"""Words of one person's memories of one character, by an index. Row-level security lets no condition be looked up before
the policy is that might tell what it met, and `@@` might; so the reader looks words up through a function that has the
policy in itself."""

from django.contrib.postgres.indexes import GinIndex
from django.db import migrations, models
from django.db.models import F, Func, Q

FUNCTION = """
CREATE FUNCTION memory_words_found(
    of_character uuid, stems text[], others uuid[], every int, looked_at int, enough int, most int
)
RETURNS TABLE (memory_id uuid, counts int[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH newest AS MATERIALIZED (
        SELECT words FROM memory_memory
        WHERE owner_id = nullif(current_setting('app.uid', true), '')::uuid AND character_id = of_character
        ORDER BY said_at DESC LIMIT looked_at
    ),
    -- How many have each word, by the newest: what is common is counted no further, and not looked up.
    stem AS MATERIALIZED (
        SELECT at, word::tsquery AS word,
            greatest(1.0, every::float8 / looked_at) * (
                SELECT count(*) FROM newest WHERE ts_match_vq(newest.words, word::tsquery)
            ) AS guessed
        FROM unnest(stems) WITH ORDINALITY AS one(word, at)
    ),
    hit AS MATERIALIZED (
        SELECT stem.at, found.id FROM stem CROSS JOIN LATERAL (
            SELECT id FROM memory_memory
            WHERE words @@ stem.word
                AND ARRAY[owner_id, character_id]
                    @> ARRAY[nullif(current_setting('app.uid', true), '')::uuid, of_character]
                AND stands AND people @> others
            LIMIT enough
        ) found
        WHERE stem.guessed <= enough
    ),
    counted AS (
        SELECT stem.at, CASE WHEN stem.guessed <= enough THEN count(hit.id)::int ELSE stem.guessed::int END AS many
        FROM stem LEFT JOIN hit ON hit.at = stem.at GROUP BY stem.at, stem.guessed
    )
    SELECT NULL::uuid, array_agg(many ORDER BY at) FROM counted
    UNION ALL
    (
        SELECT hit.id, NULL FROM hit JOIN counted USING (at)
        GROUP BY hit.id ORDER BY sum(1 / (1 + ln(1 + many))) DESC, hit.id LIMIT most
    )
$$;
REVOKE ALL ON FUNCTION memory_words_found(uuid, text[], uuid[], int, int, int, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION memory_words_found(uuid, text[], uuid[], int, int, int, int) TO cognitia_reader;
"""


class Migration(migrations.Migration):
    dependencies = [("memory", "0003_forgotten")]

    operations = [
        migrations.AddIndex(
            "memory",
            GinIndex(
                F("words"),
                Func(F("owner"), F("character"), template="(ARRAY[%(expressions)s])"),
                name="memory_words",
                fastupdate=False,
            ),
        ),
        migrations.AddIndex(
            "memory",
            models.Index(
                fields=["owner", "character", "-said_at"], condition=Q(is_pinned=True), name="pinned_memories"
            ),
        ),
        migrations.RunSQL(FUNCTION, "DROP FUNCTION memory_words_found(uuid, text[], uuid[], int, int, int, int)"),
    ]
