-- load: what the landing runs bring, set by set; run by warehouse/load.py inside one transaction.
--
-- Given as temporary tables: landed_run (run_no counts the runs in the order in which they began), landed_page (rows of
-- the mention files with their run_no), landed_gone (mention_id, run_no), landed_outcome, landed_rating_count.
-- Given as variables: as_of, loaded_at.

-- One narrow row per record; the words stay in the files until they are known to be new.
CREATE TEMP TABLE landed AS
SELECT
    page.run_no,
    page.row_no,
    page.mention_id,
    page.content_hash,
    tombstone.mention_id IS NOT NULL OR coalesce(gone.run_no < page.run_no, false) AS is_tombstoned
FROM landed_page AS page
LEFT JOIN raw.tombstone AS tombstone USING (mention_id)
LEFT JOIN (SELECT mention_id, min(run_no) AS run_no FROM landed_gone GROUP BY mention_id) AS gone USING (mention_id);

-- A file that holds an edit lists the earlier words again each time it is read: within a run, words that are known and
-- are followed by later ones of the same mention are its history told again, not a change back.
CREATE TEMP TABLE landed_history AS
SELECT step.run_no, step.row_no
FROM (
    SELECT
        *,
        lead(run_no) OVER (PARTITION BY mention_id ORDER BY run_no, row_no) IS NOT DISTINCT FROM run_no AS is_followed,
        min(run_no) OVER (PARTITION BY mention_id, content_hash) < run_no AS is_of_earlier_run
    FROM landed
    WHERE NOT is_tombstoned
) AS step
LEFT JOIN (
    SELECT DISTINCT mention_id, content_hash
    FROM raw.mention_version
    SEMI JOIN landed USING (mention_id)
) AS version USING (mention_id, content_hash)
WHERE step.is_followed AND (step.is_of_earlier_run OR version.mention_id IS NOT NULL);

-- What each record is against the one before it: of the same run, of an earlier run, or what the warehouse holds.
CREATE TEMP TABLE landed_step AS
SELECT
    step.run_no,
    step.row_no,
    step.mention_id,
    step.content_hash,
    coalesce(state.current_version_no, 0) AS version_no_before,
    step.run_no_before IS NOT DISTINCT FROM step.run_no AND step.hash_before = step.content_hash AS is_duplicate,
    NOT step.is_history
    AND step.content_hash IS DISTINCT FROM coalesce(step.told_hash_before, state.content_hash) AS is_version
FROM (
    SELECT
        landed.*,
        history.row_no IS NOT NULL AS is_history,
        lag(content_hash) OVER before AS hash_before,
        lag(CASE WHEN history.row_no IS NULL THEN content_hash END IGNORE NULLS) OVER before AS told_hash_before,
        lag(run_no) OVER before AS run_no_before
    FROM landed
    LEFT JOIN landed_history AS history USING (run_no, row_no)
    WHERE NOT is_tombstoned
    WINDOW before AS (PARTITION BY mention_id ORDER BY run_no, row_no)
) AS step
LEFT JOIN raw.mention_state AS state USING (mention_id);

CREATE TEMP TABLE landed_version AS
SELECT
    run_no,
    row_no,
    mention_id,
    content_hash,
    (version_no_before + row_number() OVER (PARTITION BY mention_id ORDER BY run_no, row_no))::INTEGER AS version_no
FROM landed_step
WHERE is_version;

INSERT INTO raw.mention_version BY NAME
SELECT
    version.mention_id,
    version.version_no,
    page.* EXCLUDE (
        run_no, row_no, mention_id, brands, url, view_count, like_count, repost_count, reply_count, helpful_count,
        follower_count, has_reply, reply_at
    ),
    getvariable('as_of') AS seen_at,
    getvariable('loaded_at') AS version_loaded_at
FROM landed_version AS version
INNER JOIN landed_page AS page USING (run_no, row_no);

-- State. Per mention the newest fetch that says anything about a column wins; then the same against what is held.
CREATE TEMP TABLE landed_state AS
SELECT
    mention_id,
    arg_max(url, fetch_no) AS url,
    arg_max(view_count, fetch_no) AS view_count,
    arg_max(like_count, fetch_no) AS like_count,
    arg_max(repost_count, fetch_no) AS repost_count,
    arg_max(reply_count, fetch_no) AS reply_count,
    arg_max(helpful_count, fetch_no) AS helpful_count,
    arg_max(follower_count, fetch_no) AS follower_count,
    arg_max(has_reply, fetch_no) AS has_reply,
    arg_max(reply_at, fetch_no) AS reply_at,
    max(fetched_at) AS fetched_at
FROM (
    SELECT page.*, row_number() OVER (ORDER BY page.fetched_at, page.run_no, page.row_no) AS fetch_no
    FROM landed_page AS page
    INNER JOIN landed USING (run_no, row_no)
    WHERE NOT landed.is_tombstoned
)
GROUP BY mention_id;

