-- Labels that people set, with the words they were set for; those whose words are gone are left out.
SELECT
    held.mention_id,
    held.brand,
    coalesce(version.published_at, version.seen_at) AS told_at,
    version.title,
    version.text,
    signature.public_title,
    signature.public_text,
    brand.names,
    held.label,
    held.found_label,
    held.note,
    coalesce(held.is_random, false) AS is_random,
    coalesce(source.publishes_text, true) AS publishes_text
FROM raw.override AS held
INNER JOIN raw.mention_state AS state USING (mention_id)
INNER JOIN raw.mention_version AS version
    ON held.mention_id = version.mention_id
    AND version.version_no = coalesce(held.version_no, state.current_version_no)
INNER JOIN raw.brand AS brand ON held.brand = brand.brand
LEFT JOIN raw.source AS source ON version.source = source.source
LEFT JOIN raw.signature AS signature
    ON version.mention_id = signature.mention_id AND version.version_no = signature.version_no
WHERE version.visibility <> 'gone'
ORDER BY held.mention_id, held.brand
