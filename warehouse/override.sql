-- Labels that people set, into raw.override; run by warehouse/overrides.py inside one transaction.
-- Given as a temporary table: given (row_no, mention_id, brand, label, note, given_at, origin, is_random).
-- Given as a variable: loaded_at. Leaves temporary tables: judged (row_no, refused, is_changed).
CREATE TEMP TABLE named AS
SELECT given.* EXCLUDE (brand), coalesce(given.brand, about.only_brand) AS brand, about.brands
FROM given
LEFT JOIN (
    SELECT mention_id, list_sort(list(brand)) AS brands, CASE WHEN count(*) = 1 THEN min(brand) END AS only_brand
    FROM raw.mention_brand
    SEMI JOIN given USING (mention_id)
    GROUP BY mention_id
) AS about USING (mention_id);

CREATE TEMP TABLE judged AS
SELECT
    named.*,
    state.current_version_no AS version_no,
    CASE
        WHEN named.brands IS NULL THEN 'no mention has this id'
        WHEN named.brand IS NULL THEN 'the mention is about ' || array_to_string(named.brands, ', ') || ': name the brand'
        WHEN NOT list_contains(named.brands, named.brand)
            THEN 'the mention is about ' || array_to_string(named.brands, ', ') || ', not ' || named.brand
        WHEN tombstone.mention_id IS NOT NULL THEN 'the mention is gone'
        WHEN held.override_at > named.given_at THEN 'a later label stands: ' || held.label
    END AS refused,
    (held.label, held.note, held.version_no) IS DISTINCT FROM (named.label, named.note, state.current_version_no)
    AS is_changed
FROM named
LEFT JOIN raw.mention_state AS state USING (mention_id)
LEFT JOIN raw.tombstone AS tombstone USING (mention_id)
LEFT JOIN raw.override AS held
    ON named.mention_id = held.mention_id AND named.brand = held.brand;

CREATE TEMP TABLE new_override AS
SELECT
    judged.mention_id,
    judged.brand,
    judged.label,
    judged.note,
    judged.given_at AS override_at,
    judged.version_no,
    judged.origin,
    judged.is_random OR coalesce(held.is_random, false) AS is_random,
    -- what the model said before it could learn from this label
    if(is_same_version, held.found_label, found.label) AS found_label,
    if(is_same_version, held.model_version, found.model_version) AS model_version,
    getvariable('loaded_at') AS override_loaded_at
FROM judged
LEFT JOIN raw.override AS held ON judged.mention_id = held.mention_id AND judged.brand = held.brand
LEFT JOIN (
    SELECT mention_id, version_no, brand, label, model_version
    FROM raw.classification
    SEMI JOIN judged USING (mention_id, version_no, brand)
    QUALIFY
        row_number() OVER (
            PARTITION BY mention_id, version_no, brand
            ORDER BY classification_loaded_at DESC, model_version, prep_hash
        ) = 1
        AND label_basis = 'text'
) AS found
    ON judged.mention_id = found.mention_id AND judged.version_no = found.version_no AND judged.brand = found.brand,
LATERAL (SELECT coalesce(held.version_no = judged.version_no, false) AS is_same_version)
WHERE judged.refused IS NULL AND judged.is_changed
QUALIFY row_number() OVER (PARTITION BY judged.mention_id, judged.brand ORDER BY judged.given_at DESC, row_no DESC) = 1;

INSERT OR REPLACE INTO raw.override BY NAME
SELECT * FROM new_override;