CREATE TEMP TABLE landed_current AS
SELECT mention_id, max(version_no) AS version_no, arg_max(content_hash, version_no) AS content_hash
FROM landed_version
GROUP BY mention_id;

CREATE OR REPLACE TEMP MACRO newest(is_newer, landed, held) AS
    CASE WHEN is_newer THEN coalesce(landed, held) ELSE coalesce(held, landed) END;

CREATE TEMP TABLE merged_state AS
SELECT
    held.mention_id,
    landed.fetched_at >= held.fetched_at AS is_newer,
    coalesce(version.version_no, held.current_version_no) AS current_version_no,
    coalesce(version.content_hash, held.content_hash) AS content_hash,
    newest(is_newer, landed.url, held.url) AS url,
    newest(is_newer, landed.view_count, held.view_count) AS view_count,
    newest(is_newer, landed.like_count, held.like_count) AS like_count,
    newest(is_newer, landed.repost_count, held.repost_count) AS repost_count,
    newest(is_newer, landed.reply_count, held.reply_count) AS reply_count,
    newest(is_newer, landed.helpful_count, held.helpful_count) AS helpful_count,
    newest(is_newer, landed.follower_count, held.follower_count) AS follower_count,
    newest(is_newer, landed.has_reply, held.has_reply) AS has_reply,
    newest(is_newer, landed.reply_at, held.reply_at) AS reply_at,
    held.first_seen_at,
    greatest(held.fetched_at, landed.fetched_at) AS fetched_at
FROM raw.mention_state AS held
INNER JOIN landed_state AS landed USING (mention_id)
LEFT JOIN landed_current AS version USING (mention_id);

CREATE TEMP TABLE changed_state AS
SELECT merged.*
FROM merged_state AS merged
INNER JOIN raw.mention_state AS held USING (mention_id)
WHERE (
    merged.current_version_no, merged.content_hash, merged.url, merged.view_count, merged.like_count,
    merged.repost_count, merged.reply_count, merged.helpful_count, merged.follower_count, merged.has_reply,
    merged.reply_at
) IS DISTINCT FROM (
    held.current_version_no, held.content_hash, held.url, held.view_count, held.like_count,
    held.repost_count, held.reply_count, held.helpful_count, held.follower_count, held.has_reply,
    held.reply_at
);

-- Deleted and inserted, not updated: an update writes every column of every row group that it touches anew.
DELETE FROM raw.mention_state AS held
USING changed_state AS changed
WHERE held.mention_id = changed.mention_id;

INSERT INTO raw.mention_state BY NAME
SELECT * EXCLUDE (is_newer), getvariable('loaded_at') AS state_loaded_at FROM changed_state;

UPDATE raw.mention_state AS held
SET fetched_at = merged.fetched_at
FROM merged_state AS merged
WHERE held.mention_id = merged.mention_id AND held.fetched_at < merged.fetched_at;

INSERT INTO raw.mention_state BY NAME
SELECT
    state.*,
    version.version_no AS current_version_no,
    version.content_hash,
    getvariable('as_of') AS first_seen_at,
    getvariable('loaded_at') AS state_loaded_at
FROM landed_state AS state
INNER JOIN landed_current AS version USING (mention_id)
ANTI JOIN raw.mention_state AS held USING (mention_id);

-- Brands: what matched first stays; a brand made from a column gets a row of its own.
CREATE TEMP TABLE landed_brand AS
SELECT
    mention_id,
    match.brand AS brand,
    arg_min(match.matched_by, (run_no, row_no)) AS matched_by,
    arg_min(match.name, (run_no, row_no)) AS brand_name
FROM (
    SELECT page.mention_id, page.run_no, page.row_no, unnest(page.brands) AS match
    FROM landed_page AS page
    INNER JOIN landed USING (run_no, row_no)
    WHERE NOT landed.is_tombstoned
)
GROUP BY ALL;

CREATE TEMP TABLE new_brand AS
SELECT mention_id, brand, matched_by
FROM landed_brand
ANTI JOIN raw.mention_brand AS held USING (mention_id, brand);

INSERT INTO raw.mention_brand BY NAME
SELECT *, getvariable('loaded_at') AS brand_loaded_at FROM new_brand;

CREATE TEMP TABLE made_brand AS
SELECT brand, min(coalesce(brand_name, brand)) AS brand_name
FROM landed_brand
ANTI JOIN raw.brand AS held USING (brand)
GROUP BY brand;

INSERT INTO raw.brand BY NAME
SELECT
    *,
    'UTC' AS time_zone,
    [brand_name] AS names,
    []::VARCHAR[] AS competitors,
    false AS is_configured
FROM made_brand;

