-- Takes the words, the people and the links of tombstoned mentions out of the raw tables; source, times, rating and
-- labels stay, so that history keeps its figures. May run again. Run by warehouse/forgetting.py.
-- Given as a temporary view: known_duplicate (raw.gone_duplicate's columns). Given as variables: loaded_at. Their bytes stay in the file until warehouse/erase.py copies it.
CREATE OR REPLACE TEMP TABLE buried AS
SELECT tombstone.mention_id
FROM raw.tombstone AS tombstone
SEMI JOIN (SELECT mention_id FROM raw.mention_version WHERE visibility <> 'gone') USING (mention_id);

-- What repeats what can't be found out any more without words and people: what was known of it stays. Kept too is what
-- repeats a buried mention, or repeats the same telling as it: a chain of repeats may hang on the one that goes.
INSERT INTO raw.gone_duplicate BY NAME
SELECT mention_id, brand, episode_no, duplicate_of, duplicate_rule, label
FROM known_duplicate AS known
ANTI JOIN raw.gone_duplicate AS held USING (mention_id, brand, episode_no)
WHERE
    mention_id IN (FROM buried)
    OR duplicate_of IN (FROM buried)
    OR duplicate_of IN (SELECT duplicate_of FROM known_duplicate WHERE mention_id IN (FROM buried));

UPDATE raw.mention_version AS version
SET title = NULL,
    text = NULL,
    author_id = NULL,
    person_key = NULL,
    team_id = NULL,
    staff_id = NULL,
    thread_id = NULL,
    parent_id = NULL,
    repost_of = NULL,
    native_id = version.mention_id::VARCHAR,
    content_hash = '',
    visibility = 'gone',
    version_loaded_at = getvariable('loaded_at')
FROM buried
WHERE version.mention_id = buried.mention_id;

UPDATE raw.mention_state AS state
SET url = NULL, content_hash = '', state_loaded_at = getvariable('loaded_at')
FROM buried
WHERE state.mention_id = buried.mention_id;

UPDATE raw.signature AS signature
SET text_hash = NULL,
    minhash_bands = NULL,
    public_title = NULL,
    public_text = NULL,
    signature_loaded_at = getvariable('loaded_at')
FROM buried
WHERE signature.mention_id = buried.mention_id;

UPDATE raw.override AS override
SET note = NULL
FROM buried
WHERE override.mention_id = buried.mention_id;
