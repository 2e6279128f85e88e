-- What has no label yet under the current model and preparation: every version of every mention, towards each brand.
-- Given as a temporary table: prep (brand, prep_hash, names). Given as variables: model_version, and since: rows loaded
-- up to then have been looked at under the same models.
CREATE TEMP TABLE recent AS
SELECT mention_id FROM raw.mention_version WHERE version_loaded_at > getvariable('since')
UNION
SELECT mention_id FROM raw.mention_brand WHERE brand_loaded_at > getvariable('since');

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
FROM (FROM raw.mention_version SEMI JOIN recent USING (mention_id)) AS version
INNER JOIN (FROM raw.mention_brand SEMI JOIN recent USING (mention_id)) AS match USING (mention_id)
INNER JOIN prep USING (brand)
LEFT JOIN raw.source AS source USING (source)
ANTI JOIN (
    FROM raw.classification SEMI JOIN recent USING (mention_id) WHERE model_version = getvariable('model_version')
) AS done
    ON done.mention_id = version.mention_id
    AND done.version_no = version.version_no
    AND done.brand = match.brand
    AND done.prep_hash = prep.prep_hash
WHERE version.visibility <> 'gone';