-- Removed at the source. A removal counts from the run that reports it: later runs can't bring the mention back.
CREATE TEMP TABLE new_tombstone AS
SELECT gone.mention_id, arg_min(run.source, gone.run_no) AS source
FROM landed_gone AS gone
INNER JOIN landed_run AS run USING (run_no)
ANTI JOIN raw.tombstone AS held USING (mention_id)
GROUP BY gone.mention_id;

INSERT INTO raw.tombstone BY NAME
SELECT *, 'removed' AS reason, getvariable('as_of') AS gone_at, false AS is_erased FROM new_tombstone;

-- Series and counts: the last value for a key wins.
CREATE TEMP TABLE changed_outcome AS
SELECT brand, series, observed_on, landed.value
FROM (
    SELECT brand, series, observed_on, arg_max(value, (run_no, row_no)) AS value FROM landed_outcome GROUP BY ALL
) AS landed
LEFT JOIN raw.outcome AS held USING (brand, series, observed_on)
WHERE held.value IS DISTINCT FROM landed.value;

INSERT OR REPLACE INTO raw.outcome BY NAME
SELECT *, getvariable('loaded_at') AS outcome_loaded_at FROM changed_outcome;

CREATE TEMP TABLE changed_rating_count AS
SELECT source, namespace, subject_id, counted_at, rating, landed.rating_max, landed.rating_count
FROM (
    SELECT
        source,
        namespace,
        subject_id,
        counted_at,
        rating,
        arg_max(rating_max, (run_no, row_no)) AS rating_max,
        arg_max(rating_count, (run_no, row_no)) AS rating_count
    FROM landed_rating_count
    GROUP BY ALL
) AS landed
LEFT JOIN raw.rating_count AS held USING (source, namespace, subject_id, counted_at, rating)
WHERE (held.rating_max, held.rating_count) IS DISTINCT FROM (landed.rating_max, landed.rating_count);

INSERT OR REPLACE INTO raw.rating_count BY NAME FROM changed_rating_count;

-- Where each slice goes on: the last run that says so.
INSERT OR REPLACE INTO raw.cursor BY NAME
SELECT source_name, slice, landed.cursor_json, getvariable('loaded_at') AS cursor_loaded_at
FROM (
    SELECT source_name, slice, arg_max(cursor_json, run_no) AS cursor_json FROM landed_run GROUP BY ALL
) AS landed
LEFT JOIN raw.cursor AS held USING (source_name, slice)
WHERE landed.cursor_json IS NOT NULL AND held.cursor_json IS DISTINCT FROM landed.cursor_json;

-- The account of each run: read = kept + duplicate + rejected.
CREATE TEMP TABLE landed_count AS
SELECT
    run.run_no,
    coalesce(landed.row_count, 0) AS row_count,
    coalesce(landed.tombstoned_count, 0) AS tombstoned_count,
    coalesce(step.kept_count, 0) + coalesce(outcome.row_count, 0) AS kept_count,
    coalesce(step.duplicate_count, 0) AS duplicate_count,
    run.manifest_rejected_count + coalesce(landed.tombstoned_count, 0) AS rejected_count,
    coalesce(version.new_count, 0) AS new_count,
    coalesce(version.version_count, 0) AS version_count,
    coalesce(gone.gone_count, 0) AS gone_count
FROM landed_run AS run
LEFT JOIN (
    SELECT run_no, count(*) AS row_count, count(*) FILTER (is_tombstoned) AS tombstoned_count
    FROM landed
    GROUP BY run_no
) AS landed USING (run_no)
LEFT JOIN (
    SELECT
        run_no,
        count(*) FILTER (NOT is_duplicate) AS kept_count,
        count(*) FILTER (is_duplicate) AS duplicate_count
    FROM landed_step
    GROUP BY run_no
) AS step USING (run_no)
LEFT JOIN (
    SELECT run_no, count(*) FILTER (version_no = 1) AS new_count, count(*) AS version_count
    FROM landed_version
    GROUP BY run_no
) AS version USING (run_no)
LEFT JOIN (SELECT run_no, count(*) AS row_count FROM landed_outcome GROUP BY run_no) AS outcome USING (run_no)
LEFT JOIN (SELECT run_no, count(DISTINCT mention_id) AS gone_count FROM landed_gone GROUP BY run_no) AS gone USING (run_no);

INSERT INTO raw.pull BY NAME
SELECT
    run.* EXCLUDE (run_no, folder, cursor_json, manifest_rejected_count, rejected_json),
    count.* EXCLUDE (run_no, row_count, tombstoned_count),
    CASE
        WHEN count.tombstoned_count = 0 THEN run.rejected_json
        ELSE json_merge_patch(run.rejected_json, json_object('tombstoned', count.tombstoned_count))
    END AS rejected_json,
    getvariable('loaded_at') AS pull_loaded_at
FROM landed_run AS run
INNER JOIN landed_count AS count USING (run_no);
