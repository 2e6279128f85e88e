-- A model or preparation that is in use again after another one: what it had said of a version counts anew, and need not
-- be worked out again. The newest stamp decides which classification counts, so those that lost their place get a new one.
-- Given as a temporary table: prep (brand, prep_hash, names). Given as variables: model_version, loaded_at.
CREATE TEMP TABLE returned AS
SELECT held.mention_id, held.version_no, held.brand, held.prep_hash
FROM raw.classification AS held
SEMI JOIN prep USING (brand, prep_hash)
INNER JOIN raw.classification AS other USING (mention_id, version_no, brand)
WHERE
    held.model_version = getvariable('model_version')
    AND (other.model_version, other.prep_hash) <> (held.model_version, held.prep_hash)
GROUP BY ALL
HAVING max(other.classification_loaded_at) >= any_value(held.classification_loaded_at);

UPDATE raw.classification AS held
SET classification_loaded_at = getvariable('loaded_at')
FROM returned
WHERE
    held.mention_id = returned.mention_id
    AND held.version_no = returned.version_no
    AND held.brand = returned.brand
    AND held.prep_hash = returned.prep_hash
    AND held.model_version = getvariable('model_version');
