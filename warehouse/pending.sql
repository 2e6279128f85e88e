-- What has no label yet under the current model and preparation: every version of every mention, towards each brand.
-- Given as a temporary table: prep (brand, prep_hash, names). Given as variables: model_version, and since: rows loaded
-- up to then have been looked at under the same models.
CREATE TEMP TABLE recent AS
SELECT mention_id FROM raw.mention_version WHERE version_loaded_at > getvariable('since')
UNION
SELECT mention_id FROM raw.mention_brand WHERE brand_loaded_at > getvariable('since');

-- By keys first: words are read only of row groups as new as the oldest version that waits.
CREATE TEMP TABLE pending_key AS
SELECT version.mention_id, version.version_no, match.brand, prep.names, version.version_loaded_at
FROM (
    SELECT mention_id, version_no, version_loaded_at
    FROM raw.mention_version
    SEMI JOIN recent USING (mention_id)
    WHERE visibility <> 'gone'
) AS version
INNER JOIN (FROM raw.mention_brand SEMI JOIN recent USING (mention_id)) AS match USING (mention_id)
INNER JOIN prep USING (brand)
ANTI JOIN (
    SELECT mention_id, version_no, brand, prep_hash
    FROM raw.classification
    SEMI JOIN recent USING (mention_id)
    WHERE model_version = getvariable('model_version')
) AS done
    ON done.mention_id = version.mention_id
    AND done.version_no = version.version_no
    AND done.brand = match.brand
    AND done.prep_hash = prep.prep_hash;

SET VARIABLE oldest = (SELECT min(version_loaded_at) FROM pending_key);

CREATE TEMP VIEW pending AS
SELECT
    version.mention_id::VARCHAR AS mention_id,
    version.version_no,
    key.brand,
    version.title,
    version.text,
    version.language,
    version.rating,
    version.rating_max,
    CASE WHEN source.rating_max = version.rating_max THEN source.rating_bad_max END AS rating_bad_max,
    CASE WHEN source.rating_max = version.rating_max THEN source.rating_good_min END AS rating_good_min,
    key.names
FROM (FROM raw.mention_version WHERE version_loaded_at >= getvariable('oldest')) AS version
INNER JOIN pending_key AS key USING (mention_id, version_no)
LEFT JOIN raw.source AS source USING (source);
