-- Near copies among what was just scored and what was told within 30 days of it: a press report with another first line,
-- a review posted twice with small changes. Run by warehouse/pending.py behind scored.sql, in the same transaction; only
-- new words are looked at, so that a build need not look at all of them again.
-- Given as a temporary table: scored_signature.
--
-- Texts that share a part j of their three-word shingles share each of 16 bands with a chance of j^4. A share of 4 bands
-- is asked for: 58 of 100 texts with j = 0.7 are found, 96 with 0.8, 2 with 0.5, next to none with 0.3. Each text is
-- compared with the earliest one of 30 days in each of its bands, so that a thousand copies make a thousand pairs.
CREATE TEMP TABLE fresh AS
SELECT scored.mention_id, coalesce(version.published_at, state.first_seen_at) AS told_at, scored.minhash_bands
FROM scored_signature AS scored
INNER JOIN raw.mention_version AS version USING (mention_id, version_no)
INNER JOIN raw.mention_state AS state USING (mention_id)
WHERE scored.version_no = 1 AND len(scored.minhash_bands) > 0;

SET VARIABLE near_from = (SELECT min(told_at) - INTERVAL 30 DAYS FROM fresh);
SET VARIABLE near_until = (SELECT max(told_at) + INTERVAL 30 DAYS FROM fresh);

CREATE TEMP TABLE near_band AS
SELECT mention_id, told_at, text_key, band
FROM (
    SELECT
        told.mention_id,
        told.told_at,
        hash(signature.text_hash) AS text_key,
        unnest(signature.minhash_bands) AS band
    FROM (
        SELECT version.mention_id, coalesce(version.published_at, state.first_seen_at) AS told_at
        FROM raw.mention_version AS version
        INNER JOIN raw.mention_state AS state USING (mention_id)
        WHERE version.version_no = 1
            AND (
                version.published_at BETWEEN getvariable('near_from') AND getvariable('near_until')
                OR version.published_at IS NULL
                AND state.first_seen_at BETWEEN getvariable('near_from') AND getvariable('near_until')
            )
    ) AS told
    INNER JOIN raw.signature AS signature ON told.mention_id = signature.mention_id AND signature.version_no = 1
)
SEMI JOIN (SELECT DISTINCT unnest(minhash_bands) AS band FROM fresh) AS fresh_band USING (band);

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
        -- equal words are found by their hash; bands that only they share are most of all
        SEMI JOIN (
            SELECT band FROM near_band GROUP BY band HAVING min(text_key) <> max(text_key)
        ) AS shared USING (band)
    )
    WHERE text_key <> first_told.text_key
    GROUP BY ALL
    HAVING count(*) >= 4
) AS pair
ANTI JOIN raw.near_copy AS held USING (mention_id, copy_of);
