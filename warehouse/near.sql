-- Near copies among what was just scored and what was told within 30 days of it: a press report with another first line,
-- a review posted twice with small changes. Run by warehouse/pending.py behind scored.sql, in the same transaction; only
-- new words are looked at, so that a build need not look at all of them again.
-- Given as a variable: loaded_at, the stamp of what was just scored.
--
-- Texts that share a part j of their three-word shingles share each of 16 bands with a chance of j^4. A share of 4 bands
-- is asked for: 58 of 100 texts with j = 0.7 are found, 96 with 0.8, 2 with 0.5, next to none with 0.3. Each text is
-- compared with the earliest one of 30 days in each of its bands, so that a thousand copies make a thousand pairs.
CREATE TEMP TABLE fresh AS
SELECT scored.mention_id, coalesce(version.published_at, state.first_seen_at) AS told_at
FROM (FROM raw.signature WHERE signature_loaded_at = getvariable('loaded_at')) AS scored
INNER JOIN raw.mention_version AS version USING (mention_id, version_no)
INNER JOIN raw.mention_state AS state USING (mention_id)
WHERE scored.version_no = 1 AND len(scored.minhash_bands) > 0;

-- Days on which something was told that can be a copy of them, or they of it: one that tells of years ago adds its own.
CREATE OR REPLACE TEMP MACRO day_no(moment) AS epoch_us(moment) // 86400000000;

CREATE TEMP TABLE near_day AS
SELECT DISTINCT unnest(generate_series(day_no - 31, day_no + 31)) AS day_no
FROM (SELECT DISTINCT day_no(told_at) AS day_no FROM fresh);

SET VARIABLE told_from = (SELECT make_timestamptz(min(day_no) * 86400000000) FROM near_day);

CREATE TEMP TABLE near_told AS
SELECT mention_id, published_at AS told_at
FROM raw.mention_version
SEMI JOIN near_day ON day_no(published_at) = near_day.day_no
WHERE version_no = 1 AND published_at >= getvariable('told_from')
UNION ALL
SELECT mention_id, state.first_seen_at
FROM (SELECT mention_id FROM raw.mention_version WHERE version_no = 1 AND published_at IS NULL) AS undated
INNER JOIN raw.mention_state AS state USING (mention_id)
SEMI JOIN near_day ON day_no(state.first_seen_at) = near_day.day_no;

CREATE TEMP TABLE near_mention AS
SELECT
    near_told.mention_id,
    near_told.told_at,
    hash(signature.text_hash) AS text_key,
    signature.minhash_bands,
    fresh.mention_id IS NOT NULL AS is_fresh
FROM near_told
INNER JOIN raw.signature AS signature ON near_told.mention_id = signature.mention_id AND signature.version_no = 1
LEFT JOIN fresh ON near_told.mention_id = fresh.mention_id
WHERE len(signature.minhash_bands) > 0;

-- Equal words are found by their hash: here each text stands once, and a band counts that different texts share.
CREATE TEMP TABLE near_text AS
SELECT text_key, any_value(minhash_bands) AS minhash_bands, bool_or(is_fresh) AS is_fresh
FROM near_mention
GROUP BY text_key;

CREATE TEMP TABLE shared_band AS
SELECT band
FROM (SELECT text_key, is_fresh, unnest(minhash_bands) AS band FROM near_text)
GROUP BY band
HAVING min(text_key) <> max(text_key) AND bool_or(is_fresh);

CREATE TEMP TABLE near_band AS
SELECT near_mention.mention_id, near_mention.told_at, shared.text_key, shared.band
FROM (
    SELECT text_key, band
    FROM (SELECT text_key, unnest(minhash_bands) AS band FROM near_text)
    SEMI JOIN shared_band USING (band)
) AS shared
INNER JOIN near_mention USING (text_key);

INSERT INTO raw.near_copy BY NAME
SELECT pair.mention_id, pair.copy_of, pair.shared_band_count, getvariable('loaded_at') AS near_loaded_at
FROM (
    SELECT mention_id, first_told.mention_id AS copy_of, count(*)::INTEGER AS shared_band_count
    FROM (
        SELECT
            mention_id,
            text_key,
            min({'told_at': told_at, 'mention_id': mention_id, 'text_key': text_key}) OVER (
                PARTITION BY band ORDER BY told_at RANGE BETWEEN INTERVAL 30 DAYS PRECEDING AND CURRENT ROW
            ) AS first_told
        FROM near_band
    )
    WHERE text_key <> first_told.text_key
    GROUP BY ALL
    HAVING count(*) >= 4
) AS pair
ANTI JOIN raw.near_copy AS held USING (mention_id, copy_of);
