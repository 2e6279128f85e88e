-- What is held of one mention's current words, towards each brand it is about.
-- Given as a variable: mention_id.
SELECT
    about.brand,
    brand.brand_name,
    brand.names,
    version.source,
    coalesce(version.published_at, version.seen_at) AS told_at,
    version.title,
    version.text,
    version.language,
    version.rating,
    version.rating_max,
    version.visibility = 'gone' AS is_gone,
    judged.label AS found_label,
    judged.label_basis,
    held.label AS given_label
FROM raw.mention_state AS state
INNER JOIN raw.mention_version AS version
    ON state.mention_id = version.mention_id AND state.current_version_no = version.version_no
INNER JOIN raw.mention_brand AS about ON state.mention_id = about.mention_id
INNER JOIN raw.brand AS brand ON about.brand = brand.brand
LEFT JOIN raw.override AS held
    ON state.mention_id = held.mention_id
    AND about.brand = held.brand
    AND coalesce(held.version_no, state.current_version_no) = state.current_version_no
LEFT JOIN (
    SELECT mention_id, version_no, brand, label, label_basis
    FROM raw.classification
    WHERE mention_id = getvariable('mention_id')
    QUALIFY row_number() OVER (
        PARTITION BY version_no, brand ORDER BY classification_loaded_at DESC, model_version, prep_hash
    ) = 1
) AS judged
    ON version.mention_id = judged.mention_id
    AND version.version_no = judged.version_no
    AND about.brand = judged.brand
WHERE state.mention_id = getvariable('mention_id')
ORDER BY about.brand
