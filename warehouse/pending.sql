-- What has no label yet under the current model and preparation: every version of every mention, towards each brand.
-- Given as a temporary table: prep (brand, prep_hash, names). Given as a variable: model_version.
CREATE TEMP TABLE pending AS
SELECT
    version.mention_id::VARCHAR AS mention_id,
    version.version_no,
    match.brand,
    version.title,
    version.text,
    version.language,
    version.rating,
    version.rating_max,
    CASE WHEN source.rating_max = version.rating_max THEN source.rating_bad_max END AS rating_bad_max,
    CASE WHEN source.rating_max = version.rating_max THEN source.rating_good_min END AS rating_good_min,
    prep.names
FROM raw.mention_version AS version
INNER JOIN raw.mention_brand AS match USING (mention_id)
INNER JOIN prep USING (brand)
LEFT JOIN raw.source AS source USING (source)
ANTI JOIN (FROM raw.classification WHERE model_version = getvariable('model_version')) AS done
    ON done.mention_id = version.mention_id
    AND done.version_no = version.version_no
    AND done.brand = match.brand
    AND done.prep_hash = prep.prep_hash
WHERE version.visibility <> 'gone';
